"""What a preload shim can do and strace cannot: one thread's calls that hang, or fail for ever.

A panic in a named thread is made by random bytes that are refused: a table with random keys in
that thread cannot begin, and the standard library panics.
"""

from . import verdicts

FAULT = "a fault in this program"  # how a message names a panic

# Kind of session, fault, and the class that is expected.
HANGS = [
    ("udp", "netpeer:write:1:hang=2"), ("udp", "netpeer:write:2:hang=2"),
    ("udp", "session:sendto:1:hang=2"), ("tcp-client", "session:sendto:1:hang=2"),
    ("tcp-client", "session:connect:1:hang=2"), ("tcp-server", "session:accept4:1:hang=1"),
    ("record", "recorder:write:1:hang=2"), ("record-pcapng", "recorder:write:2:hang=2"),
    ("record", "recorder:fdatasync:1:hang=5"), ("convert", "*:fsync:1:hang=5"),
    ("convert", "*:write:1:hang=5"), ("code", "*:fsync:1:hang=5"),
    ("scenario", "*:write:1:hang=2"), ("show", "*:read:1:hang=5"),
    ("send", "*:sendto:1:hang=2"), ("flood", "*:sendto:1:hang=2"),
]
ENDS = [
    ("udp", "session:epoll_wait:1:EBADF+"), ("udp", "session:recvmmsg:1:EBADF+"),
    ("udp", "session:sendto:1:EBADF+"), ("tcp-client", "session:epoll_wait:1:EBADF+"),
    ("tcp-client", "session:recvfrom:1:EBADF+"), ("tcp-client", "session:sendto:1:EBADF+"),
    ("tcp-server", "session:epoll_wait:1:EBADF+"), ("tcp-server", "session:accept4:1:EBADF+"),
    ("unix-client", "session:epoll_wait:1:EBADF+"),
    ("unix-server", "session:accept4:1:EBADF+"),
    ("unix-datagram", "session:epoll_wait:1:EBADF+"),
    ("relay-udp", "session:epoll_wait:1:EBADF+"), ("relay-tcp", "session:accept4:1:EBADF+"),
    ("record-pcapng", "recorder:fdatasync:1:EBADF+"),
    ("record", "recorder:fdatasync:1:EBADF+"), ("meter", "*:epoll_wait:1:EBADF+"),
    ("scenario", "*:epoll_wait:1:EBADF+"), ("udp", "hangup:poll:1:EBADF+"),
    ("udp", "input:read:1:EBADF+"), ("udp", "signals:recvfrom:1:EBADF+"),
]
REFUSED = ("udp", "tcp-server", "relay-tcp", "record", "scenario", "convert", "send")


def refusals(found):
    """Of the threads of a kind all from the n-th on, for each n."""
    threads = {kind: sum(call == "clone3" for _, call, _ in found.get(kind, ()))
               for kind in REFUSED}
    return [(kind, f"*:clone3:{nth}:EAGAIN+")
            for kind, count in threads.items() for nth in range(1, count + 1)]


def panics(found):
    """A panic of each session's thread, as (kind, fault).

    In another thread it may be in a static value that the first thread waits for, too.
    """
    return sorted({(kind, f"{thread}:getrandom:1:EAGAIN")
                   for kind, sites in found.items() for thread, call, _ in sites
                   if call == "getrandom" and thread == "session"})


def judge(fault, outcome):
    """The class of an outcome with an obstacle."""
    if any("spins" in line for _, line in outcome.reached):
        return "spins"
    if fault.call == "getrandom":
        return of_panic(outcome)
    verdict = verdicts.judge(outcome, fault)
    if fault.action.startswith("hang") and verdict != verdicts.RIGHT:
        return f"does not outlast a wait: {verdict}"
    return verdict


def of_panic(outcome):
    """A thread that panicked is named, and the status is a failure."""
    if outcome.hung:
        return "hangs after a panic"
    if outcome.status not in (1, 2):
        return f"ends with {outcome.status} after a panic"
    return verdicts.CLEAR if FAULT in outcome.err else "a panic without a word to the user"


def faults(found, parsed):
    """All obstacles, as (kind, fault)."""
    plan = [*HANGS, *ENDS, *refusals(found), *panics(found)]
    return [(kind, parsed(fault)) for kind, fault in plan if kind in found]
