"""The window under a million datagrams a second: how soon it answers a key, and whether every
datagram is a row or a counted drop."""

import subprocess
import time

from common import ADDRESS, EXAMPLES, Late, show, table, waiting
from watched import Hand, Watched

RATE = 1_000_000
LEAST = 10  # seconds, for a hundred keys
EVERY = 0.1
QUIET = 50
# Datagrams after the flood: Linux reports drops with the next one that is received.
LAST, LAST_RATE = 64, 1_000


class Keyboard:
    """Types into the message of the tab."""

    def __init__(self, window, hand):
        self.window, self.hand, self.due = window, hand, time.monotonic()

    def open_message(self):
        self.window.focus()
        self.hand.do("key --delay 0 ctrl+m")
        time.sleep(1)

    def press(self):
        """Milliseconds from the press of a letter until the frame with it is on the screen."""
        self.due = max(self.due + EVERY, time.monotonic())
        time.sleep(max(self.due - time.monotonic(), 0))
        while not self.window.lines.empty():
            self.window.lines.get()
        began = time.time_ns()
        self.hand.do("key --delay 0 a")
        _, shown, typed = self.window.answer("key")
        if typed != "true":
            raise Late("the message has not the keyboard focus")
        return (int(shown) - began) / 1e6


def figures(times):
    times = sorted(times)
    chosen = [times[len(times) // 2], times[len(times) * 99 // 100], times[-1]]
    return [show(value, "ms") for value in chosen]


def settled(window, sent):
    """The rows and the counted drops, once all that was sent is one of them, or nothing comes any more."""
    deadline, last = time.monotonic() + 10, None
    while True:
        received, _, dropped, _ = window.totals()
        is_still = (received, dropped) == last and waiting() == 0
        if received + dropped >= sent or is_still and time.monotonic() > deadline:
            return received, dropped
        last = (received, dropped)
        time.sleep(0.2)


def measure(_runs, seconds):
    seconds = max(seconds, LEAST)
    with Watched() as window, Hand(window.window.display) as hand:
        keyboard = Keyboard(window, hand)
        keyboard.open_message()
        quiet = [keyboard.press() for _ in range(QUIET)]
        command = [EXAMPLES / "sender", ADDRESS, str(int(RATE * seconds)), str(RATE)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sender:
            flooded = []
            while sender.poll() is None:
                flooded.append(keyboard.press())
            sent, took = sender.stdout.read().split()
        window.flood(LAST, LAST_RATE)
        sent = int(sent)
        whole = sent + LAST
        received, dropped = settled(window, whole)
    rate = f"{sent / float(took) / 1000:,.0f} k datagrams/s for {float(took):.0f} s"
    counts = [f"{count:,}" for count in (whole, received, dropped, whole - received - dropped)]
    return table(["from a key press to its frame on the screen", "median", "p99", "longest", "sent", "rows", "dropped, counted", "neither"], [
        ["no traffic", *figures(quiet), "", "", "", ""],
        [rate, *figures(flooded), *counts],
    ])
