"""Repeating a message: does the interval hold, and how exactly."""

import statistics
import subprocess

from common import EXAMPLES, table

INTERVALS = [1_000, 10_000]


def measure(runs, seconds):
    rows = []
    for interval in INTERVALS:
        count = int(max(seconds, 3) * 1e6 / interval)
        found = {"bare": [], "worker": []}
        for _ in range(runs):
            command = [EXAMPLES / "repeat", str(interval), str(count)]
            for line in subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines():
                name, *numbers = line.split()
                found[name].append([float(number) for number in numbers])
        middle = {name: [statistics.median(column) for column in zip(*of)] for name, of in found.items()}
        drift = {name: (of[0] - interval) / interval * 100 for name, of in middle.items()}
        for name, title in (("worker", "netpeer"), ("bare", "bare loop")):
            mean, usual, p99, longest = middle[name]
            rows.append([f"{interval / 1000:g} ms", title, f"{drift[name]:+.3f} %", f"{usual:.0f} µs", f"{p99:.0f} µs", f"{longest:.0f} µs"])
    return table(["Interval", "sender", "drift of the mean", "jitter, median", "p99", "longest"], rows)
