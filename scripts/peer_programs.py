"""Runs programs that `netpeer code` writes opposite a session, and compares every byte.

A session is chosen at random: kind, address family, framing, encoding, line ending, checksum. The
program is compiled with warnings as errors. Its messages have to be on the wire what is computed
here by other code, and it has to show the messages that the session sends.
"""

import argparse
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

DEADLINE = 20.0  # seconds for one wait

# What each language needs, and whether the program can run here.
TOOLS = {
    "python": ("python3", True),
    "c": ("gcc", True),
    "winsock": ("x86_64-w64-mingw32-gcc", False),
    "csharp": ("mcs", True),
    "java": ("javac", True),
    "go": ("go", True),
    "rust": ("rustc", True),
    "node": ("node", True),
    "nc": ("nc", True),
    "socat": ("socat", True),
}
FILES = {"python": "peer.py", "c": "peer.c", "winsock": "peer.c",
         "csharp": "Program.cs", "java": "Peer.java", "go": "peer.go", "rust": "peer.rs", "node": "peer.js",
         "nc": "peer.sh", "socat": "peer.sh"}
STRICT = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]
SHELLS = ("nc", "socat")
ONLY_DOTNET = ("#nullable disable", "Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);")

# Width, polynomial, initial value, reflected, final exclusive or (the catalogue of CRC RevEng).
CRCS = {
    "CRC-8/SMBUS": (8, 0x07, 0, False, 0),
    "CRC-8/MAXIM-DOW": (8, 0x31, 0, True, 0),
    "CRC-16/MODBUS": (16, 0x8005, 0xFFFF, True, 0),
    "CRC-16/XMODEM": (16, 0x1021, 0, False, 0),
    "CRC-16/RIELLO": (16, 0x1021, 0xB2AA, True, 0),
    "CRC-32/ISO-HDLC": (32, 0x04C11DB7, 0xFFFFFFFF, True, 0xFFFFFFFF),
    "CRC-32/BZIP2": (32, 0x04C11DB7, 0xFFFFFFFF, False, 0xFFFFFFFF),
}
SUMS = {"SUM-8": 1, "SUM-8-NEGATIVE": 1, "SUM-8-COMPLEMENT": 1, "XOR-8": 1, "SUM-16": 2}
ENDINGS = {"none": b"", "lf": b"\n", "crlf": b"\r\n", "cr": b"\r"}
CODECS = {"UTF-8": "utf-8", "GBK": "gb18030"}


def turned(value, width):
    return int(format(value, f"0{width}b")[::-1], 2)


def check_value(name, data):
    """The checksum by the definition of the catalogue, a bit at a time, and its bytes."""
    if name in SUMS:
        total, xor = sum(data), 0
        for byte in data:
            xor ^= byte
        value = {"SUM-8": total & 0xFF, "SUM-8-NEGATIVE": -total & 0xFF,
                 "SUM-8-COMPLEMENT": ~total & 0xFF, "XOR-8": xor, "SUM-16": total & 0xFFFF}
        return value[name], SUMS[name]
    width, poly, crc, reflected, final = CRCS[name]
    for byte in data:
        crc ^= (turned(byte, 8) if reflected else byte) << (width - 8)
        for _ in range(8):
            crc = (crc << 1 ^ (poly if crc >> (width - 1) else 0)) & ((1 << width) - 1)
    return (turned(crc, width) if reflected else crc) ^ final, width // 8


class Session:
    """A random session, and its messages on the wire."""

    def __init__(self, rng, language):
        self.kind = rng.choice(["udp", "tcp-client", "tcp-server"])
        self.host = "::1" if rng.random() < 0.3 else "127.0.0.1"
        self.charset = rng.choice(list(CODECS))
        self.ending = rng.choice(list(ENDINGS))
        self.framing = self.chosen_framing(rng, language)
        self.check = None
        is_delimited = self.framing[0] in ("lines", "delimiter")
        if language not in SHELLS and not is_delimited and rng.random() < 0.6:
            self.check = (rng.choice([*CRCS, *SUMS]), rng.random() < 0.5)
        end = ENDINGS[self.ending]
        if self.framing[0] == "delimiter" and (end + self.framing[1]).find(self.framing[1]) < len(end):
            self.ending = "none"
        kind = socket.SOCK_DGRAM if self.kind == "udp" else socket.SOCK_STREAM
        self.port, self.peer_port = self.free(kind), self.free(kind)
        # Whether a datagram session has a port that is known, and a target.
        self.is_known = rng.random() < 0.7
        self.has_target = not self.is_known or rng.random() < 0.5

    @staticmethod
    def chosen_framing(rng, language):
        kinds = ["none", "lines", "delimiter"]
        if language not in SHELLS:
            kinds += ["fixed", "length", "varint", "cobs", "slip"]
        kind = rng.choice(kinds)
        if kind == "delimiter":
            return kind, rng.choice([b"\0", b"||", b"\r\n\r\n", b"\x03"])
        if kind == "fixed":
            return kind, rng.choice([16, 24])
        if kind == "length":
            width = rng.choice([1, 2, 4, 8])
            adjust = rng.choice([0, 1, -1]) if width > 1 else 0
            return (kind, width, rng.random() < 0.5, rng.choice([0, 0, 1, 4]),
                    rng.random() < 0.5, adjust)
        if kind == "varint":
            return kind, rng.choice([0, 1])
        return (kind,)

    def free(self, kind):
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family, kind) as probe:
            probe.bind((self.host, 0))
            return probe.getsockname()[1]

    def address(self, port):
        return f"[{self.host}]:{port}" if ":" in self.host else f"{self.host}:{port}"

    def words(self):
        """The session without the options of messages."""
        if self.kind == "tcp-client":
            return ["tcp-client", self.address(self.peer_port)]
        if self.kind == "tcp-server":
            return ["tcp-server", "--bind", self.address(self.port)]
        words = ["udp", "--bind", self.address(self.port if self.is_known else 0)]
        return words + (["--to", self.address(self.peer_port)] if self.has_target else [])

    def options(self):
        way, *rest = self.framing
        words = ["--encoding", self.charset, "--ending", self.ending]
        if way == "delimiter":
            words += ["--framing", "delimiter:" + "".join(f"\\x{byte:02x}" for byte in rest[0])]
        elif way == "fixed":
            words += ["--framing", f"fixed:{rest[0]}"]
        elif way == "varint":
            words += ["--framing", f"varint,offset={rest[0]}"]
        elif way == "length":
            width, big, offset, whole, adjust = rest
            form = f"length:{width}" + ("" if big else ",little") + f",offset={offset}"
            words += ["--framing", form + (",whole" if whole else "") + f",adjust={adjust}"]
        elif way != "none":
            words += ["--framing", way]
        if self.check:
            words += ["--checksum", self.check[0]] + (["--high-first"] if self.check[1] else [])
        return words

    def tail(self):
        check = check_value(self.check[0], b"")[1] if self.check else 0
        return check + (len(ENDINGS[self.ending]) if self.framing[0] != "lines" else 0)

    def wire(self, body):
        """A message as it has to be on the wire."""
        way, *rest = self.framing
        message = body
        if way == "length":
            width, big, offset, whole, adjust = rest
            length = len(body) + self.tail() - adjust + (offset + width if whole else 0)
            message = bytes(offset) + length.to_bytes(width, "big" if big else "little") + body
        if way == "varint":
            length, header = len(body) + self.tail(), bytearray(rest[0])
            while length > 0x7F:
                header.append(length & 0x7F | 0x80)
                length >>= 7
            message = bytes(header) + bytes([length]) + body
        if self.check:
            value, width = check_value(self.check[0], message)
            message += value.to_bytes(width, "big" if self.check[1] else "little")
        if way == "lines":
            return message + (b"\r\n" if self.ending == "crlf" else b"\n")
        message += ENDINGS[self.ending]
        if way == "delimiter":
            return message + rest[0]
        if way == "slip":
            return message.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"
        if way == "cobs":
            return stuffed(message)
        return message

    def greetings(self):
        """The bodies that the program may send."""
        texts = ["你好, netpeer", "hello, netpeer"]
        texts = texts[1:] if self.charset == "UTF-8" else texts
        bodies = [text.encode(CODECS[self.charset]) for text in texts]
        if self.framing[0] != "fixed":
            return bodies[:1]
        length = self.framing[1] - self.tail()
        return [body for body in bodies if len(body) == length][:1] or [(b"0123456789" * 9)[:length]]

    def bodies(self, rng):
        """Messages that the session sends."""
        if self.framing[0] == "fixed":
            length = self.framing[1] - self.tail()
            return [(digit * 30)[:length] for digit in (b"7", b"8")]
        text = "温度 25 °C".encode(CODECS[self.charset])
        is_narrow = self.framing[:2] == ("length", 1)
        size = rng.choice([1, 9, 40] if is_narrow else [1, 40, 253, 254, 255, 600])
        return [text, bytes(rng.choice(b'abc"?\\\xfe') for _ in range(size))]


def stuffed(message):
    out = bytearray()
    for part in message.split(b"\0"):
        while len(part) >= 254:
            out += b"\xff" + part[:254]
            part = part[254:]
        out += bytes([len(part) + 1]) + part
    return bytes(out) + b"\0"


class Running:
    """A program whose output is read as it comes."""

    def __init__(self, words):
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        start_new_session=True)
        self.bytes = b""
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while chunk := os.read(self.process.stdout.fileno(), 65536):
            self.bytes += chunk

    def lines(self):
        return self.bytes.decode("utf-8", "replace").splitlines()

    def wait(self, holds, what):
        end = time.monotonic() + DEADLINE
        while not holds():
            if time.monotonic() > end:
                raise AssertionError(f"waited for {what}: {self.bytes[-2000:]!r}")
            time.sleep(0.01)

    def types(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def stop(self):
        # A shell's commands are of its process group.
        try:
            os.killpg(self.process.pid, 9)
        except ProcessLookupError:
            pass
        self.process.wait()


def build(language, folder):
    """Compiles the program with warnings as errors; the words that run it."""
    path = os.path.join(folder, FILES[language])
    program = os.path.join(folder, "peer")
    commands = {
        "c": ["gcc", *STRICT, "-fsanitize=address,undefined", "-o", program, path],
        "winsock": [TOOLS["winsock"][0], *STRICT, "-o", program + ".exe", path, "-lws2_32"],
        "csharp": ["mcs", "-warn:4", "-warnaserror", f"-out:{program}.exe", path],
        "java": ["javac", "-Xlint:all", "-Werror", "-encoding", "UTF-8", "-d", folder, path],
        "go": ["go", "build", "-o", program, path],
        "rust": ["rustc", "--edition", "2021", "-D", "warnings", "-o", program, path],
        "node": ["node", "--check", path],
    }
    if language == "csharp":
        # Mono does not know these lines, and does what they say.
        with open(path, encoding="utf-8") as file:
            source = file.read()
        for line in ONLY_DOTNET:
            source = source.replace(line, "", 1)
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
    if language in commands:
        done = subprocess.run(commands[language], capture_output=True, text=True, cwd=folder,
                              check=False)
        if done.returncode or done.stderr.strip():
            raise AssertionError(f"{commands[language][0]}: {done.stdout}{done.stderr}")
    runs = {"python": ["python3", "-W", "error", path], "java": ["java", "-cp", folder, "Peer"],
            "csharp": ["mono", program + ".exe"], "node": ["node", path], "nc": ["sh", path], "socat": ["sh", path]}
    return runs.get(language, [program])


def received(session):
    """The datagrams or reads that the session has printed."""
    rows = []
    for line in session.lines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and row.get("kind") == "received":
            rows.append(bytes.fromhex(row["hex"]))
    return rows


def shown(program):
    """The messages that the program has shown."""
    found = (re.match(r"received \d+ bytes: ?([0-9a-f ]*)\|", line) for line in program.lines())
    return [bytes.fromhex(match[1]) for match in found if match]


def run(netpeer, language, spec, rng, words):
    session_words = [netpeer, "--lang", "en", *spec.words(), "--hex", "--json"]
    is_first = spec.kind == "tcp-client" or (spec.kind == "udp" and not spec.is_known)
    running = []
    try:
        def start(what):
            running.append(Running(what))
            return running[-1]
        if is_first:
            program = start(words)
            if language in SHELLS:
                time.sleep(0.5)
            else:
                program.wait(lambda: any(" port " in line or "waiting" in line
                                         for line in program.lines()), "the program")
            session = start(session_words)
        else:
            session = start(session_words)
            session.wait(lambda: str(spec.port) in session.bytes.decode(), "the session")
            program = start(words)
        bodies = spec.bodies(rng)
        sent = [spec.wire(body) for body in bodies]
        if spec.kind == "udp" and not spec.is_known:
            session.types(sent[0].hex())
        expected = [spec.wire(body) for body in spec.greetings()]
        session.wait(lambda: sum(map(len, received(session))) >= sum(map(len, expected)), "messages")
        rows = received(session)
        assert (b"".join(rows) == b"".join(expected)), f"sent {rows}, not {expected}"
        # A read without framing is a message: the next one waits until this one is shown.
        for at, data in enumerate(sent):
            if at or spec.is_known or spec.kind != "udp":
                session.types(data.hex())
            if language in SHELLS:
                whole = b"".join(sent[: at + 1])
                program.wait(lambda: program.bytes == whole, f"{whole!r}")
            else:
                program.wait(lambda: len(shown(program)) > at, f"message {at}")
        if language not in SHELLS:
            assert shown(program) == bodies, f"shown {shown(program)}, not {bodies}"
    finally:
        for one in running:
            one.stop()


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("netpeer")
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--languages", default=",".join(TOOLS))
    chosen = options.parse_args()
    languages = []
    for language in chosen.languages.split(","):
        tool, _ = TOOLS[language]
        if shutil.which(tool):
            languages.append(language)
        else:
            print(f"skipped: {language}: there is no {tool}")
    print(f"seed {chosen.seed}: {chosen.count} sessions in {', '.join(languages)}", flush=True)
    netpeer, failed = os.path.abspath(chosen.netpeer), 0
    for number in range(chosen.count):
        rng = random.Random(f"{chosen.seed} {number}")
        language = languages[number % len(languages)]
        spec = Session(rng, language)
        code = [netpeer, "--lang", "en", "code", language, *spec.words(), *spec.options()]
        with tempfile.TemporaryDirectory() as folder:
            try:
                made = subprocess.run(code, capture_output=True, check=False)
                assert made.returncode == 0, made.stderr.decode()
                with open(os.path.join(folder, FILES[language]), "wb") as file:
                    file.write(made.stdout)
                words = build(language, folder)
                if TOOLS[language][1]:
                    run(netpeer, language, spec, rng, words)
            except AssertionError as error:
                failed += 1
                print(f"{number} failed: {' '.join(code[1:])}\n  {error}", flush=True)
    print(f"{chosen.count - failed} of {chosen.count} programs talk to their sessions")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
