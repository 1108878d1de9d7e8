"""The netem of the kernel on a loopback interface, where there is one."""

import socket
import struct
import threading

from net_spaces import World
from net_verdict import NotReached
from netem_cases import Case
from netem_seen import STATISTICS

COUNT = 100_000
# What `tc qdisc add … netem` is told, and the same network here.
SAME = (
    ("loss random 20%", Case("", "loss: Random(percent: 20)", {"lost": 0.2})),
    ("loss gemodel 10% 25% 100% 0%", Case("", "loss: Burst(p: 10, r: 25)", {"lost": 0, "burst": 0}, 1_200_000)),
    ("duplicate 20%", Case("", "duplicate: 20", {"doubled": 0.2})),
)
NEAR = 0.03  # Three standard deviations of 10^5 datagrams through real netem.


class Real:
    """What came out of real netem, in the form of `Seen`."""

    def __init__(self, numbers):
        self.count, self.numbers = COUNT, numbers
        self.out = [(number, 0, 4, 0) for number in numbers]

    def first(self):
        return set(self.numbers)

    def losses(self):
        there = set(self.numbers)
        return [number not in there for number in range(1, COUNT + 1)]

    def bursts(self):
        text = "".join("x" if lost else " " for lost in self.losses())
        return [len(run) for run in text.split()]


def _through(world, space, words):
    world.run(space, f"tc qdisc replace dev lo root netem limit 1000000 {words}")
    from net_spaces import inside
    with inside(space):
        receiver, sender = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    receiver.setsockopt(socket.SOL_SOCKET, 33, 256 << 20)  # SO_RCVBUFFORCE
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(1)
    numbers = []

    def receive():
        try:
            while True:
                numbers.append(struct.unpack("!I", receiver.recv(4))[0])
        except TimeoutError:
            pass

    thread = threading.Thread(target=receive)
    thread.start()
    for number in range(1, COUNT + 1):
        sender.sendto(struct.pack("!I", number), receiver.getsockname())
    thread.join()
    for each in (receiver, sender):
        each.close()
    return Real(numbers)


def names():
    """Each statistic that is compared with real netem, in words."""
    return [f"netem {words}: {name}" for words, case in SAME for name in case.expected]


def compare(run):
    """Prints both shares of each network; gives (statistics judged, defects, why it was skipped)."""
    world, judged, wrong = World("", 0), 0, 0
    try:
        space = world.space()
        world.run(space, "tc qdisc add dev lo root netem delay 1ms")
    except NotReached:
        world.close()
        return 0, 0, "no netem in this kernel"
    try:
        for words, case in SAME:
            real, ours = _through(world, space, words), run(case)
            for name in case.expected:
                left, right = STATISTICS[name](real), STATISTICS[name](ours)
                near = abs(left - right) <= NEAR * left
                judged, wrong = judged + 1, wrong + (not near)
                print(f"{'netem ' + words:<36} {name:<28} {right:>12.6g} {left:>12.6g}  "
                      f"{'right' if near else 'DEFECT'}")
    finally:
        world.close()
    return judged, wrong, None
