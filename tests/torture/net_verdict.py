"""Verdicts about scenarios: the registry, and what a scenario can end with."""

SCENARIOS = []


class Defect(Exception):
    """The program did or said something wrong."""


class NotReached(Exception):
    """The scenario could not be set up here, so nothing is known about the program."""


def scenario(title):
    """Registers a function of a world as a scenario. It returns what the program said."""
    def register(function):
        SCENARIOS.append((function.__name__.replace("_", "-"), title, function))
        return function
    return register
