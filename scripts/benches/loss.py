"""How much each receiver loses, side by side.

Datagrams of 64 bytes over loopback, the sender on the same cores. Loss is what the
kernel dropped at the receiver's socket (/proc/net/udp) of what was sent, so that it is
the same for all.
"""

import statistics
import subprocess
import sys
import tempfile
import time

from common import ADDRESS, EXAMPLES, PORT, PacketSender, Process, Skipped, Window, drops, has, table, wait_until

RATES = [50_000, 100_000, 200_000, 400_000]
PYTHON = f"""
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", {PORT}))
while True:
    print(s.recvfrom(1024))
"""


def receivers():
    yield Window()
    yield Process("**netpeer, the engine into its log**", EXAMPLES / "engine", ADDRESS)
    yield Process("bare loop into memory, 4 MiB buffer", EXAMPLES / "bare", ADDRESS)
    peers = {
        "nc": ("`nc -u -l`", "-u", "-l", "127.0.0.1", str(PORT)),
        "ncat": ("`ncat -u -l`", "-u", "-l", "--recv-only", "127.0.0.1", str(PORT)),
        "socat": ("`socat UDP-RECV`", "-u", f"UDP-RECV:{PORT},bind=127.0.0.1", "STDOUT"),
    }
    for program, (name, *arguments) in peers.items():
        if has(program):
            yield Process(name, program, *arguments)
    yield Process("Python `recvfrom` and `print`", sys.executable, "-c", PYTHON)
    if has("packetsender"):
        yield PacketSender()


def loss(receiver, rate, seconds):
    """Per cent of the datagrams that the receiver's socket dropped."""
    with tempfile.TemporaryFile() as sink:
        receiver.start(sink)
        try:
            wait_until(lambda: drops() is not None, f"{receiver.name} to bind")
            time.sleep(0.3)
            sender = [EXAMPLES / "sender", ADDRESS, str(int(rate * seconds)), str(rate)]
            sent = subprocess.run(sender, capture_output=True, check=True).stdout.split()[0]
            time.sleep(0.5)
            return 100 * drops() / int(sent)
        finally:
            receiver.stop()
            wait_until(lambda: drops() is None, f"{receiver.name} to end")


def cell(values):
    def show(value):
        return f"{value:.1f} %" if value >= 0.1 else ("0" if value == 0 else f"{value:.3f} %")

    low, middle, high = min(values), statistics.median(values), max(values)
    return show(middle) if show(low) == show(high) else f"{show(middle)} ({show(low)}–{show(high)})"


def measure(runs, seconds):
    everybody = list(receivers())
    losses = {(receiver.name, rate): [] for receiver in everybody for rate in RATES}
    for _ in range(runs):
        for rate in RATES:
            for receiver in list(everybody):
                try:
                    losses[receiver.name, rate].append(loss(receiver, rate, seconds))
                except Skipped as reason:
                    print(f"loss: {receiver.name} is left out, {reason}", file=sys.stderr, flush=True)
                    everybody.remove(receiver)
    head = ["lost at", *(f"{rate // 1000} k/s" for rate in RATES)]
    return table(head, [[receiver.name, *(cell(losses[receiver.name, rate]) for rate in RATES)] for receiver in everybody])
