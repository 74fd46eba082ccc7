#!/bin/sh
# What the entrypoint of PostgreSQL's image does with the variables and scripts of the compose file, for `make image-check`.
set -eu
PGDATA=/var/lib/postgresql/18/docker
export PGDATA
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    printf %s "$POSTGRES_PASSWORD" > /tmp/password
    # the options are words, as in the image
    # shellcheck disable=SC2086
    initdb --pgdata="$PGDATA" --username=postgres --pwfile=/tmp/password --auth-host=scram-sha-256 --auth-local=trust \
        --no-sync --no-instructions $POSTGRES_INITDB_ARGS >&2
    rm /tmp/password
    echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
    pg_ctl --pgdata="$PGDATA" --options="-c listen_addresses='' -k /var/run/postgresql" --silent --wait start >&2
    for script in /docker-entrypoint-initdb.d/*.sh; do
        PGHOST=/var/run/postgresql "$script"
    done
    pg_ctl --pgdata="$PGDATA" --mode=fast --silent --wait stop >&2
fi
exec postgres -D "$PGDATA" -c listen_addresses='*' -k /var/run/postgresql
