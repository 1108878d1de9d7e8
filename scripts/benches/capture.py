"""A capture of ten gigabytes in the window: its first rows, frames while it is read and scrolled,
and memory.

The rows of a capture are copied into the log of its tab, which is on disk: at most 4 GiB, and a
tenth of what is free."""

import pathlib
import shutil
import subprocess
import tempfile
import time

from common import TARGET, Late, Skipped, compiled, memory, show, table
from watched import Hand, Watched

GIGABYTES = 10
PAYLOAD = 200
LEAST = 1
SPARE = 1  # GB that are left to others
EVERY = 0.05  # seconds between two turns of the wheel
TURNS = 40  # in one direction
PLACE = "mousemove 800 300"  # on the rows
SLOWEST = 30e6  # bytes a second


def room(folder, gigabytes):
    """The size of the capture in GB, for which the disk has room beside the log."""
    free = shutil.disk_usage(folder).free / 1e9
    size = min(gigabytes, 0.9 * free - SPARE)
    if size < min(gigabytes, LEAST):
        needed = (min(gigabytes, LEAST) + SPARE) / 0.9
        raise Skipped(f"{folder} has {free:.1f} GB free, and {needed:.1f} GB are needed")
    return size


def measure(_runs, _seconds, gigabytes=GIGABYTES):
    folder = TARGET / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as held:
        size = int(room(folder, gigabytes) * 1e9)
        file = pathlib.Path(held, "large.pcapng")
        command = [compiled("pcapng"), file, str(size), str(PAYLOAD)]
        count = int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
        size = file.stat().st_size
        with Watched(file) as window, Hand(window.window.display) as hand:
            first = (int(window.answer("rows")[1]) - window.window.began) / 1e9
            hand.do(PLACE)
            window.order("begin")
            own, turns, came, deadline = 0, 0, 0, time.monotonic() + 30 + size / SLOWEST
            while came < count:
                if time.monotonic() > deadline:
                    raise Late(f"waited in vain for the rows of {file}")
                hand.do("click 5" if turns // TURNS % 2 else "click 4")
                turns += 1
                time.sleep(EVERY)
                own = max(own, memory(window.pid, "RssAnon"))
                received, sent, _, trimmed = window.totals()
                came = received + sent
            whole = (time.time_ns() - window.window.began) / 1e9
            (median, p99, most), *_ = window.report()
            resident = memory(window.pid, "VmHWM")
    return table(
        ["pcapng in the window, software renderer", "first rows on screen after", "all rows read after",
         "between two frames, scrolled meanwhile", "memory at most: resident, its own", "rows"],
        [[
            f"{size / 1e9:.1f} GB, {count:,} packets", show(first, "s", 2), show(whole, "s"),
            f"{median:.1f} ms, p99 {p99:.1f} ms, {most:.1f} ms", f"{resident:.0f} MB, {own:.0f} MB",
            f"{came:,}, {trimmed:,} trimmed",
        ]],
    )
