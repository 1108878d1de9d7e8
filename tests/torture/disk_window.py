"""The real window on a virtual display, and the files it keeps."""

import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import time
import zlib

from disk_session import MARK

TOOLS = ("Xvfb", "xdotool")
# Where the answer to a crash is, in the window of 1280 × 800 points.
RESTORE = (1156, 58)
SEGMENT = b"netpeer\0"


def missing():
    """The tool that a window here lacks; `None` if there are all."""
    return next((tool for tool in TOOLS if not shutil.which(tool)), None)


class Window:
    """The program with settings, and logs, in `config`."""

    def __init__(self, display, program, config, wrapper=()):
        self.display = display
        self.err_path = str(config) + ".err"
        env = {**display.env, "RUST_BACKTRACE": "0"}
        with open(self.err_path, "wb") as err:
            command = [*wrapper, program, "--lang", "en", "--config", str(config)]
            self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, start_new_session=True,
                                            stdout=subprocess.DEVNULL, stderr=err)
        self.is_open = self.wait_until_open(40 if wrapper else 20)

    def wait_until_open(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None:
            windows = self.display.do("search", "--onlyvisible", "--class", "netpeer").split()
            if windows:
                self.display.do("windowfocus", "--sync", windows[0])
                time.sleep(0.6)  # the first frames, which take the keys
                return True
            time.sleep(0.05)
        return False

    def press(self, *keys):
        self.display.do("key", "--clearmodifiers", *keys)

    def click(self, place):
        self.display.do("mousemove", *map(str, place), "click", "1")

    def type(self, text):
        self.display.do("type", "--delay", "5", text)

    def err(self):
        return open(self.err_path, errors="replace").read()

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def close(self, seconds=15):
        """Ends it as a session manager does; gives its status, `None` if it hangs."""
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            return self.process.wait(seconds)
        except ProcessLookupError:
            return self.process.wait()
        except subprocess.TimeoutExpired:
            self.kill()
            return None


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def make_config(folder, port):
    """Settings with one UDP tab on this port."""
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    text = f'(version: 2, theme: Light, tabs: [(network: (local_port: "{port}"))])'
    pathlib.Path(folder, "settings.ron").write_text(text)


def journals(config):
    """The folders of the logs below a folder of settings."""
    parent = pathlib.Path(config, "journal")
    return sorted(parent.glob("log-*")) if parent.is_dir() else []


def frames(segment):
    """The whole chunks of a segment (see src/journal/mod.rs), and the bytes after the last one."""
    content = pathlib.Path(segment).read_bytes()
    found, at = [], 16
    if content[:8] != SEGMENT:
        return [], content
    while at + 8 <= len(content):
        length, crc = struct.unpack_from("<II", content, at)
        chunk = content[at + 8:at + 8 + length]
        if len(chunk) < length or zlib.crc32(chunk) != crc:
            break
        found.append(chunk)
        at += 8 + length
    return found, content[at:]


def kept(config):
    """The numbers of the messages in the whole chunks of all logs, in order of their files."""
    numbers = []
    for folder in journals(config):
        for segment in sorted(folder.glob("*.segment")):
            for chunk in frames(segment)[0]:
                numbers += [int(number) for number in MARK.findall(chunk.decode(errors="replace"))]
    return numbers


def bound(port, seconds=10):
    """Whether the port is bound within this time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if f":{port:04X} 0" in open("/proc/net/udp").read():
            return True
        time.sleep(0.02)
    return False


def complaints(window, config):
    """What is wrong with a window that opened after a crash; `None` if nothing is."""
    if not window.is_open:
        return f"the window does not open: {window.err()[-200:]}"
    if "panicked" in window.err():
        return f"it panics: {window.err()[-200:]}"
    aside = [file.name for file in pathlib.Path(config).glob("settings*") if file.name not in
             ("settings.ron", "settings.ron.bak")]
    return f"settings were set aside: {aside}" if aside else None
