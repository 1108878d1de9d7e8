"""Scenarios of broadcast, multicast and addresses with a scope."""

import socket
import struct

from net_links import A, B, causes
from net_spaces import equal, holds
from net_verdict import scenario

GROUPS = {"4": "239.7.7.7", "6": "ff12::7:7"}


def multicast(world, space, group, port, data, interface):
    """Sends a datagram to a group from an interface."""
    peer = world.udp(space, ("::" if ":" in group else "0.0.0.0", 0))
    index = int(world.run(space, f"cat /sys/class/net/{interface}/ifindex 2>/dev/null || "
                                 f"ip -o link show {interface} | cut -d: -f1").strip())
    if ":" in group:
        peer.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        peer.send(data, (group, port, 0, index))
    else:
        member = bytes(8) + struct.pack("@I", index)
        peer.socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, member)
        peer.send(data, (group, port))


def members(world, space, group):
    """Whether an interface of this namespace accepts the group."""
    shown = world.run(space, "ip -o maddr show")
    return group in shown.replace("\n", " ").split()


@scenario("to the limited broadcast address")
def broadcast_limited(world):
    a, b = world.pair()
    world.run(a, "ip route add 255.255.255.255 dev a0")
    peer = world.udp(b, ("0.0.0.0", 9000))
    session = world.session(a, "udp", "--to", "255.255.255.255:9000", "--message", "all", "--once")
    session.ended()
    equal("received by the peer", peer.settled(), [b"all"])
    return f"1 sent from {peer.log[0][1][0]}"


@scenario("to the broadcast address of the network")
def broadcast_directed(world):
    a, b = world.pair()
    peer = world.udp(b, ("0.0.0.0", 9000))
    session = world.session(a, "udp", "--to", "10.9.0.255:9000", "--message", "all", "--once")
    session.ended()
    equal("received by the peer", peer.settled(), [b"all"])
    equal("failures", causes(session), {})
    return "1 sent"


@scenario("broadcast received: its row says the address")
def broadcast_received(world):
    a, b = world.pair()
    session = world.session(a, "udp", "--bind", "0.0.0.0:9100")
    session.started()
    peer = world.udp(b, (B, 9000))
    peer.send(b"all", ("10.9.0.255", 9100))
    peer.send(b"you", (A, 9100))
    session.until("received", 2)
    session.end()
    equal("to", [row.get("to") for row in session.rows if row["kind"] == "received"], ["10.9.0.255", A])
    return "rows say to 10.9.0.255 and to 10.9.0.1"


@scenario("broadcast to three machines behind a bridge")
def broadcast_bridge(world):
    a, hub = world.space(), world.space()
    others = [world.space() for _ in range(3)]
    world.run(hub, "ip link add br0 type bridge; ip link set br0 up")
    for number, space in enumerate([a, *others]):
        world.link(hub, space, number, ("h", "e"))
        world.run(hub, f"ip addr flush dev h{number}; ip link set h{number} master br0")
        world.run(space, f"ip addr flush dev e{number}; ip addr add 10.7.0.{number + 1}/24 brd + dev e{number}")
    peers = [world.udp(space, ("0.0.0.0", 9000), echo=True) for space in others]
    session = world.session(a, "udp", "--bind", "0.0.0.0:9100", "--to", "10.7.0.255:9000", "--message", "who")
    session.until("received", 3)
    session.end()
    equal("answers from", sorted(session.peers()), [f"10.7.0.{n}:9000" for n in (2, 3, 4)])
    equal("received by the peers", [peer.payloads() for peer in peers], [[b"who"]] * 3)
    return "3 answers to 1 datagram, each with its sender"


def joined(world, kind):
    a, b = world.pair()
    group = GROUPS[kind]
    session = world.session(a, "udp", "--bind", "[::]:9100" if kind == "6" else "0.0.0.0:9100",
                            "--join", f"{group}%a0")
    session.event("GroupJoined")
    holds("the kernel has joined", members(world, a, group))
    return a, b, group, session


def joined_and_left(world, kind):
    a, b, group, session = joined(world, kind)
    multicast(world, b, group, 9100, b"to the group", "b0")
    session.until("received", 1)
    session.end()
    holds("the group is left", not members(world, a, group))
    equal("received", session.of("received"), [b"to the group"])
    row = next(row for row in session.rows if row["kind"] == "received")
    equal("to", row.get("to"), group)
    return f"joined, received to {group}, left at the end"


@scenario("IPv4 group joined, received, left")
def multicast_4(world):
    return joined_and_left(world, "4")


@scenario("IPv6 group joined, received, left")
def multicast_6(world):
    return joined_and_left(world, "6")


def rejoined(world, kind):
    """A link that goes down keeps the membership of its sockets."""
    a, b, group, session = joined(world, kind)
    multicast(world, b, group, 9100, b"before", "b0")
    session.until("received", 1)
    world.run(a, "ip link set a0 down; ip link set a0 up")
    if kind == "6":
        world.run(a, "ip -6 addr add fd09:0::1/64 dev a0 2>/dev/null || true")
    world.until_up(a, "a0")
    multicast(world, b, group, 9100, b"after", "b0")
    session.until("received", 2)
    session.end()
    equal("received", session.of("received"), [b"before", b"after"])
    return "received again after the link was up"


@scenario("IPv4 group after the link was down")
def multicast_4_rejoined(world):
    return rejoined(world, "4")


@scenario("IPv6 group after the link was down")
def multicast_6_rejoined(world):
    return rejoined(world, "6")


def elsewhere(world, kind):
    """A group joined on one interface does not have to receive from the other."""
    a, b = world.pair()
    world.link(a, b)
    group = GROUPS[kind]
    session = world.session(a, "udp", "--bind", "[::]:9100" if kind == "6" else "0.0.0.0:9100",
                            "--join", f"{group}%a0")
    equal("interface", session.event("GroupJoined")["interface"], "a0")
    multicast(world, b, group, 9100, b"wrong", "b1")
    multicast(world, b, group, 9100, b"right", "b0")
    session.until("received", 1)
    session.end()
    equal("received", session.of("received"), [b"right"])
    return "only what came over a0"


@scenario("IPv4 group joined on the other interface")
def multicast_4_elsewhere(world):
    return elsewhere(world, "4")


@scenario("IPv6 group joined on the other interface")
def multicast_6_elsewhere(world):
    return elsewhere(world, "6")


@scenario("group on an interface that is not there")
def group_without_interface(world):
    a, _ = world.pair()
    session = world.session(a, "udp", "--bind", "0.0.0.0:9100", "--join", "239.7.7.7%nothing", "--for", "2s")
    session.ended(None)
    holds("it names the interface", "nothing" in session.error + session.last())
    return f"status {session.process.returncode}: {session.last()}"


@scenario("two groups on one interface")
def two_groups(world):
    a, b = world.pair()
    session = world.session(a, "udp", "--bind", "0.0.0.0:9100", "--join", "239.7.7.7%a0",
                            "--join", "239.7.7.8%a0")
    session.event("GroupJoined", 2)
    for group in ("239.7.7.7", "239.7.7.9", "239.7.7.8"):
        multicast(world, b, group, 9100, group.encode(), "b0")
    session.until("received", 2)
    session.end()
    equal("received", session.of("received"), [b"239.7.7.7", b"239.7.7.8"])
    return "both groups, not the third"


@scenario("sends to a group over the link")
def sends_to_group(world):
    a, b = world.pair()
    world.run(a, "ip route add 224.0.0.0/4 dev a0")
    peer = world.udp(b, ("0.0.0.0", 9000))
    from net_spaces import inside
    with inside(b):
        peer._join("239.7.7.7", "b0")
    session = world.session(a, "udp", "--to", "239.7.7.7:9000", "--message", "group", "--once")
    session.ended()
    equal("received by the peer", peer.settled(), [b"group"])
    return "1 sent"


@scenario("sends to a group without a route")
def group_without_route(world):
    a, _ = world.pair()
    session = world.session(a, "udp", "--to", "239.7.7.7:9000", "--message", "x", "--for", "2s")
    session.ended(1)
    equal("failures", session.failures(), [("Send", "239.7.7.7:9000", "NoWay")])
    return session.last()


@scenario("link-local address with its interface")
def link_local(world):
    a, b = world.pair()
    far = world.run(b, "ip -6 -o addr show dev b0 scope link").split("inet6 ")[1].split("/")[0]
    index = int(world.run(b, "ip -o link show b0").split(":")[0])
    peer = world.udp(b, (far, 9000, 0, index), echo=True)
    session = world.session(a, "udp", "--to", f"[{far}%a0]:9000", "--message", "near")
    session.until("received", 1)
    session.end()
    equal("received", session.of("received"), [b"near"])
    equal("received by the peer", peer.payloads(), [b"near"])
    holds(f"the peer of the row has its scope: {session.peers()}", "%" in session.peers()[0])
    return f"answer from {session.peers()[0]}"


@scenario("link-local address over the wrong interface")
def link_local_wrong(world):
    a, b = world.pair()
    world.link(a, b)
    far = world.run(b, "ip -6 -o addr show dev b0 scope link").split("inet6 ")[1].split("/")[0]
    index = int(world.run(b, "ip -o link show b0").split(":")[0])
    world.run(a, "echo 1 >/proc/sys/net/ipv6/neigh/a1/mcast_solicit; echo 100 >/proc/sys/net/ipv6/neigh/a1/retrans_time_ms")
    peer = world.udp(b, (far, 9000, 0, index))
    session = world.session(a, "udp", "--to", f"[{far}%a1]:9000", "--message", "x", "--for", "4s")
    session.event("Failed")
    session.ended(None)
    equal("received by the peer", peer.settled(), [])
    equal("failures", len(session.failures()), 1)
    return session.last()


@scenario("link-local address without an interface")
def link_local_unscoped(world):
    a, b = world.pair()
    far = world.run(b, "ip -6 -o addr show dev b0 scope link").split("inet6 ")[1].split("/")[0]
    session = world.session(a, "udp", "--to", f"[{far}]:9000", "--message", "x", "--for", "2s")
    session.ended(None)
    holds("a status of failure", session.process.returncode in (1, 2))
    holds("it says that the interface is missing", "%" in session.error)
    return session.last()


@scenario("link-local TCP")
def link_local_tcp(world):
    a, b = world.pair()
    near = world.run(a, "ip -6 -o addr show dev a0 scope link").split("inet6 ")[1].split("/")[0]
    index = int(world.run(b, "ip -o link show b0").split(":")[0])
    session = world.session(a, "tcp-server", "--bind", f"[{near}%a0]:9100", "--echo")
    session.wait(lambda s: s.rows, "that it listens")
    session.wait(lambda s: any(near in row.get("said", "") for row in s.rows), "its address")
    peer = world.tcp(b, ("::", 0), to=(near, 9100, 0, index))
    peer.connections[0].sendall(b"near")
    holds("an echo", peer.wait(lambda p: p.bytes() == b"near"))
    session.end()
    equal("received", b"".join(session.of("received")), b"near")
    return "echoed"
