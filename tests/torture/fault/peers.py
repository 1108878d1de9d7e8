"""The other side of a session: it answers, and keeps what it received."""

import os
import socket
import threading
import time

ANSWER = b"answer"
HELLO = b"hello"


class Peer:
    """A socket that answers each message with `answer`, or with itself."""

    def __init__(self, family, kind, address, echo=False):
        self.stream, self.echo = kind == socket.SOCK_STREAM, echo
        self.received, self.closed = b"", False
        self.socket = socket.socket(family, kind)
        self.socket.bind(address)
        self.socket.settimeout(0.2)
        if self.stream:
            self.socket.listen(8)
        threading.Thread(target=self.run, daemon=True).start()

    def address(self):
        """As an argument of the program."""
        name = self.socket.getsockname()
        return f"{name[0]}:{name[1]}" if isinstance(name, tuple) else name

    def run(self):
        while not self.closed:
            try:
                if self.stream:
                    connection, _ = self.socket.accept()
                    threading.Thread(target=self.serve, args=(connection,), daemon=True).start()
                else:
                    data, sender = self.socket.recvfrom(65535)
                    self.received += data
                    self.socket.sendto(data if self.echo else ANSWER, sender)
            except (OSError, TypeError):
                pass

    def serve(self, connection):
        with connection:
            connection.settimeout(5)
            try:
                while data := connection.recv(65536):
                    self.received += data
                    connection.sendall(data if self.echo else ANSWER)
            except OSError:
                pass

    def close(self):
        self.closed = True
        self.socket.close()


def udp(echo=False):
    return Peer(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0), echo)


def tcp():
    return Peer(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))


def unix(folder, kind):
    return Peer(socket.AF_UNIX, kind, os.path.join(folder, "peer.sock"))


class Caller:
    """A client that says hello to a listening session, and keeps the answer."""

    def __init__(self, family, kind):
        self.family, self.kind, self.answer = family, kind, b""

    def call(self, address):
        """Connects within a second, and says hello once."""
        for _ in range(10):
            try:
                with socket.socket(self.family, self.kind) as caller:
                    caller.settimeout(3)
                    if self.family == socket.AF_UNIX and self.kind == socket.SOCK_DGRAM:
                        caller.bind("")
                    caller.connect(address)
                    self.say(caller)
                    return
            except OSError:
                time.sleep(0.1)

    def say(self, caller):
        """One message: a second one would be another connection or datagram to count."""
        try:
            caller.sendall(HELLO)
            self.answer = caller.recv(100)
        except OSError:
            pass
