import os
import socket

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((HOST, PORT))
client.sendall("hello\n".encode("utf-8"))
answer = b""
while not answer.endswith(b"\n"):
    part = client.recv(1024)
    if not part:
        break
    answer += part
print(answer.decode("utf-8").strip())
client.close()
