"""Breaks what the judge is given, and shows that it notices."""

import json

from net_session import Session
from net_verdict import SCENARIOS, Defect

SABOTAGED = (("lost-on-arrival", "peer", "the peer's log has one less"),
             ("lost-incoming", "row", "a row is missing"),
             ("tcp-loss", "peer", "a bit of the stream is flipped"))
FAILED = {"kind": "event", "notice": {"Failed": {"operation": "Send", "address": "10.0.0.1:9",
                                                 "cause": {"System": {"code": 101}}}}}
SENT = {"kind": "sent", "hex": "78", "peer": "10.0.0.1:9"}
TOTALS = ("Received 0 (0 bytes), sent {} (1 bytes), dropped by the kernel 0, truncated 0\n")
FORGED = (
    ("right totals", [SENT], TOTALS.format(1), 0, True),
    ("totals that count one more", [SENT], TOTALS.format(2), 0, False),
    ("no totals", [SENT], "", 0, False),
    ("a panic", [], "thread 'main' panicked at src/x.rs\n", 0, False),
    ("another status", [], "", 3, False),
    ("a failure with why and cure",
     [{**FAILED, "said": "There is no route to 10.0.0.1:9 (ENETUNREACH). Check the IP."}], "", 0, True),
    ("a failure without a cure",
     [{**FAILED, "said": "There is no route to 10.0.0.1:9 (ENETUNREACH)."}], "", 0, False),
    ("a failure that leaves it to the system",
     [{**FAILED, "said": "Send 10.0.0.1:9 failed (ENOBUFS). The system's own reason stands in brackets."}],
     "", 0, False),
    ("a failure of another address",
     [{**FAILED, "said": "There is no route to 10.0.0.2:9 (ENETUNREACH). Check the IP."}], "", 0, False),
)


def _forged(rows, error, status):
    """A program that says this."""
    script = f"import sys; print({chr(10).join(map(json.dumps, rows))!r}); " \
             f"sys.stderr.write({error!r}); sys.exit({status})"
    return Session("python3", ["-c", script])


def _accepted(rows, error, status):
    session = _forged(rows, error, status)
    try:
        session.ended()
        return True
    except Defect:
        return False
    finally:
        session.kill()


def self_test(judged):
    """Prints a row for each broken thing; gives the exit status."""
    wrong = 0
    for what, rows, error, status, right in FORGED:
        accepted = _accepted(rows, error, status)
        wrong += accepted != right
        print(f"{'as it should' if accepted == right else 'WRONG':<13} forged output: {what}: "
              f"{'accepted' if accepted else 'a defect'}")
    known = {each[0]: each for each in SCENARIOS}
    for name, sabotage, what in SABOTAGED:
        verdict, said, _ = judged(known[name], sabotage)
        wrong += verdict != "defect"
        print(f"{'as it should' if verdict == 'defect' else 'WRONG':<13} {name}: {what}: {verdict}: {said}")
    return 1 if wrong else 0
