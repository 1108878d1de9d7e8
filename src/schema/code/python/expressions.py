class Scope:
    """Where an expression stands: its type, and what `_`, `_index` and `_io.pos` are."""

    def __init__(self, decoder, structure, cursor, element=None, index=None):
        self.decoder, self.structure, self.at = decoder, structure, cursor.at
        self.element, self.index = element, index

    def field(self, number):
        return field_value(self.decoder, self.structure, number)

    def name(self, name):
        if name == "_" and self.element is not None:
            return value_of_node(self.element)
        if name == "_index" and self.index is not None:
            return self.index
        if name == "_root":
            return self.decoder.root
        if name in ("_parent", "_io"):
            return self.member(self.structure, name)
        if name in ("_", "_index"):
            raise Refused(ABSENT)
        return child(self.decoder, self.structure, name)

    def member(self, of, name, *arguments):
        if type(of) is Node and name == "join":
            return self.join(of, arguments)
        if type(of) is Node:
            return self.member_of_node(of, name)
        if type(of) is Stream:
            # Its end is not known while it is written.
            if is_open(of) and name in ("size", "eof"):
                raise Refused(ABSENT)
            if name == "size":
                return of.end - of.begin
            if name == "pos":
                return max(self.at - of.begin, 0)
            if name == "eof":
                return self.at >= of.end
        if type(of) is bytes and name == "xor":
            self.decoder.spend(len(of) // BYTES_PER_STEP)
        return member_of_value(of, name, arguments)

    def element_of(self, of, index):
        if not is_int(index):
            raise Refused(KIND)
        if index < 0:
            raise Refused(ABSENT)
        if type(of) is Node:
            self.decoder.spend(index)
        elif type(of) not in (list, bytes):
            raise Refused(KIND)
        all_ = of.children if type(of) is Node else of
        if index >= len(all_):
            raise Refused(ABSENT)
        return value_of_node(all_[index]) if type(of) is Node else all_[index]

    def join(self, of, arguments):
        """The texts of the elements that are not empty, with one between them."""
        if len(arguments) != 1 or type(arguments[0]) is not str:
            raise Refused(KIND)
        self.decoder.spend(len(of.children))
        texts = []
        for element in of.children:
            value = value_of_node(element)
            text = value if element.text is None else element.text
            if type(text) is not str:
                raise Refused(KIND)
            texts.append(text)
        return made_text(arguments[0].join(text for text in texts if text))

    def member_of_node(self, node, name):
        if type(node.value) is Struct:
            if name == "_io":
                return Stream(node.value.begin, node.value.end)
            if name == "_root":
                return self.decoder.root
            if name != "_parent":
                return child(self.decoder, node, name)
            around = node.parent
            while around is not None and around.value is LIST:
                around = around.parent
            if around is None:
                raise Refused(ABSENT)
            return around
        if node.value is not LIST:
            raise Refused(UNSUPPORTED)
        self.decoder.spend(len(node.children))
        if name in ("size", "length"):
            return len(node.children)
        if name not in ("first", "last", "min", "max"):
            raise Refused(UNSUPPORTED)
        if not node.children:
            raise Refused(ABSENT)
        if name in ("first", "last"):
            return value_of_node(node.children[0 if name == "first" else -1])
        values = [value_of_node(element) for element in node.children]
        found = values[0]
        for value in values[1:]:
            order = compare(value, found)
            if order < 0 if name == "min" else order > 0:
                found = value
        return found


def field_value(decoder, structure, number):
    """The value of a field, or of an instance, which is read if it was not."""
    if number in structure.first:
        return value_of_node(structure.first[number])
    if type(structure.value) is not Struct:
        raise Refused(KIND)
    if number not in TYPES[structure.value.type].instances:
        raise Refused(ABSENT)
    if (structure, number) in decoder.at_work:
        raise Refused(CIRCULAR)
    node = decoder.instance(structure, number)
    if node is None:
        raise Refused(ABSENT)
    return value_of_node(node)


def child(decoder, structure, name):
    if type(structure.value) is not Struct:
        raise Refused(KIND)
    of = TYPES[structure.value.type]
    for number in (*of.seq, *of.instances, *of.params):
        if FIELDS[number].name == name:
            return field_value(decoder, structure, number)
    raise Refused(ABSENT)


def value_of_node(node):
    value = node.value
    if value is MISSING:
        raise Refused(ABSENT)
    if value is LIST or type(value) is Struct:
        return node
    if type(value) is Single:
        return float(value)
    if type(value) is MadeBytes:
        return bytes(value)
    if type(value) is Text:
        return text_of(value.raw, value.codec)
    return value


def kept(decoder, value):
    """A computed value, as a node keeps it."""
    if type(value) is Stream:
        return decoder.data[value.begin : value.end]
    if type(value) is bytes:
        return MadeBytes(value)
    return MISSING if type(value) in (Node, list) else value


class Reader(Decoder):
    """The decoder with its expressions, instances and checks."""

    def spend(self, steps):
        self.steps += steps
        if self.steps > STEPS:
            raise Refused(TOO_LONG)

    def evaluate(self, expression, scope):
        if type(expression) is not Expression:
            return expression
        self.spend(expression.steps)
        return expression.value(scope)

    def truth(self, expression, scope):
        value = self.evaluate(expression, scope)
        if type(value) is not bool:
            raise Refused(KIND)
        return value

    def integer(self, expression, scope):
        value = self.evaluate(expression, scope)
        if not is_int(value):
            raise Refused(KIND)
        return value

    def instance(self, around, number):
        if number in around.first or (around, number) in self.at_work:
            return around.first.get(number)
        if len(self.nodes) >= FIELDS_OF_A_MESSAGE or self.depth >= DEPTH:
            around.mark(TOO_MUCH)
            return None
        self.at_work.append((around, number))
        self.depth += 1
        try:
            self.read_instance(around, number, around.value)
        except Stop:
            return None
        finally:
            self.depth -= 1
            self.at_work.pop()
        return around.first.get(number)

    def read_instance(self, around, number, stream):
        field, cursor = FIELDS[number], Cursor(stream.begin, stream.end)
        scope = Scope(self, around, cursor)
        try:
            if field.condition is not None and not self.truth(field.condition, scope):
                return
            if field.value is not None:
                value = kept(self, self.evaluate(field.value, scope))
                self.node(around, number, value, 0)
                return
            if field.io is not None:
                stream = self.evaluate(field.io, scope)
                if type(stream) is not Stream:
                    raise Refused(KIND)
                cursor = Cursor(stream.begin, stream.end)
            at = self.integer(field.pos, scope) if field.pos is not None else 0
        except Refused as refused:
            self.broken(around, number, cursor, str(refused))
        if not 0 <= at <= cursor.left():
            self.broken(around, number, cursor, outside(at))
        cursor.at += at
        self.field(around, number, cursor)

    def check(self, node, field, around, cursor):
        if field.contents is not None and self.data[node.begin : node.end] != field.contents:
            node.mark("other bytes always stand here")
        if field.check is not None:
            scope = Scope(self, around, cursor, node)
            try:
                if not self.is_valid(node, field, scope):
                    node.mark("not a valid value")
            except Refused as refused:
                node.mark(str(refused))

    def is_valid(self, node, field, scope):
        value, check = value_of_node(node), field.check
        if "eq" in check and not is_equal(value, self.evaluate(check["eq"], scope)):
            return False
        if "min" in check and compare(value, self.evaluate(check["min"], scope)) < 0:
            return False
        if "max" in check and compare(value, self.evaluate(check["max"], scope)) > 0:
            return False
        if "any_of" in check:
            all_ = [self.evaluate(one, scope) for one in check["any_of"]]
            if not any(is_equal(value, one) for one in all_):
                return False
        if "in_enum" in check and not (is_int(value) and value in (field.names or {})):
            return False
        return "expr" not in check or self.truth(check["expr"], scope)

    def check_relations(self, around, first):
        for node in list(around.children):
            relation = FIELDS[node.field].relation
            if relation is None or not is_int(node.value):
                continue
            # A signed number is compared by its bits.
            bits = 8 * min(node.end - node.begin, 8)
            value = node.value + (1 << bits) if node.value < 0 else node.value
            right = self.right(around, first, relation)
            if value != right:
                node.mark("should be " + (f"{right:,}" if relation[0] == "counts" else f"0x{right:X}"))

    def right(self, around, first, relation):
        """The length or the checksum of the fields that a relation covers."""
        kind, begin, end = relation
        covered = [one for one in around.children if first + begin <= one.field < first + end]
        data = b""
        if covered:
            data = self.data[min(one.begin for one in covered) : max(one.end for one in covered)]
        return len(data) if kind == "counts" else kind(data)
