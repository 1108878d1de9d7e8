"""Libraries that are loaded before the others (LD_PRELOAD, ld.so(8)) and change what calls do."""

import os
import pathlib
import re
import subprocess


def compiled(source, folder):
    """The library made in this folder from a C file beside this one."""
    path = pathlib.Path(__file__).resolve().with_name(source)
    made = os.path.join(folder, "shim.so")
    subprocess.run(["gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC",
                    "-o", made, str(path), "-ldl", "-lpthread"], check=True)
    return made


def wrapped(source):
    """The system calls that a C file beside this one can make fail."""
    text = pathlib.Path(__file__).resolve().with_name(source).read_text(encoding="utf-8")
    return set(re.findall(r'\bfault\("(\w+)"', text) + re.findall(r'^WRAP\([^"\n]*"(\w+)"', text, re.M))
