# Sourced by scripts/bench: durable writes, by the daemon, PostgreSQL and SQLite, on the same disk.
# shellcheck shell=bash

bench_create() {
    need_packages "to compare with" postgresql >&2
    local seconds=2 agent round postgres programs
    start_agent "$work/create.sqlite"
    agent=$started
    echo unused >"$work/none"
    programs=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -1)
    start_postgres "$programs"
    postgres=$started
    for round in $(seq "$rounds"); do
        say "create: round $round of $rounds"
        note create tokenagent "1 at a time" \
            "$("$work/load" create "$work/agent.sock" "$work/none" 1 1 $seconds "$agent")"
        note create PostgreSQL "1 at a time" "$(postgres_rate "$programs" "$seconds")"
        note create tokenagent "64 at a time" \
            "$("$work/load" create "$work/agent.sock" "$work/none" 1 64 $seconds "$agent")"
        note create SQLite "64 at a time" "$(sqlite_rate 64 "$seconds")"
        note create SQLite "1 at a time" "$(sqlite_rate 1 "$seconds")"
    done
    kill "$agent"
    kill -INT "$postgres"
    wait 2>/dev/null || true
}

# PostgreSQL refuses to run as root.
as_nobody() {
    if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi
}

start_postgres() {
    chmod 711 "$work"
    mkdir -m 700 "$work/postgres"
    [ "$(id -u)" -ne 0 ] || chown nobody "$work/postgres"
    as_nobody "$1/initdb" -D "$work/postgres/data" -A trust -U bench >"$work/postgres.log"
    as_nobody "$1/postgres" -D "$work/postgres/data" -c listen_addresses= \
        -c "unix_socket_directories=$work/postgres" >>"$work/postgres.log" 2>&1 &
    await PostgreSQL as_nobody "$1/psql" -h "$work/postgres" -U bench -c 'select 1' postgres
    # What was started is a shell around it.
    started=$(head -1 "$work/postgres/data/postmaster.pid")
    children+=("$started")
    as_nobody "$1/psql" -q -h "$work/postgres" -U bench postgres -c \
        'CREATE TABLE token (id bytea PRIMARY KEY, owner text, made timestamptz);
        CREATE INDEX ON token (owner)'
}

postgres_rate() {
    local statement="INSERT INTO token VALUES (decode(md5(random()::text), 'hex'), 'person', now());"
    echo "$statement" >"$work/insert.sql"
    chmod 644 "$work/insert.sql"
    as_nobody "$1/pgbench" -n -h "$work/postgres" -U bench -c 1 -M prepared -T "$2" -f "$work/insert.sql" \
        postgres 2>/dev/null | awk '/^tps/ { printf "{\"rate\":%.0f}", $3 }'
}

# sqlite_rate ROWS-A-TRANSACTION SECONDS
sqlite_rate() {
    python3 - "$work/plain.sqlite" "$1" "$2" <<'END'
import os, sqlite3, sys, time

path, group, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
db = sqlite3.connect(path, isolation_level=None)
db.executescript("""PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;
    CREATE TABLE IF NOT EXISTS token (id BLOB PRIMARY KEY, owner TEXT, made INTEGER) STRICT;
    CREATE INDEX IF NOT EXISTS token_owner ON token (owner);""")
begun, rows = time.monotonic(), 0
while time.monotonic() - begun < seconds:
    made = [(os.urandom(32), "person%d" % rows, rows) for _ in range(group)]
    db.execute("BEGIN IMMEDIATE")
    db.executemany("INSERT INTO token VALUES (?, ?, ?)", made)
    db.execute("COMMIT")
    rows += group
print('{"rate":%.0f}' % (rows / (time.monotonic() - begun)))
END
}
