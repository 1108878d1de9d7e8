import os
import socket
import sys

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if sys.argv[1] == "receive":
    peer.bind(("", PORT))
    data, sender = peer.recvfrom(1024)
    print(data.decode("utf-8"))
else:
    peer.sendto("from one process to another".encode("utf-8"), (HOST, PORT))
peer.close()
