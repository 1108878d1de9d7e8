"""The models of tc-netem(8), written from its page, with random numbers of Python.

Where the program says that it differs from netem, the reference follows the program's words: loss
with a correlation repeats the decision before with that probability; the Pareto table is scaled to
mean 0 and standard deviation 1."""

import math

from netem_seen import mean, spread


def bursts(lost):
    """The lengths of runs of lost datagrams, of a sequence of decisions."""
    found, length = [], 0
    for one in lost:
        if one:
            length += 1
        elif length:
            found.append(length)
            length = 0
    return found


def random_loss(random, count, percent, correlation=0.0):
    """`loss random`: each with the same probability."""
    last, found = None, []
    for _ in range(count):
        lost = random.random() * 100 < percent
        if last is not None and random.random() * 100 < correlation:
            lost = last
        found.append(lost)
        last = lost
    return found


def gemodel(random, count, p, r, bad_loss=100.0, good_loss=0.0):
    """`loss gemodel p r 1-h 1-k`: the state of a datagram decides, then the state may change."""
    bad, found = False, []
    for _ in range(count):
        loss, change = (bad_loss, r) if bad else (good_loss, p)
        found.append(random.random() * 100 < loss)
        bad ^= random.random() * 100 < change
    return found


def _pareto(random, moments=[]):
    """The table of iproute2's pareto.c: shape 3, in units of 8192, cut at 4."""
    value = lambda u: min((u ** (-1 / 3) - 1.5) * 4 / 3, 4.0)
    if not moments:
        table = [value((x + 0.5) / 65536) for x in range(65536)]
        moments += [mean(table), spread(table)]
    return (value(1 - random.random()) - moments[0]) / moments[1]


DEVIATES = {
    "Uniform": lambda random: random.uniform(-1, 1),
    "Normal": lambda random: random.gauss(0, 1),
    "Pareto": _pareto,
}


def delays(random, count, millis, jitter, distribution="Uniform", correlation=0.0):
    """`delay TIME JITTER CORRELATION distribution`: each next one depends on the one before by the
    correlation; never below 0."""
    rho, last, found = correlation / 100, None, []
    for _ in range(count):
        fresh = DEVIATES[distribution](random)
        last = fresh if last is None else (1 - rho) * fresh + rho * last
        found.append(max(millis + jitter * last, 0.0))
    return found


def narrowed(correlation):
    """What a first-order autoregression leaves of the standard deviation."""
    rho = correlation / 100
    return math.sqrt((1 - rho) / (1 + rho))
