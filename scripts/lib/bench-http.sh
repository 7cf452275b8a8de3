# Sourced by scripts/bench: `/auth` with a bearer token, and a route that does nothing, on the same library.
# shellcheck shell=bash

bench_http() {
    need_packages "to ask over HTTP" wrk curl >&2
    local seconds=3 agent trivial round token connections
    local bridge=18070 other=18071
    [ -n "${BENCH_BIN:-}" ] || swift build -c release --product BenchmarkTrivial >&2
    start_agent "$work/http.sqlite" "http: {listen: \"127.0.0.1:$bridge\"}"
    agent=$started
    "$bin/BenchmarkTrivial" $other >"$work/trivial.log" 2>&1 &
    trivial=$!
    children+=("$trivial")
    token=$("$bin/tokenagent" create --service bench --socket "$work/agent.sock" --quiet)
    await "the bridge" curl -sf -H "Authorization: Bearer $token" "http://127.0.0.1:$bridge/auth"
    await "the trivial server" curl -sf "http://127.0.0.1:$other/auth"
    # Both are asked with the same bytes, one after the other, round by round.
    for round in $(seq "$rounds"); do
        say "http: round $round of $rounds"
        for connections in 1 16 64; do
            note http "tokenagent /auth" "$connections connections" \
                "$(http_rate $bridge $connections $seconds "$token" "$agent")"
            note http "trivial route" "$connections connections" \
                "$(http_rate $other $connections $seconds "$token" "$trivial")"
        done
    done
    kill "$agent" "$trivial"
    wait "$agent" "$trivial" 2>/dev/null || true
}

# http_rate PORT CONNECTIONS SECONDS TOKEN PID: wrk's figures, and the processor's time of a request.
http_rate() {
    local before after report
    before=$(processor_ticks "$5")
    report=$(wrk -t1 -c"$2" -d"$3s" --latency -H "Authorization: Bearer $4" "http://127.0.0.1:$1/auth")
    after=$(processor_ticks "$5")
    awk -v ticks=$((after - before)) -v hertz="$(getconf CLK_TCK)" '
        function microseconds(text) {
            if (text ~ /us$/) return text + 0
            if (text ~ /ms$/) return text * 1000
            return text * 1000000
        }
        /50%/ { p50 = microseconds($2) }
        /99%/ { p99 = microseconds($2) }
        /requests in/ { requests = $1 }
        /Requests\/sec/ { rate = $2 }
        /Non-2xx|Socket errors/ { bad = $0 }
        END {
            if (bad || !requests) { print "http: " bad > "/dev/stderr"; exit 1 }
            printf "{\"rate\":%.0f,\"p50_us\":%.0f,\"p99_us\":%.0f,\"cpu_us\":%.2f}",
                rate, p50, p99, ticks / hertz * 1e6 / requests
        }' <<<"$report"
}

# User and system time of a process, in ticks. Its name, in brackets, may have blanks.
processor_ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }
