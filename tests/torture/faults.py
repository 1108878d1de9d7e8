"""Calls of every kind of session fail; prints the sites covered, and each outcome.

A site is the n-th use of a system call in one thread of one kind of session, as its trace has
it: the first two uses in each thread (`--uses`), and every start of a thread. At each site each
error of fault/errnos.py is injected, in a run of its own: by strace, which counts uses in each
thread, and by a preload shim where strace only reaches another thread first. Of the window the
first use of each call in its own threads, and in the first thread the calls that change files
or start threads (fault/window.py). Besides, some calls hang, or fail for ever (fault/obstacles.py).
"""

import argparse
import collections
import concurrent.futures
import shutil
import sys
import tempfile
import time

from fault import errnos, injection, kinds, obstacles, self_test, sites, window
from fault.table import Table
from preload import compiled, wrapped
from results import append, put_uncovered

SAMPLE = {
    "udp": ["socket:EMFILE", "bind:EADDRINUSE", "sendto:EAGAIN", "recvmmsg:ENOMEM"],
    "tcp-client": ["connect:ETIMEDOUT", "epoll_create1:EMFILE", "clone3:EAGAIN"],
    "tcp-server": ["accept4:EMFILE", "listen:EADDRINUSE"],
    "record": ["fdatasync:EIO"],
    "convert": ["openat:ENOSPC", "read:EIO", "fsync:EIO"],
    "scenario": ["eventfd2:EMFILE"],
}
SAMPLE_OF_SHIM = [
    ("udp", "session:getrandom:1:EAGAIN"), ("udp", "*:clone3:1:EAGAIN+"),
    ("tcp-client", "session:epoll_wait:1:EBADF+"), ("record", "recorder:fdatasync:1:hang=2"),
]
EXTRA = ("window",)


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
            verdict = f"does not succeed where nothing fails: {outcome.missing}"
            Table.show(verdict, name, "none", outcome)
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
            for nth in uses for error in table.untried((kind, thread, call, nth))]


def work(options, pool, shim):
    """Injects everything; gives the table and the calls that were left out."""
    table = Table(wrapped("shim.c"))
    chosen_kinds = options.only or list(SAMPLE if options.sample else [*kinds.KINDS, *EXTRA])
    names = [name for name in chosen_kinds if name in kinds.KINDS]
    found, left_out = survey(options.program, names, options.uses, pool)
    for name in names:
        table.sites |= {(name, *site) for site in found[name]}
    plan = [(name, fault) for name in names for fault in chosen(options, name, found[name])]
    if options.sample:
        plan += one_of_each_call(found)
    spread(options, pool, shim, table, plan)
    if "window" in chosen_kinds and all(map(shutil.which, ("Xvfb", "xdotool"))):
        fault = options.fault and parsed(options.fault)
        window.inject(options.program, shim, fault, table, options.verbose)
    elif "window" in chosen_kinds:
        table.skip("the window", "Xvfb or xdotool is not installed (scripts/install xvfb xdotool)")
    if options.fault or options.call:
        return table, left_out
    if not options.sample:
        plan = [(name, fault) for name in names for fault in shimmed(table, name, found[name])]
        spread(options, pool, shim, table, plan)
        plan = obstacles.faults(found, parsed)
    else:
        plan = [(name, parsed(fault)) for name, fault in SAMPLE_OF_SHIM]
    spread(options, pool, shim, table, plan)
    return table, left_out


def spread(options, pool, shim, table, plan):
    """Runs a plan, some at a time."""
    runs = [pool.submit(attempt, options.program, name, fault, shim) for name, fault in plan]
    for run in concurrent.futures.as_completed(runs):
        name, fault, outcome = run.result()
        if not fault.action and not (fault.thread and fault.call == "getrandom"):
            table.add(name, fault, outcome, options.verbose)
        elif not outcome.reached:
            table.not_reached.append((name, fault))
        else:
            table.tried += 1
            verdict = obstacles.judge(fault, outcome)
            table.count(verdict, name, fault, outcome, options.verbose)


def one_of_each_call(found):
    """One fault for each call, in the first kind of session that makes it; errors take turns."""
    firsts = {}
    for name, where in found.items():
        for _, call, nth in sorted(where, key=lambda site: site[2]):
            firsts.setdefault(call, (name, nth))
    return [(name, injection.Fault(call, errnos.ERRORS[call][turn % len(errnos.ERRORS[call])], nth))
            for turn, (call, (name, nth)) in enumerate(sorted(firsts.items()))]


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
    what = parts[3]
    action = what if "=" in what or what.endswith("+") else ""
    error = "" if "=" in what else what.rstrip("+")
    return injection.Fault(parts[1], error, int(parts[2]), parts[0], action)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="target/release/netpeer")
    parser.add_argument("--only", action="append", choices=[*kinds.KINDS, *EXTRA],
                        help="this kind of session")
    parser.add_argument("--call", help="only this call")
    parser.add_argument("--fault", help="only this fault, as it is printed")
    parser.add_argument("--uses", type=int, default=2, help="uses of each call in a thread")
    parser.add_argument("--jobs", type=int, default=4, help="runs at a time")
    parser.add_argument("--sample", action="store_true", help="a choice over all calls, in 30 s")
    parser.add_argument("--self-test", action="store_true", help="show that defects are noticed")
    parser.add_argument("--record", action="store_true", help="add a line to results.tsv, and write the sites left to uncovered.tsv")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    if options.record and (options.only or options.call or options.fault or options.sample):
        parser.error("--record counts whole runs: leave out --only, --call, --fault and --sample")
    return options


def print_left_out(left_out):
    """The calls that are left alone, by reason."""
    reasons = collections.defaultdict(list)
    for call in sorted(set(left_out) & set(errnos.LEFT_OUT)):
        reasons[errnos.LEFT_OUT[call]].append(call)
    for reason, calls in sorted(reasons.items(), key=lambda pair: pair[1]):
        print(f"  left out: {', '.join(calls)}: {reason}")


def main():
    options = arguments()
    if options.self_test:
        wrong = self_test.unnoticed()
        print("\n".join(wrong) or "defects are noticed")
        return 1 if wrong else 0
    began = time.time()
    with tempfile.TemporaryDirectory(prefix="netpeer-shim-") as folder, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        table, left_out = work(options, pool, compiled("shim.c", folder))
    table.print(time.time() - began)
    if not options.sample and not options.fault and not options.call:
        table.print_rest()
    print_left_out(left_out)
    if options.record:
        append("faults", "faults", table.tried, table.covers(), table.total(), len(table.defects),
               unit="sites", verdicts=table.verdicts(), seconds=round(time.time() - began))
        put_uncovered("faults", table.uncovered())
    unknown = sites.unknown(left_out)
    if unknown:
        print(f"defect: no errors are known of {', '.join(unknown)}")
    return 1 if table.defects or unknown else 0


if __name__ == "__main__":
    sys.exit(main())
