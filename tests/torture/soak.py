#!/usr/bin/env python3
"""Lets a UDP session, a TCP server with clients that come and go, and a relay run and record for
long: descriptors, threads and memory stay flat, and sent = rows + counted losses.

Usage: tests/torture/soak.py [--program FILE] [--minutes N] [--sample] [--seed N] [--self-test]
"""

import os
import random
import re
import socket
import sys
import threading
import time

import disk_judge as judge
import disk_suite
from disk_session import Sender, Session, message

# Descriptors and threads come and go with clients; memory with chunks and buffers.
MOST_MORE = {"descriptors": 4, "threads": 2, "memory": 4.0}
# A leak of one datagram's bytes in a hundred would be ten times this, at these rates.
SLOPE = 0.4  # MiB a minute
WARM = 1 / 3


class Watch:
    """What a process uses, every second."""

    def __init__(self, process):
        self.process, self.samples = process, []

    def look(self):
        root = f"/proc/{self.process}"
        try:
            status = dict(line.split(":", 1) for line in open(f"{root}/status") if ":" in line)
            pages = int(status["RssAnon"].split()[0]) / 1024
            self.samples.append({"at": time.monotonic(), "descriptors": len(os.listdir(f"{root}/fd")),
                                 "threads": int(status["Threads"]), "memory": pages})
        except (OSError, KeyError):
            pass

    def of(self, what):
        return [(sample["at"], sample[what]) for sample in self.samples]


def slope(points):
    """Growth a minute, by least squares over (seconds, value)."""
    if len(points) < 2:
        return 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return 60 * sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def growth(points, most):
    """The mistake in values that should be flat after a third: the median of the last third is
    at most `most` above that of the middle third."""
    third = len(points) // 3
    if third < 2:
        return "too few samples"
    middle, last = (sorted(value for _, value in part)[third // 2]
                    for part in (points[third:2 * third], points[-third:]))
    return f"{middle:.1f} in the middle third, {last:.1f} in the last" if last > middle + most else None


def rises(points, bound):
    """The mistake in memory that rises by more than the bound a minute after it is warm."""
    rate = slope(points[int(len(points) * WARM):])
    return f"it rises by {rate:.2f} MiB a minute" if rate > bound else None


class Clients:
    """TCP clients that come, say something in pieces, and go in several ways."""

    def __init__(self, port, rng, answered=False):
        self.port, self.rng, self.answered = port, rng, answered
        self.bytes, self.count, self.failed, self.stopped = 0, 0, [], False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.stopped:
            try:
                self.visit()
            except OSError as error:
                self.failed.append(str(error))
            time.sleep(self.rng.uniform(0.005, 0.05))

    def visit(self):
        with socket.create_connection(("127.0.0.1", self.port), 5) as peer:
            self.count += 1
            peer.settimeout(5)
            for _ in range(self.rng.randint(1, 20)):
                text = message(self.count)
                peer.sendall(text)
                self.bytes += len(text)
            # An end rather than a reset, so that nothing sent is lost on the way.
            peer.shutdown(socket.SHUT_WR)
            while peer.recv(65536):
                pass

    def stop(self):
        self.stopped = True
        self.thread.join(10)


class Echo:
    """The target of the relay, and what it received."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.port, self.received, self.stopped = self.socket.getsockname()[1], 0, False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.stopped:
            try:
                content, sender = self.socket.recvfrom(65536)
                self.received += 1
                self.socket.sendto(content, sender)
            except OSError:
                pass


def totals_of_bytes(session):
    """The received bytes that the last line tells of."""
    found = re.search(r"Received [\d,]+ \(([\d,]+) bytes?\)", session.err())
    return int(found[1].replace(",", "")) if found else None


def sessions(program, work, target):
    """The three programs; none prints its rows, which would fill the disk."""
    arguments = {
        "udp": ["udp", "--bind", "127.0.0.1:0", "--record", "udp.pcapng"],
        "tcp-server": ["tcp-server", "--bind", "127.0.0.1:0", "--echo", "--no-limits", "--record", "tcp.pcapng"],
        "relay": ["relay", "udp", "--bind", "127.0.0.1:0", "--to", f"127.0.0.1:{target}", "--record", "relay.jsonl"],
    }
    found = {}
    for name, words in arguments.items():
        folder = os.path.join(work, name)
        os.makedirs(folder)
        found[name] = Session(program, words, folder)
    return found


def run(report, chosen, seconds):
    rng, echo = random.Random(chosen.seed), Echo()
    with disk_suite.folder() as work:
        found = sessions(chosen.program, work, echo.port)
        ports = {name: session.port(20) for name, session in found.items()}
        if None in ports.values():
            for session in found.values():
                session.end()
            return report.skip("all", f"a session does not begin: {ports}")
        senders = {"udp": Sender(ports["udp"], rate=1_000, batch=10), "relay": Sender(ports["relay"], rate=300, batch=3)}
        clients = Clients(ports["tcp-server"], rng)
        watches = {name: Watch(session.process.pid) for name, session in found.items()}
        watch(watches, seconds)
        clients.stop()
        for sender in senders.values():
            sender.stop()
        time.sleep(1)
        statuses = {name: session.end(30) for name, session in found.items()}
        echo.stopped = True
        for name, session in found.items():
            judge_use(report, name, watches[name], statuses[name], session, seconds)
        judge_udp(report, found["udp"], senders["udp"])
        judge_tcp(report, found["tcp-server"], clients)
        judge_relay(report, found["relay"], senders["relay"], echo)
    return None


def watch(watches, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for known in watches.values():
            known.look()
        time.sleep(1 if seconds > 60 else 0.25)


def judge_use(report, name, known, status, session, seconds):
    """What each process used is flat, and it ended well."""
    report.tried(f"{name}: ends", reached=True)
    if status != 0 or "panicked" in session.err():
        report.defect(f"{name}: ends", f"status {status}: {session.err()[-200:]}", "status 0")
    for what, most in MOST_MORE.items():
        points = known.of(what)
        report.tried(f"{name}: {what}", count=len(points), reached=len(points) > 6)
        wrong = growth(points, most)
        # A minute is too short to tell a leak from buffers that fill.
        if not wrong and what == "memory" and seconds >= 300:
            wrong = rises(points, SLOPE)
        if wrong:
            report.defect(f"{name}: {what}", wrong, f"flat: at most {most} more, {SLOPE} MiB a minute")
    if known.samples:
        memory = [value for _, value in known.of("memory")]
        report.note(f"{name}: {known.samples[-1]['descriptors']} descriptors, {known.samples[-1]['threads']} threads, "
                    f"{memory[len(memory) // 3]:.1f} → {memory[-1]:.1f} MiB (RssAnon), "
                    f"slope {slope(known.of('memory')[len(memory) // 3:]):+.2f} MiB/min")


def judge_udp(report, session, sender):
    report.tried("udp: sent = rows + losses", count=sender.sent)
    totals = session.totals()
    wrong = judge.balance(sender.sent, *totals) if totals else "no totals"
    shown = count_of(session.out_path)
    if not wrong and shown != totals[0]:
        wrong = f"{totals[0]} received, {shown} on the screen"
    if wrong:
        report.defect("udp: sent = rows + losses", wrong, "sent = rows + losses that are counted")


def count_of(path):
    """The number of messages on a screen, read line by line."""
    with open(path, "rb") as screen:
        return sum(line.count(b"n=") for line in screen)


def judge_tcp(report, session, clients):
    report.tried("tcp-server: bytes", count=clients.count)
    got = totals_of_bytes(session)
    if clients.failed:
        report.defect("tcp-server: bytes", f"{len(clients.failed)} clients fail: {clients.failed[0]}", "each is served")
    if got != clients.bytes:
        report.defect("tcp-server: bytes", f"{clients.bytes} sent, {got} received", "every byte")


def judge_relay(report, session, sender, echo):
    """The relay counts what it received from both sides."""
    report.tried("relay: sent = rows + losses", count=sender.sent)
    totals = session.totals()
    if not totals:
        return report.defect("relay: sent = rows + losses", session.err()[-200:], "totals")
    wrong = judge.balance(sender.sent + echo.received, *totals)
    if wrong:
        report.defect("relay: sent = rows + losses", wrong, "both directions = rows + losses that are counted")
    return None


def line(rate, count=300, begin=10.0):
    return [(second, begin + rate * second / 60) for second in range(count)]


def mistakes():
    steps = [(second, 5 + (second > 200) * 10) for second in range(300)]
    return [
        ("memory that rises", lambda: rises(line(2.0), SLOPE)),
        ("descriptors that stay open", lambda: growth(steps, MOST_MORE["descriptors"])),
        ("memory that rises in the last third", lambda: growth(line(5.0), MOST_MORE["memory"])),
        ("a process that was not watched", lambda: growth([], 1)),
        ("a loss that nobody counted", lambda: judge.balance(100, 90, 9)),
        ("what is flat is called rising", lambda: rises(line(0.0), SLOPE) is None and growth(line(0.0), 1) is None),
    ]


def main():
    chosen = disk_suite.options(__doc__, minutes=(10.0, "how long it runs"))
    if chosen.self_test:
        return disk_suite.self_test("soak", mistakes())
    report = disk_suite.Report("soak", chosen)
    run(report, chosen, 14 if chosen.sample else chosen.minutes * 60)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
