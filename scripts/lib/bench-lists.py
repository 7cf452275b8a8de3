"""bench-lists.py lists SOCKET OWNERS | purge SOCKET TOKENS: times requests, one after another.

Prints a line of JSON for each figure, as scripts/bench notes them: milliseconds, the median of many.
"""

import json
import socket
import statistics
import sys
import time


class Agent:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.lines = self.socket.makefile("rb")

    def ask(self, method, **params):
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(self.lines.readline())
        if "error" in answer:
            sys.exit(f"{method}: {answer['error']}")
        return answer["result"]


def note(case, name, milliseconds, limit):
    value = {"measured": milliseconds, "limit": limit}
    print(json.dumps({"group": "lists", "name": name, "case": case, "value": value}), flush=True)


def lists(agent, owners):
    first = agent.ask("token.list", limit=100)
    day = first["tokens"][0]["created_at"]
    person = {"source": "corp", "id": "7b1e9a52-6c1d-103f-9d3e-%012x" % (owners // 2)}
    cases = {
        "all": {}, "the next page": {"cursor": first["next_cursor"]}, "an owner": {"owner": person},
        "an audience": {"audience": "default"}, "an unused audience": {"audience": "nobody's"},
        "created after": {"created_after": day}, "created before": {"created_before": day},
    }
    for state in ("active", "expired", "suspended", "obsolete", "revoked", "purged"):
        cases[state] = {"state": state}
        cases[f"{state}, an owner"] = {"state": state, "owner": person}
    for name, params in cases.items():
        took = []
        for _ in range(30):
            begun = time.perf_counter()
            agent.ask("token.list", limit=100, **params)
            took.append((time.perf_counter() - begun) * 1000)
        note("a page of 100, ms", name, statistics.median(took), 5)


def purge(agent, count):
    begun = time.perf_counter()
    purged = len(agent.ask("token.purge")["purged"])
    took = (time.perf_counter() - begun) * 1000
    if purged != count:
        sys.exit(f"{purged} tokens were purged, not {count}")
    note("a purge of 100, ms", "token.purge", took, 50)


{"lists": lists, "purge": purge}[sys.argv[1]](Agent(sys.argv[2]), int(sys.argv[3]))
