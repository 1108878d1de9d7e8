"""One run of a session, traced or with an error injected by strace or by the shim."""

import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field

from . import kinds

DEADLINE = 20.0  # seconds for one run; a session ends itself within 3
TRACED = "%network,%file,%desc,%process,%memory,%signal,timerfd_create,timerfd_settime,poll," \
    "getrandom,prlimit64,prctl,sysinfo,sched_getaffinity,futex,sched_yield"
# A call that lasts is split in two lines: the second one no longer has the arguments.
BEGUN = re.compile(r"^(\d+)<[^>]*> (.*) <unfinished \.\.\.>$")
RESUMED = re.compile(r"^(\d+)(<[^>]*> )<\.\.\. \w+ resumed>(.*)$")
LINE = re.compile(r"^\d+<([^>]*)> ")


@dataclass
class Fault:
    """An error for the n-th use of a call, counted in each thread; by the shim, in one thread."""

    call: str
    error: str
    nth: int
    thread: str = ""  # of the shim
    action: str = ""  # of the shim instead of an error: hang=SECONDS

    def __str__(self):
        if self.thread:
            return f"{self.thread}:{self.call}:{self.nth}:{self.action or self.error}"
        return f"{self.call}:error={self.error}:when={self.nth}"


@dataclass
class Outcome:
    """What became of a run."""

    status: int
    out: str
    err: str
    hung: bool
    missing: list  # of what a right run has
    half_written: bool
    left_over: list  # temporary files
    reached: list = field(default_factory=list)  # (thread, line of the trace) of each injection
    seconds: float = 0.0


def command(program, fault, trace, shim):
    """The words that start the program under strace, or with the shim."""
    if fault and fault.thread:
        return [program]
    words = ["strace", "-f", "-Y", "-y", "-y", "-qq", "-e", "signal=none", "-s", "64", "-o", trace]
    if fault:
        words += ["--seccomp-bpf", "-e", f"trace={fault.call}", "-e", f"inject={fault}"]
    else:
        words += ["-e", f"trace={TRACED}"]
    return [*words, program]


def environment(folder, fault, trace, shim):
    """The program's own folders are in `folder`."""
    variables = {**os.environ, "RUST_BACKTRACE": "0", "HOME": folder, "LC_ALL": "C.UTF-8"}
    variables = {name: value for name, value in variables.items() if not name.startswith("XDG_")}
    if fault and fault.thread:
        variables.update(LD_PRELOAD=shim, NETPEER_FAULT=str(fault), NETPEER_FAULT_LOG=trace)
    return variables


def run(program, kind, fault=None, shim=None):
    """Runs a kind of session; gives (outcome, trace)."""
    with tempfile.TemporaryDirectory(prefix="netpeer-fault-") as folder:
        home = os.path.join(folder, "home")
        os.mkdir(home)
        trace = os.path.join(folder, "trace")
        work = os.path.join(folder, "work")
        os.mkdir(work)
        session = kinds.KINDS[kind](work)
        known = set(os.listdir(work)) | {os.path.basename(session.output), "here.sock"}
        words = [*command(program, fault, trace, shim), "--lang", "en", *session.arguments]
        began = time.time()
        status, out, err, hung = watch(words, session, environment(home, fault, trace, shim))
        # A peer hears hello a moment later than the session ends.
        deadline = time.time() + 1
        while status == 0 and session.missing(out) and time.time() < deadline:
            time.sleep(0.02)
        text = kinds.contents(trace)
        outcome = Outcome(status, out, err, hung, session.missing(out), session.half_written(),
                          sorted(set(os.listdir(work)) - known), injected(text, fault),
                          time.time() - began)
        session.close()
        return outcome, text


def watch(words, session, variables):
    """Starts a process, has the caller call it, and ends it at the deadline."""
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, errors="replace",
                               env=variables, start_new_session=True)
    output = {"out": "", "err": ""}
    called = threading.Event()

    def read(name, pipe):
        for line in pipe:
            output[name] += line
            address = name == "out" and session.caller and session.address(line)
            if address and not called.is_set():
                called.set()
                threading.Thread(target=session.caller.call, args=(address,), daemon=True).start()

    readers = [threading.Thread(target=read, args=pair, daemon=True)
               for pair in (("out", process.stdout), ("err", process.stderr))]
    for reader in readers:
        reader.start()
    try:
        status, hung = process.wait(DEADLINE), False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        status, hung = process.wait(), True
    for reader in readers:
        reader.join(2)
    return status, output["out"], output["err"], hung


def injected(text, fault):
    """The threads whose call failed, each with the line of the trace."""
    if fault and fault.thread:
        return [(fault.thread, line) for line in text.splitlines()]
    return [(LINE.match(line)[1], line) for line in whole_lines(text)
            if "INJECTED" in line and LINE.match(line)]


def whole_lines(text):
    """The lines of a trace, each call in one."""
    begun = {}
    for line in text.splitlines():
        if first := BEGUN.match(line):
            begun[first[1]] = first[2]
        elif rest := RESUMED.match(line):
            yield rest[1] + rest[2] + begun.pop(rest[1], "") + rest[3]
        else:
            yield line
