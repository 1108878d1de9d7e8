#!/usr/bin/env python3
"""Disks that are full, broken, slow, read-only or gone, clocks that are set, a stopped process, few
descriptors and little memory, while the program records and exports.

Usage: tests/torture/disks.py [--program FILE] [--sample] [--seed N] [--only TEXT] [--self-test]
"""

import concurrent.futures
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

import disk_judge as judge
import disk_places as places
import disk_suite
import disk_window
from crash import Fake, make_capture
from display import Display
from disk_session import Rows, Sender, Session, message, numbers_of_text

STOPPED = r"Recording has stopped|did not begin|Record .* failed"
WHOLE = "the session goes on, whole rows stay, and the message says why the recording ended"
SENT = "sent = rows + losses that are counted"
# Each error of the man pages of write, fdatasync and open that a disk gives, by its place.
FAULTS = [("write", error, "3+") for error in ("ENOSPC", "EIO", "EDQUOT", "EROFS", "EFBIG")]
FAULTS += [("write", error, "1") for error in ("ENOSPC", "EIO")]
FAULTS += [("fdatasync", error, when) for error in ("EIO", "ENOSPC", "EDQUOT") for when in ("1", "2")]
FAULTS += [("openat", error, "1") for error in ("EROFS", "ENOSPC", "EDQUOT", "EACCES", "EMFILE", "EIO")]
EXPORT_FAULTS = [("write", error, "1") for error in ("ENOSPC", "EIO", "EDQUOT")]
EXPORT_FAULTS += [("fsync", error, "1") for error in ("EIO", "ENOSPC", "EDQUOT")]
EXPORT_FAULTS += [("rename,renameat2,link,linkat", error, "1") for error in ("EIO", "ENOSPC", "EROFS", "EDQUOT")]


class Case:
    """A session that records while messages come; what is left is judged."""

    def __init__(self, report, chosen, what, folder, path):
        self.report, self.program, self.what = report, chosen.program, what
        self.folder, self.path, self.reached = folder, path, True
        os.makedirs(folder, exist_ok=True)

    def run(self, seconds, rate=300, before=(), env=None, during=None, patience=30, lasts=None):
        """Runs it; `during(session)` is called in the middle. Gives whether it began. One that
        `lasts` some seconds ends by itself."""
        arguments = ["udp", "--bind", "127.0.0.1:0", "--record", self.path]
        arguments += ["--for", f"{lasts}s"] if lasts else []
        self.session = Session(self.program, arguments, self.folder, before=before, env=env)
        port = self.session.port()
        self.sent = 0
        if port is not None:
            sender = Sender(port, rate=rate, batch=max(1, rate // 200))
            time.sleep(seconds / 2)
            if during:
                during(self.session)
            time.sleep(seconds / 2)
            self.sent = sender.stop()
            time.sleep(0.4)
        until = time.monotonic() + (2 * lasts if lasts else 0)
        while time.monotonic() < until and self.session.process.poll() is None:
            time.sleep(0.05)
        self.status = self.session.end(patience)
        return port is not None

    def defect(self, wrong, should):
        if wrong:
            self.report.defect(self.what, wrong, should)

    def judge(self, least=0, said=None, statuses=(0, 1), rows=True, began=True):
        """Judges the status, the message, the balance and the rows of the recording."""
        self.report.tried(self.what, reached=self.reached)
        err = self.session.err()
        if "panicked" in err or self.status not in statuses:
            self.defect(f"status {self.status}: {err[-300:]}", f"a status of {statuses}, and no panic")
        if said and self.reached and not re.search(said, err):
            self.defect(f"it says nothing like “{said}”: {err[-300:]}", WHOLE)
        totals = self.session.totals()
        if began and not totals:
            self.defect(f"no totals: {err[-200:]}", SENT)
        if totals:
            self.defect(judge.balance(self.sent, *totals), SENT)
            shown = len(self.session.printed())
            self.defect(None if shown == totals[0] else f"{totals[0]} received, {shown} on the screen", SENT)
        if rows and os.path.exists(self.path):
            self.judge_rows(self.sent if least is None else least)

    def judge_rows(self, least):
        if self.path.endswith((".pcapng", ".jsonl")):
            found = Rows(self.program, self.path)
            empty = os.path.getsize(self.path) == 0
        else:
            found, empty = Fake(numbers_of_text(self.path)[0]), False
        if not (empty and least == 0):
            # On loopback a datagram may overtake another when its sender changes the processor.
            order = self.session.printed()
            is_by_time = self.path.endswith(".pcapng")
            self.defect(judge.rows(found, least, max(self.sent, 1), True, order, is_by_time), WHOLE)


def full(report, chosen, ending, work):
    what = f"full disk, {ending}"
    small = os.path.join(work, f"full-{ending}")
    reason = places.mount(small, "size=64k")
    if reason:
        return report.skip(what, reason)
    case = Case(report, chosen, what, os.path.join(work, f"f-{ending}"), os.path.join(small, f"r.{ending}"))
    case.run(2, rate=800)
    case.judge(said=STOPPED, statuses=(1,))
    out = os.path.join(small, "o.csv")
    os.remove(case.path)
    judge_export(report, chosen, f"full disk, export {ending}", work, out, [None], ())
    places.unmount(small)


def injected(report, chosen, fault, work):
    """A call on the recording fails, once or from then on."""
    call, error, when = fault
    what = f"recording, {call} {error} {when}"
    folder = os.path.join(work, what.replace(" ", "-").replace(",", ""))
    path, log = os.path.join(folder, "r.jsonl"), os.path.join(work, f"{os.path.basename(folder)}.log")
    case = Case(report, chosen, what, folder, path)
    began = case.run(2.4 if when == "2" else 1.2, rate=100, before=places.injected(log, call, error, when, path))
    case.reached = places.was_injected(log)
    case.judge(said=STOPPED, statuses=(1,) if case.reached else (0, 1), began=began)


def judge_export(report, chosen, what, work, out, wanted, before, log=None):
    """The mistake of a conversion that fails: its old output stays, and nothing is left beside it."""
    command = [*before, chosen.program, "--lang", "en", "convert", os.path.join(work, "in.jsonl"), out, "--force"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60)
    report.tried(what, reached=log is None or places.was_injected(log))
    content = pathlib.Path(out).read_bytes() if os.path.exists(out) else None
    if log and not places.was_injected(log):
        return
    if done.returncode not in (1, 2) or not done.stderr.strip() or "Wrote" in done.stderr:
        report.defect(what, f"status {done.returncode}: {done.stderr[-200:]}", "a failure that says why")
    wrong = judge.whole(content, wanted)
    left = list(pathlib.Path(out).parent.glob(".*.part"))
    if wrong or left:
        report.defect(what, wrong or f"{left[0].name} is left", "the old file, and nothing beside it")


def injected_export(report, chosen, fault, work):
    call, error, when = fault
    what = f"export, {call.split(',')[0]} {error} {when}"
    folder = os.path.join(work, re.sub(r"\W+", "-", what))
    os.makedirs(folder)
    out, log = os.path.join(folder, "o.csv"), folder + ".log"
    pathlib.Path(out).write_bytes(b"old\n")
    # The file beside the output has a random name, so that no path can be given; there is
    # nothing else that is synced or renamed, and the standard error is written to last.
    before = ["strace", "-f", "-qq", "-e", "signal=none", "-o", log, "-e", f"trace={call}",
              "-e", f"inject={call}:error={error}:when={when}"]
    judge_export(report, chosen, what, work, out, [b"old\n"], before, log)


def read_only(report, chosen, work):
    what, place = "read-only disk", os.path.join(work, "ro")
    reason = places.mount(place, "size=1m")
    if reason:
        return report.skip(what, reason)
    disk_window.make_config(os.path.join(place, "config"), disk_window.free_port())
    places.read_only(place)
    case = Case(report, chosen, what, os.path.join(work, "ro-session"), os.path.join(place, "r.pcapng"))
    began = case.run(0.5)
    if began:
        case.defect("the session begins", "it ends at once, as its recording cannot begin")
    case.judge(said=STOPPED, statuses=(1,), began=False)
    judge_export(report, chosen, "read-only disk, export", work, os.path.join(place, "o.csv"), [None], ())
    lacks = disk_window.missing()
    if lacks and not chosen.sample:
        report.skip("read-only disk, window", f"{lacks} is not installed (scripts/install xvfb xdotool)")
    elif not chosen.sample:
        display = Display()
        window_on(report, chosen, "read-only disk, window", display, os.path.join(place, "config"), work)
        display.close()
    places.unmount(place)


def window_on(report, chosen, what, display, config, work):
    """The window opens with settings that cannot be saved, and ends well."""
    port = int(re.search(r'local_port: "(\d+)"', pathlib.Path(config, "settings.ron").read_text())[1])
    link = os.path.join(work, "config-link")
    os.symlink(config, link)
    shown = disk_window.Window(display, chosen.program, link)
    wrong = None if shown.is_open else f"it does not open: {shown.err()[-200:]}"
    if not wrong:
        shown.press("F5")
        wrong = None if disk_window.bound(port) else "the session does not open"
    status = shown.close()
    report.tried(what)
    if wrong or "panicked" in shown.err() or status is None:
        report.defect(what, wrong or f"status {status}: {shown.err()[-200:]}", "it works without saving, and ends")


def slow(report, chosen, ending, work, library):
    """A session waits for its recording, and what waits meanwhile is recorded at the end."""
    millis = 200 if chosen.sample else 1_000
    what = f"slow disk, {1_000 // millis} write/s, {ending}"
    if not library:
        return report.skip(what, "gcc is not installed (scripts/install gcc libc6-dev)")
    folder = os.path.join(work, f"slow-{ending}")
    case = Case(report, chosen, what, folder, os.path.join(folder, f"slowly.{ending}"))
    mark = folder + ".reached"
    env = {"LD_PRELOAD": library, "SHIM_SLOW": "slowly", "SHIM_MILLIS": str(millis), "SHIM_REACHED": mark}
    case.run(2 if chosen.sample else 10, rate=20 if chosen.sample else 100, env=env, patience=150)
    case.reached = os.path.exists(mark)
    case.judge(least=None, statuses=(0,))


def clock(report, chosen, work, library):
    what = "clock set back and forth by an hour"
    if not library:
        return report.skip(what, "gcc is not installed (scripts/install gcc libc6-dev)")
    folder = os.path.join(work, "clock")
    case = Case(report, chosen, what, folder, os.path.join(folder, "r.pcapng"))
    mark = folder + ".reached"
    env = {"LD_PRELOAD": library, "SHIM_STEP": "3600", "SHIM_REACHED": mark}
    seconds = 3 if chosen.sample else 10
    began = time.monotonic()
    case.run(seconds, env=env, lasts=seconds + 2)
    took = time.monotonic() - began
    case.reached = os.path.exists(mark)
    case.judge(least=None, statuses=(0,))
    if not seconds + 1.9 < took < seconds + 5:
        case.defect(f"--for {seconds + 2}s took {took:.1f} s", "times are measured by the steady clock")


def vanishing(report, chosen, work):
    what, place = "disk unmounted during recording", os.path.join(work, "gone")
    reason = places.mount(place, "size=8m")
    if reason:
        return report.skip(what, reason)
    case = Case(report, chosen, what, os.path.join(work, "gone-session"), os.path.join(place, "r.jsonl"))
    case.run(4, during=lambda _: places.unmount(place))
    case.judge(statuses=(0, 1), rows=False)
    if case.status == 0 and not os.path.exists(case.path):
        case.defect(f"the file is gone with its disk, and it ends with status 0: {case.session.err()[-160:]}",
                    "a message that the recording is incomplete, and status 1")


def broken(report, chosen, work):
    """A disk that takes writes and loses them: the next sync says so (EIO)."""
    what = "disk that breaks during recording"
    image = places.FailingImage(work)
    if image.reason:
        report.skip(what, image.reason)
        return image.close()
    case = Case(report, chosen, what, os.path.join(work, "broken"), os.path.join(image.at, "r.jsonl"))
    case.run(3 if chosen.sample else 8, rate=8_000)
    case.reached = os.path.getsize(case.path) > (1 << 20)
    case.judge(said=STOPPED, statuses=(1,), rows=False)
    return image.close()


def stopped(report, chosen, work):
    seconds = 12 if chosen.sample else 60
    what = f"stopped for {seconds} s"
    folder = os.path.join(work, "stopped")
    case = Case(report, chosen, what, folder, os.path.join(folder, "r.pcapng"))

    def stop(session):
        os.kill(session.process.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(session.process.pid, signal.SIGCONT)
        time.sleep(1)

    case.run(1, rate=1_000, during=stop)
    totals = case.session.totals()
    case.reached = bool(totals and totals[1])  # the buffer was too small for all of it
    case.judge(statuses=(0,))


def descriptors(report, chosen, work):
    """More clients than descriptors: those that wait are served once others leave."""
    what, clients = "64 descriptors, 100 clients", 100
    folder = os.path.join(work, "few")
    os.makedirs(folder)
    path = os.path.join(folder, "r.jsonl")
    session = Session(chosen.program, ["tcp-server", "--bind", "127.0.0.1:0", "--record", path], folder,
                      before=["prlimit", "--nofile=64"])
    port = session.port()
    report.tried(what)
    if port is None:
        session.end()
        return report.defect(what, session.err()[-200:], "it listens")
    peers = []
    for number in range(clients):
        peers.append(socket.create_connection(("127.0.0.1", port), 5))
        peers[-1].sendall(message(number))
    time.sleep(1.5)
    served = len(set(session.printed()))
    for peer in peers:
        peer.close()
        time.sleep(0.005)
    until = time.monotonic() + 8
    while len(set(session.printed())) < clients and time.monotonic() < until:
        time.sleep(0.1)
    status, recorded = session.end(), Rows(chosen.program, path)
    missing = set(range(clients)) - set(session.printed())
    if missing or set(recorded.numbers) != set(range(clients)) or status not in (0, 1):
        report.defect(what, f"{clients - len(missing)} on the screen, {len(set(recorded.numbers))} recorded, "
                      f"status {status}: {session.err()[-200:]}", "all clients are served in the end")
    if served < clients and "ulimit -n" not in session.said():
        report.defect(what, f"only {served} are served, and nothing says why", "a message that names the limit")


def memory(report, chosen, work):
    what = "terminal in 64 MiB"
    limit = places.Memory(64)
    before, name = limit.before()
    folder = os.path.join(work, "memory")
    case = Case(report, chosen, f"{what} ({name})", folder, os.path.join(folder, "r.pcapng"))
    case.run(3 if chosen.sample else 20, rate=20_000, before=before)
    case.judge(statuses=(0,))
    if limit.most():
        report.note(f"the session in 64 MiB used {limit.most():.0f} MiB at most, with pages of files")
    limit.close()


def cases(report, chosen, work):
    """(name, function) of each case; a sample has some of each kind."""
    library = places.shim(work)
    found = [(f"full disk, {ending}", lambda ending=ending: full(report, chosen, ending, work))
             for ending in (("jsonl",) if chosen.sample else ("pcapng", "jsonl", "csv", "log"))]
    some = slice(0, 40, 9) if chosen.sample else slice(None)
    found += [(f"recording, {fault[0]}", lambda fault=fault: injected(report, chosen, fault, work))
              for fault in FAULTS[some]]
    found += [("export, injected", lambda fault=fault: injected_export(report, chosen, fault, work))
              for fault in EXPORT_FAULTS[some]]
    found += [(name, lambda act=act: act(report, chosen, work)) for name, act in (
        ("read-only disk", read_only), ("disk unmounted", vanishing), ("disk that breaks", broken),
        ("descriptors", descriptors), ("memory 64 MiB", memory))]
    found += [("slow disk", lambda ending=ending: slow(report, chosen, ending, work, library))
              for ending in (("pcapng",) if chosen.sample else ("pcapng", "jsonl"))]
    found += [("clock set", lambda: clock(report, chosen, work, library)),
              ("stopped for", lambda: stopped(report, chosen, work))]
    return found


def run(report, chosen):
    with disk_suite.folder() as work:
        make_capture(os.path.join(work, "in.jsonl"), 3_000)
        wanted = [act for name, act in cases(report, chosen, work)
                  if not chosen.only or chosen.only.split(",")[0] in name or name in chosen.only]
        # The long ones first, beside the others.
        with concurrent.futures.ThreadPoolExecutor(5 if chosen.sample else 3) as pool:
            for done in [pool.submit(act) for act in reversed(wanted)]:
                done.result()


def mistakes():
    return [
        ("a loss that nobody counted", lambda: judge.balance(10, 8, 1)),
        ("more than was sent", lambda: judge.balance(10, 11, 0)),
        ("a file that is half old and half new", lambda: judge.whole(b"olnew", [b"old\n"])),
        ("a recording that lost its end", lambda: judge.rows(Fake([0, 1]), 3, 3)),
        ("a fault that was not reached", lambda: not places.was_injected("/nonexistent")),
        ("right numbers are called wrong", lambda: judge.balance(10, 8, 2) is None),
    ]


def main():
    chosen = disk_suite.options(__doc__)
    if chosen.self_test:
        return disk_suite.self_test("disks", mistakes())
    disk_suite.in_own_mounts()
    report = disk_suite.Report("disks", chosen)
    run(report, chosen)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
