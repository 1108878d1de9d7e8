"""The load generator as fast as it goes, beside `sendmmsg` of 64 at a time.

Both send to the same program that only counts what comes (see take.c). What went is what
the kernel took.
"""

import statistics
import subprocess
import time

from common import ADDRESS, EXAMPLES, PORT, Process, compiled, drops, spread, table, wait_until, waiting

SIZES = [64, 1_400]
LONGEST = 3  # seconds of each run


def flooded(command):
    """Thousand datagrams a second that went, and that came."""
    taker = Process("receiver", compiled("take"), str(PORT), "0")
    taker.start(subprocess.PIPE)
    try:
        wait_until(lambda: drops() is not None, "the receiver to bind")
        said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        wait_until(lambda: waiting() == 0, "the receiver to read all")
        time.sleep(0.1)
        taker.process.stdin.close()
        came = int(taker.process.stdout.read().split()[0])
    finally:
        taker.stop()
        wait_until(lambda: drops() is None, "the receiver to end")
    sent, took = said.split()
    return int(sent) / float(took) / 1000, came / float(took) / 1000


def measure(runs, seconds):
    seconds, rows = str(min(seconds, LONGEST)), []
    for size in SIZES:
        senders = {
            "`sendmmsg`, 64 at a time": [compiled("flood"), str(PORT), seconds, str(size)],
            "**netpeer's load generator**": [EXAMPLES / "flood", ADDRESS, seconds, str(size)],
        }
        figures = {name: [] for name in senders}
        for _ in range(runs):
            for name, command in senders.items():
                figures[name].append(flooded(command))
        went, came = ({name: [pair[which] for pair in pairs] for name, pairs in figures.items()} for which in (0, 1))
        theirs, ours = went.values()
        ratio = statistics.median(our / their for our, their in zip(ours, theirs))
        for name in senders:
            times = "" if went[name] is theirs else f"{ratio:.2f}×"
            rows.append([f"{size:,} bytes", name, spread(went[name], "k/s", 0), spread(came[name], "k/s", 0), times])
    return table(["load", "sender", "went", "came", "ratio"], rows)
