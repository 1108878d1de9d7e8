"""Servers with the mistakes of learners, each named by its mode.

Usage: faulty.py MODE PORT    listens on 127.0.0.1:PORT; prints "ready"; ends with its input
"""

import json
import socket
import struct
import sys
import threading
import time

HOST = "127.0.0.1"
MODE, PORT = sys.argv[1], int(sys.argv[2])


def datagrams(answer):
    """Answers datagrams: answer(socket) reads one and sends."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((HOST, PORT))
        print("ready", flush=True)
        while True:
            answer(server)


def connections(serve):
    """Accepts connections and serves one after the other."""
    with socket.create_server((HOST, PORT)) as server:
        print("ready", flush=True)
        while True:
            connection, _ = server.accept()
            with connection:
                serve(connection)


def echo(server):
    data, sender = server.recvfrom(65535)
    server.sendto(data, sender)


def cut(server):
    data, sender = server.recvfrom(10)
    server.sendto(data, sender)


def other_socket(server):
    data, sender = server.recvfrom(65535)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((HOST, 0))
        other.sendto(data, sender)


first = []


def first_client(server):
    data, sender = server.recvfrom(65535)
    first.append(sender)
    try:
        server.sendto(data, first[0])
    except OSError:
        pass


def gbk(server):
    data, sender = server.recvfrom(65535)
    server.sendto(data.decode("gbk", "replace").encode("utf-8"), sender)


def unread(server):
    time.sleep(1000)


def modbus(server):
    """A device: silent about requests with a wrong checksum."""
    data, sender = server.recvfrom(65535)
    crc = 0xFFFF
    for byte in data[:-2]:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    if data[-2:] == struct.pack("<H", crc):
        server.sendto(data, sender)


def unmarked(server):
    """Takes a byte order mark for a part of the text, and knows no such word."""
    data, sender = server.recvfrom(65535)
    if data.isascii():
        server.sendto(b"welcome", sender)


def silent(server):
    server.recvfrom(65535)


def echo_stream(connection):
    while data := connection.recv(65535):
        connection.sendall(data)


def sleeps(connection):
    time.sleep(1000)


def sink(connection):
    while connection.recv(65535):
        pass


def greets(connection):
    connection.sendall(b"welcome\n")
    sink(connection)


def closes(connection):
    pass


def resets(connection):
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def half(connection):
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(65535):
        pass


def one_read(connection):
    connection.sendall(connection.recv(10))
    time.sleep(1000)


def lines(connection):
    with connection.makefile("rw", newline="\n") as file:
        for line in file:
            file.write(line)
            file.flush()


def crlf(connection):
    connection.sendall(b"welcome\r\n")
    data = b""
    while b"\r\n" not in data:
        more = connection.recv(65535)
        if not more:
            return
        data += more
    connection.sendall(b"hello\r\n")


def stray(connection):
    data = connection.recv(65535)
    for line in data.split(b"\n")[:-1]:
        connection.sendall(b"unknown command: " + line + b"!\n")
    connection.recv(1)


def tls(connection):
    """What a TLS server says to plain bytes: an alert, protocol_version."""
    connection.recv(65535)
    connection.sendall(bytes([0x15, 3, 3, 0, 2, 2, 70]))
    connection.recv(1)


def tls_hangs_up(connection):
    """As OpenSSL: ends the connection without a word if the first bytes are no record of TLS."""
    if connection.recv(5)[:2] == b"\x16\x03":
        connection.recv(65535)
        connection.sendall(bytes([0x15, 3, 3, 0, 2, 2, 40]))


def is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def json_datagrams(server):
    """Answers JSON alone."""
    data, sender = server.recvfrom(65535)
    if is_json(data):
        server.sendto(b"ok", sender)


def json_lines(connection):
    """Answers lines of JSON alone."""
    for line in connection.makefile("rb"):
        if is_json(line):
            connection.sendall(b"ok\n")


def slow(connection):
    """Reads a few bytes now and then."""
    while connection.recv(20):
        time.sleep(0.3)


def modbus_tcp(connection):
    """Takes every message as Modbus TCP, and answers with two registers or an exception."""
    while data := connection.recv(4096):
        if len(data) < 8:
            continue
        unit, function = data[6], data[7]
        body = bytes([unit, 3, 4, 0, 10, 0, 20]) if function == 3 else bytes([unit, function | 0x80, 1])
        connection.sendall(data[:4] + struct.pack(">H", len(body)) + body)


def web(connection):
    """Answers requests that are whole."""
    request = b""
    while data := connection.recv(4096):
        request += data
        if request.endswith(b"\r\n\r\n"):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            request = b""


def unflushed(connection):
    """Greets into a buffer, and waits."""
    writer = connection.makefile("w")
    writer.write("welcome\n")
    time.sleep(600)


def http(connection):
    connection.recv(65535)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    connection.recv(1)


def ssh(connection):
    connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
    while connection.recv(65535):
        pass


def length(connection):
    """Reads a length in network byte order, and as many bytes."""
    with connection.makefile("rb") as file:
        while header := file.read(4):
            connection.sendall(header + file.read(struct.unpack(">I", header)[0]))


def length_first(connection):
    connection.sendall(b"\0\0\0\x05hello")
    length(connection)


def never_accepts():
    with socket.create_server((HOST, PORT)):
        print("ready", flush=True)
        time.sleep(1000)


DATAGRAMS = {
    "echo": echo,
    "cut": cut,
    "other-socket": other_socket,
    "first-client": first_client,
    "gbk": gbk,
    "unread": unread,
    "modbus": modbus,
    "unmarked": unmarked,
    "silent": silent,
    "json": json_datagrams,
}
CONNECTIONS = {
    "echo-stream": echo_stream,
    "sleeps": sleeps,
    "sink": sink,
    "greets": greets,
    "closes": closes,
    "resets": resets,
    "half": half,
    "one-read": one_read,
    "lines": lines,
    "crlf": crlf,
    "stray": stray,
    "tls": tls,
    "tls-hangs-up": tls_hangs_up,
    "http": http,
    "web": web,
    "json-lines": json_lines,
    "slow": slow,
    "modbus-tcp": modbus_tcp,
    "unflushed": unflushed,
    "ssh": ssh,
    "length": length,
    "length-first": length_first,
}


def run():
    if MODE in DATAGRAMS:
        datagrams(DATAGRAMS[MODE])
    elif MODE in CONNECTIONS:
        connections(CONNECTIONS[MODE])
    else:
        never_accepts()


threading.Thread(target=run, daemon=True).start()
sys.stdin.read()
