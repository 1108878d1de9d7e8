class Expression:
    """A function of a scope, and the number of its steps."""

    def __init__(self, steps, value):
        self.steps, self.value = steps, value


class Field:
    """What the description says of a field."""

    def __init__(self, name, of, **more):
        self.name, self.of = name, of
        # A function that gives its type for a value, instead of one type.
        self.chosen = more.get("chosen")
        # Whether there is no field for a value without a type.
        self.optional = more.get("optional", False)
        self.repeat = more.get("repeat", ("once", None))
        self.condition = more.get("condition")
        self.size = more.get("size")
        self.to_end = more.get("to_end", False)
        # (byte, include, consume, required)
        self.terminator = more.get("terminator")
        self.pad = more.get("pad")
        self.contents = more.get("contents")
        self.names = more.get("names")
        self.check = more.get("check")
        self.pos, self.io = more.get("pos"), more.get("io")
        self.value = more.get("value")
        # What its type is given for its parameters: a list.
        self.arguments = more.get("arguments")
        self.scale, self.offset = more.get("scale"), more.get("offset")
        # Digits of a scaled number behind the point.
        self.digits = more.get("digits", 0)
        self.unit, self.show, self.doc = more.get("unit"), more.get("show"), more.get("doc")
        # Whether it only helps other fields to be read.
        self.helper = more.get("helper", False)
        # ("counts" or a function for a checksum, the first of the fields, the one behind them)
        self.relation = more.get("relation")
        # To build: the fields in its condition, and those that have the same condition.
        self.depends, self.alike = more.get("depends", ()), more.get("alike", ())
        # The numbers that say its size or how often it is there, with the steps from that to them.
        self.size_from, self.times_from = more.get("size_from", ()), more.get("times_from", ())


class Type:
    """The places of its fields, instances and parameters among all fields, and its text."""

    def __init__(self, seq, instances, params, text=None, written=None):
        self.seq, self.instances, self.params, self.text = seq, instances, params, text
        # The field that the text is made of, and what stands between its elements.
        self.written = written


class Node:
    """A field that was read."""

    def __init__(self, field, value, begin, end, parent=None, index=None):
        self.field, self.value, self.index = field, value, index
        self.begin, self.end, self.parent = begin, end, parent
        self.text = self.fault = None
        self.children, self.first = [], {}
        if parent is not None:
            parent.children.append(self)
            parent.first.setdefault(field, self)

    def mark(self, fault):
        if self.fault is None:
            self.fault = fault

    def fail(self, fault):
        self.mark(fault)
        raise Stop


class Cursor:
    """A place in a stream."""

    def __init__(self, begin, end):
        self.at, self.bit, self.begin, self.end = begin, 0, begin, end

    def left(self):
        return max(self.end - self.at, 0)

    def align(self):
        if self.bit:
            self.at, self.bit = self.at + 1, 0


class Short(Exception):
    """A value is not whole: its fault, and what there is of it."""

    def __init__(self, fault, value=MISSING):
        super().__init__(fault)
        self.fault, self.value = fault, value


def missing(count):
    return "{:,} {} missing".format(count, "byte" if count == 1 else "bytes")


def outside(size):
    return "%d is outside the message" % size


def take(cursor, count, data):
    found = data[cursor.at : cursor.at + min(count, cursor.left())]
    cursor.at += len(found)
    if len(found) < count:
        raise Short(missing(count - len(found)))
    return found


def in_order(raw, order):
    """The bytes with the highest first."""
    if order == "badc":
        return b"".join(raw[at : at + 2][::-1] for at in range(0, len(raw), 2))
    if order == "cdab":
        return b"".join(raw[at : at + 2] for at in range(len(raw) - 2, -1, -2))
    return raw[::-1] if order == "le" else raw


def read_number(of, cursor, data):
    kind = of[0]
    if kind == "bits":
        return read_bits(of[1], of[2], cursor, data)
    if kind == "varint":
        return read_varint(cursor, data)
    raw = in_order(take(cursor, of[1], data), of[-1])
    if kind == "float":
        value = struct.unpack(">f" if of[1] == 4 else ">d", raw)[0]
        return Single(value) if of[1] == 4 else value
    return int.from_bytes(raw, "big", signed=of[2])


def read_bits(count, lowest_first, cursor, data):
    value = done = 0
    while done < count:
        if not cursor.left():
            raise Short(missing((count - done + 7) // 8))
        here = min(8 - cursor.bit, count - done)
        shift = cursor.bit if lowest_first else 8 - cursor.bit - here
        part = data[cursor.at] >> shift & (1 << here) - 1
        value = value | part << done if lowest_first else value << here | part
        done += here
        cursor.bit += here
        if cursor.bit == 8:
            cursor.at, cursor.bit = cursor.at + 1, 0
    return value == 1 if count == 1 else value


def read_varint(cursor, data):
    value = 0
    for at in range(10):
        byte = take(cursor, 1, data)[0]
        bits = (byte & 0x7F) << 7 * at
        if bits >> 64:
            break
        value |= bits
        if byte < 0x80:
            return value
    raise Short("not a valid value")


class Decoder:
    def __init__(self, data):
        self.data, self.depth, self.steps, self.at_work = data, 0, 0, []
        self.root = Node(None, Struct(0, 0, len(data)), 0, len(data))
        # All of them, in the order in which they were read.
        self.nodes = [self.root]

    def decode(self):
        """Reads the message, and returns its node."""
        cursor = Cursor(0, len(self.data))
        stopped = False
        try:
            self.structure(self.root, 0, cursor)
        except Stop:
            stopped = True
        cursor.align()
        self.root.end = cursor.at
        rest = cursor.left()
        if rest and not stopped:
            self.root.mark("{:,} {} more than described".format(rest, "byte" if rest == 1 else "bytes"))
        return self.root

    def node(self, parent, field, value, begin, index=None):
        self.nodes.append(Node(field, value, begin, begin, parent, index))
        return self.nodes[-1]

    def broken(self, parent, field, cursor, fault):
        self.node(parent, field, MISSING, cursor.at).fail(fault)

    def structure(self, node, of, cursor):
        of = TYPES[of]
        self.depth += 1
        try:
            if self.depth > DEPTH:
                node.fail(TOO_MUCH)
            for field in of.seq:
                self.field(node, field, cursor)
            self.check_relations(node, of.seq.start)
            for field in of.instances:
                self.instance(node, field)
            if of.text is not None:
                self.set_text(node, of.text, cursor)
        finally:
            self.depth -= 1

    def set_text(self, node, text, cursor):
        try:
            text = self.evaluate(text, Scope(self, node, cursor))
        except Refused:
            return
        if type(text) is str:
            node.text = text

    def field(self, around, number, cursor):
        field, scope = FIELDS[number], Scope(self, around, cursor)
        way, expression = field.repeat
        times = None
        try:
            if field.condition is not None and not self.truth(field.condition, scope):
                return
            if way == "expr":
                times = self.integer(expression, scope)
        except Refused as refused:
            self.broken(around, number, cursor, str(refused))
        if way == "once":
            if field.optional and not self.has_type(field, scope):
                return
            self.element(around, around, number, cursor)
            return
        if times is not None and times < 0:
            self.broken(around, number, cursor, outside(times))
        begin = cursor.at
        list_ = self.node(around, number, LIST, begin)
        try:
            self.elements(list_, number, cursor, (way, expression, times))
        finally:
            list_.end = max(cursor.at, begin)

    def elements(self, list_, number, cursor, repeat):
        way, expression, times = repeat
        count = 0
        while True:
            if count == times or way == "eos" and not cursor.left():
                return
            before = cursor.at, cursor.bit
            element = self.element(list_.parent, list_, number, cursor, count)
            count += 1
            if way == "until":
                scope = Scope(self, list_.parent, cursor, element, count - 1)
                try:
                    if self.truth(expression, scope):
                        return
                except Refused as refused:
                    element.fail(str(refused))
            # Elements without bytes would never end.
            if times is None and before == (cursor.at, cursor.bit):
                list_.fail(TOO_MUCH)

    def element(self, around, parent, number, cursor, index=None):
        field = FIELDS[number]
        if len(self.nodes) >= FIELDS_OF_A_MESSAGE:
            parent.fail(TOO_MUCH)
        of = field.of
        if field.chosen:
            try:
                of = self.choose(field, Scope(self, around, cursor))
            except Refused as refused:
                self.broken(parent, number, cursor, str(refused))
            if of is None:
                self.broken(parent, number, cursor, "no type is described for this value")
        if of[0] != "bits":
            cursor.align()
        begin = cursor.at
        node = self.node(parent, number, MISSING, begin, index)
        fault = None
        try:
            if of[0] == "struct":
                if field.arguments is not None:
                    self.give(node, of[1], field.arguments, Scope(self, around, cursor, None, index))
                self.inner(node, of[1], around, cursor)
                return node
            node.value = self.value_of(field, of, around, cursor)
        except Short as short:
            node.value, fault = short.value, short.fault
        finally:
            node.end = max(cursor.at + (cursor.bit > 0), begin)
        if fault is not None:
            node.fail(fault)
        self.check(node, field, around, cursor)
        return node

    def has_type(self, field, scope):
        try:
            return self.choose(field, scope) is not None
        except Refused:
            # The field says why.
            return True

    def choose(self, field, scope):
        on, cases, other = field.chosen
        value = self.evaluate(on, scope)
        for case, of in cases:
            if is_equal(value, self.evaluate(case, scope)):
                return of
        return other

    def value_of(self, field, of, around, cursor):
        if of[0] not in ("bytes", "text"):
            return read_number(of, cursor, self.data)
        begin, end, fault = self.window(field, around, cursor, field.contents)
        value = self.data[begin:end]
        if of[0] == "text":
            value = Text(value, of[1])
        if fault is not None:
            raise Short(fault, value)
        return value

    def give(self, node, of, arguments, scope):
        """Gives a type its parameters."""
        try:
            values = self.evaluate(arguments, scope)
            for number, value in zip(TYPES[of].params, values):
                if len(self.nodes) >= FIELDS_OF_A_MESSAGE:
                    raise Refused(TOO_LONG)
                self.node(node, number, kept(self, value), 0)
        except Refused as refused:
            node.fail(str(refused))

    def inner(self, node, of, around, cursor):
        field = FIELDS[node.field]
        if field.size is None and not field.to_end and field.terminator is None:
            node.value = Struct(of, cursor.begin, cursor.end)
            self.structure(node, of, cursor)
            return
        begin, end, fault = self.window(field, around, cursor)
        node.value = Struct(of, begin, end)
        try:
            self.structure(node, of, Cursor(begin, end))
        except Stop:
            pass  # What does not fit into its own stream ends there.
        if fault is not None:
            node.fail(fault)

    def window(self, field, around, cursor, contents=None):
        """Where its bytes begin and end, and its fault or `None`."""
        begin, size = cursor.at, None
        if field.size is not None:
            try:
                size = self.integer(field.size, Scope(self, around, cursor))
            except Refused as refused:
                return begin, begin, str(refused)
            if size < 0:
                return begin, begin, outside(size)
        elif contents is not None:
            size = len(contents)
        elif field.to_end:
            size = cursor.left()
        if size is None:
            return self.terminated(field, cursor)
        there = min(size, cursor.left())
        cursor.at += there
        end = begin + there
        if there < size:
            return begin, end, missing(size - there)
        if field.terminator is not None:
            byte, include = field.terminator[:2]
            at = self.data.find(byte, begin, end)
            end = at + include if at >= 0 else end
        if field.pad is not None:
            while end > begin and self.data[end - 1] == field.pad:
                end -= 1
        return begin, end, None

    def terminated(self, field, cursor):
        begin = cursor.at
        if field.terminator is None:
            return begin, begin, None
        byte, include, consume, required = field.terminator
        at = self.data.find(byte, begin, cursor.end)
        if at < 0:
            cursor.at += max(cursor.end - begin, 0)
            return begin, cursor.at, "the byte that ends it is missing" if required else None
        cursor.at = at + consume
        return begin, at + include, None
