"""Holds the simulated network against closed forms and a reference written from tc-netem(8).

`examples/impaired` passes the datagrams through the simulated network on a virtual clock. Where the
kernel has netem, its shares are compared, too."""

import argparse
import math
import os
import random
import sys
import time

from netem_cases import Case, cases
from netem_real import compare, names as real_names
from netem_seen import STATISTICS, Seen, distance
from results import append, put_uncovered

SEED = 20
SAMPLE = ("loss 20 %, correlation 0 %", "delay normal, correlation 50 %", "a fifth doubled",
          "a quarter reordered, by 3", "1 Mbit/s, offered twice that", "named network weak")
# Wrong closed forms, each of which must be noticed.
WRONG = (
    Case("loss 20 % taken for 20.5 %", "loss: Random(percent: 20)", {"lost": 0.205}),
    Case("bursts of 4 taken for 4.1", "loss: Burst(p: 10, r: 25)", {"burst": 4.1}, 1_200_000),
    Case("jitter 10 ms taken for 10.2", "delay: (millis: 100, jitter: 10, distribution: Normal)",
         {"delay spread": 10.2}),
    Case("a quarter reordered taken for 25.5 %", "reorder: (percent: 25)", {"reordered": 0.255}),
    Case("1 Mbit/s taken for 1.02", "rate: (bits_per_second: 1000000, queue: 65536)",
         {"rate": 1.02e6}, 100_000, 4_000_000, 1000),
    Case("normal taken for uniform", "delay: (millis: 100, jitter: 10, distribution: Normal)", {},
         sample=lambda numbers: [100 + 10 * math.sqrt(3) * numbers.uniform(-1, 1)
                                 for _ in range(400_000)], compared="delays"),
)


def judge(case, seen, seed):
    """(statistic, found, expected, whether it is right) of each statistic."""
    rows = []
    for name, expected in case.expected.items():
        found = STATISTICS[name](seen)
        # What is 0 by the closed form is exactly 0, but for a correlation, which is estimated.
        allowed = 0.01 * abs(expected) or (0.01 if "correlation" in name else 0.0)
        if name in case.wide:
            allowed = max(allowed, 3 * math.sqrt(expected * (1 - expected) / case.count))
        rows.append((name, found, expected, abs(found - expected) <= allowed + 1e-9))
    if case.sample:
        sample = case.sample(random.Random(seed ^ 0x5EED))
        found = distance(getattr(seen, case.compared)(), sample)
        rows.append(("distance from the reference", found, 0.0, found <= 0.01))
    return rows


def run(program, case, seed):
    return Seen(program, case.plan, seed, case.count, case.interval, case.size)


def statistics(case):
    """How many statistics of a case are judged."""
    return len(case.expected) + bool(case.sample)


def all_cases(program, seed, chosen, repeat):
    """Prints a row for each statistic; gives (statistics judged, defects)."""
    judged, wrong = 0, []
    for case in chosen:
        for name, found, expected, right in judge(case, run(program, case, seed), seed):
            judged += 1
            print(f"{case.name:<36} {name:<28} {found:>12.6g} {expected:>12.6g}  "
                  f"{'right' if right else 'DEFECT'}")
            if not right:
                wrong.append(f"{case.name}: {name} is {found:.6g} instead of {expected:.6g}\n"
                             f"  {repeat} --only '{case.name}'")
    for each in wrong:
        print(f"\ndefect: {each}")
    return judged, len(wrong)


def must_fail(program, seed):
    """Judges right networks by wrong closed forms; gives how many were not noticed."""
    missed = 0
    for case in WRONG:
        noticed = not all(right for *_, right in judge(case, run(program, case, seed), seed))
        missed += not noticed
        print(f"{case.name:<36} must fail: {'it does' if noticed else 'DEFECT: it does not'}")
    return missed


def repeats(program, seed):
    """Whether a seed gives the same again, and another seed something else."""
    case = Case("", "loss: Random(percent: 20), duplicate: 5, delay: (millis: 9, jitter: 9)", {}, 100_000)
    first, again, other = (run(program, case, each).text for each in (seed, seed, seed + 1))
    right = first == again and first != other
    print(f"{'the same seed, and another':<36} {'right' if right else 'DEFECT'}")
    return right


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default="target/release/netpeer",
                        help="examples/impaired is beside it")
    parser.add_argument("--impaired", help="the path of examples/impaired")
    parser.add_argument("--only", metavar="NAME", help="run this network")
    parser.add_argument("--sample", action="store_true", help="run six networks")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--record", action="store_true", help="append to results.tsv")
    parser.add_argument("--self-test", action="store_true", help="judge by wrong closed forms only")
    asked = parser.parse_args()
    if asked.record and (asked.only or asked.sample):
        parser.error("--record counts whole runs: leave out --only and --sample")
    return asked


def main():
    asked = arguments()
    program = asked.impaired or os.path.join(os.path.dirname(asked.program), "examples/impaired")
    if not os.access(program, os.X_OK):
        print(f"not reached: there is no {program}: cargo build --release --example impaired")
        return 1
    if asked.self_test:
        return 1 if must_fail(program, asked.seed) else 0
    began = time.monotonic()
    known = cases()
    names = [asked.only] if asked.only else SAMPLE if asked.sample else [case.name for case in known]
    chosen = [case for case in known if case.name in names]
    repeat = f"python3 {os.path.relpath(__file__)} --impaired {program} --seed {asked.seed}"
    judged, defects = all_cases(program, asked.seed, chosen, repeat)
    total, skipped = sum(map(statistics, chosen)), None
    if not asked.only:
        defects += must_fail(program, asked.seed) if not asked.sample else 0
        defects += not repeats(program, asked.seed)
        compared, wrong, skipped = compare(lambda case: run(program, case, asked.seed))
        total, judged, defects = total + len(real_names()), judged + compared, defects + wrong
        if skipped:
            print(f"skipped: {len(real_names())} statistics beside real netem: {skipped}")
    datagrams = sum(case.count for case in chosen)
    seconds = round(time.monotonic() - began)
    print(f"{judged} of {total} statistics of {len(chosen)} networks, {datagrams:,} datagrams, "
          f"{defects} defects, {seconds} s, seed {asked.seed}")
    if asked.record:
        append("netem", "datagrams", datagrams, judged, total, defects, unit="statistics", seconds=seconds)
        put_uncovered("netem", [(name, skipped) for name in real_names() if skipped])
    return 1 if defects or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
