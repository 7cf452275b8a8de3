"""bench-flat.py SOCKET SECONDS PROGRAM CONFIGURATION BACKUP: keeps a daemon busy for so long.

A thousand creates a second all the time; and one after the other, again and again until the time is over: a full
reading of the directory, a purge of all that is obsolete, a backup. Prints what was done, as scripts/bench notes it.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time

path, seconds, program, configuration, backup = sys.argv[1:]
end = time.monotonic() + float(seconds)
done = {"created": 0, "read people": 0, "purged": 0, "backups": 0}


def connect():
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    return connection, connection.makefile("rb")


def ask(method, **params):
    connection, lines = connect()
    with connection:
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        connection.sendall(json.dumps(request).encode() + b"\n")
        return json.loads(lines.readline())["result"]


def create():
    """A hundred times a second, as many as are due by then; those that had to wait are made up for."""
    connection, lines = connect()
    begun, number = time.monotonic(), 0
    while (now := time.monotonic()) < end:
        count = min(int((now - begun) * 1000) - number, 200)
        if count < 10:
            time.sleep(0.01)
            continue
        text = ""
        for _ in range(count):
            owner = {"source": "service", "id": f"busy-{os.getpid()}-{number // 20}"}
            params = {"owner": owner, "name": f"n{number % 20}"}
            text += json.dumps({"jsonrpc": "2.0", "id": number, "method": "token.create", "params": params}) + "\n"
            number += 1
        connection.sendall(text.encode())
        for _ in range(count):
            done["created"] += b'"token"' in lines.readline()


def disturb():
    while time.monotonic() < end:
        done["read people"] += ask("directory.sync")["reports"][0]["people"] or 0
        done["purged"] += ask("token.purge")["count"]
        command = [program, "backup", "--config", configuration, "--force", "--quiet", backup]
        subprocess.run(command, check=True)
        done["backups"] += 1


failures = []


def guarded(work):
    try:
        work()
    except Exception as failure:  # A thread's own end would not be the program's.
        failures.append(f"{work.__name__}: {failure}")


threads = [threading.Thread(target=guarded, args=(work,)) for work in (create, disturb)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for name, count in done.items():
    print(json.dumps({"group": "flat", "name": name, "case": "meanwhile", "value": {"measured": count}}))
sys.exit("; ".join(failures) or 0)
