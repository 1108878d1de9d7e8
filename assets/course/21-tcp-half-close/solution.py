import os
import socket

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

client = socket.create_connection((HOST, PORT))
client.sendall(b"1\n2\n3\n")
client.shutdown(socket.SHUT_WR)
answer = b""
while True:
    part = client.recv(1024)
    if not part:
        break
    answer += part
print(answer.decode("ascii"))
client.close()
