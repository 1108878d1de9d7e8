"""What became of a fault: right, a message with the right status, or a defect.

A message names the error, or else at least the operation, or the file or address it was about.
One that does neither (“0 of 1 came”) is no defect by itself: where a call only seems to have
nothing (EAGAIN), there is no error to name. Its class is counted, printed and recorded apart.
"""

import re

from . import errnos

RIGHT, CLEAR = "right", "message names the error"
OPERATION, OTHER = "message names the operation", "message in other words"
STAYS = "the window stays"
GOOD = (RIGHT, CLEAR, OPERATION, OTHER, STAYS)
# How a message begins that names what failed (`operation`, `failure` in assets/locales/en.ron).
FAILED = re.compile(r"\b(Bind|Listen|Accept|Look up|Connect|Send|Receive|Join group|Leave group|"
                    r"Start session|Session|Send file|Record|Open|Convert) failed\b|Cannot find the host|"
                    r"cannot be (read|written|opened)|was not (read|written|opened)|"
                    r"could not be opened|did not begin|Recording has stopped|is not joined")
# Files and addresses in a line of the trace.
OBJECT = re.compile(r'"(/[^"]+)"|<(/[^>]+)>|\[([\d.]+:\d+)(?:->([\d.]+:\d+))?\]')
PANIC = re.compile(r"panicked|RUST_BACKTRACE")
INTERNAL = re.compile(r"Os \{|Custom \{|code: \d+, kind:|Error\(|unwrap|\bNone\b|\bSome\(")
GOES_ON = re.compile(r"The session goes on")
TOTALS = re.compile(r"^(Received|Sent|Lost|Round trip) ")


def judge(outcome, fault):
    """The class of an outcome; one that is not in `GOOD` is a defect."""
    words = said(outcome)
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
    if words and words[-1].rstrip().endswith(":"):
        return "a message without its reason"
    if any(word in outcome.err + outcome.out for word in errnos.words_of(fault.error, fault.call)):
        return CLEAR
    return OPERATION if names_operation(outcome) else OTHER


def said(outcome):
    """The lines of the standard error but for the totals."""
    return [line for line in outcome.err.splitlines() if line.strip() and not TOTALS.match(line)]


def first_words(outcome):
    """The first line that the program said, with its numbers and folders left out."""
    lines = said(outcome)
    line = next((line for line in lines if line.startswith("netpeer: ")), lines[0] if lines else "")
    return re.sub(r"\d{4,}", "…", re.sub(r"/tmp/\S*/", "", line)).strip()


def names_operation(outcome):
    """Whether the standard error names an operation that failed, or the object of the call."""
    objects = {name for _, line in outcome.reached for found in OBJECT.findall(line)
               for name in found if name}
    return bool(FAILED.search(outcome.err)) or any(name in outcome.err for name in objects)


def is_written(outcome, outputs):
    """Whether it was a write to one of these standard outputs that failed."""
    return any(re.search(rf"writev?\([{outputs}]<", line) for _, line in outcome.reached)


def impossible(line, error):
    """Why the object behind the descriptor of this call cannot give this error."""
    reasons = [reason for part, errors, reason in errnos.IMPOSSIBLE
               if error in errors and re.search(part, line)]
    return reasons[0] if reasons else None
