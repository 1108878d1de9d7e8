import os
import socket
import struct

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", PORT))
server.listen()
client, address = server.accept()


def exactly(count):
    data = b""
    while len(data) < count:
        part = client.recv(count - len(data))
        if not part:
            raise SystemExit
        data += part
    return data


while True:
    (length,) = struct.unpack(">H", exactly(2))
    text = exactly(length).decode("utf-8").upper()
    answer = text.encode("utf-8")
    client.sendall(struct.pack(">H", len(answer)) + answer)
