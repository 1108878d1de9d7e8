"""A learner's first TCP server: answers every line with 来自服务器 in front.

Usage: tcp_server.py [PORT]    listens on 127.0.0.1:PORT (8888); ends with Ctrl+C
"""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888

with socket.create_server(("127.0.0.1", port)) as server:
    print(f"listening on 127.0.0.1:{server.getsockname()[1]}", flush=True)
    while True:
        connection, peer = server.accept()
        with connection, connection.makefile("rw", encoding="utf-8", newline="\n") as lines:
            for line in lines:
                print(f"{peer[0]}:{peer[1]} {line}", end="", flush=True)
                lines.write("来自服务器" + line)
                lines.flush()
