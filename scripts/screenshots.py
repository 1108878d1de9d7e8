"""What the scenes of scripts/screenshots have in Python; as a program, it makes the frames of a
folder a picture that moves.

Usage: scripts/screenshots.py FRAMES FILE.gif
"""

import os
import pathlib
import random
import socket
import struct
import subprocess
import sys
import time


def bound(port):
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    peer.bind(("127.0.0.1", port))
    peer.settimeout(10)
    return peer


def pause():
    time.sleep(0.3)


def say(peer, data):
    peer.sendto(data, ("127.0.0.1", 8080))
    time.sleep(0.15)


def run(line):
    subprocess.run(line, shell=True, check=True)


def press(keys):
    run(f"xdotool key --clearmodifiers {keys}")
    time.sleep(0.4)


def animate(frames, file):
    """Frames that are alike are one, which is shown as long as all of them."""
    frames = sorted(pathlib.Path(frames).glob("*.ppm"), key=lambda frame: int(frame.stem))
    shown = []
    for frame in frames:
        if not shown or frame.read_bytes() != shown[-1].read_bytes():
            shown.append(frame)
    command = ["convert", "-loop", "0"]
    ends = [int(frame.stem) for frame in shown[1:]] + [int(frames[-1].stem) + 2000]
    for frame, end in zip(shown, ends):
        command += ["-delay", str((end - int(frame.stem)) // 10), str(frame)]
    command += ["-resize", "960x", "-dither", "None", "-colors", "96", "-layers", "OptimizePlus", file]
    subprocess.run(command, check=True)
    seconds = (ends[-1] - int(shown[0].stem)) / 1000
    size = os.path.getsize(file)
    print(f"{file}: {len(shown)} frames, {seconds:.1f} s, {size / 1e6:.2f} MB")
    assert seconds <= 20 and size <= 2_000_000, "it is to be at most 20 s and 2 MB"


if __name__ == "__main__" and len(sys.argv) == 3:
    animate(sys.argv[1], sys.argv[2])
