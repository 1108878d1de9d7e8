"""A learner's first UDP server: answers everything with 来自服务器 in front.

Usage: server.py [PORT]    listens on 127.0.0.1:PORT (8888); ends with Ctrl+C
"""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind(("127.0.0.1", port))
    print(f"listening on 127.0.0.1:{server.getsockname()[1]}", flush=True)
    while True:
        data, sender = server.recvfrom(1024)
        print(f"{sender[0]}:{sender[1]} {data.decode('utf-8')}", flush=True)
        server.sendto("来自服务器".encode("utf-8") + data, sender)
