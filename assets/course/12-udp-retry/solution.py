import os
import socket

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(0.5)
for attempt in range(4):
    client.sendto(b"request", (HOST, PORT))
    try:
        reply, server = client.recvfrom(1024)
    except TimeoutError:
        continue
    print(reply.decode("utf-8"))
    break
else:
    print("no reply")
