"""Start, memory, idle processor time and size, beside Packet Sender."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from common import TARGET, Display, Late, Process, cpu, has, memory, spread, table, wait_until

IDLE = 10


def once(name, command, who):
    """Milliseconds until its window is mapped, MB resident and its own, per cent of a core."""
    display, process = Display(), Process(name)
    try:
        with tempfile.TemporaryDirectory() as home:
            command = [str(part).format(home=home) for part in command]
            began = time.monotonic()
            process.spawn(command, env=dict(display.env, HOME=home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                wait_until(lambda: display.shows(*who), f"the window of {name}", 20)
                shown = 1000 * (time.monotonic() - began)
                time.sleep(2)
                pid = process.process.pid
                before = cpu(pid)
                time.sleep(IDLE)
                idle = 100 * (cpu(pid) - before) / IDLE
                return shown, memory(pid), memory(pid, "RssAnon"), idle
            finally:
                process.stop()
    finally:
        display.close()


def with_libraries(program):
    """MB of the program with the shared libraries it is linked to."""
    lines = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout.splitlines()
    files = {word for line in lines for word in line.split() if word.startswith("/")}
    return sum(pathlib.Path(file).resolve().stat().st_size for file in files | {str(program)}) / 1e6


def measure(runs, _seconds):
    ours = ("**netpeer**", [TARGET / "netpeer", "--config", "{home}"], ("--class", "netpeer"), TARGET / "netpeer")
    programs = [ours]
    if has("packetsender"):
        programs.append(("Packet Sender", ["packetsender"], ("--name", "Packet Sender"), shutil.which("packetsender")))
    figures = {name: [] for name, *_ in programs}
    for _ in range(max(runs, 3)):
        for program in list(programs):
            name, command, who, _ = program
            try:
                figures[name].append(once(name, command, who))
            except Late as reason:
                if program is ours:
                    raise
                print(f"start: {name} is left out, {reason}", file=sys.stderr, flush=True)
                programs.remove(program)
    rows = []
    for name, _, _, program in programs:
        shown, resident, own, idle = zip(*figures[name])
        size = pathlib.Path(program).resolve().stat().st_size / 1e6
        rows.append([
            name, spread(shown, "ms", 0), f"{spread(resident, 'MB', 0)}, {spread(own, 'MB', 0)}", spread(idle, "%"),
            f"{size:.1f} MB, {with_libraries(program):.0f} MB",
        ])
    return table(["", "window on screen after", "memory: resident, its own", "idle CPU", "program, with linked libraries"], rows)
