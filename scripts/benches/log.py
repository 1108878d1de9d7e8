"""What a record costs in memory and time (benches/log.rs)."""

from common import cargo_bench


def measure(_runs, _seconds):
    return cargo_bench("log", "the log")
