import os
import socket

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
# TODO 待完成
