def plain_text(text, texts):
    parts = list(pieces(text.raw, text.codec))
    if not all(isinstance(part, str) for part in parts):
        # Bytes that are no text are shown as bytes.
        return ParsedText(text.raw.hex(), text.raw) if texts else text.raw
    shown = "".join(parts)
    # Some encodings have several forms of a character.
    is_exact = shown.encode(text.codec, "replace") == text.raw
    return shown if is_exact else ParsedText(shown, text.raw)


def says_all(node, between=()):
    """Whether the text of a type, with these texts between its parts, says what stands there."""
    value = node.value
    if type(value) is Text:
        text = plain_text(value, True)
        is_part = text and not any(one in text for one in between)
        return type(text) is str and (not between or is_part)
    written = TYPES[value.type].written if type(value) is Struct else None
    if written is not None and written[1] is not None:
        between = (*between, written[1])
    return all(says_all(one, between) for one in node.children)


def shown_text(node):
    """The text of a type. One that does not say its fields has them with it."""
    written = TYPES[node.value.type].written
    if written is None or says_all(node):
        return node.text
    return ParsedText(node.text, plain(node, False))


def address(show, raw):
    if show == "mac":
        return raw.hex(":")
    if show == "ip" and len(raw) == 4:
        return ".".join(map(str, raw))
    if show == "ip" and len(raw) == 16:
        six = ipaddress.IPv6Address(raw)
        return "::ffff:%s" % six.ipv4_mapped if six.ipv4_mapped else str(six)
    return raw.hex()


def as_written(value):
    """The shortest decimal number that a number of four bytes is."""
    if value != value or abs(value) == float("inf"):
        return float(value)
    for digits in range(1, 10):
        context = decimal.Context(prec=digits, rounding=decimal.ROUND_HALF_UP)
        short = float(context.plus(decimal.Decimal(float(value))))
        # What is rounded up may be beyond the largest of them.
        if abs(short) < 3.4028235677973366e38 and struct.pack(">f", short) == struct.pack(">f", value):
            return short
    return float(value)


def plain_number(field, value):
    if type(value) is Single:
        value = as_written(value)
    if field is not None and (field.scale is not None or field.offset is not None):
        scale = 1.0 if field.scale is None else field.scale
        offset = 0.0 if field.offset is None else field.offset
        value = float("%.*f" % (field.digits, float(value) * scale + offset))
    if is_int(value):
        return value if -(1 << 63) <= value < 1 << 64 else str(value)
    if value != value:
        return "NaN"
    return value if abs(value) != float("inf") else str(value)


def plain(node, texts=True):
    """The value of a node for programs: without unit, with its scale, by its name if it has one."""
    value, field = node.value, FIELDS[node.field] if node.field is not None else None
    if texts and node.text is not None:
        return shown_text(node)
    if type(value) is Struct:
        parts = [one for one in node.children if one.field is not None and not FIELDS[one.field].helper]
        return {FIELDS[one.field].name: plain(one, texts) for one in parts}
    if value is LIST:
        return [plain(one, texts) for one in node.children]
    if value is MISSING:
        return None
    if type(value) in (int, bool):
        if field.names is not None and int(value) in field.names:
            return field.names[int(value)]
        if is_int(value) and field.show == "ip" and 0 <= value < 1 << 32:
            return ".".join(map(str, value.to_bytes(4, "big")))
    if type(value) is Text:
        return plain_text(value, texts)
    if type(value) is MadeBytes:
        return value.hex()
    if type(value) is bytes:
        return address(field.show, value)
    return value if type(value) in (bool, str) else plain_number(field, value)


def path(node):
    """The path of a node: `queries[0].name`."""
    parts = []
    while node is not None and node.field is not None:
        index = "" if node.index is None else "[%d]" % node.index
        parts.append(FIELDS[node.field].name + index)
        node = node.parent
        if node is not None and node.value is LIST:
            node = node.parent
    return ".".join(reversed(parts))


def decode(data, texts=True):
    """The fields of a message, and its faults: a list of paths and texts.

    A field that could not be read is `None`; those behind it are not there.
    """
    decoder = Reader(bytes(data))
    limit = sys.getrecursionlimit()
    # Types nested as deeply as they may be need more than Python's usual limit.
    sys.setrecursionlimit(max(limit, 20_000))
    try:
        root = decoder.decode()
        faults = [(path(node), node.fault) for node in decoder.nodes if node.fault is not None]
        return plain(root, texts), faults
    finally:
        sys.setrecursionlimit(limit)


def parse(data, texts=True):
    """The fields of a message as a dictionary; `ValueError` with its place for the first fault.

    A type that is shown as a text, such as a name in DNS, is that text; with `texts=False` it is a
    dictionary of its fields, and bytes that are no text in their encoding are bytes. Of these, `build`
    makes the same message, but for bytes that no field describes. Without it, such bytes are a text in
    hexadecimal, and a text of which other bytes would be made is a `ParsedText`, which keeps those that
    it was read from: JSON does not.
    """
    fields, faults = decode(data, texts)
    if faults:
        place, fault = faults[0]
        raise ValueError("%s: %s" % (place or NAME, fault))
    return fields


def main():
    """Reads a message in hexadecimal from each line, and prints its fields as a line of JSON."""
    status = 0
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            data = bytes.fromhex(line)
        except ValueError as error:
            print(json.dumps({"error": str(error)}), flush=True)
            status = 1
            continue
        fields, faults = decode(data)
        row = {"fields": fields}
        if faults:
            row["fault"] = {"field": faults[0][0], "said": faults[0][1]}
            status = 1
        print(json.dumps(row), flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
