"""The other ends: Python sockets that log what they receive."""

import socket
import struct
import threading
import time


def _family(address):
    return socket.AF_INET6 if ":" in address[0] else socket.AF_INET


def _waited(done, seconds):
    """Whether this became true within the time."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


class UdpPeer:
    """A UDP socket and its log of (bytes, sender). With `echo` it sends each back."""

    def __init__(self, address, echo=False, buffer=8 << 20, group=None, free=False):
        self.log, self.echo, self.sabotaged, self.closed = [], echo, False, False
        self.socket = socket.socket(_family(address), socket.SOCK_DGRAM)
        for option in (socket.SO_RCVBUF, 33):  # SO_RCVBUFFORCE
            try:
                self.socket.setsockopt(socket.SOL_SOCKET, option, buffer)
            except OSError:
                pass
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if free:
            self.socket.setsockopt(socket.IPPROTO_IP, 15, 1)  # IP_FREEBIND
        self.socket.bind(address)
        if group:
            self._join(*group)
        self.socket.settimeout(0.1)
        self.thread = threading.Thread(target=self._receive, daemon=True)
        self.thread.start()

    def _join(self, group, interface):
        index = socket.if_nametoindex(interface)
        if ":" in group:
            member = socket.inet_pton(socket.AF_INET6, group) + struct.pack("@I", index)
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, member)
        else:
            member = socket.inet_aton(group) + bytes(4) + struct.pack("@I", index)
            self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)

    def _receive(self):
        while not self.closed:
            try:
                data, sender = self.socket.recvfrom(65535)
            except TimeoutError:
                continue
            except OSError:
                if self.closed:
                    return
                continue
            self.log.append((data, sender))
            if self.echo:
                try:
                    self.socket.sendto(data, sender)
                except OSError:
                    pass

    def send(self, data, address):
        self.socket.sendto(data, address)

    def wait(self, count, seconds=15):
        """Waits for this many datagrams; whether they came."""
        return _waited(lambda: len(self.log) >= count, seconds)

    def settled(self, quiet=0.4):
        """Waits until nothing more arrives, and gives all payloads."""
        count, since = len(self.log), time.monotonic()
        while time.monotonic() - since < quiet:
            time.sleep(0.02)
            if len(self.log) != count:
                count, since = len(self.log), time.monotonic()
        return self.payloads()

    def payloads(self):
        found = [data for data, _ in self.log]
        return found[1:] if self.sabotaged else found

    @property
    def port(self):
        return self.socket.getsockname()[1]

    def close(self):
        self.closed = True
        self.socket.close()
        self.thread.join(1)


class TcpPeer:
    """A TCP socket and its log of bytes, for each connection in their order.

    It listens at the address, or connects to `to` from there. `echo` sends everything back, and
    with `read` false nothing is read."""

    def __init__(self, address, to=None, echo=False, read=True):
        self.streams, self.connections, self.errors = [], [], []
        self.echo, self.read, self.sabotaged, self.closed = echo, read, False, False
        self.ended = 0
        self.address = address
        self.socket = socket.socket(_family(address), socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(address)
        if to:
            self.socket.settimeout(15)
            self.socket.connect(to)
            self._take(self.socket)
        else:
            self.socket.listen(64)
            threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while not self.closed:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self._take(connection)

    def _take(self, connection):
        connection.settimeout(None)
        stream = bytearray()
        self.streams.append(stream)
        self.connections.append(connection)
        if self.read:
            threading.Thread(target=self._serve, args=(connection, stream), daemon=True).start()

    def _serve(self, connection, stream):
        try:
            while data := connection.recv(1 << 16):
                stream.extend(data)
                if self.echo:
                    connection.sendall(data)
            if self.echo:
                connection.shutdown(socket.SHUT_WR)
        except OSError as error:
            self.errors.append(error.errno)
        self.ended += 1

    def wait(self, done, seconds=20):
        """Waits until this is true of the peer."""
        return _waited(lambda: done(self), seconds)

    def bytes(self, number=0):
        """What a connection received."""
        found = bytes(self.streams[number]) if number < len(self.streams) else b""
        if self.sabotaged and found:
            found = bytes([found[0] ^ 1]) + found[1:]
        return found

    def reset(self, number=0):
        """Ends a connection by RST."""
        connection = self.connections[number]
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RD)
        connection.close()

    def stop_listening(self):
        """Ends the listening socket only."""
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def close(self):
        self.closed = True
        for each in [self.socket, *self.connections]:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()
