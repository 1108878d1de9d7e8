"""The kinds of session: a command line that succeeds where nothing fails, and its facts."""

import os
import re
import socket
from dataclasses import dataclass, field

from . import peers

FOR = ["--for", "3s"]
ONE = ["--count", "1", *FOR]
SCENARIO = """(
    sessions: {{ "here": TcpClient(to: "{address}") }},
    steps: [
        Send(session: "here", text: "hello"),
        Expect(session: "here", exact: "answer", within: "3s"),
    ],
)
"""
RULES = '[(name: "hello", when: EndsWith(text: "hello"), ' \
    'then: [(act: Reply(what: Written(text: "answer")))])]\n'
ROW = '{{"time":"2026-11-30T04:45:54.{:03}Z","kind":"received","peer":"127.0.0.1:9",' \
    '"length":5,"hex":"68656c6c6f","text":"hello"}}\n'
ROWS = "".join(ROW.format(row) for row in range(20))


@dataclass
class Session:
    """One run of a kind: what is started, and what has to be true where it succeeds."""

    arguments: list
    far: list = field(default_factory=list)  # peers
    caller: peers.Caller = None  # says hello once the session listens
    listens: str = r"127\.0\.0\.1:(\d+)"  # the port of a listening session, in its output
    path: str = ""  # or the socket of one
    hears: bool = True  # a peer receives hello
    shows: str = ""  # the output has this
    output: str = ""  # a file that is complete or not there
    within: str = ""  # what that file has
    growing: bool = False  # the file may be incomplete where the session fails

    def missing(self, out):
        """What a successful run lacks; nothing if it is right."""
        lacks = []
        if self.hears and not any(peers.HELLO in peer.received for peer in self.far):
            lacks.append("hello at the peer")
        if self.shows and self.shows not in out:
            lacks.append(f"“{self.shows}” in the output")
        if self.output and self.within not in contents(self.output):
            lacks.append("the file")
        return lacks

    def half_written(self):
        """Whether a file that is complete or absent is there in part."""
        return (bool(self.output) and not self.growing and os.path.exists(self.output)
                and self.within not in contents(self.output))

    def address(self, line):
        """Where the caller calls, once the session says that it listens."""
        if self.path:
            return self.path if os.path.exists(self.path) else None
        found = re.search(self.listens, line)
        return ("127.0.0.1", int(found[1])) if found else None

    def close(self):
        for peer in self.far:
            peer.close()


def contents(path):
    """A file as text; nothing where there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def written(folder, name, text):
    """A new file with this text."""
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def udp(folder):
    peer = peers.udp()
    return Session(["udp", "--to", peer.address(), "--message", "hello", *ONE], [peer],
                   shows="answer")


def multicast(folder):
    peer = peers.udp()
    return Session(["udp", "--join", "239.1.2.3", "--merge", "--to", peer.address(), "--message",
                    "hello", "--delay", "1ms", *ONE], [peer], shows="answer")


def tcp_client(folder):
    peer = peers.tcp()
    at = peer.address().replace("127.0.0.1", "localhost")
    return Session(["tcp-client", at, "--message", "hello", *ONE], [peer], shows="answer")


def tcp_server(folder):
    return Session(["tcp-server", "--bind", "127.0.0.1:0", "--reply", "answer", *ONE],
                   caller=peers.Caller(socket.AF_INET, socket.SOCK_STREAM), hears=False,
                   shows="hello")


def unix_client(folder):
    peer = peers.unix(folder, socket.SOCK_STREAM)
    return Session(["unix-client", peer.address(), "--message", "hello", *ONE], [peer],
                   shows="answer")


def unix_server(folder):
    path = os.path.join(folder, "here.sock")
    return Session(["unix-server", "--bind", path, "--reply", "answer", *ONE], path=path,
                   caller=peers.Caller(socket.AF_UNIX, socket.SOCK_STREAM), hears=False,
                   shows="hello")


def unix_datagram(folder):
    peer = peers.unix(folder, socket.SOCK_DGRAM)
    return Session(["unix-datagram", "--bind", os.path.join(folder, "here.sock"), "--to",
                    peer.address(), "--message", "hello", *ONE], [peer], shows="answer")


def relay_udp(folder):
    peer = peers.udp()
    return Session(["relay", "udp", "--bind", "127.0.0.1:0", "--to", peer.address(), "--count",
                    "2", *FOR], [peer], peers.Caller(socket.AF_INET, socket.SOCK_DGRAM),
                   shows="answer")


def relay_tcp(folder):
    peer = peers.tcp()
    return Session(["relay", "tcp", "--bind", "127.0.0.1:0", "--to", peer.address(), "--count",
                    "2", *FOR], [peer], peers.Caller(socket.AF_INET, socket.SOCK_STREAM),
                   shows="answer")


def send(folder):
    peer = peers.udp()
    return Session(["send", "udp", peer.address(), "hello"], [peer])


def send_tcp(folder):
    peer = peers.tcp()
    return Session(["send", "tcp", peer.address(), "hello", "--expect", "answer"], [peer],
                   shows="answer")


def flood(folder):
    peer = peers.udp()
    return Session(["flood", "udp", peer.address(), "--count", "9", "--rate", "max"], [peer],
                   hears=False)


def flood_tcp(folder):
    peer = peers.tcp()
    return Session(["flood", "tcp", peer.address(), "--count", "9", "--rate", "max"], [peer],
                   hears=False)


def meter(folder):
    peer = peers.udp(echo=True)
    return Session(["meter", "--to", peer.address(), "--count", "3", "--rate", "max", "--wait",
                    "300ms"], [peer], hears=False, shows="received 3")


def recording(folder, name):
    session, file = udp(folder), os.path.join(folder, name)
    session.arguments += ["--record", file]
    session.output, session.within, session.growing = file, "answer", True
    return session


def record(folder):
    return recording(folder, "log.jsonl")


def record_pcapng(folder):
    return recording(folder, "log.pcapng")


def convert(folder):
    file = os.path.join(folder, "out.csv")
    rows = written(folder, "in.jsonl", ROWS)
    return Session(["convert", rows, file], hears=False, output=file, within="54.019")


def show(folder):
    rows = written(folder, "in.jsonl", ROWS)
    return Session(["show", rows, "len:5"], hears=False, shows="54.019")


def scenario(folder):
    peer, file = peers.tcp(), os.path.join(folder, "out.xml")
    plan = written(folder, "plan.ron", SCENARIO.format(address=peer.address()))
    return Session(["run", plan, "--junit", file], [peer], shows="2 of 2", output=file,
                   within="</testsuites>")


def rules(folder):
    session = tcp_server(folder)
    session.arguments[3:5] = ["--rules", written(folder, "rules.ron", RULES)]
    return session


def doctor(folder):
    peer = peers.tcp()
    return Session(["doctor", "tcp", peer.address()], [peer], hears=False, shows="No cause was seen")


def code(folder):
    file = os.path.join(folder, "peer.py")
    return Session(["code", "python", "--output", file, "udp", "--bind", "127.0.0.1:9000"],
                   hears=False, output=file, within="import socket")


def fields(folder):
    return Session(["fields", "dns"], hears=False, shows="queries")


KINDS = {
    "udp": udp, "multicast": multicast, "tcp-client": tcp_client, "tcp-server": tcp_server,
    "unix-client": unix_client, "unix-server": unix_server, "unix-datagram": unix_datagram,
    "relay-udp": relay_udp, "relay-tcp": relay_tcp, "send": send, "send-tcp": send_tcp,
    "flood": flood, "flood-tcp": flood_tcp, "meter": meter, "record": record,
    "record-pcapng": record_pcapng, "convert": convert, "show": show, "scenario": scenario,
    "rules": rules, "doctor": doctor, "code": code, "fields": fields,
}
