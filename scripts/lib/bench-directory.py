"""Measures a running daemon beside the slapd that it reads. Called by bench-directory.sh; prints lines of JSON.

bench-directory.py scale   SOCKET DAEMON-PID URI PEOPLE ROUNDS TOKENS LOAD
bench-directory.py persist SOCKET DAEMON-PID URI PEOPLE DELETIONS

SOCKET is the daemon's, URI is slapd's, TOKENS a file of tokens to verify, LOAD the load generator. The daemon's
directory is `people`."""

import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time

BASE = "ou=people,dc=example,dc=org"
FILTER = "(objectClass=inetOrgPerson)"
# What the daemon asks for.
ATTRIBUTES = (
    "entryUUID uid mail cn userAccountControl accountExpires nsAccountLock pwdAccountLockedTime pwdEndTime "
    "shadowExpire loginDisabled"
).split()
ADMIN = ["-x", "-D", "cn=admin,dc=example,dc=org", "-w", "secret"]


class Daemon:
    """One connection to the daemon."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.lines = self.socket.makefile("rb")

    def call(self, method, **params):
        self.send(method, params)
        return self.answer()

    def send(self, method, params):
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        self.socket.sendall(json.dumps(request).encode() + b"\n")

    def answer(self):
        answer = json.loads(self.lines.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def sync(self, mode):
        """Seconds that one reading took, as its caller sees it."""
        begun = time.monotonic()
        report = self.call("directory.sync", source="people", mode=mode)["reports"][0]
        seconds = time.monotonic() - begun
        if not report["complete"] or report["held"] or report.get("error"):
            raise RuntimeError(report)
        return seconds, report


def note(what, people, **figures):
    line = {"group": "directory", "case": f"{people:,} people", "name": what, "value": figures}
    print(json.dumps(line), flush=True)


def compare(what, people, measured, beside, limit):
    note(what, people, measured=measured, beside=beside, ratio=measured / beside, limit=limit)


def status(pid, field):
    with open(f"/proc/{pid}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def cpu(pid):
    """Seconds of all its threads, user and system."""
    with open(f"/proc/{pid}/stat") as line:
        fields = line.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ldapsearch(uri):
    """Seconds for the same people and attributes, unpaged: the quicker way for it."""
    command = ["ldapsearch", "-LLL", "-x", "-H", uri, "-b", BASE, FILTER, *ATTRIBUTES]
    begun = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun


class Verifier(threading.Thread):
    """Asks about tokens, one at a time and a thousand a second, until it is stopped."""

    def __init__(self, path, tokens):
        super().__init__(daemon=True)
        self.daemon_connection = Daemon(path)
        self.tokens = tokens
        self.latencies = []
        self.running = True

    def run(self):
        number = 0
        while self.running:
            number += 1
            params = {"token": self.tokens[number * 7919 % len(self.tokens)]}
            begun = time.perf_counter()
            self.daemon_connection.send("token.verify", params)
            if not self.daemon_connection.answer()["active"]:
                raise RuntimeError("a good token was refused")
            self.latencies.append(time.perf_counter() - begun)
            time.sleep(0.001)

    def stop(self):
        """The p99 in microseconds."""
        self.running = False
        self.join()
        return percentile(self.latencies, 99) * 1e6


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


def verify_latency(path, tokens, work):
    """p99 of verifies while `work` is done, in a process of its own: this one's lock would count."""
    command = [sys.executable, __file__, "verifier", path, tokens]
    verifier = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    work()
    out, _ = verifier.communicate("stop\n")
    return float(out)


def load_latency(load, path, tokens, pid, seconds, work):
    """p99 of verifies at 1 x 1, each asked when the one before is answered, for so long while `work` is done."""
    asking = subprocess.Popen(
        [load, "verify", path, tokens, "1", "1", str(seconds), pid], stdout=subprocess.PIPE, text=True
    )
    work()
    return json.loads(asking.communicate()[0])["p99_us"]


def verifier(path, tokens):
    with open(tokens) as lines:
        asked = Verifier(path, lines.read().split())
    asked.start()
    sys.stdin.readline()
    print(asked.stop())


def change(uri, round_number, people):
    """300 changes: 200 other names, 50 who left, 50 who came."""
    first = people // 2 + round_number * 300
    lines = []
    for number in range(first, first + 200):
        lines.append(f"dn: uid=p{number:07},{BASE}\nchangetype: modify\nreplace: cn\ncn: Round {round_number}\n\n")
    for number in range(first + 200, first + 250):
        lines.append(f"dn: uid=p{number:07},{BASE}\nchangetype: delete\n\n")
    for number in range(50):
        login = f"new-{round_number}-{number}"
        lines.append(
            f"dn: uid={login},{BASE}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: {login}\n"
            f"cn: New\nsn: New\nmail: {login}@example.org\n\n"
        )
    subprocess.run(
        ["ldapmodify", *ADMIN, "-H", uri], check=True, stdout=subprocess.DEVNULL, input="".join(lines), text=True
    )


def scale(path, pid, uri, people, rounds, tokens, load):
    people, rounds = int(people), int(rounds)
    daemon = Daemon(path)
    ldapsearch(uri)  # So that slapd has everything in its cache.
    idle = status(pid, "VmRSS")
    floor, before = ldapsearch(uri), cpu(pid)
    first, report = daemon.sync("full")
    if report["people"] != people:
        raise RuntimeError(report)
    compare("first full reading, seconds", people, first, floor, 2)
    note("first full reading, CPU seconds of the daemon", people, measured=cpu(pid) - before)
    note("first full reading, MiB above idle", people, measured=status(pid, "VmHWM") - idle, limit=150)
    for _ in range(rounds):
        floor, before = ldapsearch(uri), cpu(pid)
        again, report = daemon.sync("full")
        if report["added"] or report["changed"] or report["people"] != people:
            raise RuntimeError(report)
        compare("full reading without changes, seconds", people, again, floor, 1.3)
        note("full reading without changes, CPU seconds of the daemon", people, measured=cpu(pid) - before)
    note("all full readings, MiB above idle", people, measured=status(pid, "VmHWM") - idle, limit=150)
    for _ in range(rounds):
        alone = verify_latency(path, tokens, lambda: time.sleep(5))
        during = verify_latency(path, tokens, lambda: daemon.sync("full"))
        searching = verify_latency(path, tokens, lambda: ldapsearch(uri))
        compare("verify's p99 during a full reading, microseconds", people, during, alone, 2)
        note("verify's p99 during ldapsearch, microseconds", people, measured=searching)
        # Verifies make a reading last longer: it goes on all the while.
        alone = load_latency(load, path, tokens, pid, again, lambda: None)
        during = load_latency(load, path, tokens, pid, again, lambda: daemon.sync("full"))
        compare("verify's p99 at 1 x 1 during a full reading, microseconds", people, during, alone, 2)
    daemon.sync("changes")
    for number in range(rounds):
        change(uri, number, people)
        seconds, report = daemon.sync("changes")
        if report["added"] != 50 or report["changed"] != 200:
            raise RuntimeError(report)
        note("300 changes told, seconds", people, measured=seconds, limit=0.2)


def persist(path, pid, uri, people, deletions):
    people, deletions = int(people), int(deletions)
    daemon = Daemon(path)
    daemon.sync("full")
    # The guard lets a twentieth go.
    owners = max(20 * (deletions + 20), 4000)
    tokens = []
    for number in range(owners):
        tokens.append(daemon.call("token.create", owner=f"p{number:07}")["token"])
    await_watch(daemon, uri, tokens)
    before, latencies = cpu(pid), []
    for number in range(1, deletions + 1):
        latencies.append(leave(daemon, uri, number, tokens[number]))
        time.sleep(0.01)
    note("a deletion until it is refused, p50 ms", people, measured=statistics.median(latencies) * 1e3)
    note("a deletion until it is refused, p99 ms", people, measured=percentile(latencies, 99) * 1e3, limit=10)
    note("a deletion, CPU ms of the daemon", people, measured=(cpu(pid) - before) / deletions * 1e3)


def leave(daemon, uri, number, token, seconds=30):
    """Seconds from the return of ldapdelete to a refused verify."""
    subprocess.run(["ldapdelete", *ADMIN, "-H", uri, f"uid=p{number:07},{BASE}"], check=True)
    returned = time.perf_counter()
    while daemon.call("token.verify", token=token)["active"]:
        if time.perf_counter() - returned > seconds:
            raise RuntimeError(f"p{number:07} is still let in")
        time.sleep(0.0001)  # Without, the asking itself would keep a core busy.
    return time.perf_counter() - returned


def await_watch(daemon, uri, tokens):
    """The connection for changes is opened a moment after a first full reading."""
    leave(daemon, uri, 0, tokens[0])
    time.sleep(0.5)


globals()[sys.argv[1]](*sys.argv[2:])
