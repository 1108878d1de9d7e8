"""The sites of a session: each use of a call in a thread, up to a number of uses."""

import collections
import re

from . import errnos

START = re.compile(r"^(\d+)<([^>]*)> (\w+)\(", re.M)
# Each of these is a thread of its own.
EVERY = ("clone3",)
# The runtime of Rust begins with this call of the first thread; the loader is not the program.
BEGINS = "poll"


def of_trace(text, uses):
    """Sites as (thread, call, n-th use in it), `uses` of each, and calls without errors.

    The loader's calls count for the number of the use, as strace counts them, but are no sites.
    """
    counts, taken = collections.Counter(), collections.Counter()
    first, programs = None, set()
    sites, left_out = set(), collections.Counter()
    for process, thread, call in last_names(text):
        first = first or process
        counts[process, call] += 1
        if call == "execve" and process != first:
            programs.add(process)  # another program, which the session has started
        if process in programs or process == first and counts[first, BEGINS] == 0:
            continue
        if call not in errnos.ERRORS:
            left_out[call] += 1
            continue
        if taken[process, call] < uses or call in EVERY:
            taken[process, call] += 1
            sites.add((thread, call, counts[process, call]))
    return sites, left_out


def last_names(text):
    """Each call with its thread's last name: a thread is named by its first calls."""
    calls = START.findall(text)
    last = {process: thread for process, thread, _ in calls}
    return [(process, last[process], call) for process, _, call in calls]


def unknown(left_out):
    """Calls of a trace that no table has."""
    return sorted(call for call in left_out if call not in errnos.LEFT_OUT)
