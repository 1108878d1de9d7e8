#!/usr/bin/env python3
"""Types at the window what the tutorial says, opposite its three programs.

Usage: scripts/wine/tutorial.py PEERS

PEERS is the folder of the programs. The window with the keys is a UDP session that is bound to
port 8080, with the target 127.0.0.1:8888.
"""

import pathlib
import queue
import subprocess
import sys
import threading
import time

DEADLINE = 30


def keys(*names):
    subprocess.run(["xdotool", "key", "--clearmodifiers", *names], check=True)
    time.sleep(1)


def write(text):
    """Sends a message from the window, where the last one still stands."""
    keys("ctrl+a")
    subprocess.run(["xdotool", "type", "--delay", "60", text], check=True)
    time.sleep(1)
    keys("ctrl+Return")


class Peer:
    """A program of the tutorial, and what it prints."""

    def __init__(self, peers, name, *arguments):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.name = name
        self.program = subprocess.Popen([sys.executable, "-u", peers / name, *arguments], **pipes)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.program.stdout:
            self.lines.put(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.kill()
        self.program.wait()

    def expect(self, part):
        """Waits for a line that has `part`."""
        until = time.monotonic() + DEADLINE
        while (left := until - time.monotonic()) > 0:
            try:
                line = self.lines.get(timeout=left)
            except queue.Empty:
                break
            if part in line:
                print(line.strip(), flush=True)
                return
        sys.exit(f"{self.name} did not print {part!r}")

    def say(self, *lines):
        self.program.stdin.write("".join(f"{line}\n" for line in lines))
        self.program.stdin.flush()


def main():
    peers = pathlib.Path(sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__))
    with Peer(peers, "server.py", "8888") as server:
        server.expect("8888")
        keys("ctrl+m")
        write("first")
        server.expect("127.0.0.1:8080 first")
        # Its answer came: it is the last source.
        keys("ctrl+r")
        write("second")
        server.expect("127.0.0.1:8080 second")
    with Peer(peers, "client.py", "8080") as client:
        time.sleep(2)
        keys("ctrl+r")
        write("to the client")
        client.expect("127.0.0.1:8080 to the client")
    with Peer(peers, "chat.py", "7788") as chat:
        chat.say("1", "127.0.0.1", "8080", "hello from the chat")
        time.sleep(2)
        chat.say("2")
        keys("ctrl+r")
        write("to the chat")
        chat.expect("127.0.0.1:8080 to the chat")


main()
