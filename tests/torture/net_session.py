"""The program in a terminal: its rows as JSON lines, its words, totals and status."""

import json
import re
import signal
import subprocess
import threading
import time

from net_verdict import Defect

TOTALS = re.compile(r"Received ([\d,]+) \(([\d,.]+) ?([a-zA-Z]+)\), sent ([\d,]+) \(.*?\), "
                    r"dropped by the kernel ([\d,]+), truncated ([\d,]+)")
# Causes whose words say "here": the session has one socket.
OF_THE_SESSION = ("Dropped",)
PANIC = re.compile(r"panicked|RUST_BACKTRACE|stack backtrace")


class Session:
    """One run. `rows` is false where the command prints one object, or nothing, at the end."""

    def __init__(self, program, arguments, rows=True):
        self.command = [program, *arguments, "--lang", "en", *(["--json"] if rows else [])]
        self.rows, self.error, self.sabotaged, self.is_rows = [], "", False, rows
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.readers = [threading.Thread(target=read, daemon=True)
                        for read in (self._read_rows, self._read_error)]
        for reader in self.readers:
            reader.start()
        if "--once" in arguments:
            self.process.stdin.close()

    def _read_rows(self):
        for line in self.process.stdout:
            try:
                self.rows.append(json.loads(line))
            except ValueError:
                self.rows.append({"kind": "text", "said": line.decode(errors="replace")})

    def _read_error(self):
        for line in self.process.stderr:
            self.error += line.decode(errors="replace")

    def wait(self, done, what, seconds=20):
        """Waits until this is true of the session; a defect if it does not become true."""
        end = time.monotonic() + seconds
        while not (found := done(self)):
            over = self.process.poll() is not None
            if over:
                for reader in self.readers:
                    reader.join(2)
                found = done(self)
            if not found and (over or time.monotonic() > end):
                ended = f"; it ended with status {self.process.poll()}" if over else ""
                raise Defect(f"{what} never came{ended}: {self.last()}")
            if found:
                return found
            time.sleep(0.01)
        return found

    def event(self, name, count=1, seconds=20):
        """Waits for the n-th event of this name, and gives its data."""
        def done(session):
            found = session.events(name)
            return found[count - 1] if len(found) >= count else None
        return self.wait(done, f"event {name} ({count})", seconds)

    def events(self, name):
        """The data of all events of this name, in order."""
        found = []
        for row in list(self.rows):
            notice = row.get("notice")
            if notice == name:
                found.append({})
            elif isinstance(notice, dict) and name in notice:
                data = notice[name]
                found.append(data if isinstance(data, dict) else {"is": data})
        return found

    def started(self):
        """Waits until the socket is bound, and gives its address and port."""
        local = self.event("Bound")["local"]
        host, port = local.rsplit(":", 1)
        return host.strip("[]"), int(port)

    def of(self, kind):
        """The payloads of all rows of a kind, as bytes."""
        found = [bytes.fromhex(row["hex"]) for row in list(self.rows) if row.get("kind") == kind]
        return found[1:] if self.sabotaged else found

    def peers(self, kind="received"):
        return [row["peer"] for row in list(self.rows) if row.get("kind") == kind]

    def until(self, kind, count, seconds=20):
        """Waits for this many rows of a kind."""
        self.wait(lambda session: len([1 for row in list(session.rows)
                                       if row.get("kind") == kind]) >= count,
                  f"row {count} of those {kind}", seconds)

    def failures(self):
        """(operation, address, cause) of all rows of failures, after looking at their words."""
        found = []
        for row in list(self.rows):
            notice = row.get("notice")
            if isinstance(notice, dict) and "Failed" in notice:
                data = notice["Failed"]
                cause = _cause(data["cause"])
                self._explained("" if cause in OF_THE_SESSION else data["address"], row["said"])
                found.append((data["operation"], data["address"], cause))
        return found

    def _explained(self, address, said):
        """A message says what happened with the address, why, and what to do."""
        bare = address.strip("[]").split("%")[0]
        if bare not in said and address not in said:
            raise Defect(f"a failure does not name {address}: {said!r}")
        what, _, cure = said.partition(". ")
        if "system's own reason" in cure:
            raise Defect(f"a failure has no reason and no cure of its own: {said!r}")
        if len(what) < 10 or len(cure.split()) < 3:
            raise Defect(f"a failure has no cure: {said!r}")

    def line(self, text):
        """Types a line."""
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def end(self, status=0, seconds=20):
        """Ends it by Ctrl+C unless it has ended, and judges status, words and totals."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.ended(status, seconds)

    def ended(self, status=0, seconds=20):
        """Waits for its end, and judges status, words and totals."""
        try:
            found = self.process.wait(seconds)
        except subprocess.TimeoutExpired as late:
            raise Defect(f"it did not end: {self.last()}") from late
        for reader in self.readers:
            reader.join(5)
        if PANIC.search(self.error):
            raise Defect(f"it panicked: {self.error.strip()[:300]}")
        if status is not None and found != status:
            raise Defect(f"status {found} instead of {status}: {self.last()}")
        if self.is_rows:
            self.failures()
            self._judge_totals()
        return self

    def _judge_totals(self):
        totals = TOTALS.search(self.error)
        if not totals:
            if any(row.get("kind") in ("sent", "received") for row in self.rows):
                raise Defect(f"there are no totals: {self.last()}")
            return
        number = lambda group: int(totals[group].replace(",", ""))
        for kind, group in (("received", 1), ("sent", 4)):
            rows = len(self.of(kind))
            if rows != number(group):
                raise Defect(f"the totals say {number(group)} {kind}, there are {rows} rows")
        self.dropped, self.truncated = number(5), number(6)

    def answer(self):
        """The object that a command prints at its end."""
        return next(row for row in reversed(self.rows) if "kind" not in row)

    def last(self):
        """Its last words."""
        said = [row["said"] for row in self.rows if row.get("said")]
        words = self.error.strip().splitlines()[-3:] or said[-1:]
        return " / ".join(word.strip() for word in words)[:300] or "it said nothing"

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(5)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                pipe.close()
            except OSError:
                pass


def _cause(cause):
    """The name of a cause, with the number of a system error."""
    if isinstance(cause, str):
        return cause
    (name, data), = cause.items()
    code = data.get("code") if isinstance(data, dict) else None
    if name == "System" and code is not None:
        return code
    if name == "Undelivered" and isinstance(data, dict):
        return data.get("reason", name)
    return name
