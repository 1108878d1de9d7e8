def unscaled(field, value):
    offset = 0.0 if field.offset is None else field.offset
    return (float(value) - offset) / (1.0 if field.scale is None else field.scale)


def rounded(value):
    """The nearest whole number; a half away from 0, as in the program."""
    if value != value or abs(value) == float("inf"):
        raise ValueError("%r is no whole number" % value)
    whole_part = int(abs(value))
    return (whole_part + (abs(value) - whole_part >= 0.5)) * (-1 if value < 0 else 1)


def number_of_text(field, text):
    """The number that a text is: a name, an address, or digits."""
    for value, name in (field.names or {}).items():
        if name == text:
            return value
    if field.show == "ip" and text.count(".") == 3:
        return int(ipaddress.IPv4Address(text))
    for way in (int, lambda digits: int(digits, 0), float):
        try:
            return way(text)
        except ValueError:
            pass
    raise ValueError("%r is no number, and no name of a value" % text)


def whole_number(field, value):
    if isinstance(value, str):
        value = number_of_text(field, value.strip())
    if not isinstance(value, (int, float)):
        raise ValueError("a number is expected, not %r" % (value,))
    if field.scale is not None or field.offset is not None:
        return rounded(unscaled(field, value))
    if isinstance(value, float) and not value.is_integer():
        raise ValueError("%r is no whole number" % value)
    return int(value)


def float_bytes(field, width, value):
    value = 0.0 if value is None else value
    value = float(value.strip()) if isinstance(value, str) else value
    if not isinstance(value, (int, float)):
        raise ValueError("a number is expected, not %r" % (value,))
    if field.scale is not None or field.offset is not None:
        value = unscaled(field, value)
    try:
        return struct.pack(">f" if width == 4 else ">d", value)
    except OverflowError:
        raise ValueError("%r is too large for %d bytes" % (value, width)) from None


def content_bytes(field, of, value):
    """The bytes of a value, without what fills it up or ends it. Bytes stand for themselves."""
    if isinstance(value, ParsedText):
        value = value.source
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if of[0] == "text" and isinstance(value, (str, int)):
        return str(value).encode(of[1])
    if not isinstance(value, str):
        raise ValueError("bytes, or a text, are expected, not %r" % (value,))
    if field.show == "ip":
        try:
            return ipaddress.ip_address(value).packed
        except ValueError:
            pass
    try:
        # An address of Ethernet has colons.
        return bytes.fromhex(value.replace(":", " ").replace("-", " "))
    except ValueError:
        raise ValueError("%r is not in hexadecimal" % value) from None


class Writer(Builder):
    """The builder with numbers, texts and bytes."""

    def align(self):
        self.bit = 0

    def write_bits(self, value, count, lowest_first):
        for at in range(count):
            bit = value >> (at if lowest_first else count - 1 - at) & 1
            if self.bit == 0:
                self.data += b"\0"
            shift = self.bit if lowest_first else 7 - self.bit
            self.data = self.data[:-1] + bytes([self.data[-1] | bit << shift])
            self.bit = (self.bit + 1) % 8

    def write_varint(self, value):
        while value >= 0x80:
            self.data += bytes([value & 0x7F | 0x80])
            value >>= 7
        self.data += bytes([value])

    def write_number(self, around, node, of, value, follows):
        field, kind = FIELDS[node.field], of[0]
        if kind == "float":
            self.data += in_order(float_bytes(field, of[1], value), of[2])
            return
        if value is not None:
            value = whole_number(field, value)
        else:
            value = self.computed.get(node.number, 0) if follows else self.usual(around, field)
        bits = {"int": 8 * of[1], "bits": of[1]}[kind] if kind != "varint" else 64
        is_signed = kind == "int" and of[2] and field.relation is None
        least, most = (-(1 << bits - 1), (1 << bits - 1) - 1) if is_signed else (0, (1 << bits) - 1)
        if not least <= value <= most:
            raise ValueError("%d is not from %d to %d" % (value, least, most))
        if kind == "int":
            self.data += in_order((value & (1 << bits) - 1).to_bytes(of[1], "big"), of[3])
        elif kind == "bits":
            self.write_bits(value, of[1], of[2])
        else:
            self.write_varint(value)

    def usual(self, around, field):
        """The number of a field for which none is given: one that is valid, if such a one is known."""
        check = field.check or {}
        named = next((value for value in field.names or {} if value >= 0), 0)
        if field.check is None:
            return 0 if 0 in (field.names or {0: ""}) else named

        def bound(key, other):
            try:
                return self.ask(around, lambda scope: self.integer(check[key], scope)) if key in check else other
            except Refused:
                return other

        if "eq" in check:
            return bound("eq", 0)
        if "any_of" in check:
            try:
                return self.ask(around, lambda scope: self.integer(check["any_of"][0], scope))
            except Refused:
                return 0
        if "in_enum" in check:
            return named
        return max(bound("min", 0), 0) or min(bound("max", 0), 0)

    def write_content(self, around, node, of, value, free):
        field = FIELDS[node.field]
        size = None if field.contents is None else len(field.contents)
        if field.size is not None:
            size = None
            try:
                if not free:
                    size = self.ask(around, lambda scope: self.integer(field.size, scope))
            except Refused as refused:
                # It may depend on the end of the message.
                if str(refused) != ABSENT:
                    raise ValueError(str(refused)) from None
        if size is not None and not 0 <= size <= LONGEST_MESSAGE:
            raise ValueError(outside(size))
        if value is not None:
            raw = content_bytes(field, of, value)
        elif field.contents is not None:
            raw = field.contents
        else:
            # A text is blank, and bytes are 0.
            blank = 0x20 if of[0] == "text" and field.terminator is None else 0
            raw = bytes([blank if field.pad is None else field.pad]) * (size or 0)
        content = len(raw)
        if field.terminator is not None and not field.terminator[1]:
            byte, _, consume, _ = field.terminator
            if byte in raw and (size is None or value is not None and content < size):
                raise ValueError("the byte %d ends it, and stands in it" % byte)
            if consume and (size is None or len(raw) < size):
                raw += bytes([byte])
        if size is not None:
            fill = 0 if field.pad is None and field.terminator is not None else field.pad
            if fill is not None:
                raw += bytes([fill]) * (size - len(raw))
            if len(raw) != size:
                self.note(node, "has %d bytes, and %d are described" % (content, size))
        self.data += raw
        if field.size is not None and free:
            self.find(around, node, field.size_from, len(raw))


def is_same(one, other):
    """Whether a value that was written is the one that is read."""
    if type(one) is not type(other):
        return False
    if type(one) is Struct:
        return one.type == other.type
    if type(one) is Text:
        return one.raw == other.raw
    if isinstance(one, float):
        return struct.pack(">d", one) == struct.pack(">d", other)
    return one == other


def difference(one, other):
    """The first node that was written and is read as something else."""
    if not is_same(one.value, other.value):
        return one
    ours, theirs = one.children, other.children
    if type(one.value) is Struct:
        # Instances and parameters are not written.
        seq = TYPES[one.value.type].seq
        theirs = [node for node in theirs if node.field in seq]
        # A field without bytes may be absent where the message ends.
        there = {node.field for node in theirs}
        ours = [node for node in ours if node.field in seq and (node.begin < node.end or node.field in there)]
    for mine, read in zip(ours, theirs):
        found = mine if mine.field != read.field else difference(mine, read)
        if found is not None:
            return found
    return None if len(ours) == len(theirs) else one


def written(fields, exact, only_given):
    """The bytes of a message, and the nodes that are read of them."""
    computed = {}
    for _ in range(PASSES):
        writer = Writer(computed, exact, only_given)
        writer.message(fields)
        if writer.found != computed and not writer.is_final:
            computed = writer.found
            continue
        if writer.problem is not None:
            raise writer.problem
        reader = Reader(writer.data)
        node = difference(writer.root, reader.decode())
        if node is not None:
            raise ValueError("%s: would be read as something else" % (path(node) or NAME))
        return writer.data, reader.nodes
    raise ValueError("%s: its lengths depend on each other" % NAME)


def build(fields=None, exact=False):
    """The bytes of a message of these values: a dictionary such as `parse` returns.

    Lengths, counts, checksums and constants that are left out are computed. Those that are in the
    dictionary stay where they are right, and are computed where they are not, so that a message can
    be parsed, changed and built again. With `exact=True` they stay even if they are wrong: for tests
    of a receiver. A field that is left out has its usual value: one that is valid, else 0 or nothing.

    `ValueError` names the field that cannot have its value; `NotImplementedError` names one that
    cannot be built.
    """
    fields = {} if fields is None else fields
    if not isinstance(fields, dict):
        raise ValueError("%s: a dictionary is expected, not %r" % (NAME, fields))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20_000))
    try:
        # The message that has no other fields than these, or that which has those, too, which
        # belong to them.
        checked = (lambda data, _: data) if exact else whole
        try:
            return checked(*written(fields, True, True))
        except ValueError:
            pass
        return checked(*written(fields, exact, False))
    finally:
        sys.setrecursionlimit(limit)


def whole(data, nodes):
    """A message that is as described."""
    for node in nodes:
        if node.fault is None:
            continue
        text = "%s: %s" % (path(node) or NAME, node.fault)
        if node.field is not None and FIELDS[node.field].pos is not None:
            raise NotImplementedError(text + " (it stands at a place of its own, which is not built)")
        raise ValueError(text)
    return data
