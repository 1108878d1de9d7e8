"""What came out of the simulated network, and its statistics."""

import math
import os
import subprocess
import tempfile


class Seen:
    """The datagrams of one run: (number, nanoseconds, length, flipped bits) in their order."""

    def __init__(self, program, plan, seed, count, interval, size):
        self.count, self.interval, self.size, self.cache = count, interval, size, {}
        handle, path = tempfile.mkstemp(prefix="torture-netem-", suffix=".ron")
        try:
            with os.fdopen(handle, "w") as file:
                file.write(plan if plan.lstrip().startswith(("//", "(\n")) else
                           f"(seed: {seed}, outgoing: (datagrams: ({plan})))")
            words = [program, path, str(count), str(interval), str(size)]
            self.text = subprocess.run(words, check=True, capture_output=True).stdout
        finally:
            os.unlink(path)
        self.out = [tuple(map(int, line.split())) for line in self.text.splitlines()]

    def first(self):
        """The first copy of each datagram, by number."""
        if "first" not in self.cache:
            found = {}
            for each in self.out:
                found.setdefault(each[0], each)
            self.cache["first"] = found
        return self.cache["first"]

    def losses(self):
        """Whether each datagram was lost, in the order of sending."""
        if "losses" not in self.cache:
            there = bytearray(self.count + 1)
            for number, *_ in self.out:
                there[number] = 1
            self.cache["losses"] = [not one for one in there[1:]]
        return self.cache["losses"]

    def bursts(self):
        """The lengths of all runs of lost datagrams."""
        found, length = [], 0
        for lost in self.losses():
            if lost:
                length += 1
            elif length:
                found.append(length)
                length = 0
        return found

    def delays(self):
        """Milliseconds that each datagram took, in the order of sending."""
        if "delays" not in self.cache:
            first = self.first()
            self.cache["delays"] = [(first[number][1] - self.interval * (number - 1)) / 1e6
                                    for number in sorted(first)]
        return self.cache["delays"]

    def overtaken(self):
        """For each datagram that came after a later one (RFC 4737): the later ones before it that
        were not overtaken themselves."""
        late, newest = set(), 0
        for number, *_ in self.out:
            if number < newest:
                late.add(number)
            newest = max(newest, number)
        gaps, ahead = [], []
        for number, *_ in self.out:
            if number in late:
                gaps.append(sum(other > number for other in ahead[-64:]))
            else:
                ahead.append(number)
        return gaps


def mean(values):
    return math.fsum(values) / len(values) if values else math.nan


def spread(values):
    middle = mean(values)
    return math.sqrt(math.fsum((x - middle) ** 2 for x in values) / len(values))


def lag(values):
    """The correlation of neighbours."""
    middle = mean(values)
    variance = math.fsum((x - middle) ** 2 for x in values)
    shared = math.fsum((x - middle) * (y - middle) for x, y in zip(values, values[1:]))
    return shared / variance if variance else 0.0


def _rate(seen):
    """Bits a second of all but the first, which has no time before it."""
    bits = sum(length for _, _, length, _ in seen.out[1:]) * 8
    return bits / ((seen.out[-1][1] - seen.out[0][1]) / 1e9)


STATISTICS = {
    "lost": lambda seen: mean(seen.losses()),
    "burst": lambda seen: mean(seen.bursts()),
    "loss correlation": lambda seen: lag(list(map(float, seen.losses()))),
    "delay": lambda seen: mean(seen.delays()),
    "delay spread": lambda seen: spread(seen.delays()),
    "delay correlation": lambda seen: lag(seen.delays()),
    "longest delay": lambda seen: max(seen.delays()),
    "doubled": lambda seen: len(seen.out) / len(seen.first()) - 1,
    "reordered": lambda seen: len(seen.overtaken()) / len(seen.first()),
    "overtaken by": lambda seen: mean(seen.overtaken()),
    "corrupted": lambda seen: mean([each[3] > 0 for each in seen.out]),
    "bits": lambda seen: mean([each[3] for each in seen.out if each[3]]),
    "truncated": lambda seen: mean([each[2] < seen.size for each in seen.out]),
    "rate": _rate,
}


def distance(left, right):
    """The largest distance of two distributions (Kolmogorov and Smirnov)."""
    # To a tenth of a millisecond: one value may have a share of its own, as the end of Pareto's tail.
    left, right = (sorted(round(value, 1) for value in values) for values in (left, right))
    most, l, r = 0.0, 0, 0
    while l < len(left) and r < len(right):
        value = min(left[l], right[r])
        while l < len(left) and left[l] <= value:
            l += 1
        while r < len(right) and right[r] <= value:
            r += 1
        most = max(most, abs(l / len(left) - r / len(right)))
    return most
