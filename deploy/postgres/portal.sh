#!/bin/sh
# Run once by PostgreSQL's own image on an empty volume: the owner of the tables and its database. The owner is no
# superuser; it makes the portal's own role when it migrates.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$DATABASE_OWNER_PASSWORD" --username="${POSTGRES_USER:-postgres}" --dbname=postgres <<'SQL'
CREATE ROLE portal_owner LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE portal OWNER portal_owner;
REVOKE CONNECT ON DATABASE portal FROM PUBLIC;
SQL
