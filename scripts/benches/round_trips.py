"""Round trips through several servers by turns, and what they come to."""

import statistics
import subprocess

from common import compiled, drops, on_core, wait_until

COUNT = 50_000
SIZE = 64


def asked(servers):
    """Median and p99 of each, in microseconds, asked from the first core. Servers are pairs
    of a process and its port."""
    started = []
    try:
        for server, port in servers:
            wait_until(lambda port=port: drops(port) is None, f"port {port} to be free")
            server.start()
            started.append((server, port))
            wait_until(lambda port=port: drops(port) is not None, f"{server.name} to bind")
        ports = [str(port) for _, port in servers]
        command = [compiled("ask"), str(COUNT), str(SIZE), *ports]
        said = subprocess.run(command, capture_output=True, check=True, text=True, preexec_fn=on_core(0)).stdout
        return [tuple(int(time) / 1000 for time in line.split()[:2]) for line in said.splitlines()]
    finally:
        for server, port in started:
            server.stop()
            wait_until(lambda port=port: drops(port) is None, f"{server.name} to end")


def ratios(ours, theirs):
    """The median over the runs of how many times as long ours took, for each column."""
    runs = [[one / other for one, other in zip(our, their)] for our, their in zip(ours, theirs)]
    return [statistics.median(column) for column in zip(*runs)]
