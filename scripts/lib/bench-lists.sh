# Sourced by scripts/bench: what lists and a purge cost, among a million tokens.
# shellcheck shell=bash

bench_lists() {
    local agent database=$work/lists.sqlite owners=$((tokens / 20))
    say "lists: writing $tokens tokens of $owners owners"
    "$bin/BenchmarkSeed" "$database" "$work/lists-tokens" "$tokens" "$owners"
    start_agent "$database"
    agent=$started
    python3 scripts/lib/bench-lists.py lists "$work/agent.sock" "$owners" >>"$results"
    kill "$agent"
    wait "$agent" 2>/dev/null || true
    for _ in $(seq "$rounds"); do
        # A hundred tokens of five people who have left.
        let_go "$database" 5
        start_agent "$database"
        agent=$started
        python3 scripts/lib/bench-lists.py purge "$work/agent.sock" 100 >>"$results"
        kill "$agent"
        wait "$agent" 2>/dev/null || true
    done
    rm -f "$database"*
}

# let_go DATABASE PEOPLE: so many who are present are gone, as a reading would have left them.
let_go() {
    python3 - "$1" "$2" <<'END_OF_PROGRAM'
import sqlite3, sys, time

db = sqlite3.connect(sys.argv[1])
db.execute(
    """UPDATE person SET standing = 'gone', evidence = 'deleted', since = ? WHERE (source, id) IN
    (SELECT source, id FROM person WHERE standing = 'present' LIMIT ?)""",
    (int(time.time() * 1000), int(sys.argv[2])))
db.commit()
END_OF_PROGRAM
}
