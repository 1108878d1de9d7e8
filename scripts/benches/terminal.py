"""What `netpeer udp --record` loses while it prints and writes a pcapng.

The sender numbers its datagrams: what is lost are the numbers that are not in the file,
or not in the memory of the bare loop (see take.c).
"""

import mmap
import pathlib
import re
import signal
import struct
import subprocess
import tempfile
import time

from common import ADDRESS, EXAMPLES, PORT, TARGET, Process, compiled, drops, table, wait_until, waiting
from loss import cell

RATES = [50_000, 100_000, 200_000]
SIZE = 64
PACKET = 6  # the type of an enhanced packet block (draft-ietf-opsawg-pcapng, 4.3)


def send(rate, seconds):
    command = [EXAMPLES / "sender", ADDRESS, str(int(rate * seconds)), str(rate), str(SIZE)]
    sent = int(subprocess.run(command, capture_output=True, check=True).stdout.split()[0])
    wait_until(lambda: waiting() == 0, "the receiver to read all")
    return sent


def packets(file, sent):
    """How many packets a pcapng holds, and how many different numbers of those sent they
    begin with."""
    count, numbers = 0, set()
    with open(file, "rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as held:
        at = 0
        while at < len(held):
            kind, length = struct.unpack_from("<II", held, at)
            if kind == PACKET:
                (captured,) = struct.unpack_from("<I", held, at + 20)
                count += 1
                payload = at + 28 + captured - SIZE  # behind the headers of IP and UDP
                numbers.add(held[payload : payload + 10])
            at += length
    return count, sum(number.isdigit() and int(number) < sent for number in numbers)


def bare(rate, seconds):
    """Per cent lost."""
    taker = Process("bare", compiled("take"), str(PORT), "1")
    taker.start(subprocess.PIPE)
    try:
        wait_until(lambda: drops() is not None, "the bare loop to bind")
        sent = send(rate, seconds)
        time.sleep(0.1)
        taker.process.stdin.close()
        numbers = int(taker.process.stdout.read().split()[1])
        return 100 * (sent - numbers) / sent, 1
    finally:
        taker.stop()
        wait_until(lambda: drops() is None, "the bare loop to end")


def netpeer(rate, seconds, piped):
    """Per cent lost, and the part of what it says it received that the file holds."""
    with tempfile.TemporaryDirectory() as folder:
        file, totals = pathlib.Path(folder, "bench.pcapng"), pathlib.Path(folder, "totals")
        command = [TARGET / "netpeer", "--lang", "en", "udp", "--bind", ADDRESS, "--record", file]
        terminal = Process("netpeer", *command)
        reader = None
        with open(totals, "wb") as complaints:
            terminal.start(subprocess.PIPE if piped else subprocess.DEVNULL, complaints)
        try:
            if piped:
                reader = subprocess.Popen(["wc", "-l"], stdin=terminal.process.stdout, stdout=subprocess.PIPE)
                terminal.process.stdout.close()
            wait_until(lambda: drops() is not None, "netpeer to bind")
            time.sleep(0.2)
            sent = send(rate, seconds)
            terminal.process.send_signal(signal.SIGINT)
            terminal.process.wait(30)
            said = re.search(r"Received ([\d,]+)", totals.read_text())
            received = int(said[1].replace(",", ""))
            count, numbers = packets(file, sent)
            printed = int(reader.communicate(timeout=30)[0]) if reader else received
            if printed < received:
                raise SystemExit(f"{received} received, {printed} lines printed")
            return 100 * (sent - numbers) / sent, count / received
        finally:
            terminal.stop()
            wait_until(lambda: drops() is None, "netpeer to end")


def measure(runs, seconds):
    receivers = {
        "bare `recvmmsg` into memory, 4 MiB buffer": bare,
        "**netpeer udp --record**, printed to /dev/null": lambda rate, seconds: netpeer(rate, seconds, False),
        "**netpeer udp --record**, printed to a pipe that is read": lambda rate, seconds: netpeer(rate, seconds, True),
    }
    found = {(name, rate): [] for name in receivers for rate in RATES}
    for _ in range(runs):
        for rate in RATES:
            for name, receive in receivers.items():
                found[name, rate].append(receive(rate, seconds))
    rows = []
    for name in receivers:
        rows.append([name, *(cell([lost for lost, _ in found[name, rate]]) for rate in RATES)])
    # The bare loop's is 1: it keeps what it receives.
    held = [min(part for name in receivers for _, part in found[name, rate]) for rate in RATES]
    rows.append(["in the pcapng of what was received", *("all" if part == 1 else f"{100 * part:.3f} %" for part in held)])
    return table(["lost at", *(f"{rate // 1000} k/s" for rate in RATES)], rows)
