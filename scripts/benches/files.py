"""What files of traffic cost (benches/files.rs)."""

from common import cargo_bench


def measure(_runs, _seconds):
    return cargo_bench("files", "files")
