"""A forwarder between two TUN interfaces, as tc-netem would impair the packets between them."""

import fcntl
import heapq
import os
import select
import struct
import threading
import time

TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x1001
DUE = 0.0005  # seconds: the least time that is waited for


class Tunnel:
    """Carries packets between two ends. All shares are 0 to 1, times are seconds.

    `only` names the direction that is impaired: 0 is from the first end, None is both. `kind` is
    the IP protocol that is impaired; others pass. `counts` says what became of impaired packets."""

    def __init__(self, random, only=None, kind=17, delay=0.0, jitter=0.0, loss=0.0, duplicate=0.0,
                 corrupt=0.0, reorder=0.0):
        self.random, self.only, self.kind = random, only, kind
        self.delay, self.jitter = delay, jitter
        self.loss, self.duplicate, self.corrupt, self.reorder = loss, duplicate, corrupt, reorder
        self.ends, self.held, self.order, self.closed = [], [], 0, False
        self.counts = dict.fromkeys(("seen", "lost", "duplicated", "corrupted", "reordered"), 0)
        self.thread = threading.Thread(target=self._carry, daemon=True)

    def open_end(self):
        """Makes `tun0` in the namespace of this thread."""
        end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH22x", b"tun0", IFF_TUN_NO_PI))
        self.ends.append(end)

    def start(self):
        self.thread.start()

    def _carry(self):
        while not self.closed:
            wait = max(self.held[0][0] - time.monotonic(), 0) if self.held else 0.1
            ready, _, _ = select.select(self.ends, [], [], min(wait, 0.1))
            for end in ready:
                self._read(end)
            while self.held and self.held[0][0] <= time.monotonic() + DUE:
                _, _, to, packet = heapq.heappop(self.held)
                self._write(to, packet)

    def _read(self, end):
        for _ in range(64):
            try:
                packet = os.read(end, 65535)
            except OSError:
                return
            way = self.ends.index(end)
            to = self.ends[1 - way]
            impaired = packet[0] >> 4 == 4 and packet[9] == self.kind and self.only in (None, way)
            if impaired:
                self._impair(to, packet)
            else:
                self._hold(to, packet, 0.0)

    def _impair(self, to, packet):
        happens = lambda share: self.random.random() < share
        self.counts["seen"] += 1
        if happens(self.loss):
            self.counts["lost"] += 1
            return
        copies = 1 + happens(self.duplicate)
        self.counts["duplicated"] += copies - 1
        if happens(self.corrupt):
            packet = self._flip(packet)
            self.counts["corrupted"] += copies
        for _ in range(copies):
            wait = self.delay + self.jitter * self.random.uniform(-1, 1)
            if happens(self.reorder):
                # As tc-netem: the chosen ones go ahead of the delayed ones.
                wait = 0.0
                self.counts["reordered"] += 1
            self._hold(to, packet, max(wait, 0.0))

    def _flip(self, packet):
        """Flips a bit behind the IP header and the first 8 bytes of the next."""
        start = (packet[0] & 15) * 4 + 8
        if len(packet) <= start:
            return packet
        place = self.random.randrange(start, len(packet))
        changed = packet[place] ^ (1 << self.random.randrange(8))
        return packet[:place] + bytes([changed]) + packet[place + 1:]

    def _hold(self, to, packet, wait):
        self.order += 1
        heapq.heappush(self.held, (time.monotonic() + wait, self.order, to, packet))

    def _write(self, to, packet):
        try:
            os.write(to, packet)
        except OSError:
            pass  # The interface is down: the packet is lost, as on a cable.

    def close(self):
        self.closed = True
        if self.thread.is_alive():
            self.thread.join(2)
        for end in self.ends:
            os.close(end)
