import os
import socket

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", PORT))
server.listen()
client, address = server.accept()
waiting = b""
while True:
    data = client.recv(1024)
    if not data:
        break
    waiting += data
    while b"\n" in waiting:
        line, waiting = waiting.split(b"\n", 1)
        client.sendall(b"ok " + line + b"\n")
