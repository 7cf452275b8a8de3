# Sourced by scripts/bench: verifying by SharedClient, and by the load generator on the raw socket.
# shellcheck shell=bash

bench_client() {
    local seconds=2 agent round how owners=$((tokens / 20)) database=$work/client.sqlite
    [ -n "${BENCH_BIN:-}" ] || swift build -c release --product BenchmarkClient >&2
    say "client: writing $tokens tokens of $owners owners"
    "$bin/BenchmarkSeed" "$database" "$work/client-tokens" "$tokens" "$owners"
    start_agent "$database"
    agent=$started
    # One after the other, round by round. CPU is SharedClient's own, and the daemon's for the raw socket.
    for round in $(seq "$rounds"); do
        say "client: round $round of $rounds"
        note client "tokenagent, raw socket" "1 64" \
            "$("$work/load" verify "$work/agent.sock" "$work/client-tokens" 1 64 $seconds "$agent")"
        for how in pool executor batch; do
            note client "SharedClient, $how" "1 64" \
                "$("$bin/BenchmarkClient" $how "$work/agent.sock" "$work/client-tokens" 64 $seconds)"
        done
    done
    kill "$agent"
    wait "$agent" 2>/dev/null || true
}
