"""A Modbus client that tries every function of a device and checks the values that it reads.

Usage: modbus_client.py tcp|rtu HOST:PORT    Modbus TCP, or RTU in datagrams
"""
import socket
import sys

UNIT = 17


def crc(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value.to_bytes(2, "little")


def words(*values):
    return b"".join(value.to_bytes(2, "big") for value in values)


class Tcp:
    def __init__(self, address):
        self.stream = socket.create_connection(address, timeout=10)
        self.transaction = 0

    def send(self, pdu):
        self.transaction += 1
        self.stream.sendall(words(self.transaction, 0, len(pdu) + 1) + bytes([UNIT]) + pdu)
        return words(self.transaction)

    def receive(self, transaction):
        header = self.read(7)
        assert header[:4] == transaction + b"\0\0" and header[6] == UNIT, header.hex(" ")
        return self.read(int.from_bytes(header[4:6], "big") - 1)

    def read(self, length):
        data = b""
        while len(data) < length:
            part = self.stream.recv(length - len(data))
            assert part, "the device closed the connection"
            data += part
        return data

    def ask(self, pdu):
        return self.receive(self.send(pdu))


class Rtu:
    def __init__(self, address):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(10)
        self.socket.connect(address)

    def send(self, pdu, unit=UNIT):
        frame = bytes([unit]) + pdu
        self.socket.send(frame + crc(frame))

    def ask(self, pdu):
        self.send(pdu)
        frame = self.socket.recv(256)
        assert crc(frame[:-2]) == frame[-2:] and frame[0] == UNIT, frame.hex(" ")
        return frame[1:-2]


def expect(device, request, answer):
    found = device.ask(request)
    assert found == answer, f"{request.hex(' ')}: {found.hex(' ')}, not {answer.hex(' ')}"


def try_functions(device):
    # Values that nobody has written.
    expect(device, b"\x01" + words(0, 10), b"\x01\x02\0\0")
    expect(device, b"\x02" + words(0, 10), b"\x02\x02\xaa\x02")
    expect(device, b"\x03" + words(107, 3), b"\x03\x06" + words(107, 108, 109))
    expect(device, b"\x04" + words(65535, 1), b"\x04\x02" + words(65535))
    # Coils.
    expect(device, b"\x05" + words(172, 0xFF00), b"\x05" + words(172, 0xFF00))
    expect(device, b"\x01" + words(171, 3), b"\x01\x01\x02")
    expect(device, b"\x0f" + words(19, 10) + b"\x02\xcd\x01", b"\x0f" + words(19, 10))
    expect(device, b"\x01" + words(19, 10), b"\x01\x02\xcd\x01")
    # Registers.
    expect(device, b"\x06" + words(1, 3), b"\x06" + words(1, 3))
    expect(device, b"\x10" + words(2, 2) + b"\x04" + words(10, 258), b"\x10" + words(2, 2))
    expect(device, b"\x03" + words(0, 5), b"\x03\x0a" + words(0, 3, 10, 258, 4))
    expect(device, b"\x06" + words(4, 0x12), b"\x06" + words(4, 0x12))
    expect(device, b"\x16" + words(4, 0xF2, 0x25), b"\x16" + words(4, 0xF2, 0x25))
    expect(device, b"\x03" + words(4, 1), b"\x03\x02" + words(0x17))
    both = b"\x17" + words(13, 4, 14, 3) + b"\x06" + words(255, 255, 255)
    expect(device, both, b"\x17\x08" + words(13, 255, 255, 255))
    # The device says what it is.
    names = device.ask(b"\x2b\x0e\x01\0")
    assert names[:2] == b"\x2b\x0e" and b"\x07netpeer" in names, names.hex(" ")
    # Exceptions: function, address, quantity, value.
    expect(device, b"\x63", b"\xe3\x01")
    expect(device, b"\x03" + words(65535, 2), b"\x83\x02")
    expect(device, b"\x01" + words(0, 2001), b"\x81\x03")
    expect(device, b"\x05" + words(0, 1), b"\x85\x03")


def main():
    kind, address = sys.argv[1:]
    host, port = address.rsplit(":", 1)
    address = host, int(port)
    if kind == "tcp":
        device, other = Tcp(address), Tcp(address)
        try_functions(device)
        # Requests that do not wait for answers are answered in their order.
        sent = [device.send(b"\x03" + words(first, 1)) for first in range(100, 150)]
        for transaction, first in zip(sent, range(100, 150)):
            answer = device.receive(transaction)
            assert answer == b"\x03\x02" + words(first), answer.hex(" ")
        # Another connection sees the same device.
        expect(other, b"\x03" + words(1, 1), b"\x03\x02" + words(3))
    else:
        device = Rtu(address)
        try_functions(device)
        # A broadcast is carried out and not answered.
        device.send(b"\x06" + words(20, 8), unit=0)
        expect(device, b"\x03" + words(20, 1), b"\x03\x02" + words(8))
    print("as expected")


main()
