"""The table of faults: what has been tried, and what became of it."""

import collections

from . import verdicts


class Table:
    """What has been tried, and what became of it."""

    def __init__(self):
        self.sites, self.covered = set(), set()
        self.classes, self.defects = collections.Counter(), []
        self.impossible = collections.Counter()
        self.tried = 0
        self.not_reached = []

    def add(self, kind, fault, outcome, verbose, judge=verdicts.judge):
        """Counts an outcome, and prints it where it is a defect.

        strace injects into several threads at once. Where a call of one of them cannot fail so,
        and the outcome is bad, the others' sites are left to the shim.
        """
        reached = {}
        for thread, line in outcome.reached:
            site = (kind, thread, fault.call, fault.nth)
            if site in self.sites:  # the loader and programs that the session starts are none
                reached[site] = verdicts.impossible(line, fault.error)
        if not reached:
            self.not_reached.append((kind, fault))
            return
        self.tried += 1
        verdict = judge(outcome, fault)
        wrong = {site: reason for site, reason in reached.items() if reason}
        if wrong and (len(wrong) == len(reached) or verdict not in verdicts.GOOD):
            self.covered |= set(wrong)
            self.impossible[f"{fault.call}: {min(wrong.values())}"] += 1
            return
        self.covered |= set(reached)
        self.count(verdict, kind, fault, outcome, verbose)

    def count(self, verdict, kind, fault, outcome, verbose):
        """Counts a verdict, and prints a defect with the command that repeats it."""
        self.classes[verdict] += 1
        if verdict not in verdicts.GOOD:
            self.defects.append((verdict, kind, fault, outcome))
        if verbose or verdict not in verdicts.GOOD:
            self.show(verdict, kind, fault, outcome)

    @staticmethod
    def show(verdict, kind, fault, outcome):
        """A line for an outcome, and the end of what the program said."""
        print(f"{verdict}: scripts/faults --only {kind} --fault '{fault}' "
              f"(status {outcome.status}, {outcome.seconds:.1f} s)", flush=True)
        for line in outcome.err.splitlines()[-3:]:
            print(f"    {line}")

    def print(self, seconds):
        covered = len(self.covered & self.sites)
        total = max(len(self.sites), 1)
        print(f"sites covered      {covered} / {total} ({100 * covered / total:.1f} %)")
        print(f"faults tried       {self.tried}")
        print(f"not reached        {len(self.not_reached)}")
        print(f"cannot happen      {self.impossible.total()}")
        for name in sorted(set(self.classes) | set(verdicts.GOOD)):
            print(f"{name:<32} {self.classes[name]}")
        for reason, count in sorted(self.impossible.items()):
            print(f"  cannot happen: {count} of {reason}")
        print(f"defects            {len(self.defects)}, in {seconds:.0f} s")

    def print_rest(self):
        """The sites that no fault reached."""
        for kind, thread, call, nth in sorted(self.sites - self.covered):
            print(f"  not covered: {kind}: use {nth} of {call} in the thread {thread}")
