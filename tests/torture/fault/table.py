"""The table of faults: what has been tried, and what became of it."""

import collections

from . import errnos, verdicts

NO_FAULT = "cannot happen"  # a fault that the object behind the descriptor cannot give


class Table:
    """What has been tried, and what became of it.

    A site is covered once a fault that can happen there has been judged. `wrapped` are the calls
    that the preload library can make fail.
    """

    def __init__(self, wrapped=()):
        self.sites, self.covered, self.wrapped = set(), set(), set(wrapped)
        self.classes, self.defects = collections.Counter(), []
        self.impossible = collections.Counter()
        # Of each site: errors that cannot happen there, with the reasons.
        self.no_faults = collections.defaultdict(dict)
        # Sites whose call failed only beside another thread's call that cannot fail so.
        self.undecided = set()
        # Runs with a fault by (kind, thread, call, use); the thread is empty for strace.
        self.runs = collections.Counter()
        self.others = collections.Counter()  # messages that name neither error nor object
        self.tried = 0
        self.not_reached = []
        self.skipped = []  # (what, reason)

    def add(self, kind, fault, outcome, verbose, judge=verdicts.judge):
        """Counts an outcome, and prints it where it is a defect.

        strace injects into several threads at once. Where a call of one of them cannot fail so,
        and the outcome is bad, the others' sites are left to the shim.
        """
        self.runs[kind, fault.thread, fault.call, fault.nth] += 1
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
        for site, reason in wrong.items():
            self.no_faults[site][fault.error] = reason
        if wrong and (len(wrong) == len(reached) or verdict not in verdicts.GOOD):
            self.undecided |= set(reached) - set(wrong)
            self.impossible[f"{fault.call}: {min(wrong.values())}"] += 1
            return
        self.covered |= set(reached) - set(wrong)
        self.count(verdict, kind, fault, outcome, verbose)

    def count(self, verdict, kind, fault, outcome, verbose):
        """Counts a verdict, and prints a defect with the command that repeats it."""
        self.classes[verdict] += 1
        if verdict == verdicts.OTHER:
            self.others[verdicts.first_words(outcome)] += 1
        if verdict not in verdicts.GOOD:
            self.defects.append((verdict, kind, fault, outcome))
        if verbose or verdict not in verdicts.GOOD:
            self.show(verdict, kind, fault, outcome)

    def skip(self, what, reason):
        """Something that cannot be tried here: a site that is not covered, in the place of all."""
        self.skipped.append((what, reason))
        print(f"skipped: {what}: {reason}")

    @staticmethod
    def show(verdict, kind, fault, outcome):
        """A line for an outcome, and the end of what the program said."""
        print(f"{verdict}: scripts/faults --only {kind} --fault '{fault}' "
              f"(status {outcome.status}, {outcome.seconds:.1f} s)", flush=True)
        for line in outcome.err.splitlines()[-3:]:
            print(f"    {line}")

    def total(self):
        """The number of sites, and of what was skipped."""
        return len(self.sites) + len(self.skipped)

    def covers(self):
        return len(self.covered & self.sites)

    def untried(self, site):
        """The errors of a site's call that have not been found impossible there."""
        return [error for error in errnos.ERRORS[site[2]] if error not in self.no_faults.get(site, {})]

    def verdicts(self):
        """How many faults had each verdict, in one line."""
        names = [*verdicts.GOOD, *sorted(set(self.classes) - set(verdicts.GOOD))]
        counts = [(name, self.classes[name]) for name in names]
        counts.append((NO_FAULT, self.impossible.total()))
        return ", ".join(f"{name} {count}" for name, count in counts)

    def print(self, seconds):
        total, no_fault = max(self.total(), 1), sum(map(self.cannot_fail, self.sites))
        print(f"sites covered      {self.covers()} / {total} ({100 * self.covers() / total:.1f} %)")
        print(f"sites without a possible fault {no_fault}")
        print(f"faults tried       {self.tried}")
        print(f"not reached        {len(self.not_reached)}")
        print(f"cannot happen      {self.impossible.total()}")
        for name in sorted(set(self.classes) | set(verdicts.GOOD)):
            print(f"{name:<32} {self.classes[name]}")
        for words, count in self.others.most_common():
            print(f"  {verdicts.OTHER}: {count} of “{words}”")
        for reason, count in sorted(self.impossible.items()):
            print(f"  cannot happen: {count} of {reason}")
        print(f"defects            {len(self.defects)}, in {seconds:.0f} s")

    def cannot_fail(self, site):
        """Whether each error of this site's call was found impossible there."""
        return site not in self.covered and site in self.no_faults and not self.untried(site)

    def uncovered(self):
        """(site, reason) of each site that is not covered, in words."""
        return self.skipped + [(f"{kind}: use {nth} of {call} in the thread {thread}",
                                self.reason((kind, thread, call, nth)))
                               for kind, thread, call, nth in sorted(self.sites - self.covered)]

    def reason(self, site):
        """Why a site is not covered."""
        kind, thread, call, nth = site
        impossible, parts = self.no_faults.get(site, {}), []
        for reason in sorted(set(impossible.values())):
            errors = [error for error, known in impossible.items() if known == reason]
            parts.append(f"cannot happen ({', '.join(errors)}): {reason}")
        if self.cannot_fail(site):
            return "; ".join(parts)
        if site in self.undecided:
            parts.append("reached only together with another thread's call that cannot fail so")
        elif self.runs[kind, "", call, nth]:
            parts.append(f"not reached in {self.runs[kind, '', call, nth]} runs under strace, "
                         "which lets the same use fail in every thread")
        if self.runs[kind, thread, call, nth] and thread:
            parts.append(f"not reached in {self.runs[kind, thread, call, nth]} runs with the preload library, "
                         "which sees calls of the C library's functions, not those within it"
                         if call in self.wrapped else "the preload library does not wrap this call")
        return "; ".join(parts) or "no fault was tried"

    def print_rest(self):
        """The sites that are not covered, with their reasons."""
        for site, reason in self.uncovered():
            print(f"  not covered: {site}: {reason}")
