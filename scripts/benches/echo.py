"""How much later an answer comes than from the least that answers.

Datagrams of 64 bytes, the next one when the answer to the last is there. The asking
program takes turns between both servers (see ask.c), so that both meet the machine in the
same state. Left to itself the system puts one server beside it and another on its own
core, as luck has it, which differs more than anything else here: so both are on one core,
then both on the other. On the same core an answer costs work alone, on another it must be
woken first.
"""

from common import EXAMPLES, PORT, Process, compiled, spread, table
from round_trips import asked, ratios

PLACES = {"on the same core": 0, "on another core": 1}


def measure(runs, _seconds):
    bare, rows = compiled("echo"), []
    found = {place: [] for place in PLACES}
    for _ in range(runs):
        for place, core in PLACES.items():
            servers = [
                (Process("bare", bare, str(PORT), core=core), PORT),
                (Process("netpeer", EXAMPLES / "answer", f"127.0.0.1:{PORT + 1}", core=core), PORT + 1),
            ]
            found[place].append(asked(servers))
    for place, figures in found.items():
        theirs, ours = zip(*figures)
        for name, times in (("bare `recvfrom` and `sendto`", theirs), ("**netpeer, a rule that echoes**", ours)):
            median, p99 = zip(*times)
            rows.append([name, place, spread(median, "µs"), spread(p99, "µs")])
        rows.append(["ratio", place, *(f"{ratio:.2f}×" for ratio in ratios(ours, theirs))])
    return table(["round trip of 64 bytes", "the server", "median", "p99"], rows)
