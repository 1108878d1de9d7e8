"""The table of scenarios, and the committed table of results."""

import datetime
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
HEAD = "date\tcommit\tsuite\twhat\tcount\tcovered\ttotal\tdefects\n"


def table(scenarios, results, repeat):
    """Prints a row for each scenario, then each defect with the command that repeats it; gives
    (scenarios reached, defects)."""
    for (name, title, _), (verdict, said, seconds) in zip(scenarios, results):
        brief = said if len(said) <= 96 else said[:95] + "…"
        print(f"{name:<22} {verdict:<11} {seconds:5.1f} s  {title}: {brief}")
    wrong = [(name, verdict, said) for (name, _, _), (verdict, said, _) in zip(scenarios, results)
             if verdict != "right"]
    for name, verdict, said in wrong:
        print(f"\n{verdict}: {said}\n  {repeat} {name}")
    defects = sum(verdict == "defect" for _, verdict, _ in wrong)
    return sum(verdict != "not reached" for verdict, _, _ in results), defects


def record(suite, what, count, covered, total, defects):
    """Appends a line to the table of results."""
    path = os.path.join(HERE, "results.tsv")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=HERE, text=True,
                            capture_output=True).stdout.strip()
    new = not os.path.exists(path)
    with open(path, "a", encoding="utf-8") as file:
        file.write(HEAD if new else "")
        date = datetime.date.today().isoformat()
        file.write(f"{date}\t{commit}\t{suite}\t{what}\t{count}\t{covered}\t{total}\t{defects}\n")
