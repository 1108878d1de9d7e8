import os
import socket

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(5)
client.sendto("what time is it?".encode("utf-8"), (HOST, PORT))
reply, server = client.recvfrom(1024)
print(reply.decode("utf-8"))
client.close()
