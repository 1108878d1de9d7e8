"""TCP: one fast stream, ten thousand idle clients, a hundred busy ones."""

import statistics
import subprocess
import time

from common import ADDRESS, EXAMPLES, Process, memory, spread, table, wait_until

CLIENTS = 10_000
BUSY = 100


def listens():
    port = f":{int(ADDRESS.rsplit(':', 1)[1]):04X} "
    return any(port in line and " 0A " in line for line in open("/proc/net/tcp"))


def stream(receiver, seconds, count):
    """Bytes the slowest, the median and the fastest connection took; all bytes a second."""
    receiver.start(subprocess.PIPE)
    try:
        wait_until(listens, f"{receiver.name} to listen")
        command = [EXAMPLES / "tcp", "stream", ADDRESS, str(int(seconds)), str(count)]
        least, middle, most, total, took = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
        return int(least), int(middle), int(most), int(total) / float(took)
    finally:
        receiver.stop()
        wait_until(lambda: not listens(), f"{receiver.name} to end")


def idle_clients():
    """Seconds until all are in the log, and KB of memory for each."""
    engine = Process("engine", EXAMPLES / "engine", ADDRESS, "tcp")
    engine.start(subprocess.PIPE)
    wait_until(listens, "the engine to listen")
    time.sleep(0.3)
    before = memory(engine.process.pid, "RssAnon")
    clients = Process("clients", EXAMPLES / "tcp", "idle", ADDRESS, str(CLIENTS))
    clients.start(subprocess.PIPE)
    for line in engine.process.stdout:
        joined, took = line.split()
        if int(joined) == CLIENTS:
            break
    after = memory(engine.process.pid, "RssAnon")
    clients.stop()
    engine.stop()
    return float(took), (after - before) * 1000 / CLIENTS


def measure(runs, seconds):
    engine = Process("engine", EXAMPLES / "engine", ADDRESS, "tcp")
    bare = Process("bare", EXAMPLES / "tcp", "bare", ADDRESS)
    rates, fair = {"engine": [], "bare": []}, []
    for _ in range(runs):
        for receiver in (bare, engine):
            rates[receiver.name].append(stream(receiver, seconds, 1)[3] / 1e9)
        least, middle, most, _ = stream(engine, seconds, BUSY)
        fair.append((least / middle, most / middle))
    idle = [idle_clients() for _ in range(runs)]
    ratio = statistics.median(rates["engine"]) / statistics.median(rates["bare"])
    took, each = zip(*idle)
    slowest, fastest = zip(*fair)
    return table(["TCP", ""], [
        ["one stream into the log", f"{spread(rates['engine'], 'GB/s', 2)}, {ratio:.2f}× of a bare read loop's {spread(rates['bare'], 'GB/s', 2)}"],
        [f"{CLIENTS:,} clients connect", f"all in the log after {spread(took, 's', 2)}, {spread(each, 'KB')} of memory each"],
        [f"{BUSY} busy clients", f"slowest {spread(slowest, '×', 2)}, fastest {spread(fastest, '×', 2)} of the median's bytes"],
    ])
