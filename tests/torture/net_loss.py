"""Scenarios of loss, delay, reordering, duplication, corruption and rate."""

from net_links import B, all_accounted, causes, chatter
from net_spaces import equal, holds
from net_verdict import scenario


def numbered(session, count):
    """Waits until so many messages were sent or refused."""
    session.wait(lambda s: len([1 for row in list(s.rows) if row["kind"] == "sent"])
                 + len(s.events("Failed")) >= count, f"{count} messages", 40)


def sender(peer, to, count, size=20):
    """The peer sends numbered datagrams; gives them."""
    made = [f"{number:06d}".encode().ljust(size, b".") for number in range(count)]
    for data in made:
        peer.send(data, to)
    return made


def at_most(session, count, code, drops):
    """Each message is sent or has a failure. There may be more drops than failures: where one of
    several messages of sendmmsg(2) is dropped, its error is lost, and it is sent again."""
    found = causes(session)
    equal("causes", set(found), {code})
    equal("sent + failed", len(session.of("sent")) + found[code], count)
    holds(f"failures without a drop: {found[code]} of {drops}", found[code] <= drops)
    return f"{len(session.of('sent'))} sent and received, {found[code]} rows of error {code}, {drops} drops counted"


@scenario("a fifth lost on arrival (nft random)")
def lost_on_arrival(world):
    a, b = world.pair()
    peer = world.udp(b, (B, 9000))
    world.firewall(b, "input", "udp dport 9000 numgen random mod 100 < 20 counter name lost drop")
    session = chatter(world, a, f"{B}:9000", 500, "2ms")
    numbered(session, 500)
    session.end()
    lost = world.counted(b, "input", "lost")
    all_accounted(session, peer, lost)
    equal("failures", causes(session), {})
    return f"500 sent, {lost} counted as lost, {500 - lost} arrived"


@scenario("a fifth lost before they leave (nft drop: EPERM)")
def lost_on_leaving(world):
    a, b = world.pair()
    peer = world.udp(b, (B, 9000))
    world.firewall(a, "output", "udp dport 9000 numgen random mod 100 < 20 counter name lost drop")
    session = chatter(world, a, f"{B}:9000", 300, "4ms")
    numbered(session, 300)
    session.end(None)
    all_accounted(session, peer)
    return at_most(session, 300, 1, world.counted(a, "output", "lost"))


@scenario("a fifth of what it should receive is lost")
def lost_incoming(world):
    a, b = world.pair()
    world.firewall(a, "input", "udp dport 9100 numgen random mod 100 < 20 counter name lost drop")
    session = world.session(a, "udp", "--bind", "0.0.0.0:9100")
    session.started()
    sent = sender(world.udp(b, (B, 9000)), ("10.9.0.1", 9100), 2000)
    lost = world.counted(a, "input", "lost")
    session.until("received", 2000 - lost)
    session.end()
    received = session.of("received")
    equal("received", len(received), 2000 - lost)
    equal("order", received, [each for each in sent if each in set(received)])
    return f"2,000 sent, {lost} counted as lost, {len(received)} rows"


@scenario("meter over a loss of 10 % each way")
def metered_loss(world):
    a, b = world.pair()
    world.udp(b, (B, 9000), echo=True)
    for hook in ("input", "output"):
        world.firewall(b, hook, "udp numgen random mod 100 < 10 counter name lost drop".replace(
            "udp ", "meta l4proto udp "))
    session = world.session(a, "meter", "--to", f"{B}:9000", "--rate", "500", "--count", "1000",
                            "--wait", "5s", "--expect-loss", "<1%", "--json", rows=False)
    session.ended(1, 30)
    lost = world.counted(b, "input", "lost") + world.counted(b, "output", "lost")
    answer = session.answer()
    equal("lost", answer["lost"], lost)
    equal("passed", answer["passed"], False)
    return f"{answer['lost']} of 1,000 lost, as the kernel counted; expectation not met, status 1"


@scenario("flood into a firewall that drops")
def flood_dropped(world):
    a, b = world.pair()
    peer = world.udp(b, (B, 9000))
    world.firewall(a, "output", "udp dport 9000 numgen inc mod 10 < 1 counter name lost drop")
    session = world.session(a, "flood", "udp", f"{B}:9000", "--rate", "1000", "--count", "1000",
                            "--json", rows=False)
    session.ended(1, 30)
    answer, lost = session.answer(), world.counted(a, "output", "lost")
    equal("sent + unsent", answer["sent"] + answer["unsent"], 1000)
    equal("received by the peer", len(peer.settled()), answer["sent"])
    holds(f"unsent at most {lost}", 0 < answer["unsent"] <= lost)
    return f"sent {answer['sent']} and received, unsent {answer['unsent']}, {lost} drops counted"


@scenario("rate of 1 Mbit/s by TBF, short queue")
def rate_out(world):
    a, b = world.pair()
    peer = world.udp(b, (B, 9000))
    world.run(a, "tc qdisc add dev a0 root tbf rate 1mbit burst 3000 limit 6000")
    session = world.session(a, "udp", "--to", f"{B}:9000", "--message", "${seq} ${rand:1000}",
                            "--variables", "--repeat", "3ms", "--times", "300")
    numbered(session, 300)
    session.end(None)
    all_accounted(session, peer)
    return at_most(session, 300, 105, world.queue(a, "a0")["drops"])


@scenario("peer behind a rate of 1 Mbit/s")
def rate_in(world):
    a, b = world.pair()
    world.run(b, "tc qdisc add dev b0 root tbf rate 1mbit burst 3000 limit 20000")
    session = world.session(a, "udp", "--bind", "0.0.0.0:9100")
    session.started()
    sender(world.udp(b, (B, 9000)), ("10.9.0.1", 9100), 200, 1000)
    dropped = world.queue(b, "b0")["drops"]
    session.until("received", 200 - dropped)
    session.end()
    equal("received", len(session.of("received")), 200 - dropped)
    return f"200 sent, {dropped} dropped by TBF, {200 - dropped} rows"


def over(world, count=400, **impairment):
    """Numbered messages of the program through a tunnel; gives (session, peer, counts)."""
    a, b, tunnel = world.tunnel(only=0, **impairment)
    peer = world.udp(b, ("10.8.0.2", 9000))
    session = chatter(world, a, "10.8.0.2:9000", count, "3ms")
    numbered(session, count)
    session.end()
    peer.settled()
    equal("datagrams in the tunnel", tunnel.counts["seen"], len(session.of("sent")))
    return session, peer, tunnel.counts


@scenario("delay of 50 ms")
def tunnel_delay(world):
    a, b, _ = world.tunnel(delay=0.05)
    world.udp(b, ("10.8.0.2", 9000), echo=True)
    session = world.session(a, "meter", "--to", "10.8.0.2:9000", "--rate", "200", "--count", "400",
                            "--json", rows=False)
    session.ended(0, 30)
    trip = session.answer()["round_trip_us"]
    holds(f"a round trip of 100 ms: {trip}", 98_000 <= trip["min"] and trip["median"] < 250_000)
    equal("lost", session.answer()["lost"], 0)
    return f"round trips {trip['min'] / 1e3:.1f} ms at least, median {trip['median'] / 1e3:.1f} ms"


@scenario("delay of 10 ± 10 ms: datagrams overtake each other")
def tunnel_jitter(world):
    session, peer, _ = over(world, delay=0.01, jitter=0.01)
    equal("payloads", sorted(peer.payloads()), sorted(session.of("sent")))
    return f"all arrived, in {'another' if peer.payloads() != session.of('sent') else 'the same'} order"


@scenario("half of them reordered on the way to the program")
def tunnel_reorder(world):
    a, b, tunnel = world.tunnel(only=1, delay=0.02, reorder=0.5)
    session = world.session(a, "udp", "--bind", "0.0.0.0:9100")
    session.started()
    sent = sender(world.udp(b, ("10.8.0.2", 9000)), ("10.8.0.1", 9100), 500)
    session.until("received", 500)
    session.end()
    received = session.of("received")
    equal("payloads", sorted(received), sorted(sent))
    holds("another order", received != sent and tunnel.counts["reordered"] > 200)
    return f"500 rows in the order of arrival, {tunnel.counts['reordered']} went ahead"


@scenario("meter counts what a tunnel reorders and doubles")
def metered_tunnel(world):
    a, b, tunnel = world.tunnel(only=1, duplicate=0.1, loss=0.1)
    world.udp(b, ("10.8.0.2", 9000), echo=True)
    session = world.session(a, "meter", "--to", "10.8.0.2:9000", "--rate", "500", "--count", "1000",
                            "--wait", "5s", "--json", rows=False)
    session.ended(0, 30)
    answer = session.answer()
    equal("lost", answer["lost"], tunnel.counts["lost"])
    equal("duplicates", answer["duplicated"], tunnel.counts["duplicated"])
    return f"{answer['lost']} lost, {answer['duplicated']} duplicates, as the tunnel counted"


@scenario("a tenth arrives twice")
def tunnel_duplicate(world):
    session, peer, counts = over(world, duplicate=0.1)
    equal("received by the peer", len(peer.payloads()), 400 + counts["duplicated"])
    equal("payloads", set(peer.payloads()), set(session.of("sent")))
    return f"400 rows sent, {counts['duplicated']} doubled on the way"


@scenario("a tenth corrupted: the kernel's checksum drops them")
def tunnel_corrupt(world):
    a, b, tunnel = world.tunnel(only=1, corrupt=0.1)
    session = world.session(a, "udp", "--bind", "0.0.0.0:9100")
    session.started()
    sent = sender(world.udp(b, ("10.8.0.2", 9000)), ("10.8.0.1", 9100), 500)
    session.wait(lambda s: tunnel.counts["seen"] == 500, "all in the tunnel")
    session.until("received", 500 - tunnel.counts["corrupted"])
    bad = world.snmp(a, "Udp", "InCsumErrors")
    session.end()
    received = session.of("received")
    equal("received", len(received), 500 - bad)
    equal("checksum errors", bad, tunnel.counts["corrupted"])
    holds("nothing damaged has a row", set(received) <= set(sent))
    return f"{bad} of 500 failed their checksum; no row has damaged bytes"


@scenario("everything at once: delay, loss, doubles, corruption")
def tunnel_everything(world):
    session, peer, counts = over(world, delay=0.01, jitter=0.005, loss=0.1, duplicate=0.1,
                                 corrupt=0.1, reorder=0.2)
    expected = 400 - counts["lost"] + counts["duplicated"] - counts["corrupted"]
    equal("received by the peer", len(peer.payloads()), expected)
    return f"400 sent, {counts}"


@scenario("small receive buffer: the kernel's drops are counted")
def small_receive_buffer(world):
    a, b = world.pair()
    session = world.session(a, "udp", "--bind", "0.0.0.0:9100", "--receive-buffer", "2304")
    session.started()
    peer = world.udp(b, (B, 9000))
    session.process.send_signal(19)  # SIGSTOP: it does not read meanwhile
    sender(peer, ("10.9.0.1", 9100), 500, 500)
    session.process.send_signal(18)
    dropped = world.snmp(a, "Udp", "RcvbufErrors")
    holds("some were dropped", dropped > 100)
    session.until("received", 500 - dropped)
    peer.send(b"the last one", ("10.9.0.1", 9100))
    session.until("received", 501 - dropped)
    session.end()
    equal("received", len(session.of("received")), 501 - dropped)
    equal("dropped by the kernel", session.dropped, dropped)
    return f"501 sent, {501 - dropped} rows + {dropped} dropped"


@scenario("system limits buffers (rmem_max, wmem_max): it says so")
def low_limits(world):
    a, b = world.pair()
    session = world.session(a, "udp", "--bind", "0.0.0.0:9100", "--receive-buffer", "100000000")
    bound = session.event("Bound")
    most = int(world.run(a, "cat /proc/sys/net/core/rmem_max 2>/dev/null || echo 0"))
    if most:
        equal("the buffer", bound["receive_buffer"], min(most, bound["asked"]))
    session.end()
    return f"asked {bound['asked']:,}, got {bound['receive_buffer']:,}"
