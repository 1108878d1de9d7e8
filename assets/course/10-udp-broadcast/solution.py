import os
import socket

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
client.settimeout(5)
client.sendto(b"anybody there?", (HOST, PORT))
answer, sender = client.recvfrom(1024)
print(answer.decode("utf-8"))
