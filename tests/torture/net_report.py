"""The table of scenarios."""


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

