#!/usr/bin/env python3
"""Prints whose work is in the program, and under which licences.

Usage: scripts/packages/notices.py TARGET

Reads `cargo metadata`: every crate that is linked for TARGET, with the licence texts it comes
with. A text that several crates have is printed once. Fails where a crate names no licence, or
only some that the program cannot be given away under.
"""

import collections
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Licences that ask for no more than to be named.
FREE = {
    "MIT", "MIT-0", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib",
    "0BSD", "BSL-1.0", "Unicode-3.0", "CC0-1.0", "Unlicense", "OFL-1.1", "Ubuntu-font-1.0", "WTFPL",
}  # fmt: skip


def is_free(expression):
    """Whether an SPDX expression can be met by FREE alone."""
    if "(" in expression:
        inner = re.sub(r"\(([^()]*)\)", lambda part: "MIT" if is_free(part[1]) else "none", expression)
        return is_free(inner)
    ways = re.split(r" OR |/", expression)
    return any(all(name.strip() in FREE for name in way.split(" AND ")) for way in ways)


def linked(target):
    """The crates in the program: what it depends on, without tests and build scripts."""
    command = ["cargo", "metadata", "--locked", "--format-version=1", f"--filter-platform={target}"]
    graph = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    nodes = {node["id"]: node for node in graph["resolve"]["nodes"]}
    own = graph["resolve"]["root"]
    seen, todo = {own}, [own]
    while todo:
        for dependency in nodes[todo.pop()]["deps"]:
            is_linked = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if is_linked and dependency["pkg"] not in seen:
                seen.add(dependency["pkg"])
                todo.append(dependency["pkg"])
    crates = [package for package in graph["packages"] if package["id"] in seen - {own}]
    return sorted(crates, key=lambda crate: (crate["name"], crate["version"]))


def texts(crate):
    folder = pathlib.Path(crate["manifest_path"]).parent
    named = [path for path in folder.iterdir() if re.match(r"(?i)(licen[cs]e|copying|notice|unlicense)", path.name)]
    files = [path for path in named if path.is_file()]
    return [path.read_text(errors="replace").strip().replace("\r\n", "\n") for path in sorted(files)]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    crates = linked(sys.argv[1])
    refused = [crate for crate in crates if not is_free(crate["license"] or "none")]
    if refused:
        sys.exit("no licence to give it away: " + ", ".join(f"{crate['name']} ({crate['license']})" for crate in refused))
    owners = collections.defaultdict(list)
    print("netpeer is built from these crates, each under its own licence.\n")
    for crate in crates:
        name = f"{crate['name']} {crate['version']}"
        authors = ", ".join(crate["authors"])
        print(f"{name}: {crate['license']}" + (f"; {authors}" if authors else ""))
        for text in texts(crate):
            owners[text].append(name)
    fonts = (ROOT / "assets/fonts/OFL.txt").read_text().strip()
    owners[fonts].append("the fonts: subsets of Noto Sans SC, Noto Sans and Noto Sans Symbols 2")
    for text, names in owners.items():
        print(f"\n{'-' * 80}\n{', '.join(names)}\n\n{text}")


main()
