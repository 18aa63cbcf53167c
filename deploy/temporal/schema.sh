#!/bin/sh
# Creates Temporal's two databases and brings their tables up to date. Safe to repeat: what exists is left as it is.
set -eu

sql() {
  database=$1
  shift
  temporal-sql-tool --plugin postgres12 --ep postgresql -p 5432 -u temporal --db "$database" "$@"
}

prepare() {
  sql "$1" create
  # Fails when the version table is there already, which is what a second run finds.
  sql "$1" setup-schema -v 0.0 || echo "$1: set up before"
  sql "$1" update-schema -d "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
