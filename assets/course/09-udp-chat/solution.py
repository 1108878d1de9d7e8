import os
import socket
import threading

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

chat = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
chat.bind(("", 0))


def receive():
    while True:
        data, sender = chat.recvfrom(2048)
        print(data.decode("utf-8"))


threading.Thread(target=receive, daemon=True).start()
while True:
    line = input()
    chat.sendto(line.encode("utf-8"), (HOST, PORT))
    if line == "bye":
        break
