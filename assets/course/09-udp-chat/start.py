import os
import socket
import threading

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))

chat = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
chat.bind(("", 0))
# TODO 待完成
