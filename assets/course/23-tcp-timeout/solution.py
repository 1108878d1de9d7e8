import os
import socket

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

client = socket.create_connection((HOST, PORT))
client.settimeout(1)
client.sendall(b"hello\n")
try:
    print(client.recv(1024).decode("utf-8"))
except TimeoutError:
    print("time-out")
client.close()
