# Sourced by scripts/bench: "is this good?", asked of the daemon, of Redis and of an echo.
# shellcheck shell=bash

bench_verify() {
    need_packages "to compare with" redis-server redis-tools >&2
    local seconds=1.5 agent redis echo_server owners=$((tokens / 20)) case round
    local database=$work/verify.sqlite
    say "writing $tokens tokens of $owners owners"
    "$bin/BenchmarkSeed" "$database" "$work/tokens" "$tokens" "$owners"
    start_agent "$database"
    agent=$started
    note verify start "$tokens tokens" "{\"seconds\":$start_seconds}"

    redis-server --port 0 --unixsocket "$work/redis.sock" --save '' --appendonly no >"$work/redis.log" &
    redis=$!
    children+=("$redis")
    await Redis redis-cli -s "$work/redis.sock" ping
    fill_redis
    "$work/echo" "$work/echo.sock" &
    echo_server=$!
    children+=("$echo_server")
    await "the echo" test -S "$work/echo.sock"
    note verify growth "0 to $tokens tokens" "$("$bin/BenchmarkSeed" growth "$tokens" "$owners")"
    note verify memory tokenagent "{\"MiB\":$(resident_mib "$agent")}"
    note verify memory redis "{\"MiB\":$(resident_mib "$redis")}"

    # Round by round, one after the other: what the machine does besides hits all of them alike.
    for round in $(seq "$rounds"); do
        say "verify: round $round of $rounds"
        for case in "1 1" "1 64" "16 64"; do
            # shellcheck disable=SC2086 # two numbers
            {
                note verify tokenagent "$case" \
                    "$("$work/load" verify "$work/agent.sock" "$work/tokens" $case $seconds "$agent")"
                note verify redis "$case" \
                    "$("$work/load" get "$work/redis.sock" "$work/keys" $case $seconds "$redis")"
                note verify echo "$case" \
                    "$("$work/load" echo "$work/echo.sock" "$work/keys" $case $seconds "$echo_server")"
            }
        done
    done
    kill "$agent" "$redis" "$echo_server"
    wait "$agent" "$redis" "$echo_server" 2>/dev/null || true
    count_instructions
}

# Of a daemon that does not outlive it. Only root may trace it.
count_instructions() {
    local count line
    [ "$(id -u)" -eq 0 ] || return 0
    line='{"jsonrpc":"2.0","id":1,"method":"token.verify","params":{"token":"'$(head -1 "$work/tokens")'"}}'
    for count in 1 64; do
        start_agent "$work/verify.sqlite"
        for _ in $(seq "$count"); do echo "$line"; done |
            "$work/instructions" "$started" "$work/agent.sock" 2 |
            awk -v n="$count" '{ printf "{\"user instructions a verify\":%.0f}", $1 / n }' >"$work/counted"
        note verify tokenagent "$count at once" "$(cat "$work/counted")"
    done
}

# start_agent DATABASE [MORE]: with more lines of configuration, sets `started` to its pid, and `start_seconds`.
start_agent() {
    local begun
    cat >"$work/agent.yaml" <<END
socket: {path: $work/agent.sock, mode: "0600", group: null}
storage: {path: $1}
${2:-}
END
    rm -f "$work/agent.sock"
    begun=$(date +%s%N)
    "$bin/tokenagent" serve --config "$work/agent.yaml" 2>"$work/agent.log" >&2 &
    started=$!
    children+=("$started")
    await tokenagent grep -q serving "$work/agent.log"
    start_seconds=$(awk -v ns=$(($(date +%s%N) - begun)) 'BEGIN { printf "%.3f", ns / 1e9 }')
}

# Keys of 64 hex digits, each with a value of 60 bytes that tells whose it is: its first 60 digits.
fill_redis() {
    python3 - "$tokens" "$work/keys" <<'END' | redis-cli -s "$work/redis.sock" --pipe >/dev/null
import hashlib, sys

with open(sys.argv[2], "w") as keys:
    for number in range(int(sys.argv[1])):
        key = hashlib.sha256(b"%d" % number).hexdigest()
        keys.write(key + "\n")
        digits = key.encode()
        sys.stdout.buffer.write(b"*3\r\n$3\r\nSET\r\n$64\r\n%s\r\n$60\r\n%s\r\n" % (digits, digits[:60]))
END
}
