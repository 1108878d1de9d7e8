"""Scenarios of firewalls: dropped, rejected, forbidden, lifted again."""

from net_links import A, B, all_accounted, causes, chatter
from net_loss import numbered
from net_spaces import equal, holds
from net_verdict import scenario

TO = f"{B}:9000"


def once(world, space, *more):
    return world.session(space, "udp", "--to", TO, "--message", "x", "--for", "2s", *more)


def refused(world, rule, hook="output", at="a", status=1, to=TO, host=B):
    """One message against a rule; gives (session, what the peer received)."""
    a, b = world.pair()
    peer = world.udp(b, (host, 9000))
    world.firewall(a if at == "a" else b, hook, f"meta l4proto udp th dport 9000 counter name hit {rule}")
    session = world.session(a, "udp", "--to", to, "--message", "x", "--for", "2s").ended(status)
    equal("received by the peer", peer.settled(), [])
    equal("packets at the rule", world.counted(a if at == "a" else b, hook, "hit"), 1)
    return session


@scenario("own firewall drops")
def dropped_out(world):
    session = refused(world, "drop")
    equal("failures", session.failures(), [("Send", TO, 1)])
    equal("rows sent", len(session.of("sent")), 0)
    return session.last()


@scenario("own firewall rejects")
def rejected_out(world):
    session = refused(world, "reject")
    equal("failures", [(what, where) for what, where, _ in session.failures()], [("Send", TO)])
    return session.last()


@scenario("own firewall rejects as forbidden")
def prohibited_out(world):
    session = refused(world, "reject with icmpx admin-prohibited")
    equal("failures", [(what, where) for what, where, _ in session.failures()], [("Send", TO)])
    return session.last()


@scenario("the peer's firewall drops: silence is no failure")
def dropped_at_peer(world):
    session = refused(world, "drop", "input", "b", 0)
    equal("failures", session.failures(), [])
    equal("rows sent", session.of("sent"), [b"x"])
    return "1 row sent, no failure"


@scenario("the peer's firewall rejects: port unreachable")
def rejected_at_peer(world):
    session = refused(world, "reject", "input", "b", 0)
    equal("failures", session.failures(), [("Send", TO, "PortUnreachable")])
    return session.last()


@scenario("the peer's firewall rejects as forbidden")
def prohibited_at_peer(world):
    session = refused(world, "reject with icmpx admin-prohibited", "input", "b", None)
    equal("failures", len(session.failures()), 1)
    return session.last()


@scenario("the peer's firewall rejects IPv6 as forbidden")
def prohibited_at_peer_6(world):
    to = "[fd09::2]:9000"
    session = refused(world, "reject with icmpx admin-prohibited", "input", "b", None, to, "fd09:0::2")
    equal("failures", [(what, where) for what, where, _ in session.failures()], [("Send", to)])
    return session.last()


@scenario("firewall set up and lifted while it sends")
def firewall_lifted(world):
    a, b = world.pair()
    peer = world.udp(b, (B, 9000))
    session = chatter(world, a, TO, 150, "10ms")
    holds("before", peer.wait(20))
    world.firewall(a, "output", "udp dport 9000 counter name hit drop")
    session.wait(lambda s: len(s.events("Failed")) >= 10, "failures")
    hit = world.counted(a, "output", "hit")
    world.lift(a, "output")
    numbered(session, 150)
    session.end(None)
    all_accounted(session, peer)
    found = causes(session)
    equal("causes", set(found), {1})
    holds(f"a row for each dropped one: {found}, {hit}", hit <= found[1] <= hit + 10)
    return f"{found[1]} rows EPERM, then it went on"


@scenario("answers are dropped by the own firewall")
def answers_dropped(world):
    a, b = world.pair()
    peer = world.udp(b, (B, 9000), echo=True)
    world.firewall(a, "input", "udp sport 9000 counter name hit drop")
    session = world.session(a, "send", "udp", TO, "x", "--expect", "x", "--within", "1s", rows=False)
    session.ended(1)
    equal("received by the peer", peer.payloads(), [b"x"])
    equal("answers dropped", world.counted(a, "input", "hit"), 1)
    return session.last()


@scenario("nobody listens, then the peer starts")
def peer_starts_late(world):
    a, b = world.pair()
    session = chatter(world, a, TO, 100, "20ms")
    session.event("Failed")
    peer = world.udp(b, (B, 9000))
    holds("it went on", peer.wait(20))
    session.end()
    equal("causes", set(causes(session)), {"PortUnreachable"})
    refused_ = causes(session)["PortUnreachable"]
    equal("sent", len(session.of("sent")), len(peer.settled()) + refused_)
    return f"{refused_} rows port unreachable, {len(peer.payloads())} arrived"


@scenario("ICMP errors are dropped: nobody listens, nobody says so")
def no_icmp(world):
    a, b = world.pair()
    world.firewall(a, "input", "meta l4proto icmp counter name hit drop")
    session = once(world, a)
    session.ended()
    equal("failures", session.failures(), [])
    equal("ICMP dropped", world.counted(a, "input", "hit"), 1)
    return "1 row sent, no failure"


@scenario("TCP: own firewall drops the first packet")
def tcp_dropped(world):
    a, b = world.pair()
    world.run(a, "echo 1 >/proc/sys/net/ipv4/tcp_syn_retries")
    world.firewall(b, "input", "tcp dport 9000 drop")
    session = world.session(a, "tcp-client", TO)
    session.event("Failed", 1, 20)
    session.ended(2)
    equal("failures", session.failures(), [("Connect", TO, 110)])
    return session.last()


@scenario("TCP: rejected with a reset")
def tcp_rejected(world):
    a, b = world.pair()
    world.tcp(b, (B, 9000))
    world.firewall(b, "input", "tcp dport 9000 reject with tcp reset")
    session = world.session(a, "tcp-client", TO).ended(2)
    equal("failures", session.failures(), [("Connect", TO, 111)])
    return session.last()


@scenario("TCP: rejected as forbidden")
def tcp_prohibited(world):
    a, b = world.pair()
    world.firewall(b, "input", "tcp dport 9000 reject with icmpx admin-prohibited")
    session = world.session(a, "tcp-client", TO).ended(2)
    equal("failures", [(what, where) for what, where, _ in session.failures()], [("Connect", TO)])
    return session.last()


@scenario("TCP server: clients of one address are rejected")
def clients_rejected(world):
    a, b = world.pair()
    world.run(b, "ip addr add 10.9.0.3/24 dev b0")
    world.firewall(a, "input", "ip saddr 10.9.0.3 tcp dport 9100 counter name hit reject with tcp reset")
    session = world.session(a, "tcp-server", "--bind", f"{A}:9100", "--echo")
    session.wait(lambda s: any("9100" in row.get("said", "") for row in s.rows), "that it listens")
    try:
        world.tcp(b, ("10.9.0.3", 0), to=(A, 9100))
        holds("the rejected client is not connected", False)
    except ConnectionRefusedError:
        pass
    peer = world.tcp(b, (B, 0), to=(A, 9100))
    peer.connections[0].sendall(b"hello")
    holds("an echo", peer.wait(lambda p: p.bytes() == b"hello"))
    session.end()
    equal("senders", {peer_.rsplit(":", 1)[0] for peer_ in session.peers()}, {B})
    return "the other client was served"


@scenario("doctor: what the own firewall drops")
def doctor_firewall(world):
    a, b = world.pair()
    world.udp(b, (B, 9000))
    world.firewall(a, "output", "udp dport 9000 counter name hit drop")
    session = world.session(a, "doctor", "udp", TO, rows=False)
    session.ended(1, 30)
    said = " ".join(row.get("said", "") for row in session.rows)
    holds("a verdict about the firewall", "firewall" in said.lower())
    return said.strip().splitlines()[0] if said.strip() else session.last()
