#!/usr/bin/env python3
"""Kills the program at random moments while it records, exports, saves settings and keeps its
log, and opens the files again.

Usage: tests/torture/crash.py [--program FILE] [--sample] [--seed N] [--only TEXT] [--self-test]
"""

import os
import pathlib
import random
import subprocess
import sys
import time

import disk_judge as judge
import disk_suite
import disk_window
from display import Display
from disk_session import PADDING, Rows, Sender, Session, numbers_of_text

# Recorded rows reach the disk within a second; as long again is granted to a busy machine.
RECORDED_WITHIN = 2.0
# The window spills its log every second, between frames, which take long on a virtual display.
KEPT_WITHIN = 3.0


def recording(report, program, ending, rng, work):
    """A session that records is killed; what it recorded is read, and recorded to again."""
    what = f"recording {ending}"
    path = os.path.join(work, f"r.{ending}")
    session = Session(program, ["udp", "--bind", "127.0.0.1:0", "--record", path], work)
    port = session.port()
    if port is None:
        return report.skip(what, session.err()[-200:])
    sender = Sender(port, rate=rng.choice([200, 2_000, 20_000]), batch=20)
    time.sleep(rng.uniform(0.05, 3.0))
    session.kill()
    killed = time.monotonic()
    sent = sender.stop()
    least = min(sender.before(killed - RECORDED_WITHIN), arrived_in_order(session.printed()))
    report.tried(what)
    if ending in ("pcapng", "jsonl"):
        read = os.path.exists(path) and Rows(program, path)
        wrong = "the file is gone"
        if read:
            wrong = judge.rows(read, least, sent, order=session.printed(), is_by_time=ending == "pcapng")
        wrong = wrong or recorded_again(program, path, work, sent)
    else:
        wrong = text_rows(path, least, session.printed())
    if wrong:
        report.defect(what, wrong, "all messages recorded a second ago and no other are read")
    os.remove(path)


def arrived_in_order(printed):
    """How many of the first messages were received without a gap."""
    return next((place for place, number in enumerate(printed) if number != place), len(printed))


def text_rows(path, least, order):
    """The mistake in a recording as text or CSV: its entries are those on the screen."""
    read = Fake(numbers_of_text(path)[0])
    return judge.rows(read, least, 1 << 32, order=order)


def recorded_again(program, path, work, sent):
    """The mistake after another recording to the same file: it is refused, or all is read."""
    before = Rows(program, path)
    content = pathlib.Path(path).read_bytes()
    session = Session(program, ["udp", "--bind", "127.0.0.1:0", "--record", path, "--count", "3", "--for", "4s"], work)
    port = session.port()
    if port is None:
        untouched = pathlib.Path(path).read_bytes() == content
        session.end()
        return None if untouched and session.err() else "refuses to record, and changes the file or says nothing"
    Sender(port, rate=100, most=3).thread.join(3)
    session.end()
    after = Rows(program, path)
    if after.strange:
        return f"recorded again: a row that nobody sent: {after.strange[0]!r}"
    if len(after.numbers) != len(before.numbers) + 3:
        return (f"recorded again: {len(before.numbers)} + 3 rows become {len(after.numbers)}: "
                f"{after.said[:160]}")
    return None


def make_capture(path, rows):
    """A capture of many rows for exports."""
    with open(path, "w") as file:
        for number in range(rows):
            content = (b"n=%08d " % number + PADDING).hex()
            file.write('{"time":"2026-01-02T03:04:05.%06dZ","kind":"received","peer":"127.0.0.1:9",'
                       '"length":61,"hex":"%s"}\n' % (number % 1_000_000, content))


def export(report, program, ending, rng, work, shared):
    """A conversion is killed; its output is absent, the old file, or whole."""
    what = f"export {ending}"
    out = os.path.join(work, f"out.{ending}")
    if what not in shared:
        began = time.monotonic()
        subprocess.run([program, "convert", shared["capture"], out], capture_output=True, check=True)
        shared[what] = (pathlib.Path(out).read_bytes(), time.monotonic() - began)
        os.remove(out)
    new, took = shared[what]
    old = rng.choice([None, b"{}\n" if ending == "jsonl" else b"old\n"])
    if old is not None:
        pathlib.Path(out).write_bytes(old)
    session = Session(program, ["convert", shared["capture"], out, "--force"], work)
    time.sleep(rng.uniform(0, took * 1.2))
    session.kill()
    content = pathlib.Path(out).read_bytes() if os.path.exists(out) else None
    said = "Wrote" in session.said()
    parts = list(pathlib.Path(work).glob(".out.*.part"))
    report.tried(what)
    wrong = judge.whole(content, [new] if said else [old, new])
    if wrong:
        report.defect(what, f"{wrong}; it {'said' if said else 'did not say'} that it wrote it",
                      "the old file or the new one, whole")
    if parts:
        report.note("an export that is killed leaves a hidden .NAME.….part beside the file, which nothing removes")
    for left in [*parts, pathlib.Path(out)]:
        left.unlink(missing_ok=True)


def window(report, program, rng, work, display, number):
    """The window is killed while it saves settings and keeps its log, and opened again."""
    config = os.path.join(work, f"config{number}")
    port = disk_window.free_port()
    disk_window.make_config(config, port)
    shown = disk_window.Window(display, program, config)
    if not shown.is_open:
        shown.kill()
        return report.skip("window", shown.err()[-200:])
    shown.press("F5")
    if not disk_window.bound(port):
        shown.kill()
        return report.skip("window", "its port was not bound within 10 s")
    sender = Sender(port, rate=rng.choice([200, 2_000]), batch=10)
    typed = write_words(shown, rng)
    shown.kill()
    killed = time.monotonic()
    sent = sender.stop()
    judge_log(report, config, sender.before(killed - KEPT_WITHIN), sent)
    judge_settings(report, config, typed)
    restored(report, program, display, config, sent)


def write_words(shown, rng):
    """Types words, a save each, for a random time. Gives them with the moments."""
    shown.press("ctrl+m")
    typed, until = [], time.monotonic() + rng.uniform(2, 9)
    while time.monotonic() < until:
        word = f"word{len(typed):04d}"
        shown.type(word)
        typed.append(word)
        time.sleep(rng.uniform(0, 0.8))
    return typed


def judge_log(report, config, least, sent):
    numbers = disk_window.kept(config)
    report.tried("journal of a window")
    wrong = judge.gap(numbers)
    if wrong is None and not least <= len(numbers) <= sent:
        wrong = f"{len(numbers)} rows kept of {sent}, {least} of which are older than {KEPT_WITHIN} s"
    if wrong:
        report.defect("journal of a window", wrong, "the rows of all but the last second, in order")


def judge_settings(report, config, typed):
    """The file is whole; its text is a part of what was typed from its beginning."""
    text = pathlib.Path(config, "settings.ron").read_text(errors="replace")
    report.tried("settings of a window")
    found = "".join(typed)
    kept = max((length for length in range(0, len(found) + 1) if found[:length] and f'"{found[:length]}"' in text),
               default=0)
    whole = text.rstrip().endswith(")") and text.count("(") == text.count(")")
    if not whole:
        report.defect("settings of a window", f"{len(text)} characters that do not end", "old or new settings, whole")
    elif kept == 0 and "word" in text:
        report.defect("settings of a window", "a text that was never typed so", "old or new settings, whole")


def restored(report, program, display, config, sent):
    """The log of a crash is offered at the next start, and nothing of it is lost in being restored."""
    before = disk_window.kept(config)
    again = disk_window.Window(display, program, config)
    wrong = disk_window.complaints(again, config)
    if not wrong and before:
        again.click(disk_window.RESTORE)
        time.sleep(3)
    status = again.close()
    after = disk_window.kept(config)
    report.tried("window opened after a crash", reached=bool(before))
    if not wrong and status != 0:
        wrong = f"it ends with status {status}"
    if not wrong and before and sorted(set(after)) != sorted(before):
        wrong = f"{len(before)} rows were there, and {len(set(after))} after restoring them ({sent} sent)"
    if wrong:
        report.defect("window opened after a crash", wrong, "every kept row is restored, and no settings are set aside")


def run(report, chosen):
    rng, sample = random.Random(chosen.seed), chosen.sample
    with disk_suite.folder(in_memory=True) as work:
        for number in range(2 if sample else 20):
            for ending in ("pcapng", "jsonl", "csv", "log"):
                if report.wants(f"recording {ending}") and not (sample and ending in ("csv", "log") and number):
                    recording(report, chosen.program, ending, rng, work)
        shared = {"capture": os.path.join(work, "in.jsonl")}
        make_capture(shared["capture"], 5_000 if sample else 60_000)
        for ending in ("pcapng", "jsonl", "csv"):
            for _ in range(2 if sample else 20):
                if report.wants(f"export {ending}"):
                    export(report, chosen.program, ending, rng, work, shared)
        windows(report, chosen, rng, work)


def windows(report, chosen, rng, work):
    if not report.wants("window") and chosen.only not in ("journal of a window", "settings of a window"):
        return
    if chosen.sample:
        return report.note("a sample opens no window: tests/crash.rs kills saves of settings")
    lacks = disk_window.missing()
    if lacks:
        return report.skip("window", f"{lacks} is not installed (scripts/install xvfb xdotool)")
    display = Display()
    try:
        for number in range(6):
            window(report, chosen.program, rng, work, display, number)
    finally:
        display.close()


class Fake:
    """Rows as if they were read."""

    def __init__(self, numbers, status=0, said="", strange=()):
        self.numbers, self.status, self.said, self.strange = list(numbers), status, said, list(strange)


def mistakes():
    """Wrong results that the judge has to notice."""
    return [
        ("a recorded row is lost", lambda: judge.rows(Fake([0, 1]), 3, 5)),
        ("a hole without a word", lambda: judge.rows(Fake([0, 2]), 0, 5)),
        ("a row twice", lambda: judge.rows(Fake([0, 1, 1]), 0, 5)),
        ("a row that nobody sent", lambda: judge.rows(Fake([0, 9]), 0, 5, None)),
        ("half a row taken for whole", lambda: judge.rows(Fake([0], strange=[b"n=00"]), 0, 5)),
        ("a cut end without a word", lambda: judge.rows(Fake([0]), 0, 5, is_clean=False)),
        ("a panic", lambda: judge.rows(Fake([0], 101, "thread panicked"), 0, 5)),
        ("a hole in a recording by time",
         lambda: judge.rows(Fake(range(0, 300, 2)), 0, 300, order=list(range(300)), is_by_time=True)),
        ("half an export", lambda: judge.whole(b"ne", [None, b"old", b"new"])),
        ("an export that was reported and is not there", lambda: judge.whole(None, [b"new"])),
        ("right rows are called wrong", lambda: judge.rows(Fake([0, 1, 2]), 3, 5, True) is None),
    ]


def main():
    chosen = disk_suite.options(__doc__)
    if chosen.self_test:
        return disk_suite.self_test("crash", mistakes())
    report = disk_suite.Report("crash", chosen)
    run(report, chosen)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
