import os
import socket

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", PORT))
server.listen()
client, address = server.accept()
lines = client.makefile("rb")
for line in lines:
    words = line.decode("ascii").split()
    if words[:1] == ["ADD"] and len(words) == 3:
        answer = str(int(words[1]) + int(words[2]))
    elif words == ["QUIT"]:
        answer = "bye"
    else:
        answer = "ERR"
    client.sendall((answer + "\r\n").encode("ascii"))
    if answer == "bye":
        break
lines.close()
client.close()
