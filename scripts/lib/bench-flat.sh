# Sourced by scripts/bench: how quickly one verify at a time is answered while everything else goes on.
# shellcheck shell=bash

bench_flat() {
    local agent busy quiet noisy round seconds=10 database=$work/flat.sqlite owners=$((tokens / 20))
    say "flat: writing $tokens tokens of $owners owners, and 100000 people"
    "$bin/BenchmarkSeed" "$database" "$work/flat-tokens" "$tokens" "$owners"
    python3 scripts/lib/people-ldif.py 100000 >"$work/people.ldif"
    chmod 711 "$work"
    chmod 644 "$work/people.ldif"
    # Not those who will have left: a verify of an obsolete token purges it.
    awk -v owners="$owners" -v gone=$((owners / 20 * rounds)) '(NR - 1) % owners >= gone' \
        "$work/flat-tokens" >"$work/flat-keys"
    for round in $(seq "$rounds"); do
        say "flat: round $round of $rounds"
        # Fifty thousand tokens (of a million) of people who have left.
        let_go "$database" $((owners / 20))
        start_beside_people "$database"
        agent=$started
        quiet=$("$work/load" verify "$work/agent.sock" "$work/flat-keys" 1 1 "$seconds" "$agent")
        python3 scripts/lib/bench-flat.py "$work/agent.sock" "$seconds" "$bin/tokenagent" "$work/agent.yaml" \
            "$work/backup-$round.sqlite" >"$work/flat.done" &
        busy=$!
        noisy=$("$work/load" verify "$work/agent.sock" "$work/flat-keys" 1 1 "$seconds" "$agent")
        wait "$busy"
        note_flat p50_us 2
        note_flat p99_us 2
        cat "$work/flat.done" >>"$results"
        kill "$agent"
        wait "$agent" 2>/dev/null || true
        rm -f "$work/backup-$round.sqlite"
    done
    rm -f "$database"*
}

# note_flat FIGURE LIMIT: what it is while the daemon is busy, beside what it is when it is not.
note_flat() {
    note flat "1 × 1, busy" "${1%_us} of a verify, µs" "$(
        python3 -c '
import json, sys

quiet, busy = (json.loads(text)[sys.argv[3]] for text in sys.argv[1:3])
print(json.dumps({"measured": busy, "beside": quiet, "ratio": busy / quiet, "limit": float(sys.argv[4])}))
' "$quiet" "$noisy" "$1" "$2"
    )"
}

# start_beside_people DATABASE: a daemon whose directory is the file of people, read when it is asked to.
start_beside_people() {
    cat >"$work/agent.yaml" <<END_OF_CONFIGURATION
socket: {path: $work/agent.sock, mode: "0600", group: null}
storage: {path: $1}
directories:
  - name: people
    url: "file://$work/people.ldif"
    id: employeeNumber
    sync: {full_interval: 24h}
END_OF_CONFIGURATION
    rm -f "$work/agent.sock"
    "$bin/tokenagent" serve --config "$work/agent.yaml" 2>"$work/agent.log" >&2 &
    started=$!
    children+=("$started")
    await tokenagent grep -q serving "$work/agent.log"
}
