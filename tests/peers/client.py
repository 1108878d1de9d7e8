"""A learner's first UDP client: sends its own name and prints the reply.

Usage: client.py [PORT]    the assistant listens on 127.0.0.1:PORT (8080)
"""

import os
import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    client.settimeout(10)
    client.sendto(os.path.basename(__file__).encode("utf-8"), ("127.0.0.1", port))
    reply, sender = client.recvfrom(1024)
    print(f"{sender[0]}:{sender[1]} {reply.decode('utf-8')}", flush=True)
