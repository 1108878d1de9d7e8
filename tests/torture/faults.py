"""Every call of every kind of session fails once: prints what became of it.

A site is the n-th use of a system call in one thread of one kind of session, as its trace has
it. At each site each error of the call's man page is injected: by strace, which counts uses in
each thread, and by a preload shim where strace only reaches another thread first.
"""

import argparse
import collections
import concurrent.futures
import os
import subprocess
import sys
import tempfile
import time

from fault import errnos, injection, kinds, sites, verdicts

SEED = 20  # of the order in which faults are tried
SAMPLE = {
    "udp": ["socket:EMFILE", "bind:EADDRINUSE", "sendto:EAGAIN", "recvmmsg:ENOMEM"],
    "tcp-client": ["connect:ETIMEDOUT", "epoll_create1:EMFILE", "clone3:EAGAIN"],
    "tcp-server": ["accept4:EMFILE", "listen:EADDRINUSE"],
    "record": ["fdatasync:EIO"],
    "convert": ["openat:ENOSPC", "read:EIO", "fsync:EIO"],
    "scenario": ["eventfd2:EMFILE"],
}


class Table:
    """What has been tried, and what became of it."""

    def __init__(self):
        self.sites, self.covered = set(), set()
        self.classes, self.defects = collections.Counter(), []
        self.impossible = collections.Counter()
        self.tried = self.not_reached = 0

    def add(self, kind, fault, outcome, verbose):
        """Counts an outcome, and prints it where it is a defect."""
        reached = {(kind, thread, fault.call, fault.nth) for thread, _ in outcome.reached}
        reached &= self.sites  # the loader and programs that the session starts are none
        if not reached:
            self.not_reached += 1
            return
        self.tried += 1
        self.covered |= reached
        reason = verdicts.impossible(outcome, fault)
        if reason:
            self.impossible[f"{fault.call}: {reason}"] += 1
            return
        verdict = verdicts.judge(outcome, fault)
        self.classes[verdict] += 1
        if verdict not in verdicts.GOOD:
            self.defects.append((verdict, kind, fault, outcome))
        if verbose or verdict not in verdicts.GOOD:
            show(verdict, kind, fault, outcome)

    def print(self, seconds):
        covered = len(self.covered & self.sites)
        total = max(len(self.sites), 1)
        print(f"sites covered      {covered} / {total} ({100 * covered / total:.1f} %)")
        print(f"faults tried       {self.tried}")
        print(f"not reached        {self.not_reached}")
        print(f"cannot happen      {self.impossible.total()}")
        for name in sorted(set(self.classes) | set(verdicts.GOOD)):
            print(f"{name:<32} {self.classes[name]}")
        for reason, count in sorted(self.impossible.items()):
            print(f"  cannot happen: {count} of {reason}")
        print(f"defects            {len(self.defects)}, in {seconds:.0f} s")


def show(verdict, kind, fault, outcome):
    """A line for an outcome, and the end of what the program said."""
    print(f"{verdict}: scripts/faults --only {kind} --fault {fault} "
          f"(status {outcome.status}, {outcome.seconds:.1f} s)", flush=True)
    for line in outcome.err.splitlines()[-3:]:
        print(f"    {line}")


def faults_of(found):
    """The faults of the sites of one kind: each error at each use."""
    uses = sorted({(call, nth) for _, call, nth in found})
    return [injection.Fault(call, error, nth) for call, nth in uses
            for error in errnos.ERRORS[call]]


def attempt(program, kind, fault, shim):
    """One run; one that does not reach the site is tried again."""
    for _ in range(2):
        outcome, _ = injection.run(program, kind, fault, shim)
        if outcome.reached:
            break
    return kind, fault, outcome


def survey(program, names, uses, pool):
    """The sites of each kind, and calls that are left out; a kind that fails by itself raises."""
    found, left_out = {}, collections.Counter()
    runs = pool.map(lambda name: injection.run(program, name), names)
    for name, (outcome, text) in zip(names, runs):
        if outcome.status != 0 or outcome.missing or outcome.hung:
            show(f"does not succeed where nothing fails: {outcome.missing}", name, "none", outcome)
            raise SystemExit(1)
        found[name], rest = sites.of_trace(text, uses)
        left_out += rest
    return found, left_out


def shimmed(table, kind, found):
    """Faults for the shim at the sites of one kind that strace did not reach."""
    rest = collections.defaultdict(list)
    for thread, call, nth in sorted(found):
        if (kind, thread, call, nth) not in table.covered:
            rest[thread, call].append(nth)
    return [injection.Fault(call, error, nth, thread) for (thread, call), uses in rest.items()
            for nth in uses for error in errnos.ERRORS[call]]


def work(options, pool, shim):
    """Injects everything; gives the table and the calls that were left out."""
    table = Table()
    names = options.only or list(SAMPLE if options.sample else kinds.KINDS)
    found, left_out = survey(options.program, names, options.uses, pool)
    for name in names:
        table.sites |= {(name, *site) for site in found[name]}
    plan = [(name, fault) for name in names for fault in chosen(options, name, found[name])]
    spread(options, pool, shim, table, plan)
    if not options.sample and not options.fault and not options.call:
        plan = [(name, fault) for name in names for fault in shimmed(table, name, found[name])]
        spread(options, pool, shim, table, plan)
    return table, left_out


def spread(options, pool, shim, table, plan):
    """Runs a plan, some at a time."""
    runs = [pool.submit(attempt, options.program, name, fault, shim) for name, fault in plan]
    for run in concurrent.futures.as_completed(runs):
        table.add(*run.result(), options.verbose)


def chosen(options, name, found):
    """The faults of a kind that the options ask for."""
    if options.fault:
        return [parsed(options.fault)]
    faults = faults_of(found)
    if options.call:
        return [fault for fault in faults if fault.call == options.call]
    if not options.sample:
        return faults
    first = {}
    for fault in faults:
        first.setdefault(f"{fault.call}:{fault.error}", fault)
    return [first[key] for key in SAMPLE[name] if key in first]


def parsed(words):
    """A fault as this program prints it."""
    parts = words.split(":")
    if "error=" in words:
        return injection.Fault(parts[0], parts[1].partition("=")[2],
                               int(parts[2].partition("=")[2]))
    action = parts[3] if "=" in parts[3] else ""
    return injection.Fault(parts[1], "" if action else parts[3], int(parts[2]), parts[0], action)


def self_test():
    """A wrong answer has to be noticed: returns what was not."""
    fault = injection.Fault("write", "EIO", 1)
    cases = [("hangs", dict(hung=True)), ("panics", dict(err="thread 'x' panicked at y")),
             ("ends with -6", dict(status=-6)), ("fails without a word", dict(status=1)),
             ("succeeds without the answer", dict(missing=["the answer"])),
             ("leaves a half-written file", dict(status=1, err="x", half_written=True)),
             ("leaves a temporary file", dict(status=1, err="x", left_over=["a.tmp"])),
             ("shows internal words", dict(status=1, err='Os { code: 5, kind: Other }')),
             (verdicts.CLEAR, dict(status=1, err="could not write: EIO")),
             (verdicts.COUNTED, dict(status=1, err="0 of 1 came")), (verdicts.RIGHT, {})]
    wrong = []
    for expected, changes in cases:
        right = dict(status=0, out="", err="", hung=False, missing=[], half_written=False,
                     left_over=[])
        found = verdicts.judge(injection.Outcome(**{**right, **changes}), fault)
        if found != expected:
            wrong.append(f"judged as {found}: {expected}")
    table = Table()
    table.sites = {("udp", "session", "bind", 1)}
    right["reached"] = [("ld.so", "")]
    table.add("udp", injection.Fault("bind", "EACCES", 1), injection.Outcome(**right), False)
    if table.covered or table.not_reached != 1:
        wrong.append("a fault that was not reached counts as covered")
    return wrong


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="target/release/netpeer")
    parser.add_argument("--only", action="append", choices=kinds.KINDS, help="this kind of session")
    parser.add_argument("--call", help="only this call")
    parser.add_argument("--fault", help="only this fault, as it is printed")
    parser.add_argument("--uses", type=int, default=2, help="uses of each call in a thread")
    parser.add_argument("--jobs", type=int, default=4, help="runs at a time")
    parser.add_argument("--sample", action="store_true", help="a choice over all calls, in 30 s")
    parser.add_argument("--self-test", action="store_true", help="show that defects are noticed")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def compiled(folder):
    """The preload shim."""
    shim = os.path.join(folder, "shim.so")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "shim.c")
    subprocess.run(["gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC",
                    "-o", shim, source, "-ldl", "-lpthread"], check=True)
    return shim


def main():
    options = arguments()
    if options.self_test:
        wrong = self_test()
        print("\n".join(wrong) or "defects are noticed")
        return 1 if wrong else 0
    began = time.time()
    with tempfile.TemporaryDirectory(prefix="netpeer-shim-") as folder, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        table, left_out = work(options, pool, compiled(folder))
    table.print(time.time() - began)
    for call in sorted(set(left_out) & set(errnos.LEFT_OUT)):
        print(f"  left out: {call}: {errnos.LEFT_OUT[call]}")
    unknown = sites.unknown(left_out)
    if unknown:
        print(f"defect: no errors are known of {', '.join(unknown)}")
    return 1 if table.defects or unknown else 0


if __name__ == "__main__":
    sys.exit(main())
