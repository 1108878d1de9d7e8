"""Scenarios of many peers, and of IPv4 over IPv6 sockets."""

import socket

from net_links import A, B
from net_spaces import equal, holds, inside
from net_verdict import scenario

MANY = 10_000


def many_sent(world, b, make):
    """Sends one datagram from each of many peers; gives what each sent."""
    with inside(b):
        sent = {}
        for number in range(MANY):
            with make(number) as one:
                data = f"peer {number}".encode()
                one.sendto(data, (A, 9100))
                host, port = one.getsockname()
                sent[f"{host}:{port}"] = data
            if number % 500 == 499:
                world.pause()
    return sent


def all_peers(world, prepare, make):
    a, b = world.pair()
    world.run(a, "ip route add 10.50.0.0/16 via 10.9.0.2")
    world.run(b, prepare)
    session = world.session(a, "udp", "--bind", "0.0.0.0:9100")
    session.started()
    world.pause = lambda: session.until("received", 0)
    sent = many_sent(world, b, make)
    dropped = world.snmp(a, "Udp", "RcvbufErrors")
    session.until("received", MANY - dropped, 60)
    session.end(0, 60)
    rows = {row["peer"]: bytes.fromhex(row["hex"]) for row in session.rows if row["kind"] == "received"}
    if session.sabotaged:
        rows.popitem()
    equal("peers", len(rows), len(sent) - dropped)
    holds("each row has the peer's own bytes", all(sent[peer] == data for peer, data in rows.items()))
    equal("dropped by the kernel", session.dropped, dropped)
    return f"{len(rows):,} peers, {dropped} dropped by the kernel"


@scenario("10,000 peers by port")
def many_ports(world):
    def make(number):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind((B, 20_000 + number))
        return one
    return all_peers(world, "true", make)


@scenario("10,000 peers by address")
def many_addresses(world):
    def make(number):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind((f"10.50.{number // 250}.{number % 250 + 1}", 9000))
        return one
    return all_peers(world, "ip route add local 10.50.0.0/16 dev lo", make)


@scenario("1,000 peers by address get their own answers")
def many_answers(world):
    a, b = world.pair()
    world.run(a, "ip route add 10.50.0.0/16 via 10.9.0.2")
    world.run(b, "ip route add local 10.50.0.0/16 dev lo")
    session = world.session(a, "udp", "--bind", "0.0.0.0:9100", "--echo", "--no-limits")
    session.started()
    with inside(b):
        sockets = []
        for number in range(1000):
            one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sockets.append(one)
            one.settimeout(10)
            one.bind((f"10.50.{number // 250}.{number % 250 + 1}", 9000))
    try:
        for number, one in enumerate(sockets):
            one.sendto(str(number).encode(), (A, 9100))
        found = [one.recv(100) for one in sockets]
    except TimeoutError:
        found = []
    finally:
        for one in sockets:
            one.close()
    equal("answers", found, [str(number).encode() for number in range(1000)])
    session.end()
    equal("rows sent", len(session.of("sent")), 1000)
    return "1,000 answers, each to its peer"


@scenario("200 TCP clients by address")
def many_clients(world):
    a, b = world.pair()
    world.run(a, "ip route add 10.50.0.0/16 via 10.9.0.2")
    world.run(b, "ip route add local 10.50.0.0/16 dev lo")
    session = world.session(a, "tcp-server", "--bind", f"{A}:9100", "--echo", "--no-limits")
    session.wait(lambda s: any("9100" in row.get("said", "") for row in s.rows), "that it listens")
    clients = [world.tcp(b, (f"10.50.0.{number + 1}", 0), to=(A, 9100)) for number in range(200)]
    for number, client in enumerate(clients):
        client.connections[0].sendall(f"client {number}".encode())
    for number, client in enumerate(clients):
        holds(f"echo {number}", client.wait(lambda p, n=number: p.bytes() == f"client {n}".encode()))
    session.end(0, 40)
    equal("connections", len({row["connection"] for row in session.rows if row["kind"] == "received"}), 200)
    return "200 connections, each with its own bytes"


@scenario("IPv4 peer of an IPv6 socket")
def mapped_peer(world):
    a, b = world.pair()
    session = world.session(a, "udp", "--bind", "[::]:9100", "--echo", "--no-limits")
    session.started()
    four, six = world.udp(b, (B, 9000)), world.udp(b, ("fd09:0::2", 9000))
    four.send(b"four", (A, 9100))
    six.send(b"six", ("fd09:0::1", 9100))
    holds("both echoes", four.wait(1) and six.wait(1))
    session.end()
    equal("peers", sorted(session.peers()), sorted([f"{B}:9000", "[fd09:0:0::2]:9000".replace("fd09:0:0::", "fd09::")]))
    equal("echoes", (four.payloads(), six.payloads()), ([b"four"], [b"six"]))
    return f"peers {' and '.join(session.peers())}"


@scenario("to an IPv4-mapped address")
def mapped_target(world):
    a, b = world.pair()
    peer = world.udp(b, (B, 9000), echo=True)
    session = world.session(a, "udp", "--to", f"[::ffff:{B}]:9000", "--message", "mapped")
    session.until("received", 1)
    session.end()
    equal("received by the peer", peer.payloads(), [b"mapped"])
    equal("peer of both rows", session.peers("sent"), session.peers("received"))
    return f"rows name {session.peers()[0]}"


@scenario("IPv6 sockets without IPv4 (bindv6only)")
def only_6(world):
    a, b = world.pair()
    world.run(a, "echo 1 >/proc/sys/net/ipv6/bindv6only")
    session = world.session(a, "udp", "--bind", "[::]:9100", "--echo", "--no-limits")
    session.started()
    four, six = world.udp(b, (B, 9000)), world.udp(b, ("fd09:0::2", 9000))
    four.send(b"four", (A, 9100))
    six.send(b"six", ("fd09:0::1", 9100))
    holds("an echo over IPv6", six.wait(1))
    four.settled()
    session.end()
    said = "received both" if len(four.payloads()) else "received IPv6 only"
    equal("rows", len(session.of("received")), 1 + len(four.payloads()))
    return said


@scenario("TCP over an IPv6 socket from an IPv4 client")
def mapped_client(world):
    a, b = world.pair()
    session = world.session(a, "tcp-server", "--bind", "[::]:9100", "--echo")
    session.wait(lambda s: any("9100" in row.get("said", "") for row in s.rows), "that it listens")
    client = world.tcp(b, (B, 0), to=(A, 9100))
    client.connections[0].sendall(b"four")
    holds("an echo", client.wait(lambda p: p.bytes() == b"four"))
    session.end()
    equal("peer", session.peers()[0].rsplit(":", 1)[0], B)
    return f"peer {session.peers()[0]}"
