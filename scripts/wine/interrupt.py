#!/usr/bin/env python3
"""Runs a command in a terminal of its own, presses Ctrl+C there after its first line, and prints
what it printed. Ends with the command's status, or 99 if that is still running 20 seconds later.

Usage: scripts/wine/interrupt.py COMMAND...
"""

import os
import pty
import select
import signal
import sys
import time


def main():
    process, terminal = pty.fork()
    if process == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    printed, pressed, deadline = b"", False, time.monotonic() + 40
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                part = os.read(terminal, 4096)
            except OSError:
                part = b""
            if not part:
                break
            printed += part
        if not pressed and b"Bound" in printed:
            time.sleep(1)
            os.write(terminal, b"\x03")
            pressed, deadline = True, time.monotonic() + 20
    sys.stdout.write(printed.decode(errors="replace"))
    ended, status = os.waitpid(process, os.WNOHANG)
    for _ in range(50):
        if ended:
            break
        time.sleep(0.1)
        ended, status = os.waitpid(process, os.WNOHANG)
    if not ended:
        os.kill(process, signal.SIGKILL)
        sys.exit(99)
    sys.exit(os.waitstatus_to_exitcode(status))


main()
