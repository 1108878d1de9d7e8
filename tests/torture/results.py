"""The committed tables of results: what each recorded run of a suite, or of a fuzz target, counted.

Usage: tests/torture/results.py SUITE WHAT COUNT COVERED TOTAL DEFECTS SECONDS   adds a line to results.tsv
       tests/torture/results.py --book   puts the sums into docs/*/contributing.md

Columns of results.tsv:
  date, commit, suite
  what      the unit of `count`, or the kind of case
  count     what was executed
  covered   how many of `total` a fault reached, or were judged
  total     all there are, those included that were skipped
  defects
  unit      the unit of `covered` and `total`, where `count` has another
  verdicts  how many results had each verdict, where the suite has several good ones
  seconds   the duration of the whole suite, the same in each line of one run
Older lines end after `defects`. uncovered.tsv has the cases of the last recorded run
that make the difference between `covered` and `total`, each with its reason.
"""

import csv
import datetime
import pathlib
import subprocess
import sys

FILE = pathlib.Path(__file__).resolve().with_name("results.tsv")
UNCOVERED = FILE.with_name("uncovered.tsv")
FUZZ = FILE.parent.parent / "fuzz/results.tsv"
DOCS = FILE.parent.parent.parent / "docs"

HEADS = {
    "en": {
        "torture": ["suite", "counted", "all recorded runs", "last run: covered of all", "defects in the last run", "seconds", "last run"],
        "fuzz": ["target", "seconds", "executions", "coverage", "inputs kept", "inputs that broke it, now or before"],
    },
    "zh": {
        "torture": ["项目", "计数单位", "历次合计", "最近一次：覆盖 / 全部", "最近一次的缺陷", "秒", "最近一次"],
        "fuzz": ["目标", "秒", "执行次数", "覆盖", "保留的输入", "曾使它出错的输入"],
    },
}


def append(suite, what, count, covered, total, defects, unit="", verdicts="", seconds=""):
    """Adds a line of today and of the present commit; `seconds` are those of the whole suite."""
    git = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, cwd=FILE.parent, capture_output=True, text=True, check=True).stdout.strip()
    date = datetime.date.today().isoformat()
    words = [date, commit, suite, what, count, covered, total, defects, unit, verdicts, seconds]
    with FILE.open("a", encoding="utf-8") as file:
        file.write("\t".join(map(str, words)) + "\n")


def put_uncovered(suite, rows):
    """Replaces the lines of a suite in uncovered.tsv by these (site, reason)."""
    head, *lines = UNCOVERED.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.split("\t")[0] != suite]
    new = ["\t".join((suite, site, " ".join(reason.split()))) for site, reason in rows]
    UNCOVERED.write_text("\n".join([head, *sorted(kept + new)]) + "\n", encoding="utf-8")


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
        unit = runs[-1]["unit"] or ""
        part = f"{total(last, 'covered')} / {total(last, 'total')} {unit}".rstrip()
        seconds = runs[-1]["seconds"] or "–"
        yield [suite, what, total(runs, "count"), part, total(last, "defects"), seconds, f"{date}, {commit}"]


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
    elif len(sys.argv) == 8:
        append(*sys.argv[1:7], seconds=sys.argv[7])
    else:
        sys.exit(__doc__)
