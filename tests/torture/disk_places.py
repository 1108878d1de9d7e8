"""Places to write to that fail: small, read-only, slow and vanishing disks, and limits of a process."""

import os
import pathlib
import re
import shutil
import subprocess

import preload
from disk_loop import Image

CGROUP = pathlib.Path("/sys/fs/cgroup")


def mount(folder, options):
    """Mounts a disk in memory; gives what the system says if it cannot."""
    os.makedirs(folder, exist_ok=True)
    if os.environ.get("NETPEER_TORTURE_MOUNTS") != "1":
        return "mounting needs root"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True)
    return done.stderr.strip() if done.returncode else None


def unmount(folder):
    subprocess.run(["umount", "-l", folder], capture_output=True)


def read_only(folder):
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True, capture_output=True)


class FailingImage(Image):
    """An ext4 disk that has no room behind it: its writes succeed until they reach it (EIO)."""

    def __init__(self, work):
        self.behind = os.path.join(work, "behind")
        self.reason = mount(self.behind, "size=1600k")
        if not self.reason:
            super().__init__(self.behind, "disk")
            self.reason = self.mount()

    def close(self):
        if not self.reason:
            super().close()
        unmount(self.behind)


def shim(work):
    """The library that slows a disk and sets a clock; `None` without a compiler."""
    return preload.compiled("disk_shim.c", work) if shutil.which("gcc") else None


def injected(log, call, error, when, path):
    """What goes before the program, so that a call on a path fails; `when` as strace has it."""
    command = ["strace", "-f", "-qq", "-e", "signal=none", "-o", log, "-P", path,
               "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}"]
    return command


def was_injected(log):
    """Whether strace reached the call that was to fail."""
    return os.path.exists(log) and bool(re.search(r"\(INJECTED\)", open(log, errors="replace").read()))


class Memory:
    """A limit of the memory of a process: of a control group, else of its data segment."""

    def __init__(self, megabytes):
        self.bytes, self.group = megabytes << 20, None
        for parent, limit in ((CGROUP / "memory", "memory.limit_in_bytes"), (CGROUP, "memory.max")):
            group = parent / f"netpeer-torture-{os.getpid()}"
            if not (parent / limit).exists() and not (parent / "cgroup.controllers").exists():
                continue
            try:
                group.mkdir()
                (group / limit).write_text(str(self.bytes))
                self.group = group
                return
            except OSError:
                shutil.rmtree(group, ignore_errors=True)

    def before(self):
        """What goes before the program, and the name of the limit."""
        if self.group is None:
            return ["prlimit", f"--data={self.bytes}"], "RLIMIT_DATA"
        script = f'echo $$ > {self.group}/cgroup.procs && exec "$0" "$@"'
        return ["sh", "-c", script], "a control group"

    def most(self):
        """The most memory that was used, in MiB; `None` without a group."""
        for name in ("memory.max_usage_in_bytes", "memory.peak"):
            if self.group and (self.group / name).exists():
                return int((self.group / name).read_text()) / (1 << 20)
        return None

    def close(self):
        try:
            if self.group:
                self.group.rmdir()
        except OSError:
            pass
