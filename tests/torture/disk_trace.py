"""Reads a trace of strace into what happened to files: writes, syncs, names, and what was said."""

import os
import re

CALLS = ("openat,write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,"
         "unlinkat,mkdir,mkdirat,ftruncate,fcntl,dup,dup2,dup3,close,socket,pipe2,eventfd2,epoll_create1,"
         "timerfd_create,memfd_create,accept4,socketpair")
LINE = re.compile(r"^(\d+) +(\d+\.\d+) (.*)$")
CALL = re.compile(r"^(\w+)\((.*)\)\s*= (-?\d+)", re.S)
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


def command(output):
    """What goes before the program, so that all its calls on files are recorded in full."""
    return ["strace", "-f", "-qq", "-ttt", "-xx", "-s", "4000000", "-e", "signal=none",
            "-e", f"trace={CALLS}", "-o", output]


def texts(arguments):
    """The strings of a call; a shortened one would be half a truth."""
    found = []
    for text, shortened in TEXT.findall(arguments):
        if shortened:
            raise ValueError("the trace is shortened")
        found.append(bytes.fromhex(text.replace("\\x", "")))
    return found


def calls(path):
    """(process, name, arguments, result) of each finished call, in the order of their ends."""
    begun = {}
    for line in open(path, errors="replace"):
        found = LINE.match(line)
        if not found:
            continue
        process, rest = found[1], found[3].rstrip("\n")
        if rest.endswith("<unfinished ...>"):
            begun[process] = rest[:-len("<unfinished ...>")]
            continue
        resumed = re.match(r"<\.\.\. \w+ resumed>(.*)", rest, re.S)
        if resumed:
            rest = begun.pop(process, "") + resumed[1]
        call = CALL.match(rest)
        if call:
            yield process, call[1], call[2], int(call[3])


class Trace:
    """The operations below a folder, in order; each is a tuple whose first word is its kind:
    write(file, offset, bytes) · cut(file, length) · sync(file) · create(path, file) ·
    rename(old, new) · link(old, new) · unlink(path) · mkdir(path) · syncdir(path) · say(text)."""

    def __init__(self, path, root, initial):
        """`initial` has the path and content of each file that was there before."""
        self.root, self.operations, self.open = os.path.realpath(root), [], {}
        self.files = {path: number for number, path in enumerate(initial)}
        self.lengths = {number: len(held) for number, held in enumerate(initial.values())}
        for _, name, arguments, result in calls(path):
            if result >= 0:
                self.take(name, arguments, result)

    def take(self, name, arguments, result):
        handler = getattr(self, "on_" + name, None)
        if handler:
            handler(arguments, result)

    def add(self, *operation):
        self.operations.append(operation)

    def path(self, text):
        return os.path.normpath(os.path.join(self.root, os.fsdecode(text)))

    def is_ours(self, path):
        return path == self.root or path.startswith(self.root + os.sep)

    def on_openat(self, arguments, descriptor):
        path = self.path(texts(arguments)[0])
        self.open.pop(descriptor, None)
        if not self.is_ours(path):
            return
        if os.path.isdir(path) or "O_DIRECTORY" in arguments:
            self.open[descriptor] = {"folder": path}
            return
        if path not in self.files:
            self.files[path] = len(self.lengths)
            self.lengths[self.files[path]] = 0
            self.add("create", path, self.files[path])
        file = self.files[path]
        if "O_TRUNC" in arguments:
            self.add("cut", file, 0)
            self.lengths[file] = 0
        self.open[descriptor] = {"file": file, "at": 0, "append": "O_APPEND" in arguments}

    def on_write(self, arguments, count):
        descriptor = int(arguments.split(",", 1)[0])
        known = self.open.get(descriptor)
        content = b"".join(texts(arguments))[:count]
        if known and "file" in known:
            at = self.lengths[known["file"]] if known["append"] else known["at"]
            self.put(known["file"], at, content)
            known["at"] = at + count
        elif descriptor in (1, 2) and known is None:
            self.add("say", content.decode(errors="replace"))

    on_writev = on_write

    def on_pwrite64(self, arguments, count):
        known = self.open.get(int(arguments.split(",", 1)[0]))
        if known and "file" in known:
            self.put(known["file"], int(arguments.rsplit(",", 1)[1]), texts(arguments)[0][:count])

    def put(self, file, at, content):
        self.add("write", file, at, content)
        self.lengths[file] = max(self.lengths[file], at + len(content))

    def on_ftruncate(self, arguments, _):
        descriptor, length = map(int, arguments.split(","))
        known = self.open.get(descriptor)
        if known and "file" in known:
            self.add("cut", known["file"], length)
            self.lengths[known["file"]] = length

    def on_fsync(self, arguments, _):
        known = self.open.get(int(arguments))
        if known:
            kind = "sync" if "file" in known else "syncdir"
            self.add(kind, known["file"] if "file" in known else known["folder"])

    on_fdatasync = on_fsync

    def on_rename(self, arguments, _):
        old, new = map(self.path, texts(arguments)[:2])
        if self.is_ours(old):
            self.add("rename", old, new)
            self.files[new] = self.files.pop(old, None)

    on_renameat = on_renameat2 = on_rename

    def on_link(self, arguments, _):
        old, new = map(self.path, texts(arguments)[:2])
        if self.is_ours(old):
            self.add("link", old, new)
            self.files[new] = self.files.get(old)

    on_linkat = on_link

    def on_unlink(self, arguments, _):
        path = self.path(texts(arguments)[0])
        if self.is_ours(path):
            self.add("unlink", path)
            self.files.pop(path, None)

    on_unlinkat = on_unlink

    def on_mkdir(self, arguments, _):
        path = self.path(texts(arguments)[0])
        if self.is_ours(path):
            self.add("mkdir", path)

    on_mkdirat = on_mkdir

    def on_fcntl(self, arguments, result):
        if "F_DUPFD" in arguments:
            self.copy(int(arguments.split(",", 1)[0]), result)

    def on_dup(self, arguments, result):
        self.copy(int(arguments.split(",", 1)[0]), result)

    on_dup2 = on_dup3 = on_dup

    def copy(self, old, new):
        known = self.open.get(old)
        self.open.pop(new, None)
        if known:
            self.open[new] = known  # a copy shares its place in the file

    def on_close(self, arguments, _):
        self.open.pop(int(arguments), None)
