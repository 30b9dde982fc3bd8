"""Mot à mot: what parties answered, word for word."""

SCHEMA_VERSION = 4  # of publishing/schema.sql: the site reads no other
