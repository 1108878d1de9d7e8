"""The window that reports its frames, keys and rows (examples/frames.rs)."""

import queue
import subprocess
import threading
import time

from common import ADDRESS, EXAMPLES, Late, Window, drops, wait_until

PATIENCE = 30  # seconds


class Watched:
    """It is bound to its UDP port, or shows a capture file."""

    def __init__(self, file=None):
        self.file, self.lines = file, queue.Queue()

    def __enter__(self):
        self.window = Window("", EXAMPLES / "frames", self.file)
        self.window.start(connect=False)
        threading.Thread(target=self.read, daemon=True).start()
        try:
            if not self.file:
                wait_until(lambda: drops() is not None, "the window to bind")
            time.sleep(0.5)
        except Late:
            self.window.stop()
            raise
        return self

    def __exit__(self, *_):
        self.window.stop()

    @property
    def pid(self):
        return self.window.process.pid

    def read(self):
        for line in self.window.process.stdout:
            self.lines.put(line)

    def order(self, line):
        self.window.process.stdin.write(line + "\n")
        self.window.process.stdin.flush()

    def answer(self, word):
        """The words of the next line that has this one; lines before it are dropped."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                words = self.lines.get(timeout=max(deadline - time.monotonic(), 0)).split()
            except queue.Empty:
                raise Late(f"waited in vain for the window to report {word}")
            if word in words:
                return words

    def report(self):
        """Milliseconds between frames, of work in one, and of our own part of that: median, p99
        and most, each."""
        self.order("report")
        parts = " ".join(self.answer("frames;")).split(";")[1:]
        return [[float(word) for word in part.split(":")[1].split()] for part in parts]

    def totals(self):
        """The records received, sent, dropped by the kernel, and trimmed."""
        self.order("totals")
        return [int(word) for word in self.answer("totals")[1:]]

    def flood(self, count, rate):
        sender = [EXAMPLES / "sender", ADDRESS, str(count), str(rate)]
        subprocess.run(sender, capture_output=True, check=True)

    def focus(self):
        self.window.display.tool("search", "--onlyvisible", "--class", "netpeer", "windowfocus", "--sync")


class Hand:
    """Keys and the wheel of the mouse: an xdotool that stays, because its start takes longer than a frame."""

    def __init__(self, display):
        self.process = subprocess.Popen(["xdotool", "-"], env=display.env, stdin=subprocess.PIPE, text=True)

    def do(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
