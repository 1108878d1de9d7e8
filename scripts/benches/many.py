"""Twenty thousand TCP connections, each with one message a second that a rule echoes."""

import resource
import subprocess
import time

from common import ADDRESS, PORT, TARGET, Process, compiled, cpu, memory, table, wait_until
from tcp import listens

CLIENTS = 20_000
# Descriptors of one process that are not connections.
OTHERS = 100
PROCESSES = 2


def measure(_runs, seconds):
    seconds = int(max(seconds, 10))
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1] - OTHERS
    count = min(CLIENTS, limit) // PROCESSES
    server = Process("server", TARGET / "netpeer", "tcp-server", "--bind", ADDRESS, "--echo", "--quiet", "--lang", "en")
    server.start()
    try:
        wait_until(listens, "netpeer to listen")
        clients = [Process("clients", compiled("many"), str(PORT), str(count), str(seconds)) for _ in range(PROCESSES)]
        for client in clients:
            client.start(subprocess.PIPE)
        for client in clients:
            client.process.stdout.readline()
        time.sleep(1)
        before, began = cpu(server.process.pid), time.monotonic()
        for client in clients:
            client.process.stdin.write(b"go\n")
            client.process.stdin.close()
        said = [[int(word) for word in client.process.stdout.read().split()] for client in clients]
        load = (cpu(server.process.pid) - before) / (time.monotonic() - began)
        held = memory(server.process.pid)
    finally:
        server.stop()
    sent, came, waited = (sum(part) for part in list(zip(*said))[:3])
    median, p99, most = (max(part) / 1e6 for part in list(zip(*said))[3:])
    what = f"{count * PROCESSES:,} connections, one message a second each, {seconds} s"
    whole = f"{sent:,} sent, {came:,} echoed, {waited:,} turns left out"
    return table(["TCP, a rule that echoes", "median", "p99", "longest", "processor", "memory", ""], [
        [what, f"{median:.2f} ms", f"{p99:.2f} ms", f"{most:.1f} ms", f"{load:.2f} cores", f"{held:.0f} MB", whole],
    ])
