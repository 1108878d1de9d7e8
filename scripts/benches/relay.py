"""A UDP round trip through netpeer's relay beside one through socat's.

Both pass on to the same bare echo; the asking program takes turns between them and the
echo itself (see ask.c).
"""

import os
import pathlib
import signal
import subprocess

from common import PORT, TARGET, Process, Skipped, compiled, has, spread, table
from round_trips import asked, ratios

PROGRAM = TARGET / "netpeer"


class Socat(Process):
    """It forks for each client, and those outlive it."""

    def stop(self):
        pid = self.process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        super().stop()
        for child in children:
            os.kill(int(child), signal.SIGKILL)


def missing():
    """Why it cannot be measured."""
    if subprocess.run([PROGRAM, "relay", "udp", "--help"], capture_output=True).returncode != 0:
        return "`netpeer relay udp` is not there"
    return None if has("socat") else "socat is not there"


def relay(port, to, *options):
    """netpeer between a port and `to`; rows are printed, unless an option says otherwise."""
    return Process("netpeer", PROGRAM, "relay", "udp", "--bind", f"127.0.0.1:{port}", "--to", to, *options, core=1)


def measure(runs, _seconds):
    if reason := missing():
        raise Skipped(reason)
    echo, figures = compiled("echo"), []
    to = f"127.0.0.1:{PORT}"
    for _ in range(runs):
        servers = [
            (Process("echo", echo, str(PORT), core=1), PORT),
            (Socat("socat", "socat", f"UDP-LISTEN:{PORT + 1},bind=127.0.0.1,fork", f"UDP:{to}", core=1), PORT + 1),
            (relay(PORT + 2, to), PORT + 2),
            (relay(PORT + 3, to, "--quiet"), PORT + 3),
        ]
        figures.append(asked(servers))
    direct, socat, ours, quiet = zip(*figures)
    rows = []
    for name, times in (("directly", direct), ("`socat UDP-LISTEN:…,fork UDP:…`", socat), ("**netpeer's relay**", ours), ("**netpeer's relay**, `--quiet`", quiet)):
        median, p99 = zip(*times)
        rows.append([name, spread(median, "µs"), spread(p99, "µs")])
    for name, times in (("ratio to socat", ours), ("ratio to socat, `--quiet`", quiet)):
        rows.append([name, *(f"{ratio:.2f}×" for ratio in ratios(times, socat))])
    return table(["round trip of 64 bytes to a bare echo", "median", "p99"], rows)
