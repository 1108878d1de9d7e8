"""The committed tables of results: what each recorded run of a suite, or of a fuzz target, counted.

Usage: tests/torture/results.py SUITE WHAT COUNT COVERED TOTAL DEFECTS   adds a line to results.tsv
       tests/torture/results.py --book   puts the sums into docs/*/contributing.md
"""

import csv
import datetime
import pathlib
import subprocess
import sys

FILE = pathlib.Path(__file__).resolve().with_name("results.tsv")
FUZZ = FILE.parent.parent / "fuzz/results.tsv"
DOCS = FILE.parent.parent.parent / "docs"

HEADS = {
    "en": {
        "torture": ["suite", "counted", "all recorded runs", "last run: covered of all", "defects in the last run", "last run"],
        "fuzz": ["target", "seconds", "executions", "coverage", "inputs kept", "inputs that broke it, now or before"],
    },
    "zh": {
        "torture": ["项目", "计数单位", "历次合计", "最近一次：覆盖 / 全部", "最近一次的缺陷", "最近一次"],
        "fuzz": ["目标", "秒", "执行次数", "覆盖", "保留的输入", "曾使它出错的输入"],
    },
}


def append(suite, what, count, covered, total, defects):
    """Adds a line of today and of the present commit."""
    git = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, cwd=FILE.parent, capture_output=True, text=True, check=True).stdout.strip()
    date = datetime.date.today().isoformat()
    words = [date, commit, suite, what, count, covered, total, defects]
    with FILE.open("a", encoding="utf-8") as file:
        file.write("\t".join(map(str, words)) + "\n")


def grouped(file, *key):
    """The recorded runs, in their order, by these columns."""
    groups = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines, delimiter="\t"):
            groups.setdefault(tuple(line[name] for name in key), []).append(line)
    return groups


def total(runs, name):
    return f"{sum(int(run[name]) for run in runs):,}"


def torture():
    """A line for each suite; one that counts several things has cases."""
    for (suite,), runs in grouped(FILE, "suite").items():
        date, commit = runs[-1]["date"], runs[-1]["commit"]
        last = [run for run in runs if (run["date"], run["commit"]) == (date, commit)]
        kinds = {run["what"] for run in last}
        what = kinds.pop() if len(kinds) == 1 else "cases"
        part = f"{total(last, 'covered')} / {total(last, 'total')}"
        yield [suite, what, total(runs, "count"), part, total(last, "defects"), f"{date}, {commit}"]


def fuzz():
    for (target,), runs in sorted(grouped(FUZZ, "target").items()):
        last = runs[-1]
        sums = [total(runs, name) for name in ("seconds", "executions")]
        yield [target, *sums, last["coverage"], last["corpus"], total(runs, "crashes")]


def put_into_book():
    for language, heads in HEADS.items():
        page = DOCS / language / "contributing.md"
        text = page.read_text(encoding="utf-8")
        for name, rows in (("torture", torture()), ("fuzz", fuzz())):
            head = heads[name]
            lines = [head, ["---"] * len(head), *rows]
            table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
            before, rest = text.split(f"<!-- {name} -->\n", 1)
            after = rest.split("<!-- end -->", 1)[1]
            text = f"{before}<!-- {name} -->\n{table}<!-- end -->{after}"
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--book"]:
        put_into_book()
    elif len(sys.argv) == 7:
        append(*sys.argv[1:])
    else:
        sys.exit(__doc__)
