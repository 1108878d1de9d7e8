"""A session of the program in a terminal, a sender opposite it, and its files read again."""

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time

MARK = re.compile(r"n=(\d{8})")
TOTALS = re.compile(r"Received ([\d,]+) \(.*?dropped by the kernel ([\d,]+), truncated ([\d,]+)")
PADDING = b"." * 50


def message(number, padding=PADDING):
    """The message of this number; its text is found again in files and on the screen."""
    return b"n=%08d %s" % (number, padding)


class Session:
    """The program, with what it prints in files, so that nothing holds it up."""

    def __init__(self, program, arguments, folder, before=(), env=None, out=None):
        self.out_path, self.err_path = (os.path.join(out or folder, name) for name in ("out", "err"))
        self.program = os.path.realpath(program)
        self.command = [*before, program, "--lang", "en", *arguments]
        with open(self.out_path, "wb") as out_file, open(self.err_path, "wb") as err_file:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=out_file, stderr=err_file, cwd=folder,
                env={**os.environ, "RUST_BACKTRACE": "0", **(env or {})}, start_new_session=True)

    def out(self):
        return open(self.out_path, errors="replace").read()

    def err(self):
        return open(self.err_path, errors="replace").read()

    def said(self):
        return self.out() + self.err()

    def port(self, seconds=10):
        """The port that it bound; `None` if it ended before, or takes longer."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = re.search(r"127\.0\.0\.1:(\d+) (?:Bound|Listening)", self.out())
            if found:
                return int(found[1])
            if self.process.poll() is not None:
                return None
            time.sleep(0.02)
        return None

    def traced(self):
        """The program below strace or another wrapper; itself without one."""
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        try:
            for child in map(int, open(children).read().split()):
                if os.readlink(f"/proc/{child}/exe") == self.program:
                    return child
        except OSError:
            pass
        return self.process.pid

    def kill(self):
        """Ends it as the system does that runs out of memory, with no time for a last word."""
        try:
            os.kill(self.traced(), signal.SIGKILL)
            self.process.wait(5)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdin.close()

    def end(self, seconds=15):
        """Ends it by Ctrl+C; gives its status, or `None` if it hangs and was killed."""
        try:
            if self.process.poll() is None:
                os.kill(self.traced(), signal.SIGINT)
            return self.process.wait(seconds)
        except ProcessLookupError:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            return None
        finally:
            self.process.stdin.close()

    def printed(self):
        """The numbers of the messages on the screen, in order."""
        return numbers_of_screen(self.out())

    def totals(self):
        """(received, dropped by the kernel) as the last line says; `None` without one."""
        found = TOTALS.search(self.err())
        return found and tuple(int(found[at].replace(",", "")) for at in (1, 2))


def numbers_of_screen(text):
    """Numbers in text or, where the program showed bytes, in hexadecimal."""
    found = [int(number) for number in MARK.findall(text)]
    if not found and "6E 3D" in text:
        joined = re.findall(r"6E 3D ((?:3\d ){8})", text)
        found = [int(bytes.fromhex(digits)) for digits in joined]
    return found


class Sender:
    """Sends numbered datagrams from a thread until it is stopped; `sent` is their number."""

    def __init__(self, port, rate=500, padding=PADDING, batch=1, most=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))
        self.rate, self.padding, self.batch, self.most = rate, padding, batch, most
        self.sent, self.refused, self.times, self.stopped = 0, 0, [], False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        due = time.monotonic()
        while not self.stopped and (self.most is None or self.sent < self.most):
            for _ in range(self.batch):
                try:
                    self.socket.send(message(self.sent, self.padding))
                    self.times.append(time.monotonic())
                    self.sent += 1
                except ConnectionRefusedError:
                    self.refused += 1
                except OSError:
                    time.sleep(0.01)
            due += self.batch / self.rate
            time.sleep(max(0, due - time.monotonic()))

    def before(self, moment):
        """The number of messages sent before this moment of the monotonic clock."""
        return sum(at < moment for at in self.times)

    def stop(self):
        self.stopped = True
        self.thread.join(5)
        self.socket.close()
        return self.sent


class Rows:
    """What the program reads from a capture file."""

    def __init__(self, program, path, seconds=60):
        command = [program, "--lang", "en", "show", "--json", path]
        try:
            done = subprocess.run(command, capture_output=True, timeout=seconds, stdin=subprocess.DEVNULL)
            self.status, out, err = done.returncode, done.stdout, done.stderr
        except subprocess.TimeoutExpired:
            self.status, out, err = None, b"", b"it hangs"
        self.said = err.decode(errors="replace").strip()
        self.numbers, self.strange = [], []
        for line in out.decode(errors="replace").splitlines():
            self.take(line)

    def take(self, line):
        row = json.loads(line)
        if row.get("kind") not in ("received", "sent"):
            return
        content = bytes.fromhex(row.get("hex") or "") or (row.get("text") or "").encode()
        found = MARK.match(content.decode(errors="replace"))
        if found and set(content[10:]) <= {0x20, PADDING[0]} and len(content) > 10:
            self.numbers.append(int(found[1]))
        else:
            self.strange.append(content[:60])


def numbers_of_text(path):
    """The numbers of whole entries in a recording as text or CSV, and its unfinished tail."""
    text = open(path, "rb").read().decode(errors="replace")
    return numbers_of_screen(text), text
