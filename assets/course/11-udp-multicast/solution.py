import os
import socket

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

GROUP = "239.7.7.7"
INTERFACE = "127.0.0.1"
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", PORT))
membership = socket.inet_aton(GROUP) + socket.inet_aton(INTERFACE)
server.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
while True:
    data, sender = server.recvfrom(1024)
    print(data.decode("utf-8"))
