"""The filter beside a bare pass of `memmem` over the same bytes (examples/filter.rs)."""

import statistics
import subprocess
import tempfile

from common import EXAMPLES, TARGET, Skipped, spread, table

RECORDS = 100_000_000
IN_MEMORY = 10_000_000
PAIRS = 15


def searched(place, count, pairs, *folder):
    """A row for each share of hits. Each line of the program: WORD HITS PEAK BARE:OURS…"""
    command = [EXAMPLES / "filter", str(count), str(pairs), *folder]
    ended = subprocess.run(command, capture_output=True, text=True)
    if ended.returncode:
        raise Skipped(ended.stderr.strip().removeprefix("Error: ").strip('"'))
    rows = []
    for line in ended.stdout.splitlines():
        _, hits, peak, *times = line.split()
        bare, ours = zip(*([int(time) / 1e6 for time in pair.split(":")] for pair in times))
        ratios = [our / other for our, other in zip(ours, bare)]
        ratio = f"{statistics.median(ratios):.2f}× ({min(ratios):.2f}–{max(ratios):.2f})"
        what = f"{count:,} records {place}, {100 * int(hits) / count:.0f} % of them with the word"
        # In memory, the log itself is nearly all of it.
        memory = f"{int(peak) / 1000:.0f} MB" if folder else ""
        rows.append([what, spread(bare, "ms"), spread(ours, "ms"), ratio, memory])
    return rows


def measure(runs, _seconds, records=RECORDS):
    pairs = max(runs, PAIRS)
    rows = searched("in memory", IN_MEMORY, pairs)
    # Beside the program and not in /tmp, which may be in memory.
    folder = TARGET / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as held:
        rows += searched("on disk", records, pairs, held)
    return table(["filter by a word", "bare `memmem` pass", "netpeer", "ratio in pairs", "memory of the process at most"], rows)
