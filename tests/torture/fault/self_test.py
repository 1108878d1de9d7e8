"""A wrong answer is fed to the judge, which has to notice it."""

from . import injection, obstacles, verdicts
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
    (verdicts.COUNTED, {"status": 1, "err": "0 of 1 came"}), (verdicts.RIGHT, {}),
]


def outcome(**changes):
    return injection.Outcome(**{**RIGHT, **changes})


def unnoticed():
    """What the judges and the table took for right, and should not."""
    write = injection.Fault("write", "EIO", 1)
    found = [(expected, verdicts.judge(outcome(**changes), write)) for expected, changes in CASES]
    panic = injection.Fault("getrandom", "EAGAIN", 1, "session")
    silent = outcome(status=1, err="thread 'session' panicked")
    found += [("a panic without a word to the user", obstacles.judge(panic, silent)),
              ("spins", obstacles.judge(write, outcome(reached=[("session", "spins: (")])))]
    wrong = [f"judged as {judged}: {expected}" for expected, judged in found if judged != expected]
    table = Table()
    table.sites = {("udp", "session", "bind", 1)}
    table.add("udp", injection.Fault("bind", "EACCES", 1), outcome(reached=[("ld.so", "")]), False)
    if table.covered or len(table.not_reached) != 1:
        wrong.append("a fault that was not reached counts as covered")
    return wrong
