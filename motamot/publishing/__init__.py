SCHEMA_VERSION = 3  # of schema.sql: a site reads no other
