import os
import socket

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", PORT))
expected = 1
while True:
    data, sender = server.recvfrom(2048)
    number = int(data.split()[0])
    if number < expected:
        print("again", number)
    for missing in range(expected, number):
        print("lost", missing)
    expected = max(expected, number + 1)
