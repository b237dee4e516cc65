#!/bin/sh
# Brings Temporal's two databases to the schema of this version of its tools. Safe to repeat.
# SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD say where; SCHEMA_DIR where the schema lies.
set -eu

for database in temporal:temporal temporal_visibility:visibility; do
  export SQL_DATABASE="${database%%:*}"
  temporal-sql-tool setup-schema --version 0.0
  temporal-sql-tool update-schema --schema-dir "$SCHEMA_DIR/${database##*:}/versioned"
done
