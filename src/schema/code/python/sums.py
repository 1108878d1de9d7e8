def reflected(value, width):
    return int(format(value, "0%db" % width)[::-1], 2)


def crc(width, poly, init, refin, refout, xorout):
    """A function that computes this CRC; the parameters are those of the CRC RevEng catalogue."""
    top, mask = 1 << width - 1, (1 << width) - 1

    def of(data):
        value = init
        for byte in data:
            value ^= (reflected(byte, 8) if refin else byte) << width - 8
            for _ in range(8):
                value = (value << 1 ^ poly if value & top else value << 1) & mask
        return (reflected(value, width) if refout else value) ^ xorout

    return of


def exclusive_or(data):
    value = 0
    for byte in data:
        value ^= byte
    return value
