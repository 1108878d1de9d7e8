"""What became of a fault: right, a clear message with the right status, or a defect."""

import re

from . import errnos

RIGHT, CLEAR, COUNTED = "right", "message names the error", "message in other words"
STAYS = "the window stays"
GOOD = (RIGHT, CLEAR, COUNTED, STAYS)
PANIC = re.compile(r"panicked|RUST_BACKTRACE")
INTERNAL = re.compile(r"Os \{|Custom \{|code: \d+, kind:|Error\(|unwrap|\bNone\b|\bSome\(")
GOES_ON = re.compile(r"The session goes on")
TOTALS = re.compile(r"^(Received|Sent|Lost|Round trip) ")


def judge(outcome, fault):
    """The class of an outcome; one that is not in `GOOD` is a defect."""
    words = [line for line in outcome.err.splitlines()
             if line.strip() and not TOTALS.match(line)]
    if outcome.hung:
        return "hangs"
    if PANIC.search(outcome.err):
        return "panics"
    if outcome.status < 0 or outcome.status > 2:
        return f"ends with {outcome.status}"
    if INTERNAL.search(outcome.err):
        return "shows internal words"
    if outcome.half_written:
        return "leaves a half-written file"
    if outcome.left_over and fault.call not in ("unlink", "unlinkat"):
        return "leaves a temporary file"
    if outcome.status == 0 and fault.error == "EPIPE" and is_written(outcome, "12"):
        return RIGHT  # as where the reader of the output has gone
    if outcome.status == 0:
        return f"succeeds without {outcome.missing[0]}" if outcome.missing else RIGHT
    if not words and not is_written(outcome, "2"):
        return "fails without a word"
    if outcome.status == 2 and GOES_ON.search(outcome.err):
        return "says that the session goes on"
    if any(word in outcome.err + outcome.out for word in errnos.words_of(fault.error)):
        return CLEAR
    return COUNTED


def is_written(outcome, outputs):
    """Whether it was a write to one of these standard outputs that failed."""
    return any(re.search(rf"writev?\([{outputs}]<", line) for _, line in outcome.reached)


def impossible(line, error):
    """Why the object behind the descriptor of this call cannot give this error."""
    reasons = [reason for part, errors, reason in errnos.IMPOSSIBLE
               if error in errors and re.search(part, line)]
    return reasons[0] if reasons else None
