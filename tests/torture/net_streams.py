"""Scenarios of TCP: loss, corruption, resets, black holes, ends of the link."""

from net_links import A, B, causes
from net_spaces import equal, holds
from net_verdict import scenario

FAR = "10.9.1.2"


def sends_file(world, space, to, size=200_000, *more):
    """The program sends random bytes; gives (session, bytes)."""
    data = world.random.randbytes(size)
    session = world.session(space, "tcp-client", to, "--file", world.file(data), *more)
    return session, data


def listens(session):
    session.wait(lambda s: any("9100" in row.get("said", "") for row in s.rows), "that it listens")


@scenario("a tenth of all packets lost, both ways")
def tcp_loss(world):
    a, b = world.pair()
    for hook in ("input", "output"):
        world.firewall(b, hook, "meta l4proto tcp numgen random mod 100 < 10 counter name lost drop")
    peer = world.tcp(b, (B, 9000), echo=True)
    session, data = sends_file(world, a, f"{B}:9000", 500_000, "--half-close")
    session.ended(0, 60)
    equal("bytes at the peer", peer.bytes(), data)
    equal("bytes back", b"".join(session.of("received")), data)
    return f"500,000 bytes there and back, {world.counted(b, 'input', 'lost')} packets lost"


@scenario("delayed, reordered, doubled, corrupted packets")
def tcp_tunnel(world):
    a, b, tunnel = world.tunnel(kind=6, delay=0.003, jitter=0.002, loss=0.02, duplicate=0.05,
                                corrupt=0.03, reorder=0.1)
    peer = world.tcp(b, ("10.8.0.2", 9000), echo=True)
    session, data = sends_file(world, a, "10.8.0.2:9000", 100_000, "--half-close")
    session.ended(0, 60)
    equal("bytes at the peer", peer.bytes(), data)
    equal("bytes back", b"".join(session.of("received")), data)
    return f"100,000 bytes there and back: {tunnel.counts}"


@scenario("link down for 2 s in the middle")
def tcp_link_down(world):
    a, b = world.pair()
    peer = world.tcp(b, (B, 9000))
    session, data = sends_file(world, a, f"{B}:9000", 400_000, "--file-rate", "200kB/s", "--once")
    holds("some bytes", peer.wait(lambda p: len(p.bytes()) > 50_000))
    world.run(a, "ip link set a0 down; sleep 2; ip link set a0 up")
    session.ended(0, 40)
    holds("the end", peer.wait(lambda p: p.ended == 1))
    equal("bytes at the peer", peer.bytes(), data)
    equal("failures", causes(session), {})
    return "400,000 bytes, no failure"


@scenario("rate of 2 Mbit/s by TBF")
def tcp_rate(world):
    a, b = world.pair()
    world.run(a, "tc qdisc add dev a0 root tbf rate 2mbit burst 5000 limit 20000")
    peer = world.tcp(b, (B, 9000))
    session, data = sends_file(world, a, f"{B}:9000", 300_000, "--once")
    session.ended(0, 40)
    holds("the end", peer.wait(lambda p: p.ended == 1))
    equal("bytes at the peer", peer.bytes(), data)
    return f"300,000 bytes, {world.queue(a, 'a0')['drops']} packets dropped by TBF"


@scenario("reset by the peer")
def tcp_reset_by_peer(world):
    a, b = world.pair()
    peer = world.tcp(b, (B, 9000))
    session = world.session(a, "tcp-client", f"{B}:9000", "--message", "hello")
    holds("hello", peer.wait(lambda p: p.bytes() == b"hello" or p.sabotaged and p.streams and p.streams[0]))
    peer.reset()
    session.ended(None)
    equal("bytes at the peer", peer.bytes(), b"hello")
    said = session.error + " ".join(row.get("said", "") for row in session.rows)
    holds("it says that the connection was reset", "reset" in said.lower())
    return f"status {session.process.returncode}: {session.last()}"


@scenario("reset by a firewall in the middle")
def tcp_reset_midway(world):
    a, b = world.pair()
    peer = world.tcp(b, (B, 9000))
    session, data = sends_file(world, a, f"{B}:9000", 400_000, "--file-rate", "200kB/s", "--once")
    holds("some bytes", peer.wait(lambda p: len(p.bytes()) > 50_000))
    world.firewall(b, "input", "tcp dport 9000 reject with tcp reset")
    session.ended(1)
    got = peer.bytes()
    equal("bytes at the peer", got, data[:len(got)])
    return f"status 1 after {len(got):,} bytes: {session.last()}"


@scenario("server is reset by its client, and serves the next")
def tcp_server_reset(world):
    a, b = world.pair()
    session = world.session(a, "tcp-server", "--bind", f"{A}:9100", "--echo")
    listens(session)
    first = world.tcp(b, (B, 0), to=(A, 9100))
    first.connections[0].sendall(b"one")
    holds("an echo", first.wait(lambda p: p.bytes() == b"one"))
    first.reset()
    second = world.tcp(b, (B, 0), to=(A, 9100))
    second.connections[0].sendall(b"two")
    holds("an echo of the next", second.wait(lambda p: p.bytes() == b"two"))
    session.end()
    equal("received", session.of("received"), [b"one", b"two"])
    return "the next client was served"


@scenario("connects again when the server is back")
def tcp_reconnect(world):
    a, b = world.pair()
    session = world.session(a, "tcp-client", f"{B}:9000", "--reconnect", "200ms", "--message", "hello")
    session.event("Failed")
    peer = world.tcp(b, (B, 9000))
    holds("hello", peer.wait(lambda p: p.bytes() == b"hello"))
    peer.reset()
    holds("a second connection", peer.wait(lambda p: len(p.streams) == 2))
    session.line("again")
    holds("the line", peer.wait(lambda p: p.bytes(1).endswith(b"again")))
    session.end()
    equal("bytes of the first", peer.bytes(0), b"hello")
    return f"2 connections, second had {peer.bytes(1)!r}"


@scenario("the local address goes while connected, with reconnection")
def tcp_address_gone(world):
    a, b = world.pair()
    peer = world.tcp(b, (B, 9000))
    session = world.session(a, "tcp-client", f"{B}:9000", "--reconnect", "200ms", "--message", "hello")
    holds("hello", peer.wait(lambda p: p.bytes() == b"hello"))
    world.run(a, f"ip addr del {A}/24 dev a0; ip addr add 10.9.0.33/24 dev a0")
    peer.reset()
    world.run(a, f"ip addr add {A}/24 dev a0")
    world.run(b, "ss -K dst 10.9.0.1 2>/dev/null || true")
    session.line("probe")
    holds("a second connection", peer.wait(lambda p: len(p.streams) == 2, 30))
    session.end(None)
    return f"connected again; {causes(session)}"


def black_hole(world, probing):
    """A link with a smaller MTU in the middle, whose router tells nobody."""
    a, router, b = world.routed()
    world.run(router, "ip link set a1 mtu 1000")
    world.firewall(router, "output", "meta l4proto icmp counter name hidden drop")
    world.run(a, f"echo {probing} >/proc/sys/net/ipv4/tcp_mtu_probing")
    peer = world.tcp(b, (FAR, 9000))
    session, data = sends_file(world, a, f"{FAR}:9000", 50_000, "--once")
    return router, peer, session, data


@scenario("black hole of the MTU, found by probing")
def black_hole_probed(world):
    router, peer, session, data = black_hole(world, 2)
    session.ended(0, 60)
    holds("the end", peer.wait(lambda p: p.ended == 1))
    equal("bytes at the peer", peer.bytes(), data)
    return f"50,000 bytes, {world.counted(router, 'output', 'hidden')} ICMP errors hidden"


@scenario("black hole of the MTU, mended once two errors were hidden")
def black_hole_mended(world):
    router, peer, session, data = black_hole(world, 0)
    session.wait(lambda _: world.counted(router, "output", "hidden") >= 2, "hidden errors")
    holds("not all arrived", len(peer.bytes()) < len(data))
    world.lift(router, "output")
    session.ended(0, 60)
    holds("the end", peer.wait(lambda p: p.ended == 1))
    equal("bytes at the peer", peer.bytes(), data)
    return "stood still, then 50,000 bytes"


@scenario("the peer does not read: queue is bounded, the rest is named")
def tcp_unread(world):
    a, b = world.pair()
    peer = world.tcp(b, (B, 9000), read=False)
    session, data = sends_file(world, a, f"{B}:9000", 20_000_000, "--once", "--for", "4s")
    session.ended(1, 40)
    holds("it says what was not sent", "of the file's 20,000,000 bytes were sent" in session.error)
    equal("connections", len(peer.streams), 1)
    return session.last()


@scenario("the peer ends while the program sends")
def tcp_peer_ends(world):
    a, b = world.pair()
    peer = world.tcp(b, (B, 9000))
    session = world.session(a, "tcp-client", f"{B}:9000", "--message", "m${seq} ", "--variables",
                            "--repeat", "10ms", "--times", "500")
    holds("some bytes", peer.wait(lambda p: len(p.bytes()) > 100))
    peer.connections[0].shutdown(1)
    session.ended(1)
    got, sent = peer.bytes(), b"".join(session.of("sent"))
    holds("what arrived was sent", sent.startswith(got) or got.startswith(sent))
    return f"status 1: {session.last()}"


@scenario("server's link goes down and comes back")
def tcp_server_link(world):
    a, b = world.pair()
    session = world.session(a, "tcp-server", "--bind", f"{A}:9100", "--echo", "--no-limits")
    listens(session)
    client = world.tcp(b, (B, 0), to=(A, 9100))
    client.connections[0].sendall(b"one ")
    holds("an echo", client.wait(lambda p: p.bytes() == b"one "))
    world.run(a, "ip link set a0 down")
    client.connections[0].sendall(b"two")
    world.run(a, "sleep 0.5; ip link set a0 up")
    holds("the rest", client.wait(lambda p: p.bytes() == b"one two", 30))
    session.end()
    equal("received", b"".join(session.of("received")), b"one two")
    return "the connection outlives it"


@scenario("no answer to what was sent (user timeout of the system)")
def tcp_silent(world):
    a, b = world.pair()
    peer = world.tcp(b, (B, 9000))
    world.run(a, "echo 2 >/proc/sys/net/ipv4/tcp_retries2; echo 1 >/proc/sys/net/ipv4/tcp_retries1")
    session = world.session(a, "tcp-client", f"{B}:9000")
    holds("a connection", peer.wait(lambda p: len(p.streams) == 1))
    world.firewall(b, "input", "tcp dport 9000 drop")
    session.line("lost")
    session.wait(lambda s: s.failures() or s.process.poll() is not None, "a failure", 40)
    session.ended(None, 30)
    equal("failures", len(session.failures()), 1)
    return f"status {session.process.returncode}: {session.last()}"
