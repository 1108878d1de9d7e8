"""Network namespaces of a scenario, the links between them, and what the kernel counted there.

A namespace is an open descriptor: it ends with the program, whatever becomes of the program.
"""

import contextlib
import ctypes
import json
import os
import random
import subprocess
import tempfile
import threading

from net_peers import TcpPeer, UdpPeer
from net_session import Session
from net_tun import Tunnel
from net_verdict import Defect, NotReached

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
MADE = threading.Lock()


def _checked(result, what):
    if result != 0:
        code = ctypes.get_errno()
        raise NotReached(f"{what}: {os.strerror(code)}")


@contextlib.contextmanager
def inside(space):
    """Runs a block of this thread in the namespace: sockets and processes made there stay there."""
    with open("/proc/thread-self/ns/net", "rb") as before:
        _checked(LIBC.setns(space, CLONE_NEWNET), "setns")
        try:
            yield
        finally:
            _checked(LIBC.setns(before.fileno(), CLONE_NEWNET), "setns back")


class World:
    """The namespaces, programs and peers of one scenario, and the random numbers of its seed."""

    def __init__(self, program, seed):
        self.program, self.seed = program, seed
        self.random = random.Random(seed)
        self.spaces, self.ends, self.links = [], [], 0
        self.sabotage = None

    def space(self):
        """A new namespace, in which only the loopback interface is up."""
        with MADE, open("/proc/thread-self/ns/net", "rb") as before:
            _checked(LIBC.unshare(CLONE_NEWNET), "unshare")
            made = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
            _checked(LIBC.setns(before.fileno(), CLONE_NEWNET), "setns back")
        self.spaces.append(made)
        self.run(made, """ip link set lo up
            for i in all default lo; do echo 0 >/proc/sys/net/ipv6/conf/$i/accept_dad; done""")
        return made

    def run(self, space, script):
        """Runs a shell script in the namespace; gives its output."""
        with inside(space):
            done = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, timeout=30)
        if done.returncode != 0:
            raise NotReached(f"set-up failed: {script.strip()}: {done.stderr.strip()}")
        return done.stdout

    def link(self, left, right, net=None, names=("a", "b")):
        """A veth pair `aN` - `bN`: 10.9.N.1/24 fd09:N::1/64 - 10.9.N.2/24 fd09:N::2/64."""
        net = self.links if net is None else net
        self.links = net + 1
        first, second = f"{names[0]}{net}", f"{names[1]}{net}"
        place = f"/proc/{os.getpid()}/fd/{right}"
        self.run(left, f"ip link add {first} type veth peer name {second} netns {place}")
        for space, name, host in ((left, first, 1), (right, second, 2)):
            self.run(space, f"""ip addr add 10.9.{net}.{host}/24 brd + dev {name}
                ip -6 addr add fd09:{net}::{host}/64 dev {name}
                ip link set {name} up""")
        for space, name in ((left, first), (right, second)):
            self.until_up(space, name)
        return first, second

    def until_up(self, space, name):
        """Waits until packets pass on an interface, which has its link-local address then."""
        self.run(space, f"""n=0; until ip -o link show {name} | grep -q 'state UP'; do
            n=$((n+1)); [ $n -lt 500 ]; sleep 0.01; done""")

    def pair(self):
        """Two namespaces and the link between them."""
        left, right = self.space(), self.space()
        self.link(left, right)
        return left, right

    def routed(self):
        """Three namespaces: 10.9.0.1 - 10.9.0.2 a router 10.9.1.1 - 10.9.1.2."""
        left, router, right = self.space(), self.space(), self.space()
        self.link(left, router)
        self.link(router, right)
        self.run(router, """echo 1 >/proc/sys/net/ipv4/ip_forward
            echo 1 >/proc/sys/net/ipv6/conf/all/forwarding""")
        self.run(left, "ip route add default via 10.9.0.2; ip -6 route add default via fd09:0::2")
        self.run(right, "ip route add default via 10.9.1.1; ip -6 route add default via fd09:1::1")
        return left, router, right

    def tunnel(self, **impairment):
        """Two namespaces, 10.8.0.1 - 10.8.0.2, whose packets pass through a forwarder here."""
        left, right = self.space(), self.space()
        tunnel = Tunnel(random.Random(self.seed), **impairment)
        for space, own, other in ((left, 1, 2), (right, 2, 1)):
            with inside(space):
                tunnel.open_end()
            self.run(space, f"""ip addr add 10.8.0.{own} peer 10.8.0.{other} dev tun0
                echo 1 >/proc/sys/net/ipv6/conf/tun0/disable_ipv6
                ip link set tun0 up txqueuelen 5000""")
        tunnel.start()
        self.ends.append(tunnel.close)
        return left, right, tunnel

    def session(self, space, *arguments, rows=True):
        """The program in a terminal, in this namespace."""
        with inside(space):
            session = Session(self.program, arguments, rows)
        session.sabotaged = self.sabotage == "row"
        self.ends.append(session.kill)
        return session

    def udp(self, space, address, **options):
        """A UDP socket that logs what it receives."""
        with inside(space):
            peer = UdpPeer(address, **options)
        peer.sabotaged = self.sabotage == "peer"
        self.ends.append(peer.close)
        return peer

    def tcp(self, space, address, **options):
        """A TCP socket that logs what it receives: it listens, or connects with `to`."""
        with inside(space):
            peer = TcpPeer(address, **options)
        peer.sabotaged = self.sabotage == "peer"
        self.ends.append(peer.close)
        return peer

    def firewall(self, space, hook, *rules):
        """Adds nftables rules in a hook; in a rule, `counter name x` is a counter of that name."""
        names = {word for rule in rules for word in _counters(rule)}
        script = [f"nft add table inet {hook}"]
        script += [f"nft add counter inet {hook} {name}" for name in sorted(names)]
        script.append(f"nft add chain inet {hook} c '{{ type filter hook {hook} priority 0; }}'")
        script += [f"nft add rule inet {hook} c '{rule}'" for rule in rules]
        self.run(space, "\n".join(script))

    def lift(self, space, hook):
        """Removes the rules of a hook."""
        self.run(space, f"nft delete table inet {hook}")

    def counted(self, space, hook, name):
        """The packets that a counter of the firewall has seen."""
        listed = json.loads(self.run(space, f"nft -j list counter inet {hook} {name}"))
        return next(each["counter"]["packets"] for each in listed["nftables"] if "counter" in each)

    def queue(self, space, name):
        """What the queueing discipline of an interface passed and dropped."""
        shown = json.loads(self.run(space, f"tc -s -j qdisc show dev {name}"))
        return shown[0]

    def snmp(self, space, protocol, name):
        """A counter of /proc/net/snmp or /proc/net/netstat, or of snmp6 by its whole name."""
        text = self.run(space, "cat /proc/net/snmp /proc/net/netstat").splitlines()
        for heads, values in zip(text[::2], text[1::2]):
            if heads.startswith(protocol + ":"):
                return int(dict(zip(heads.split(), values.split()))[name])
        raise NotReached(f"no counter {protocol} {name}")

    def file(self, data):
        """The path of a temporary file with these bytes."""
        handle, path = tempfile.mkstemp(prefix="torture-network-")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        self.ends.append(lambda: os.unlink(path))
        return path

    def close(self):
        """Ends everything, the last first."""
        for end in reversed(self.ends):
            with contextlib.suppress(OSError):
                end()
        for space in self.spaces:
            os.close(space)


def _counters(rule):
    words = rule.split()
    return [words[n + 2] for n, word in enumerate(words[:-2])
            if word == "counter" and words[n + 1] == "name"]


def equal(what, found, expected):
    """A defect unless both are the same."""
    if found != expected:
        raise Defect(f"{what}: {_short(found)} instead of {_short(expected)}")


def holds(what, true):
    """A defect unless it is true."""
    if not true:
        raise Defect(what)


def _short(value):
    text = repr(value)
    return text if len(text) < 90 else f"{text[:60]}… ({len(value)} long)"
