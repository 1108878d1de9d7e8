# The longest message of a stream, in bytes: a wrong length must not fill the memory.
LONGEST_MESSAGE = 16 << 20


def unstuffed(raw):
    """A message without the escapes of SLIP (RFC 1055) or the codes of COBS."""
    if FRAMING[0] == "slip":
        parts = raw.split(b"\xdb")
        if any(part[:1] not in (b"\xdc", b"\xdd") for part in parts[1:]):
            raise ValueError("an escape of SLIP is not complete")
        ends = {b"\xdc": b"\xc0", b"\xdd": b"\xdb"}
        return parts[0] + b"".join(ends[part[:1]] + part[1:] for part in parts[1:])
    message, at = b"", 0
    while at < len(raw):
        code = raw[at]
        part = raw[at + 1 : at + code]
        if len(part) < code - 1:
            raise ValueError("a code of COBS leads beyond the message")
        at += code
        # A code stands for the zero behind its part, but for 255 and at the end.
        message += part + (b"\0" if code < 255 and at < len(raw) else b"")
    return message


def stuffed(message):
    if FRAMING[0] == "slip":
        return message.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")
    raw = b""
    for part in message.split(b"\0"):
        while len(part) >= 254:
            raw, part = raw + b"\xff" + part[:254], part[254:]
        raw += bytes([len(part) + 1]) + part
    return raw


def length_at(buffer):
    """The length of the header and of the message with it; `None` if the header is not whole."""
    offset = FRAMING[1]
    if FRAMING[0] == "varint":
        value = 0
        for at, byte in enumerate(buffer[offset : offset + 10]):
            value |= (byte & 0x7F) << 7 * at
            if byte < 0x80:
                header = offset + at + 1
                return header, header + value
        if len(buffer) >= offset + 10:
            raise ValueError("a length has no end")
        return None
    _, _, width, order, more = FRAMING
    header = offset + width
    if len(buffer) < header:
        return None
    return header, int.from_bytes(buffer[offset:header], order) + more


def end_of_message(buffer, seen):
    """Where the first message ends, and where the next one begins; `None` if it is not whole.

    The first `seen` bytes were looked at before."""
    kind = FRAMING[0]
    if kind in ("end", "slip", "cobs"):
        end = {"slip": b"\xc0", "cobs": b"\0"}.get(kind) or FRAMING[1]
        at = buffer.find(end, max(seen - len(end) + 1, 0))
        if at < 0:
            return None
        is_line = kind == "end" and FRAMING[2] and buffer[at - 1 : at] == b"\r"
        return at - is_line, at + len(end)
    header, total = (0, FRAMING[1]) if kind == "fixed" else length_at(buffer) or (0, None)
    if total is not None and not header <= total <= LONGEST_MESSAGE:
        raise ValueError("a length of %d cannot be right" % total)
    return None if total is None or len(buffer) < total else (total, total)


def chunks_of(source):
    """The bytes of a socket, of a binary file, or of anything that gives them piece by piece."""
    if isinstance(source, (bytes, bytearray)):
        for at in range(0, len(source), 65536):
            yield source[at : at + 65536]
    elif hasattr(source, "recv"):
        while True:
            chunk = source.recv(65536)
            if not chunk:
                return
            yield chunk
    elif hasattr(source, "read"):
        # `read1` returns what there is, `read` waits for all of it.
        read = getattr(source, "read1", source.read)
        while True:
            chunk = read(65536)
            if not chunk:
                return
            yield chunk
    else:
        yield from source


def read_messages(source):
    """The messages of a stream, one after the other, as bytes for `parse`.

    TCP keeps bytes in order, and no boundaries: a read may end within a message, or have several.
    `source` is a connected socket, a binary file, or an iterable of bytes. `ValueError` where the
    bytes cannot be right, `EOFError` where the stream ends within a message.
    """
    if FRAMING is None:
        raise NotImplementedError(NAME + ": where its messages end in a stream is not described")
    return messages_in(source)


def messages_in(source):
    buffer = b""
    for chunk in chunks_of(source):
        seen, at = len(buffer), 0
        buffer += chunk
        while at < len(buffer):
            # What is left of the buffer begins with a message.
            rest = buffer[at:] if at else buffer
            ends = end_of_message(rest, seen)
            if ends is None:
                break
            message, seen = rest[: ends[0]], 0
            at += ends[1]
            if FRAMING[0] in ("slip", "cobs"):
                # SLIP also begins with the byte that ends a message.
                if not message:
                    continue
                message = unstuffed(message)
            yield message[STREAM_PREFIX:]
        buffer = buffer[at:]
        if len(buffer) > LONGEST_MESSAGE:
            raise ValueError("a message is longer than %d bytes" % LONGEST_MESSAGE)
    if buffer:
        raise EOFError("the stream ended within a message, behind %d bytes of it" % len(buffer))


def to_stream(message):
    """A message as it stands in a stream: with the length before it or the bytes behind it."""
    if FRAMING is None:
        raise NotImplementedError(NAME + ": where its messages end in a stream is not described")
    kind, first = FRAMING[0], FRAMING[1] if len(FRAMING) > 1 else None
    if kind == "end":
        return message + first
    if kind in ("slip", "cobs"):
        return stuffed(message) + (b"\xc0" if kind == "slip" else b"\0")
    if STREAM_PREFIX == 0:
        return message
    if kind != "length" or STREAM_PREFIX != first + FRAMING[2] or first != 0:
        raise NotImplementedError(NAME + ": what stands before a message is not described")
    _, _, width, order, more = FRAMING
    return (len(message) + width - more).to_bytes(width, order) + message
