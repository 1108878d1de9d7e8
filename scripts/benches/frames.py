"""The window under load: how long its frames take."""

import time

from common import drops, table
from watched import Watched

FLOOD = 50_000
ROWS = [1_000, 100_000, 10_000_000]


def measure(_runs, seconds):
    seconds = max(seconds, 60)
    rows = []
    with Watched() as window:
        window.order("begin")
        window.flood(int(FLOOD * seconds), FLOOD)
        (median, p99, most), *_ = window.report()
        lost = drops()
    what = f"between two frames, {FLOOD // 1000} k datagrams/s for {seconds:.0f} s ({lost} dropped)"
    rows.append([what, f"{median:.1f} ms", f"{p99:.1f} ms", f"{most:.1f} ms"])
    for count in ROWS:
        with Watched() as window:
            window.flood(count, 200_000)
            time.sleep(2)
            window.order("begin")
            window.order("paint 600")
            time.sleep(8)
            _, (median, p99, most), own = window.report()
        rows.append([f"work in a frame, a log of {count:,} rows", f"{median:.2f} ms", f"{p99:.1f} ms", f"{most:.1f} ms"])
        rows.append(["of it, before the renderer", f"{own[0]:.2f} ms", f"{own[1]:.1f} ms", f"{own[2]:.1f} ms"])
    return table(["the window, software renderer, 1280×800", "median", "p99", "longest"], rows)
