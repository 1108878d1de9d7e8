import os
import socket
import struct

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

TEMPERATURES = {7: 23.50, 300: -5.25}
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", PORT))
# TODO 待完成
