"""The committed table of results, results.tsv: what each recorded run of a suite counted.

Usage: tests/torture/results.py SUITE WHAT COUNT COVERED TOTAL DEFECTS   adds a line
"""

import datetime
import pathlib
import subprocess
import sys

FILE = pathlib.Path(__file__).resolve().with_name("results.tsv")


def append(suite, what, count, covered, total, defects):
    """Adds a line of today and of the present commit."""
    git = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, cwd=FILE.parent, capture_output=True, text=True, check=True).stdout.strip()
    date = datetime.date.today().isoformat()
    words = [date, commit, suite, what, count, covered, total, defects]
    with FILE.open("a", encoding="utf-8") as file:
        file.write("\t".join(map(str, words)) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    append(*sys.argv[1:])
