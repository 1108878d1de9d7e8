#!/usr/bin/env python3
"""Loses power, on paper and on real images of a disk, while the program records, exports, saves
settings and keeps its log, and opens what is left.

A trace of strace has each write, sync and change of names. For each moment of it, some of the
states that the disk may hold afterwards are made (see disk_replay.py) and judged: all that was
done until then, only what is durable, and a number (`EACH`) that are drawn among the others, which
are too many to try. A sample takes some moments. Besides, an ext4 image on a loop device is
copied at random moments, and mounted.

Usage: tests/torture/power.py [--program FILE] [--sample] [--seed N] [--only TEXT] [--self-test]
"""

import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import types

import disk_judge as judge
import disk_loop
import disk_replay as replay
import disk_suite
import disk_trace
import disk_window
from crash import Fake, make_capture
from display import Display
from disk_session import Rows, Sender, Session, numbers_of_text

# How many states are drawn for each moment, beside the two extreme ones.
EACH = {"recording": 4, "export": 40, "settings": 40, "journal": 10}
RECORDING = "all rows before the last sync, then a prefix or a message"


class Traced:
    """A folder in which the program ran under strace, and what happened to its files."""

    def __init__(self, work, name):
        self.root = os.path.join(work, name)
        self.log = os.path.join(work, name + ".trace")
        os.makedirs(self.root)
        self.initial = {}

    def begin(self):
        """Remembers the files that are there before."""
        found = pathlib.Path(os.path.realpath(self.root)).rglob("*")
        self.initial = {str(path): path.read_bytes() for path in found if path.is_file()}
        return disk_trace.command(self.log)

    def end(self):
        self.operations = disk_trace.Trace(self.log, self.root, self.initial).operations

    def states(self, rng, each, report, what, of_files=False):
        """(moment, state) of each moment of the trace, or of 12 in a sample: the two extreme
        states, and `each` that are drawn. Moments `of_files` leave out what was only said."""
        chosen = replay.moments(self.operations, rng, 12 if report.chosen.sample else None, of_files)
        every = len(replay.moments(self.operations, rng, None, of_files))
        each = 1 if report.chosen.sample else each
        report.note(f"{what}: {len(chosen)} of {every} moments, 2 + {each} states each")
        for moment in chosen:
            for state in replay.ends(self.initial, self.operations, moment):
                yield moment, state
            for _ in range(each):
                yield moment, replay.state(self.initial, self.operations, moment, rng)

    def path(self, name):
        return os.path.join(os.path.realpath(self.root), name)

    def synced(self, name):
        """The place of the last sync of each moment is what counts; gives whether one was seen."""
        return any(operation[0] == "sync" for operation in self.operations)


def durable(traced, moment, name):
    """The content of a file that a loss of power at this moment cannot take away: `None` without
    a sync of the file. A file that was synced is expected to have its name, too: where a sync of
    the folder follows at once, both are one step."""
    creates = [op for op in traced.operations[:moment] if op[0] == "create" and op[1] == traced.path(name)]
    number = creates[-1][2] if creates else list(traced.initial).index(traced.path(name)) if (
        traced.path(name) in traced.initial) else None
    synced = [place for place, op in enumerate(traced.operations[:moment])
              if op == ("sync", number) and finished(traced.operations, place) < moment]
    if number is None or not synced:
        return None
    whole = bytearray(traced.initial.get(traced.path(name), b""))
    for operation in traced.operations[:synced[-1]]:
        if operation[0] in ("write", "cut") and operation[1] == number:
            replay.write(whole, operation)
    return bytes(whole)


def finished(operations, place):
    """Where the sync at this place ends: with the sync of the folder, if that is next."""
    rest = (later for later in range(place + 1, len(operations)) if operations[later][0] != "say")
    later = next(rest, place)
    return later if operations[later][0] == "syncdir" else place


def recording(report, chosen, ending, rng, work):
    """A session records under strace; each state of its file is read."""
    what = f"recording {ending}"
    traced = Traced(work, what.replace(" ", "-"))
    before = traced.begin()
    arguments = ["udp", "--bind", "127.0.0.1:0", "--record", f"r.{ending}"]
    session = Session(chosen.program, arguments, traced.root, before=before, out=work)
    port = session.port(20)
    if port is None:
        session.end()
        return report.skip(what, session.err()[-200:])
    sender = Sender(port, rate=100)
    time.sleep(1.5 if chosen.sample else 4)
    sent = sender.stop()
    time.sleep(0.3)
    status = session.end()
    traced.end()
    if status != 0 or not traced.synced(f"r.{ending}"):
        return report.defect(what, f"status {status}, or no sync was seen", "a traced recording that ends well")
    synced = {}
    for moment, state in traced.states(rng, EACH["recording"], report, what, of_files=True):
        held = state.get(traced.path(f"r.{ending}"))
        wrong = judge_recording(chosen.program, traced, moment, ending, held, sent, synced)
        report.tried(what)
        if wrong:
            report.defect(what, wrong, RECORDING)


def judge_recording(program, traced, moment, ending, held, sent, synced):
    """The mistake in a recording that has this content after a loss of power. `synced` keeps how
    many rows a durable content has: it is the same until the next sync."""
    sure = durable(traced, moment, f"r.{ending}")
    if held is None:
        return "the synced file has no name: its folder was not synced" if sure is not None else None
    with tempfile.TemporaryDirectory() as folder:
        read = lambda name, content: rows_of(program, folder, name, content, ending)
        if sure not in synced:
            synced[sure] = len(read("sure", sure).numbers) if sure else 0
        least = synced[sure]
        found = read("held", held)
        if ending in ("csv", "log"):
            return in_text(found.numbers, least, held)
        return judge.rows(found, least, sent) if held else None


def rows_of(program, folder, name, content, ending):
    path = os.path.join(folder, f"{name}.{ending}")
    pathlib.Path(path).write_bytes(content)
    if ending in ("csv", "log"):
        return Fake(numbers_of_text(path)[0])
    return Rows(program, path)


def in_text(numbers, least, held):
    """Text has no reader here: its synced rows are there, and holes are zeros to be seen."""
    lost = set(range(least)) - set(numbers)
    if lost:
        return f"{len(lost)} of {least} synced rows are lost"
    hole = judge.gap(numbers)
    return hole if hole and b"\0" not in held and not is_prefix(numbers) else None


def is_prefix(numbers):
    return numbers == list(range(len(numbers)))


def export(report, chosen, ending, is_there, rng, work):
    """A conversion under strace: the old file or the new one, and the new one once it is said."""
    what = f"export {ending} {'over another' if is_there else 'new'}"
    traced = Traced(work, what.replace(" ", "-"))
    capture = os.path.join(work, "in.jsonl")
    if is_there:
        pathlib.Path(traced.path(f"o.{ending}")).write_bytes(b"old\n")
    before = traced.begin()
    command = [*before, chosen.program, "--lang", "en", "convert", capture, f"o.{ending}", "--force"]
    done = subprocess.run(command, cwd=traced.root, capture_output=True, text=True)
    if done.returncode != 0:
        return report.skip(what, done.stderr[-200:])
    traced.end()
    new = pathlib.Path(traced.path(f"o.{ending}")).read_bytes()
    old = b"old\n" if is_there else None
    for moment, state in traced.states(rng, EACH["export"], report, what):
        was_said = "Wrote" in replay.said(traced.operations, moment)
        wrong = judge.whole(state.get(traced.path(f"o.{ending}")), [new] if was_said else [old, new])
        report.tried(what)
        if wrong:
            report.defect(what, wrong + (", after it said that it wrote it" if was_said else ""),
                          "what it reports as written is on the disk, whole")


def window(report, chosen, rng, work):
    """The window under strace saves settings and keeps a log."""
    lacks = disk_window.missing()
    if lacks:
        return report.skip("window", f"{lacks} is not installed (scripts/install xvfb xdotool)")
    traced = Traced(work, "config")
    port = disk_window.free_port()
    disk_window.make_config(traced.root, port)
    display = Display()
    try:
        shown = disk_window.Window(display, chosen.program, traced.root, traced.begin())
        if not shown.is_open:
            shown.kill()
            return report.skip("window", f"it does not open: {shown.err()[-200:]}")
        shown.press("F5")
        disk_window.bound(port, 20)
        sender = Sender(port, rate=200)
        shown.press("ctrl+m")
        for word in range(5):
            shown.type(f"word{word:04d}")
            time.sleep(1.5)
        sender.stop()
        shown.kill()
        traced.end()
        judge_settings(report, traced, rng)
        judge_logs(report, chosen, traced, rng, display, work)
    finally:
        display.close()


def judge_settings(report, traced, rng):
    """After a loss of power settings.ron is one of the files that were saved, whole."""
    path, versions = traced.path("settings.ron"), saved_versions(traced)
    what = "settings of a window"
    for moment, state in traced.states(rng, EACH["settings"], report, what):
        latest = max((place for place, known in enumerate(versions) if known[0] <= moment), default=0)
        wrong = judge.whole(state.get(path), [content for _, content in versions[latest:]])
        report.tried(what, reached=len(versions) > 1)
        if wrong:
            report.defect(what, wrong, "the settings of the last finished save, or later ones, whole")
        backup = state.get(path + ".bak")
        if judge.whole(backup, [None, *(content for _, content in versions)]):
            report.defect(what, "half a backup", "no backup, or a whole one")


def saved_versions(traced):
    """(moment from which it is sure, content) of each saved settings file, the oldest first."""
    path = traced.path("settings.ron")
    found, contents, coming = [(0, traced.initial[path])], {}, None
    for place, operation in enumerate(traced.operations):
        if operation[0] == "create":
            contents[operation[1]] = (operation[2], bytearray())
        elif operation[0] == "write":
            for number, held in contents.values():
                if number == operation[1]:
                    replay.write(held, operation)
        elif operation[0] == "rename" and operation[2] == path:
            coming = bytes(contents[operation[1]][1])
        elif operation[0] == "syncdir" and coming is not None:
            found.append((place + 1, coming))
            coming = None
    return found + ([(len(traced.operations) + 1, coming)] if coming is not None else [])


def judge_logs(report, chosen, traced, rng, display, work):
    """A log that a loss of power tore: its whole chunks hold messages in order, and the window
    offers and restores exactly those."""
    what = "journal of a window"
    opened = 0
    for moment, state in traced.states(rng, EACH["journal"], report, what):
        with tempfile.TemporaryDirectory(dir=work) as folder:
            replay.lay_out(state, traced.root, folder)
            numbers = disk_window.kept(folder)
            report.tried(what)
            if numbers != sorted(set(numbers)):
                report.defect(what, "rows twice or out of order", "rows in order, with holes at most")
            if numbers and opened < 4 and moment > len(traced.operations) // 2:
                opened += 1
                restored(report, chosen, display, folder, numbers)


def restored(report, chosen, display, config, numbers):
    what = "window opened after a loss of power"
    pathlib.Path(config, "settings.ron").touch()
    disk_window.make_config(config, disk_window.free_port())
    shown = disk_window.Window(display, chosen.program, config)
    wrong = disk_window.complaints(shown, config)
    if not wrong:
        shown.click(disk_window.RESTORE)
        time.sleep(3)
    shown.close()
    after = sorted(set(disk_window.kept(config)))
    report.tried(what)
    if not wrong and after != numbers:
        wrong = f"{len(numbers)} rows were whole, {len(after)} are there after restoring them"
    if wrong:
        report.defect(what, wrong, "each whole row is restored, and no other")


def run(report, chosen):
    rng = random.Random(chosen.seed)
    with disk_suite.folder() as work:
        for ending in ("jsonl", "pcapng") if chosen.sample else ("jsonl", "pcapng", "csv", "log"):
            if report.wants(f"recording {ending}"):
                recording(report, chosen, ending, rng, work)
        make_capture(os.path.join(work, "in.jsonl"), 2_000 if chosen.sample else 40_000)
        for ending, is_there in (("csv", False), ("jsonl", True), ("pcapng", False)):
            if any(report.wants(f"export {ending} {words}") for words in ("new", "over another")):
                export(report, chosen, ending, is_there, rng, work)
        if chosen.sample:
            report.note("a sample has no window and no loop image")
            return
        if any(map(report.wants, ("settings of a window", "journal of a window", "window opened"))):
            window(report, chosen, rng, work)
        if report.wants("loop image"):
            disk_loop.cuts(report, chosen, rng, work)


def torn_trace():
    """A trace in which a file is renamed before it is synced, and one that is never synced."""
    return [("create", "/r/new", 1), ("write", 1, 0, b"n" * 2000), ("rename", "/r/new", "/r/file"),
            ("say", "Wrote")]


def found_by(operations, wanted):
    """Whether a state of these operations has another content than the wanted ones."""
    rng, initial = random.Random(1), {"/r/file": b"old"}
    states = [replay.state(initial, operations, len(operations), rng) for _ in range(200)]
    return any(judge.whole(state.get("/r/file"), wanted) for state in states)


def sure(*more):
    """What is durable of a file that was written and synced, and then this."""
    operations = [("create", "/r/file", 0), ("write", 0, 0, b"row"), ("sync", 0), ("say", "row"), *more]
    trace = types.SimpleNamespace(operations=operations, initial={}, path=lambda name: f"/r/{name}")
    return [durable(trace, moment, "file") for moment in range(3, len(operations) + 1)]


def mistakes():
    new, careful = b"n" * 2000, torn_trace()
    careful[2:2] = [("sync", 1)]
    return [
        ("a rename before the sync of the file", lambda: found_by(torn_trace(), [b"old", new])),
        ("a report before the sync of the folder", lambda: found_by(careful, [new])),
        ("a careful replacement is called wrong", lambda: not found_by(careful, [b"old", new])),
        ("nothing is pending after both syncs",
         lambda: not found_by([*careful[:4], ("syncdir", "/r"), careful[4]], [new])),
        ("a synced file whose name is not synced", lambda: sure(("write", 0, 3, b"row")) == [b"row"] * 3),
        ("a sync of a file and its folder is called half done", lambda: sure(("syncdir", "/r")) == [None, None, b"row"]),
        ("a recording with a hole", lambda: in_text([0, 2], 3, b"")),
        ("a synced row that is lost", lambda: judge.rows(Fake([0]), 2, 5)),
    ]


def main():
    chosen = disk_suite.options(__doc__)
    if chosen.self_test:
        return disk_suite.self_test("power", mistakes())
    if not chosen.sample:
        disk_suite.in_own_mounts()
    report = disk_suite.Report("power", chosen)
    if disk_window.shutil.which("strace"):
        run(report, chosen)
    else:
        report.skip("all", "strace is not installed (scripts/install strace)")
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
