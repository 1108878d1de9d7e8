"""A virtual display of the usual size, and a person's hands on it."""

import os
import subprocess


class Display:
    def __init__(self, **variables):
        """`variables` go into the environment of the programs on it."""
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        number = self.server.stdout.readline().decode().strip()
        self.env = {**os.environ, "DISPLAY": f":{number}", "LIBGL_ALWAYS_SOFTWARE": "1", **variables}
        self.env.pop("WAYLAND_DISPLAY", None)

    def do(self, *words):
        """A command of xdotool; gives its output."""
        done = subprocess.run(["xdotool", *words], env=self.env, capture_output=True, text=True)
        return done.stdout.strip()

    def close(self):
        self.server.terminate()
        self.server.wait()
