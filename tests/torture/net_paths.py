"""Scenarios of routes: missing, dead, asymmetric, translated, and relays over them."""

from net_links import A, B, all_accounted, causes, chatter
from net_loss import numbered
from net_spaces import equal, holds
from net_verdict import scenario

FAR = "10.9.1.2"


def routes_to(world, kind, code):
    a, _ = world.pair()
    world.run(a, f"ip route add {kind} 10.20.0.0/16")
    session = world.session(a, "udp", "--to", "10.20.0.1:9000", "--message", "x", "--for", "2s")
    session.ended(1)
    equal("failures", session.failures(), [("Send", "10.20.0.1:9000", code)])
    return session.last()


@scenario("route of the kind unreachable")
def route_unreachable(world):
    return routes_to(world, "unreachable", 113)


@scenario("route of the kind prohibit")
def route_prohibit(world):
    return routes_to(world, "prohibit", 13)


@scenario("route of the kind blackhole")
def route_blackhole(world):
    return routes_to(world, "blackhole", 22)


@scenario("no route yet, then there is one")
def no_route_yet(world):
    a, _, b = world.routed()
    world.run(a, "ip route del default")
    peer = world.udp(b, (FAR, 9000))
    session = chatter(world, a, f"{FAR}:9000")
    session.wait(lambda s: len(s.events("Failed")) >= 5, "failures")
    world.run(a, "ip route add default via 10.9.0.2")
    holds("it went on", peer.wait(20))
    session.end(None)
    all_accounted(session, peer)
    equal("causes", set(causes(session)), {101})
    return f"{causes(session)[101]} rows ENETUNREACH, then it went on"


@scenario("router says that the network is unreachable")
def router_unreachable(world):
    a, router, _ = world.routed()
    world.run(router, "ip route add unreachable 10.30.0.0/16")
    session = world.session(a, "udp", "--to", "10.30.0.1:9000", "--message", "x", "--for", "2s")
    session.ended(None)
    equal("failures", len(session.failures()), 1)
    holds("it names the router", "10.9.0.2" in session.error)
    return session.last()


@scenario("dead gateway that returns")
def dead_gateway(world):
    a, router, b = world.routed()
    world.run(a, """echo 1 >/proc/sys/net/ipv4/neigh/a0/mcast_solicit
        echo 1 >/proc/sys/net/ipv4/neigh/a0/ucast_solicit
        echo 100 >/proc/sys/net/ipv4/neigh/a0/retrans_time_ms""")
    peer = world.udp(b, (FAR, 9000))
    world.run(router, "ip addr del 10.9.0.2/24 dev b0")
    world.run(a, "ip neigh flush dev a0")
    session = chatter(world, a, f"{FAR}:9000", 300, "20ms")
    session.event("Failed")
    world.run(router, "ip addr add 10.9.0.2/24 dev b0; ip route add 10.9.0.0/24 dev b0 2>/dev/null || true")
    holds("it went on", peer.wait(20))
    session.end(None)
    sent, received = session.of("sent"), peer.settled()
    holds("the peer received something that no row says", set(received) <= set(sent))
    equal("failures", causes(session), {"NoHost": len(sent) - len(received)})
    return f"{causes(session)}, then {len(received)} of {len(sent)} sent arrived"


@scenario("two default routes: the better one goes down")
def two_defaults(world):
    a, b = world.pair()
    world.link(a, b)
    world.run(b, "ip addr add 10.66.0.1/32 dev lo")
    world.run(a, "ip route add default via 10.9.0.2 metric 10; ip route add default via 10.9.1.2 metric 20")
    peer = world.udp(b, ("10.66.0.1", 9000))
    session = chatter(world, a, "10.66.0.1:9000")
    holds("over the first", peer.wait(10))
    world.run(a, "ip link set a0 down")
    numbered(session, 100)
    session.end(None)
    all_accounted(session, peer)
    equal("senders", {sender[0] for _, sender in peer.log}, {"10.9.0.1", "10.9.1.1"})
    return f"from 10.9.0.1, then from 10.9.1.1; {causes(session)}"


def asymmetric(world, strict):
    """Out over the first link; answers come over the second."""
    a, b = world.pair()
    world.link(a, b)
    world.run(a, f"for i in all default a0 a1; do echo {strict} >/proc/sys/net/ipv4/conf/$i/rp_filter; done")
    world.run(b, "for i in all default b0 b1; do cd /proc/sys/net/ipv4/conf/$i; "
                 "echo 0 >rp_filter; echo 2 >arp_announce; done")
    world.run(b, "ip addr add 10.66.0.1/32 dev lo; ip route change 10.9.0.0/24 via 10.9.1.1 src 10.66.0.1 "
                 "|| { ip route del 10.9.0.0/24 dev b0; ip route add 10.9.0.0/24 via 10.9.1.1; }")
    world.run(a, "ip route add 10.66.0.0/16 via 10.9.0.2")
    world.udp(b, ("10.66.0.1", 9000), echo=True)
    session = chatter(world, a, "10.66.0.1:9000", 20)
    numbered(session, 20)
    return a, session


@scenario("asymmetric route, accepted")
def asymmetric_accepted(world):
    _, session = asymmetric(world, 0)
    session.until("received", 20)
    session.end()
    equal("received", session.of("received"), session.of("sent"))
    return "20 answers over the other link"


@scenario("asymmetric route, dropped by the reverse path filter")
def asymmetric_dropped(world):
    a, session = asymmetric(world, 1)
    session.wait(lambda _: world.snmp(a, "TcpExt", "IPReversePathFilter") >= 20, "drops by the filter")
    session.end()
    equal("received", session.of("received"), [])
    equal("failures", causes(session), {})
    return f"no answers; the kernel counted {world.snmp(a, 'TcpExt', 'IPReversePathFilter')}"


def masquerade(world):
    a, router, b = world.routed()
    world.run(router, """nft add table ip n
        nft add chain ip n p '{ type nat hook postrouting priority 100; }'
        nft add rule ip n p oifname a1 masquerade""")
    world.run(b, "ip route del default")
    return a, b


@scenario("UDP through a router that translates addresses")
def masquerade_udp(world):
    a, b = masquerade(world)
    peer = world.udp(b, (FAR, 9000), echo=True)
    session = chatter(world, a, f"{FAR}:9000", 50)
    session.until("received", 50)
    session.end()
    equal("received", session.of("received"), session.of("sent"))
    equal("sender that the peer sees", {sender[0] for _, sender in peer.log}, {"10.9.1.1"})
    return f"50 answers; the peer sees {peer.log[0][1][0]}"


@scenario("TCP through a router that translates addresses")
def masquerade_tcp(world):
    a, b = masquerade(world)
    peer = world.tcp(b, (FAR, 9000), echo=True)
    data = world.random.randbytes(300_000)
    session = world.session(a, "tcp-client", f"{FAR}:9000", "--file", world.file(data), "--half-close")
    session.ended(0, 30)
    equal("bytes at the peer", peer.bytes(), data)
    equal("bytes back", b"".join(session.of("received")), data)
    return "300,000 bytes there and back"


@scenario("server behind a port that a router forwards")
def forwarded_port(world):
    a, router, b = world.routed()
    world.run(router, """nft add table ip n
        nft add chain ip n d '{ type nat hook prerouting priority -100; }'
        nft add rule ip n d iifname a1 udp dport 7000 dnat to 10.9.0.1:9100""")
    session = world.session(a, "udp", "--bind", "0.0.0.0:9100", "--echo", "--no-limits")
    session.started()
    peer = world.udp(b, (FAR, 9000))
    peer.send(b"in", ("10.9.1.1", 7000))
    holds("an echo", peer.wait(1))
    session.end()
    equal("sender of the echo", peer.log[0][1], ("10.9.1.1", 7000))
    return "the echo comes from the forwarded port"


@scenario("path MTU found out: the router says that it is smaller")
def path_mtu(world):
    a, router, b = world.routed()
    world.run(router, "ip link set a1 mtu 1000")
    peer = world.udp(b, (FAR, 9000))
    session = world.session(a, "udp", "--to", f"{FAR}:9000", "--message", "${rand:1300}",
                            "--variables", "--repeat", "50ms", "--times", "10")
    session.until("sent", 10)
    session.end(None)
    received, sent = peer.settled(), session.of("sent")
    holds("the peer received something that no row says", set(received) <= set(sent))
    holds("some arrived, in fragments", len(received) >= 8)
    equal("lost without a row", len(sent) - len(received) - len(session.failures()), 0)
    return f"{len(received)} of {len(sent)} arrived, {causes(session)}"


@scenario("UDP relay whose way to the target breaks, and is mended")
def relay_broken(world):
    a, router, b = world.routed()
    peer = world.udp(b, (FAR, 9000), echo=True)
    session = world.session(router, "relay", "udp", "--bind", "10.9.0.2:9100", "--to", f"{FAR}:9000")
    session.wait(lambda s: s.rows, "that it is bound")
    client = world.udp(a, (A, 9001))
    client.send(b"one", (B, 9100))
    holds("an answer", client.wait(1))
    world.run(router, "ip link set a1 down")
    client.send(b"two", (B, 9100))
    session.event("Failed")
    world.run(router, "ip link set a1 up")
    world.until_up(router, "a1")
    client.send(b"three", (B, 9100))
    holds("an answer after it was mended", client.wait(2))
    session.end(None)
    equal("answers", client.payloads(), [b"one", b"three"])
    equal("received by the target", peer.payloads(), [b"one", b"three"])
    equal("failures", len(session.failures()), 1)
    return f"{session.failures()[0]}, then it went on"


@scenario("TCP relay whose target cannot be reached")
def relay_unreachable(world):
    a, router, b = world.routed()
    world.run(router, "ip route add unreachable 10.30.0.1/32")
    session = world.session(router, "relay", "tcp", "--bind", "10.9.0.2:9100", "--to", "10.30.0.1:9000")
    session.wait(lambda s: s.rows, "that it listens")
    client = world.tcp(a, (A, 0), to=(B, 9100))
    holds("the client's connection ends", client.wait(lambda p: p.ended == 1))
    session.event("Failed")
    session.end(None)
    equal("failures", [(where, cause) for _, where, cause in session.failures()], [("10.30.0.1:9000", 113)])
    return session.last()


@scenario("TCP relay over a path that loses a tenth")
def relay_tcp_loss(world):
    a, router, b = world.routed()
    peer = world.tcp(b, (FAR, 9000), echo=True)
    for space in (router, b):
        world.firewall(space, "input", "meta l4proto tcp numgen random mod 100 < 10 counter name lost drop")
    session = world.session(router, "relay", "tcp", "--bind", "10.9.0.2:9100", "--to", f"{FAR}:9000")
    session.wait(lambda s: s.rows, "that it listens")
    client = world.tcp(a, (A, 0), to=(B, 9100))
    data = world.random.randbytes(100_000)
    client.connections[0].sendall(data)
    holds("all came back", client.wait(lambda p: len(p.bytes()) == len(data), 60))
    session.end()
    equal("bytes at the target", peer.bytes(), data)
    equal("bytes back", client.bytes(), data)
    return f"100,000 bytes there and back, {world.counted(b, 'input', 'lost')} packets lost"
