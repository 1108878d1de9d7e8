"""A wrong answer is fed to the judge, which has to notice it."""

from . import errnos, injection, obstacles, verdicts
from .table import Table

RIGHT = {"status": 0, "out": "", "err": "", "hung": False, "missing": [], "half_written": False,
         "left_over": []}
CASES = [
    ("hangs", {"hung": True}), ("panics", {"err": "thread 'x' panicked at y"}),
    ("ends with -6", {"status": -6}), ("fails without a word", {"status": 1}),
    ("succeeds without the answer", {"missing": ["the answer"]}),
    ("leaves a half-written file", {"status": 1, "err": "x", "half_written": True}),
    ("leaves a temporary file", {"status": 1, "err": "x", "left_over": ["a.tmp"]}),
    ("shows internal words", {"status": 1, "err": "Os { code: 5, kind: Other }"}),
    (verdicts.CLEAR, {"status": 1, "err": "could not write: EIO"}),
    (verdicts.CLEAR, {"status": 1, "err": "there is no such file", "error": "ENOENT"}),
    (verdicts.OPERATION, {"status": 1, "err": "/tmp/x cannot be read"}),
    (verdicts.OPERATION, {"status": 1, "err": "no luck with /tmp/x",
                          "reached": [("netpeer", 'openat(AT_FDCWD, "/tmp/x", O_RDONLY)')]}),
    (verdicts.OTHER, {"status": 1, "err": "there is no such file"}),
    (verdicts.OTHER, {"status": 1, "err": "0 of 1 came"}),
    ("a message without its reason", {"status": 2, "err": "“here” could not be opened: \n"}),
    (verdicts.RIGHT, {}),
]


def outcome(**changes):
    return injection.Outcome(**{**RIGHT, **changes})


def unnoticed():
    """What the judges and the table took for right, and should not."""
    write, found = injection.Fault("write", "EIO", 1), []
    for expected, changes in CASES:
        fault = injection.Fault("write", changes.get("error", "EIO"), 1)
        rest = {name: value for name, value in changes.items() if name != "error"}
        found.append((expected, verdicts.judge(outcome(**rest), fault)))
    panic = injection.Fault("getrandom", "EAGAIN", 1, "session")
    silent = outcome(status=1, err="thread 'session' panicked")
    found += [("a panic without a word to the user", obstacles.judge(panic, silent)),
              ("spins", obstacles.judge(write, outcome(reached=[("session", "spins: (")])))]
    wrong = [f"judged as {judged}: {expected}" for expected, judged in found if judged != expected]
    table = Table()
    table.sites = {("udp", "session", "bind", 1)}
    table.add("udp", injection.Fault("bind", "EACCES", 1), outcome(reached=[("ld.so", "")]), False)
    if table.covered or len(table.not_reached) != 1 or "not reached" not in table.uncovered()[0][1]:
        wrong.append("a fault that was not reached counts as covered")
    lasting = "7<udp> write(9<anon_inode:[eventfd]>, 1 <unfinished ...>\n8<x> close(1) = 0\n" \
              "7<udp> <... write resumed>) = -1 EIO (Input/output error) (INJECTED)\n"
    if not any(verdicts.impossible(line, "EIO") for _, line in injection.injected(lasting, write)):
        wrong.append("the arguments of a call that lasts are not found")
    return wrong + unnoticed_sites()


def unnoticed_sites():
    """Sites without a possible fault that count as covered, or the reverse."""
    wrong, table = [], Table()
    table.sites = {("udp", "session", "write", 1)}
    eventfd = outcome(reached=[("session", "write(9<anon_inode:[eventfd]>")])
    for error in errnos.ERRORS["write"]:
        table.add("udp", injection.Fault("write", error, 1), eventfd, False)
    if table.covers() or not table.cannot_fail(("udp", "session", "write", 1)):
        wrong.append("a site whose errors cannot happen counts as covered")
    if "an eventfd" not in table.uncovered()[0][1]:
        wrong.append("a site that is not covered has no reason")
    file = outcome(reached=[("session", "write(9</tmp/x>")])
    table.add("udp", injection.Fault("write", "EIO", 1), file, False)
    if table.covers() != 1 or table.uncovered():
        wrong.append("a site with a fault does not count as covered")
    return wrong
