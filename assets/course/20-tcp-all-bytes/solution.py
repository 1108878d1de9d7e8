import os
import socket

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

client = socket.create_connection((HOST, PORT))


def exactly(count):
    parts = []
    while count > 0:
        part = client.recv(min(count, 65536))
        if not part:
            raise SystemExit("the server has closed")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


size = int(exactly(10))
data = exactly(size)
client.sendall(f"received {len(data)}\n".encode("ascii"))
client.close()
