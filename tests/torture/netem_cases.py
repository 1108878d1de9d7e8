"""Networks, with the closed forms of what they do. Counts are at least 10^5, and so large that
three standard deviations of each statistic are within 1 %."""

import math
import os

import netem_reference as reference

MILLI = 1_000_000
ROOT_3 = math.sqrt(3)
NETWORKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../assets/networks")


class Case:
    """A network, how it is used, the closed forms, and the reference of one distribution."""

    def __init__(self, name, plan, expected, count=400_000, interval=MILLI, size=100,
                 sample=None, compared=None, wide=()):
        self.name, self.plan, self.expected = name, plan, expected
        self.count, self.interval, self.size = count, interval, size
        # `sample` makes numbers of the reference; `compared` names those of the run.
        self.sample, self.compared = sample, compared
        # Rare events: three standard deviations instead of 1 %.
        self.wide = set(wide)


def _delay(distribution, correlation, full):
    shape = f"delay: (millis: 100, jitter: 10, distribution: {distribution}, correlation: {correlation})"
    expected = {"delay": 100.0, "delay spread": full * reference.narrowed(correlation),
                "delay correlation": correlation / 100, "lost": 0.0, "doubled": 0.0}
    sample = lambda random: reference.delays(random, 400_000, 100, 10, distribution, correlation)
    return Case(f"delay {distribution.lower()}, correlation {correlation} %", shape, expected,
                sample=sample, compared="delays")


def _burst(name, p, r, bad, good, count=1_200_000):
    in_bad = p / (p + r)
    share = in_bad * bad / 100 + (1 - in_bad) * good / 100
    stays = 1 - (p + r) / 100
    correlation = stays * in_bad * (1 - in_bad) * ((bad - good) / 100) ** 2 / (share * (1 - share))
    expected = {"lost": share, "loss correlation": correlation}
    if (bad, good) == (100, 0):
        expected["burst"] = 100 / r
    plan = f"loss: Burst(p: {p}, r: {r}, bad_loss: {bad}, good_loss: {good})"
    sample = lambda random: reference.bursts(reference.gemodel(random, count, p, r, bad, good))
    return Case(name, plan, expected, count, sample=sample, compared="bursts")


def _random(percent, correlation, count):
    share, rho = percent / 100, correlation / 100
    expected = {"lost": share, "burst": 1 / ((1 - share) * (1 - rho)), "loss correlation": rho}
    sample = lambda random: reference.bursts(
        reference.random_loss(random, count, percent, correlation))
    return Case(f"loss {percent} %, correlation {correlation} %",
                f"loss: Random(percent: {percent}, correlation: {correlation})", expected, count,
                sample=sample, compared="bursts")


def cases():
    """All networks, the named ones last."""
    return [
        _random(20, 0, 400_000),
        _random(20, 50, 1_200_000),
        _burst("loss in bursts (Gilbert)", 10, 25, 100, 0),
        _burst("loss in bursts (Gilbert-Elliott)", 10, 25, 80, 5),
        Case("every tenth lost", "loss: EveryNth(10)", {"lost": 0.1, "burst": 1.0}, 100_000),
        _delay("Uniform", 0, 10 / ROOT_3),
        _delay("Uniform", 50, 10 / ROOT_3),
        _delay("Normal", 0, 10.0),
        _delay("Normal", 50, 10.0),
        _delay("Pareto", 0, 10.0),
        _delay("Pareto", 50, 10.0),
        # Uniform in -10 to 30 ms, and never below 0: the integrals of x and of x squared.
        Case("delay 10 ± 20 ms, never below 0", "delay: (millis: 10, jitter: 20)",
             {"delay": 11.25, "delay spread": math.sqrt(225 - 11.25 ** 2)},
             sample=lambda random: reference.delays(random, 400_000, 10, 20), compared="delays"),
        Case("a fifth doubled", "duplicate: 20", {"doubled": 0.2, "lost": 0.0, "delay": 0.0}),
        Case("a quarter reordered, by 3", "reorder: (percent: 25, gap: 3, delay: 1000)",
             {"reordered": 0.25, "overtaken by": 3.0, "lost": 0.0}),
        Case("a fifth corrupted, 3 bits", "corrupt: (percent: 20, bits: 3)",
             {"corrupted": 0.2, "bits": 3.0, "truncated": 0.0}),
        Case("a fifth truncated", "truncate: (percent: 20, to: 40)", {"truncated": 0.2, "corrupted": 0.0}),
        Case("1 Mbit/s, offered twice that",
             "rate: (bits_per_second: 1000000, queue: 65536)",
             {"rate": 1e6, "lost": 0.5, "longest delay": 524.288}, 100_000, 4 * MILLI, 1000),
        Case("1 Mbit/s, offered half of that", "rate: (bits_per_second: 1000000, queue: 65536)",
             {"delay": 8.0, "delay spread": 0.0, "lost": 0.0}, 100_000, 16 * MILLI, 1000),
        # The earlier of two normal delays is σ/√π before their mean.
        Case("loss, doubles and delay at once",
             "loss: Random(percent: 20), duplicate: 20, "
             "delay: (millis: 50, jitter: 5, distribution: Normal)",
             {"lost": 0.2, "doubled": 0.2, "delay": 50 - 0.2 * 5 / math.sqrt(math.pi)}),
        _named("3g", 0.0, 100, 330_000),
        _named("slow-3g", 0.0, 200, 500_000),
        _named("weak", 0.01, 440, 200_000),
        _named("wifi", 0.002, 40, 30_000_000),
        _named("satellite", 0.0, 279, 0),
    ]


def _named(name, lost, millis, rate):
    """A named network: its delay, and the time that 100 bytes take at its rate."""
    with open(os.path.join(NETWORKS, f"{name}.ron"), encoding="utf-8") as file:
        plan = file.read()
    expected = {"lost": lost, "delay": millis + (800_000 / rate if rate else 0)}
    return Case(f"named network {name}", plan, expected, 100_000, 10 * MILLI, wide=["lost"])
