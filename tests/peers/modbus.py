"""A Modbus device over UDP on port 5020: answers requests to read registers, with their CRC.

Every fifth answer has a wrong CRC, to see that it is noticed.
"""
import socket


def crc(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value.to_bytes(2, "little")


device = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
device.bind(("127.0.0.1", 5020))
print("Modbus device on 127.0.0.1:5020; Ctrl+C ends it")
answers = 0
while True:
    request, master = device.recvfrom(256)
    if len(request) != 8 or crc(request[:6]) != request[6:]:
        print("not answered, wrong length or CRC:", request.hex(" "))
        continue
    answers += 1
    count = int.from_bytes(request[4:6], "big") % 126
    values = b"".join((235 + answers + at).to_bytes(2, "big") for at in range(count))
    answer = bytes([request[0], request[1], len(values)]) + values
    device.sendto(answer + (crc(answer) if answers % 5 else b"\0\0"), master)
