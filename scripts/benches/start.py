"""Start, memory, idle processor time and size, beside Packet Sender."""

import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from common import EXAMPLES, TARGET, Display, Late, Process, cpu, has, memory, spread, table, wait_until

IDLE = 10
PAIRS = 15


class Maps:
    """The moments at which windows of a display are mapped, which eframe does after the first frame."""

    def __init__(self, display):
        self.last = None
        self.process = subprocess.Popen(
            ["xev", "-root", "-event", "substructure"], env=display.env, stdout=subprocess.PIPE, text=True, bufsize=1)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            if line.startswith("MapNotify"):
                self.last = time.monotonic()

    def close(self):
        self.process.terminate()
        self.process.wait()


def once(name, command, who, rests):
    """Milliseconds until its window is mapped; with a rest MB resident and its own, per cent of a core."""
    display, process = Display(), Process(name)
    maps = Maps(display)
    try:
        with tempfile.TemporaryDirectory() as home:
            command = [str(part).format(home=home) for part in command]
            time.sleep(0.3)
            began = time.monotonic()
            process.spawn(command, env=dict(display.env, HOME=home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                wait_until(lambda: maps.last is not None and display.shows(*who), f"the window of {name}", 20)
                shown = 1000 * (maps.last - began)
                if not rests:
                    return shown, None
                time.sleep(2)
                pid = process.process.pid
                before = cpu(pid)
                time.sleep(IDLE)
                idle = 100 * (cpu(pid) - before) / IDLE
                return shown, (memory(pid), memory(pid, "RssAnon"), idle)
            finally:
                process.stop()
    finally:
        maps.close()
        display.close()


def with_libraries(program):
    """MB of the program with the shared libraries it is linked to."""
    lines = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout.splitlines()
    files = {word for line in lines for word in line.split() if word.startswith("/")}
    return sum(pathlib.Path(file).resolve().stat().st_size for file in files | {str(program)}) / 1e6


def measure(runs, _seconds):
    ours = ("**netpeer**", [TARGET / "netpeer", "--config", "{home}"], ("--class", "netpeer"), TARGET / "netpeer")
    empty = ("an empty window of eframe", [EXAMPLES / "empty"], ("--class", "empty-eframe"), EXAMPLES / "empty")
    programs = [ours, empty]
    if has("packetsender"):
        programs.append(("Packet Sender", ["packetsender"], ("--name", "Packet Sender"), shutil.which("packetsender")))
    shown = {name: [] for name, *_ in programs}
    rested = {name: [] for name, *_ in programs}
    for run in range(max(runs, PAIRS)):
        for program in list(programs):
            name, command, who, _ = program
            try:
                took, rest = once(name, command, who, run < max(runs, 3))
            except Late as reason:
                if program in (ours, empty):
                    raise
                print(f"start: {name} is left out, {reason}", file=sys.stderr, flush=True)
                programs.remove(program)
                continue
            shown[name].append(took)
            if rest:
                rested[name].append(rest)
    pairs = [our / other for our, other in zip(shown[ours[0]], shown[empty[0]])]
    rows = []
    for name, _, _, program in programs:
        resident, own, idle = zip(*rested[name])
        size = pathlib.Path(program).resolve().stat().st_size / 1e6
        ratio = f"{statistics.median(pairs):.2f}× of the empty one in {len(pairs)} pairs" if name == ours[0] else ""
        rows.append([
            name, spread(shown[name], "ms", 0), ratio, f"{spread(resident, 'MB', 0)}, {spread(own, 'MB', 0)}",
            spread(idle, "%"), f"{size:.1f} MB, {with_libraries(program):.0f} MB",
        ])
    return table(
        ["", "window on screen after", "ratio", "memory: resident, its own", "idle CPU", "program, with linked libraries"], rows)
