"""What files of traffic cost (benches/files.rs)."""

import subprocess

from common import ROOT, table


def measure(_runs, _seconds):
    command = ["cargo", "bench", "--locked", "--bench", "files"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    rows = []
    for line in said.splitlines():
        what, figure = line[:46].strip(), line[46:].split("[")[0].strip()
        if figure:
            rows.append([what, " ".join(figure.split())])
    return table(["files", "median"], rows)
