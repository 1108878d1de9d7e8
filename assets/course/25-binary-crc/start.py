import os
import socket
import struct

HOST = os.environ.get("NETPEER_HOST", "127.0.0.1")
PORT = int(os.environ.get("NETPEER_PORT", "8080"))


def crc(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return struct.pack("<H", value)


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", PORT))
# TODO 待完成
