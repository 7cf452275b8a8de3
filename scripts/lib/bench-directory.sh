# Sourced by scripts/bench: reading an LDAP directory, beside ldapsearch, and how soon a departure counts.
# shellcheck shell=bash

bench_directory() {
    need_packages "to read from" slapd ldap-utils >&2
    # How far a deletion has to get does not depend on a million people.
    local watched=$((people < 100000 ? people : 100000))
    chmod 711 "$work"
    measure_scale
    measure_persist
}

measure_scale() {
    local agent slapd
    "$bin/BenchmarkSeed" "$work/scale.sqlite" "$work/scale-tokens" 100000 5000
    load_slapd "$people" "$work/slapd-scale"
    # Before slapd: so that its own first reading fails, and the one that is measured is the first.
    start_reader "$work/scale.sqlite" "$work/slapd-scale" false
    agent=$started
    start_slapd "$work/slapd-scale"
    slapd=$started
    say "directory: reading $people people"
    python3 scripts/lib/bench-directory.py scale "$work/agent.sock" "$agent" "$(ldap_uri "$work/slapd-scale")" \
        "$people" "$rounds" "$work/scale-tokens" "$work/load" >>"$results"
    kill "$agent" "$slapd"
    wait "$agent" "$slapd" 2>/dev/null || true
    rm -rf "$work/slapd-scale" "$work"/scale.sqlite*
}

measure_persist() {
    local agent slapd
    load_slapd "$watched" "$work/slapd-persist"
    start_slapd "$work/slapd-persist"
    slapd=$started
    start_reader "$work/persist.sqlite" "$work/slapd-persist" auto
    agent=$started
    say "directory: 200 deletions among $watched people"
    python3 scripts/lib/bench-directory.py persist "$work/agent.sock" "$agent" \
        "$(ldap_uri "$work/slapd-persist")" "$watched" 200 >>"$results"
    kill "$agent" "$slapd"
    wait "$agent" "$slapd" 2>/dev/null || true
}

ldap_uri() { echo "ldapi://${1//\//%2F}%2Fldapi"; }

# load_slapd PEOPLE FOLDER: a slapd's database, without syncing to the disk.
load_slapd() {
    local begun
    mkdir -p "$2/data"
    cat >"$2/slapd.conf" <<END_OF_CONFIGURATION
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload syncprov
sizelimit unlimited
timelimit unlimited
loglevel none
database mdb
suffix dc=example,dc=org
rootdn cn=admin,dc=example,dc=org
rootpw secret
directory $2/data
maxsize 17179869184
dbnosync
index objectClass,uid,mail,entryUUID,entryCSN eq
overlay syncprov
syncprov-checkpoint 1000 60
syncprov-sessionlog 100000
END_OF_CONFIGURATION
    begun=$SECONDS
    python3 scripts/lib/people-ldif.py "$1" | /usr/sbin/slapadd -q -f "$2/slapd.conf" 2>"$2/slapadd.log"
    say "directory: slapd has $1 people after $((SECONDS - begun)) s"
}

# start_slapd FOLDER: sets `started` to its pid.
start_slapd() {
    /usr/sbin/slapd -d 0 -f "$1/slapd.conf" -h "$(ldap_uri "$1")" 2>"$1/slapd.log" >&2 &
    started=$!
    children+=("$started")
    await slapd ldapwhoami -x -H "$(ldap_uri "$1")"
}

# start_reader DATABASE SLAPD-FOLDER PERSIST: a daemon whose directory is that slapd; sets `started`.
start_reader() {
    cat >"$work/agent.yaml" <<END_OF_CONFIGURATION
socket: {path: $work/agent.sock, mode: "0600", group: null}
storage: {path: $1}
directories:
  - name: people
    url: "$(ldap_uri "$2")"
    bind: anonymous
    base: ou=people,dc=example,dc=org
    sync: {full_interval: 24h, changes_interval: 1h, persist: $3, page_size: 5000}
END_OF_CONFIGURATION
    rm -f "$work/agent.sock"
    "$bin/tokenagent" serve --config "$work/agent.yaml" 2>"$work/agent.log" >&2 &
    started=$!
    children+=("$started")
    await tokenagent grep -q serving "$work/agent.log"
}
