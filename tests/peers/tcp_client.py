"""A learner's first TCP client: sends two lines and prints the line that comes back.

Usage: tcp_client.py [PORT]    the assistant listens on 127.0.0.1:PORT (9000)
"""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 9000

with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
    client.sendall("first\n".encode("utf-8"))
    client.sendall("第二行\n".encode("utf-8"))
    with client.makefile("r", encoding="utf-8", newline="\n") as lines:
        print("reply:", lines.readline(), end="", flush=True)
