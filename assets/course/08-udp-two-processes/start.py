import os
import socket
import sys

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

role = sys.argv[1]
# TODO 待完成
