"""Mot à mot: what parties answered, word for word."""
