"""Scenarios of the link and its addresses: down and up, removed, renamed, small packets."""

from net_spaces import equal, holds
from net_verdict import scenario

A, B = "10.9.0.1", "10.9.0.2"


def chatter(world, space, to, count=100, pause="20ms", *more):
    """The program sends numbered messages to an address."""
    return world.session(space, "udp", "--to", to, "--message", "m${seq}", "--variables",
                         "--repeat", pause, "--times", str(count), *more)


def causes(session):
    """How often each failure has a row."""
    found = {}
    for _, _, cause in session.failures():
        found[cause] = found.get(cause, 0) + 1
    return found


def all_accounted(session, peer, lost=0):
    """What has a row as sent arrived, but for what the kernel counted as lost."""
    equal("received by the peer", len(peer.settled()), len(session.of("sent")) - lost)
    holds("the peer received something that no row says", set(peer.payloads()) <= set(session.of("sent")))


@scenario("link down, then up")
def link_down_up(world):
    a, b = world.pair()
    peer = world.udp(b, (B, 9000))
    session = chatter(world, a, f"{B}:9000")
    peer.wait(5)
    world.run(a, "ip link set a0 down")
    session.event("Failed")
    session.wait(lambda s: len(s.events("Failed")) >= 5, "further failures")
    world.run(a, "ip link set a0 up")
    before = len(peer.log)
    holds("it went on after the link was up", peer.wait(before + 20))
    session.end(None)
    all_accounted(session, peer)
    equal("causes", set(causes(session)), {101})
    return f"{causes(session)[101]} rows ENETUNREACH, then it went on"


@scenario("far end of the cable unplugged")
def carrier_lost(world):
    a, b = world.pair()
    peer = world.udp(b, (B, 9000))
    session = chatter(world, a, f"{B}:9000", 150)
    peer.wait(5)
    world.run(b, "ip link set b0 down")
    session.until("sent", 40)
    world.run(b, "ip link set b0 up")
    before = len(peer.log)
    holds("it went on after the cable was back", peer.wait(before + 20))
    session.end(None)
    sent, received = session.of("sent"), peer.settled()
    equal("received by the peer", received, sent)
    equal("causes", set(causes(session)), {105})
    return f"{causes(session)[105]} rows ENOBUFS: {session.last()}"


@scenario("local address removed, then added")
def address_removed(world):
    a, b = world.pair()
    peer = world.udp(b, (B, 9000))
    session = chatter(world, a, f"{B}:9000", 100, "20ms", "--bind", f"{A}:9100")
    peer.wait(5)
    world.run(a, f"ip addr del {A}/24 dev a0")
    session.event("Failed")
    session.wait(lambda s: len(s.events("Failed")) >= 3, "further failures")
    world.run(a, f"ip addr add {A}/24 brd + dev a0")
    before = len(peer.log)
    holds("it went on after the address was back", peer.wait(before + 20))
    session.end(None)
    all_accounted(session, peer)
    equal("sender of all", {sender for _, sender in peer.log}, {(A, 9100)})
    return f"{causes(session)}, then it went on from {A}:9100"


@scenario("bound address removed while it receives")
def receives_without_address(world):
    a, b = world.pair()
    session = world.session(a, "udp", "--bind", f"{A}:9100")
    session.started()
    peer = world.udp(b, (B, 9000))
    peer.send(b"before", (A, 9100))
    session.until("received", 1)
    world.run(a, f"ip addr del {A}/24 dev a0")
    peer.send(b"between", (A, 9100))
    world.run(a, f"ip addr add {A}/24 brd + dev a0")
    peer.send(b"after", (A, 9100))
    session.until("received", 2)
    session.end()
    equal("received", session.of("received"), [b"before", b"after"])
    return "received again after the address was back"


@scenario("address that this machine does not have")
def foreign_address(world):
    a, _ = world.pair()
    session = world.session(a, "udp", "--bind", "10.9.7.7:9000", "--for", "2s").ended(2)
    holds("it names the address", "10.9.7.7:9000" in session.error)
    equal("cures in the words", session.error.count("\n  "), 1)
    return session.last()


@scenario("second address added while wildcard is bound")
def address_added(world):
    a, b = world.pair()
    session = world.session(a, "udp", "--bind", "0.0.0.0:9100", "--echo", "--no-limits")
    session.started()
    world.run(a, "ip addr add 10.9.0.77/24 dev a0")
    peer = world.udp(b, (B, 9000))
    peer.send(b"to the new one", ("10.9.0.77", 9100))
    holds("an echo", peer.wait(1))
    equal("sender of the echo", peer.log[0][1], ("10.9.0.77", 9100))
    session.end()
    equal("to", [row.get("to") for row in session.rows if row["kind"] == "received"], ["10.9.0.77"])
    return "echoed from the address it was sent to"


@scenario("address changed to another network")
def address_changed(world):
    a, b = world.pair()
    peer = world.udp(b, ("0.0.0.0", 9000))
    session = chatter(world, a, f"{B}:9000")
    peer.wait(5)
    world.run(a, "ip addr flush dev a0; ip addr add 10.9.50.1/24 dev a0")
    session.event("Failed")
    world.run(b, "ip addr add 10.9.50.2/24 dev b0")
    world.run(a, "ip route add 10.9.0.0/24 via 10.9.50.2")
    before = len(peer.log)
    holds("it went on from the new address", peer.wait(before + 10))
    session.end(None)
    all_accounted(session, peer)
    equal("senders", {sender[0] for _, sender in peer.log}, {A, "10.9.50.1"})
    return f"{causes(session)}, then sent from 10.9.50.1"


@scenario("interface deleted, made again")
def interface_deleted(world):
    a, b = world.pair()
    session = world.session(a, "udp", "--bind", "0.0.0.0:9100", "--to", f"{B}:9000",
                            "--message", "m${seq}", "--variables", "--repeat", "20ms")
    peer = world.udp(b, ("0.0.0.0", 9000))
    peer.wait(5)
    world.run(a, "ip link del a0")
    session.event("Failed")
    world.link(a, b, 0)
    before = len(peer.log)
    holds("it went on over the new interface", peer.wait(before + 20))
    session.end(None)
    all_accounted(session, peer)
    return f"{causes(session)}, then it went on"


@scenario("interface renamed")
def interface_renamed(world):
    a, b = world.pair()
    peer = world.udp(b, (B, 9000))
    session = chatter(world, a, f"{B}:9000")
    peer.wait(5)
    world.run(a, "ip link set a0 name other")
    session.wait(lambda s: len(s.of("sent")) >= 100 or s.sabotaged and len(s.of("sent")) >= 99, "all sent")
    session.end()
    all_accounted(session, peer)
    equal("failures", causes(session), {})
    return "nothing failed"


@scenario("loopback interface down")
def loopback_down(world):
    a = world.space()
    world.run(a, "ip link set lo down")
    peer = world.udp(a, ("0.0.0.0", 9001))
    try:
        peer.send(b"x", ("127.0.0.1", 9000))
        expected = []
    except OSError as error:
        expected = [("Send", "127.0.0.1:9000", error.errno)]
    session = world.session(a, "udp", "--to", "127.0.0.1:9000", "--message", "x", "--for", "2s")
    session.ended(1 if expected else 0)
    equal("failures", session.failures(), expected)
    return "as a socket of Python: " + (session.last() if expected else "sent, nothing failed")


@scenario("MTU of 576: larger datagrams come in fragments")
def small_mtu(world):
    a, b = world.pair()
    world.run(a, "ip link set a0 mtu 576")
    peer = world.udp(b, (B, 9000))
    data = bytes(world.random.randrange(256) for _ in range(4000))
    path = world.file(data)
    session = world.session(a, "udp", "--to", f"{B}:9000", "--file", path, "--block", "2000", "--once")
    session.ended()
    equal("bytes", b"".join(peer.settled()), data)
    equal("datagrams", [len(each) for each in peer.payloads()], [2000, 2000])
    return "2 datagrams of 2,000 bytes arrived whole"


@scenario("MTU changed while it sends")
def mtu_changed(world):
    a, b = world.pair()
    peer = world.udp(b, (B, 9000))
    session = world.session(a, "udp", "--to", f"{B}:9000", "--message", "${rand:1400}", "--variables",
                            "--repeat", "20ms", "--times", "90")
    for mtu, count in ((600, 20), (1500, 40), (68, 60), (9000, 80)):
        holds("it went on", peer.wait(count))
        world.run(a, f"ip link set a0 mtu {mtu}")
    session.until("sent", 90)
    session.end()
    equal("failures", causes(session), {})
    equal("payloads", peer.settled(), session.of("sent"))
    return "90 messages of 1,400 bytes over MTUs of 1500, 600, 68 and 9000"


@scenario("IPv6 with the least MTU, 1280")
def small_mtu_6(world):
    a, b = world.pair()
    world.run(a, "ip link set a0 mtu 1280")
    peer = world.udp(b, ("fd09:0::2", 9000))
    session = world.session(a, "udp", "--to", "[fd09:0::2]:9000", "--message", "${rand:3000}",
                            "--variables", "--repeat", "20ms", "--times", "10")
    session.until("sent", 10)
    session.end()
    equal("payloads", peer.settled(), session.of("sent"))
    return "10 messages of 3,000 bytes arrived whole"


@scenario("the longest datagram, over an MTU of 1500")
def longest_datagram(world):
    a, b = world.pair()
    peer = world.udp(b, (B, 9000))
    data = world.random.randbytes(65507)
    session = world.session(a, "udp", "--to", f"{B}:9000", "--file", world.file(data),
                            "--block", "65507", "--once")
    session.ended()
    equal("payload", peer.settled(), [data])
    return "65,507 bytes arrived whole"


@scenario("a datagram that is too long")
def too_long(world):
    a, b = world.pair()
    peer = world.udp(b, (B, 9000))
    session = world.session(a, "udp", "--to", f"{B}:9000", "--for", "3s")
    session.started()
    session.line("x" * 65508)
    session.ended(1)
    equal("received by the peer", len(peer.settled()), 0)
    equal("rows sent", len(session.of("sent")), 0)
    holds("it says why", "65,507" in session.error or "EMSGSIZE" in session.error)
    return session.last()


@scenario("IPv6 switched off")
def no_ipv6(world):
    a, b = world.pair()
    world.run(a, "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6")
    session = world.session(a, "udp", "--to", "[fd09:0::2]:9000", "--message", "x", "--for", "2s")
    session.ended(None)
    holds("a status of failure", session.process.returncode in (1, 2))
    peer = world.udp(b, (B, 9000))
    four = world.session(a, "udp", "--to", f"{B}:9000", "--message", "x", "--for", "1s")
    holds("IPv4 works", peer.wait(1))
    four.ended()
    return session.last()


@scenario("no port is left")
def no_port_left(world):
    a, b = world.pair()
    world.run(a, "echo 40000 40000 >/proc/sys/net/ipv4/ip_local_port_range")
    holder = world.udp(a, ("0.0.0.0", 40000))
    session = world.session(a, "send", "udp", f"{B}:9000", "x", rows=False)
    session.ended(None)
    holds("a status of failure", session.process.returncode == 2)
    holder.close()
    world.udp(b, (B, 9000))
    world.session(a, "send", "udp", f"{B}:9000", "x", rows=False).ended(0)
    return session.last()
