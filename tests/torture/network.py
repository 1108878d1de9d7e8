"""Runs the terminal program in network namespaces, over links that fail in one way each.

The other end is a Python socket, or nothing. Each scenario compares the program's rows, totals and
status with the log of the other end and the kernel's counters.
"""

import argparse
import os
import sys
import time
import traceback
import zlib
from concurrent.futures import ProcessPoolExecutor

import net_links
import net_groups
import net_filters
import net_loss
import net_paths
import net_peer_counts
import net_streams
from net_report import table
from net_selftest import self_test
from net_spaces import World
from net_verdict import SCENARIOS, Defect, NotReached
from results import append, put_uncovered

SAMPLE = ("link-down-up", "lost-on-arrival", "multicast-4", "rejected-out", "tcp-loss",
          "no-route-yet", "tunnel-reorder", "masquerade-udp", "tcp-reset-by-peer", "mapped-peer")


def judged(program, seed, each, sabotage=None):
    """Runs one scenario; gives (verdict, what the program said or what is wrong, seconds)."""
    name, _, function = each
    world = World(program, seed ^ zlib.crc32(name.encode()))
    world.sabotage = sabotage
    began = time.monotonic()
    try:
        verdict, said = "right", function(world)
    except Defect as defect:
        verdict, said = "defect", str(defect)
    except NotReached as reason:
        verdict, said = "not reached", str(reason)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        verdict, said = "not reached", f"{error!r} at {os.path.basename(place.filename)}:{place.lineno}"
    finally:
        world.close()
    return verdict, said, time.monotonic() - began


def judged_by_name(program, seed, name):
    return judged(program, seed, next(each for each in SCENARIOS if each[0] == name))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default="target/release/netpeer")
    parser.add_argument("--only", action="append", metavar="NAME", help="run this scenario")
    parser.add_argument("--sample", action="store_true", help="run ten scenarios")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=6)
    parser.add_argument("--record", action="store_true", help="append to results.tsv")
    parser.add_argument("--self-test", action="store_true", help="break the judge on purpose")
    asked = parser.parse_args()
    if asked.record and (asked.only or asked.sample):
        parser.error("--record counts whole runs: leave out --only and --sample")
    return asked


def with_rights():
    """Goes on as root of a user namespace where the user is not root."""
    if os.geteuid() != 0 and "TORTURE_NETWORK" not in os.environ:
        os.environ["TORTURE_NETWORK"] = "1"
        os.execvp("unshare", ["unshare", "--map-root-user", "--net", sys.executable, *sys.argv])


def main():
    asked = arguments()
    with_rights()
    program = os.path.abspath(asked.program)
    if asked.self_test:
        return self_test(lambda each, sabotage: judged(program, asked.seed, each, sabotage))
    chosen = asked.only or (SAMPLE if asked.sample else [name for name, _, _ in SCENARIOS])
    scenarios = [each for each in SCENARIOS if each[0] in chosen]
    if unknown := set(chosen) - {name for name, _, _ in SCENARIOS}:
        sys.exit(f"no scenario {', '.join(sorted(unknown))}")
    began = time.monotonic()
    # Processes, so that the other end of one scenario does not wait for those of the others.
    with ProcessPoolExecutor(asked.jobs) as pool:
        waiting = [pool.submit(judged_by_name, program, asked.seed, each[0]) for each in scenarios]
        results = [each.result() for each in waiting]
    repeat = f"python3 {os.path.relpath(__file__)} --program {asked.program} --seed {asked.seed} --only"
    covered, defects = table(scenarios, results, repeat)
    seconds = round(time.monotonic() - began)
    print(f"{covered} of {len(scenarios)} scenarios reached, {defects} defects, {seconds} s, seed {asked.seed}")
    if asked.record:
        append("network", "scenarios", len(scenarios), covered, len(scenarios), defects, seconds=seconds)
        put_uncovered("network", [(name, said) for (name, _, _), (verdict, said, _)
                                  in zip(scenarios, results) if verdict == "not reached"])
    return 1 if defects or covered < len(scenarios) else 0


if __name__ == "__main__":
    sys.exit(main())
