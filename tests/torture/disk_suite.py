"""What the suites about files and long runs share: options, a table of results, and defects."""

import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from results import append, put_uncovered


def options(text, **more):
    """The options every suite has; `more` are names and help texts of numbers beside them."""
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("--program", default="target/debug/netpeer", help="the program to try")
    parser.add_argument("--sample", action="store_true", help="a run of at most 20 seconds")
    parser.add_argument("--self-test", action="store_true", help="check that the judge notices what is wrong")
    parser.add_argument("--record", action="store_true", help="append the results to results.tsv")
    parser.add_argument("--seed", type=int, help="repeat a run with this seed")
    parser.add_argument("--only", help="only the cases whose name has this text")
    for name, (default, words) in more.items():
        parser.add_argument(f"--{name}", type=type(default), default=default, help=words)
    chosen = parser.parse_args()
    chosen.program = str(pathlib.Path(chosen.program).resolve())
    if chosen.record and (chosen.only or chosen.sample):
        parser.error("--record counts whole runs: leave out --only and --sample")
    if chosen.seed is None:
        chosen.seed = random.SystemRandom().randrange(1 << 32)
    if not chosen.self_test and not os.access(chosen.program, os.X_OK):
        parser.error(f"{chosen.program} is no program: build it, or name another by --program")
    return chosen


class Report:
    """The results of a suite: a row for each kind of case, then each defect."""

    def __init__(self, suite, chosen):
        self.suite, self.chosen, self.began = suite, chosen, time.monotonic()
        self.rows, self.defects, self.skipped, self.notes = {}, [], [], []

    def wants(self, what):
        """Whether `--only` leaves this kind of case in."""
        return not self.chosen.only or self.chosen.only in what

    def row(self, what):
        return self.rows.setdefault(what, {"count": 0, "covered": 0, "total": 0, "defects": 0})

    def tried(self, what, reached=True, count=1):
        """Counts cases. A case whose fault was not reached is not covered."""
        row = self.row(what)
        row["count"] += count
        row["total"] += count
        row["covered"] += count if reached else 0

    def defect(self, what, happened, should, repeat=None):
        """Records a defect; the same one of a kind of case is printed once, with its number."""
        self.row(what)["defects"] += 1
        for known in self.defects:
            if known["what"] == what and known["should"] == should:
                known["times"] += 1
                return
        repeat = repeat or self.command(what)
        self.defects.append({"what": what, "happened": happened, "should": should, "repeat": repeat, "times": 1})

    def command(self, what):
        sample = " --sample" if self.chosen.sample else ""
        return (f"tests/torture/{self.suite}.py --program {self.chosen.program} "
                f"--seed {self.chosen.seed}{sample} --only '{what}'")

    def skip(self, what, reason):
        """Names cases that cannot be tried here. They count as one that is not covered."""
        self.skipped.append((what, reason))

    def uncovered(self):
        """(kind of case, reason) of what was skipped, or tried without reaching its fault."""
        rest = [(what, row["total"] - row["covered"], row["total"]) for what, row in self.rows.items()]
        return self.skipped + [(what, f"{lacks} of {total} cases did not reach their fault")
                               for what, lacks, total in rest if lacks]

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)

    def end(self):
        """Prints the table and the defects; gives the status of the program."""
        took = time.monotonic() - self.began
        print(f"{self.suite}: seed {self.chosen.seed}, {took:.0f} s")
        width = max([len(what) for what in self.rows] + [4])
        print(f"{'what':<{width}}  tried  reached  defects")
        for what, row in self.rows.items():
            print(f"{what:<{width}}  {row['count']:>5}  {row['covered']:>7}  {row['defects']:>7}")
        for what, reason in self.uncovered():
            print(f"skipped: {what}: {reason}")
        for text in self.notes:
            print(f"note: {text}")
        for defect in self.defects:
            print(f"DEFECT {defect['what']} ({defect['times']} times)\n  happens: {defect['happened']}")
            print(f"  should:  {defect['should']}\n  repeat:  {defect['repeat']}")
        if self.chosen.record:
            self.record(round(took))
        print(f"{len(self.defects)} defects")
        return 1 if self.defects else 0

    def record(self, seconds):
        """Adds the rows to results.tsv; what was skipped is a case that is not covered."""
        for what, row in self.rows.items():
            append(self.suite, what, **row, seconds=seconds)
        for what, _ in self.skipped:
            append(self.suite, what, 0, 0, 1, 0, seconds=seconds)
        put_uncovered(self.suite, self.uncovered())


def folder(in_memory=False):
    """A temporary folder of the suite, removed at its end; in memory where time is judged, since
    a sync of a busy disk may take seconds."""
    parent = "/dev/shm" if in_memory and os.access("/dev/shm", os.W_OK) else None
    return tempfile.TemporaryDirectory(prefix="netpeer-torture-", dir=parent, ignore_cleanup_errors=True)


def self_test(suite, checks):
    """Runs checks, each a name and a function that gives whether the judge noticed a mistake."""
    blind = [name for name, check in checks if not check()]
    for name, _ in checks:
        print(f"{'NOT noticed' if name in blind else 'noticed'}: {name}")
    print(f"{suite}: {len(checks) - len(blind)} of {len(checks)} mistakes noticed")
    return 1 if blind else 0


def in_own_mounts():
    """Whether this process may mount, and no other sees it: starts itself again in a mount
    namespace where it can. Mounts vanish with the last process of it."""
    if os.environ.get("NETPEER_TORTURE_MOUNTS") == "1":
        return True
    if os.geteuid() != 0:
        return False
    unshare = ["unshare", "--mount", "--propagation", "private"]
    try:
        if subprocess.run([*unshare, "true"], capture_output=True).returncode != 0:
            return False
    except OSError:
        return False
    os.environ["NETPEER_TORTURE_MOUNTS"] = "1"
    sys.stdout.flush()
    os.execvp("unshare", [*unshare, sys.executable, *sys.argv])
