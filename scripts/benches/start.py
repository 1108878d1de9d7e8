"""Start, memory, idle processor time and size, beside Packet Sender."""

import pathlib
import subprocess
import time

from common import TARGET, Display, PacketSender, Window, cpu, has, memory, spread, table, tempfile

IDLE = 10


def started(command, env, display, who):
    """Milliseconds until its window is mapped, and the process."""
    began = time.monotonic()
    process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not display.shows(*who):
        if time.monotonic() - began > 20:
            raise SystemExit(f"waited in vain for {command}")
    return 1000 * (time.monotonic() - began), process


def once(command, who):
    display = Display()
    with tempfile.TemporaryDirectory() as home:
        env = dict(display.env, HOME=home)
        command = [str(part).format(home=home) for part in command]
        shown, process = started(command, env, display, who)
        time.sleep(2)
        before = cpu(process.pid)
        time.sleep(IDLE)
        idle = 100 * (cpu(process.pid) - before) / IDLE
        figures = shown, memory(process.pid), memory(process.pid, "RssAnon"), idle
        process.kill()
        process.wait()
    display.close()
    return figures


def with_libraries(program):
    """MB of the program with the shared libraries it is linked to."""
    lines = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout.splitlines()
    files = {word for line in lines for word in line.split() if word.startswith("/")}
    return sum(pathlib.Path(file).resolve().stat().st_size for file in files | {str(program)}) / 1e6


def measure(runs, _seconds):
    programs = [("**netpeer**", [TARGET / "netpeer", "--config", "{home}"], ("--class", "netpeer"), TARGET / "netpeer")]
    if has("packetsender"):
        programs.append(("Packet Sender", ["packetsender"], ("--name", "Packet Sender"), "/usr/bin/packetsender"))
    figures = {name: [] for name, *_ in programs}
    for _ in range(max(runs, 3)):
        for name, command, who, _ in programs:
            figures[name].append(once(command, who))
    rows = []
    for name, _, _, program in programs:
        shown, resident, own, idle = zip(*figures[name])
        size = pathlib.Path(program).resolve().stat().st_size / 1e6
        rows.append([
            name, spread(shown, "ms", 0), f"{spread(resident, 'MB', 0)}, {spread(own, 'MB', 0)}", spread(idle, "%"),
            f"{size:.1f} MB, {with_libraries(program):.0f} MB",
        ])
    return table(["", "window on screen after", "memory: resident, its own", "idle CPU", "program, with linked libraries"], rows)
