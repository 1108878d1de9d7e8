# The end of a stream that is not known yet, and how often a message is written until its lengths agree.
OPEN, PASSES = 1 << 62, 8


def is_open(stream):
    return stream.end >= OPEN


def solve(ways, wanted):
    """The number that says a length, and what it must be: each way leads back from the length."""
    for number, steps in ways:
        value = wanted
        for operator, by in steps:
            if operator == "/" and (by == 0 or value % by):
                break
            value = INTEGERS[operator](value, by)
        else:
            return number, value
    return None


def says(ways):
    """The number that says a length, whatever that is."""
    found = solve(ways, 0)
    return None if found is None else found[0]


def lengths_of(seq):
    """The numbers of a type that say how long later fields are or how often they are there."""
    pairs = [(says(ways), number) for number in seq for ways in (FIELDS[number].size_from, FIELDS[number].times_from)]
    return [(number, of) for number, of in pairs if number in seq and number < of and can_follow(FIELDS[number])]


def can_follow(field):
    is_number = field.chosen is None and field.of[0] in ("int", "bits", "varint")
    return is_number and field.relation is None and field.repeat[0] == "once"


class Level:
    """The fields of one type while it is written: which are given, and which follow from others."""

    def __init__(self, type_, values, exact, only_given):
        self.lengths, self.only_given = lengths_of(type_.seq), only_given
        named = {number: values.get(FIELDS[number].name) for number in type_.seq}
        self.given = {number: value for number, value in named.items() if value is not None}
        if not exact:
            stale = [number for number in self.given if FIELDS[number].relation is not None]
            stale += [number for number, of in self.lengths if of in self.given]
            for number in stale:
                self.given.pop(number, None)
        self.first = type_.seq.start
        counting = {number for number, _ in self.lengths}
        self.follows = {
            number
            for number in type_.seq
            if number not in self.given and (number in counting or FIELDS[number].relation is not None)
        }

    def is_asked_for(self, number):
        """Whether a field is given, or another that is there together with it."""
        if number in self.given or self.only_given:
            return number in self.given
        field = FIELDS[number]
        others = list(field.alike) + [of for length, of in self.lengths if length == number]
        if field.relation is not None:
            others += range(self.first + field.relation[1], self.first + field.relation[2])
        return any(other in self.given for other in others)

    def is_free(self, field):
        """Whether its length or the number of its elements may be any: another number follows."""
        return any(says(ways) in self.follows for ways in (field.size_from, field.times_from))


class Builder(Reader):
    """Writes fields one after the other, as the decoder reads them: so sizes, conditions and
    choices are computed by the same expressions."""

    def __init__(self, computed, exact, only_given):
        super().__init__(b"")
        self.root.value, self.root.number = Struct(0, 0, OPEN), 0
        # Bits of the last byte that are written; 0 if all are.
        self.bit = 0
        # The numbers that followed from the message when it was written before, and those that do now.
        self.computed, self.found = computed, {}
        # Whether numbers that are given stay, and whether a field that may be there or not is there
        # only if it is given itself.
        self.exact, self.only_given = exact, only_given
        # The first problem, and whether it stays when the message is written again.
        self.problem, self.is_final = None, False

    def node(self, parent, field, value, begin, index=None):
        made = super().node(parent, field, value, begin, index)
        made.number = len(self.nodes) - 1
        return made

    def note(self, node, text, kind=ValueError):
        """Keeps a problem that may be none when the message is written again."""
        if self.problem is None:
            self.problem = kind("%s: %s" % (path(node) or NAME, text))

    def refuse(self, node, text, kind=ValueError):
        self.note(node, text, kind)
        raise Stop

    def place(self):
        return len(self.data) - (self.bit > 0)

    def ask(self, around, question):
        """Computes something at the end of what is written."""
        count = len(self.nodes)
        try:
            return question(Scope(self, around, Cursor(self.place(), OPEN)))
        finally:
            # Instances that were read for it would be other ones later.
            while len(self.nodes) > count:
                node = self.nodes.pop()
                node.parent.children.pop()
                if node.parent.first.get(node.field) is node:
                    del node.parent.first[node.field]

    def message(self, values):
        try:
            self.write_type(self.root, 0, values)
        except Stop:
            pass  # The problem is kept.

    def write_type(self, node, of, values):
        type_ = TYPES[of]
        names = {FIELDS[number].name for number in (*type_.seq, *type_.instances, *type_.params)}
        for name in values:
            if name not in names:
                self.refuse(node, "there is no field %r" % (name,))
        self.depth += 1
        if self.depth > DEPTH:
            self.refuse(node, TOO_MUCH)
        level = Level(type_, values, self.exact, self.only_given)
        for number in type_.seq:
            if self.is_there(node, number, level):
                self.write_field(node, number, level)
            elif number in level.given:
                self.refuse(node, "there is no %s in this message" % FIELDS[number].name)
        self.depth -= 1
        for child_ in node.children:
            if child_.field in level.follows and FIELDS[child_.field].relation is not None:
                self.found[child_.number] = self.right(node, level.first, FIELDS[child_.field].relation)

    def is_there(self, around, number, level):
        field, holds = FIELDS[number], True
        if field.condition is not None:
            # A number that follows is not known yet.
            holds = level.is_asked_for(number)
            if not any(one in level.follows for one in field.depends):
                try:
                    holds = self.ask(around, lambda scope: self.truth(field.condition, scope))
                except Refused:
                    pass
        return holds and (not field.optional or self.ask(around, lambda scope: self.has_type(field, scope)))

    def write_field(self, around, number, level):
        field, value = FIELDS[number], level.given.get(number)
        follows, free = number in level.follows, level.is_free(field)
        if field.repeat[0] == "once":
            node = self.write_element(around, around, number, value, (follows, free))
            if follows:
                self.found.setdefault(node.number, self.computed.get(node.number, 0))
            return
        self.align()
        begin = self.place()
        list_ = self.node(around, number, LIST, begin)
        elements = self.elements_of(around, list_, field, value, free)
        for at, element in enumerate(elements):
            self.write_element(around, list_, number, element, (follows, free), at)
        if field.repeat[0] == "expr" and free:
            self.find(around, list_, field.times_from, len(elements))
        list_.begin, list_.end = begin, len(self.data)

    def elements_of(self, around, list_, field, value, free):
        """The values of a repeated field."""
        way, expression = field.repeat
        times = None
        if way == "expr" and not (free and says(field.times_from) is not None):
            try:
                times = self.ask(around, lambda scope: self.integer(expression, scope))
            except Refused as refused:
                self.refuse(list_, str(refused))
        if value is None:
            count = times if times is not None else way == "until"
            return [None] * min(max(count, 0), FIELDS_OF_A_MESSAGE)
        if not isinstance(value, (list, tuple)):
            self.refuse(list_, "a list is expected, not %r" % (value,))
        if times is not None and len(value) != times:
            self.refuse(list_, "has %d elements, and %d are described" % (len(value), times))
        return value

    def find(self, around, node, ways, value):
        """Keeps what the number that says a length must be."""
        if says(ways) is None:
            return
        found = solve(ways, value)
        if found is None:
            self.note(node, "no number says that its length is %d" % value)
        elif found[0] in around.first:
            self.found[around.first[found[0]].number] = found[1]

    def write_element(self, around, parent, number, value, way, index=None):
        """Writes one value. `way`: whether it follows from other fields, and whether its length may be any."""
        field = FIELDS[number]
        of, wrong = field.of, None
        if field.chosen:
            # A choice may count the elements before this one.
            try:
                of = self.ask(around, lambda scope: self.choose(field, scope))
            except Refused as refused:
                of, wrong = None, str(refused)
        node = self.node(parent, number, MISSING, 0, index)
        if len(self.nodes) > FIELDS_OF_A_MESSAGE:
            self.refuse(node, TOO_MUCH)
        if of is None:
            self.refuse(node, wrong or "no type is described for this value")
        if of[0] != "bits":
            self.align()
        if of[0] == "struct":
            self.write_inner(around, node, of[1], value, way[1])
            return node
        begin, bit = self.place(), self.bit
        try:
            if of[0] in ("bytes", "text"):
                self.write_content(around, node, of, value, way[1])
            else:
                self.write_number(around, node, of, value, way[0])
        except (ValueError, OverflowError) as error:
            # A number that follows from other fields does not fit.
            self.is_final = way[0]
            self.refuse(node, str(error))
        node.value = self.read_again(around, field, of, begin, bit)
        node.begin, node.end = begin, len(self.data)
        return node

    def read_again(self, around, field, of, begin, bit):
        """The value as the decoder reads it."""
        cursor = Cursor(begin, len(self.data))
        cursor.bit = bit
        try:
            if of[0] in ("bytes", "text") and field.size is not None:
                self.ask(around, lambda scope: self.integer(field.size, scope))
            return self.ask(around, lambda scope: self.value_of(field, of, around, cursor))
        except Short as short:
            return short.value
        except Refused:
            # Its size is not known yet.
            raw = self.data[begin:]
            return Text(raw, of[1]) if of[0] == "text" else raw

    def write_inner(self, around, node, of, value, free):
        field, type_ = FIELDS[node.field], TYPES[of]
        if isinstance(value, ParsedText):
            value = value.source
        if isinstance(value, str):
            value = self.fields_of_text(node, type_, value)
        elif value is not None and not isinstance(value, dict):
            self.refuse(node, "a dictionary is expected, not %r" % (value,))
        begin = len(self.data)
        has_stream = field.size is not None or field.to_end or field.terminator is not None
        node.value = Struct(of, begin if has_stream else around.value.begin, OPEN)
        if field.arguments is not None:
            try:
                scope = Scope(self, around, Cursor(begin, OPEN), None, node.index)
                self.give(node, of, field.arguments, scope)
            except Stop:
                node.fault = None  # They depend on something that is not written yet.
        self.write_type(node, of, value or {})
        if has_stream:
            self.align()
            self.check_size(around, node, len(self.data) - begin, free)
            node.value = Struct(of, begin, len(self.data))
            node.begin, node.end = begin, len(self.data)
            if field.terminator is not None:
                self.data += bytes([field.terminator[0]])
        else:
            node.begin, node.end = begin, len(self.data)

    def check_size(self, around, node, size, free):
        field = FIELDS[node.field]
        if field.size is None:
            return
        if free:
            self.find(around, node, field.size_from, size)
            return
        try:
            expected = self.ask(around, lambda scope: self.integer(field.size, scope))
        except Refused:
            return
        if size != expected:
            self.note(node, "has %d bytes, and %d are described" % (size, expected))

    def fields_of_text(self, node, type_, text):
        """The fields that the text of a type shows."""
        if type_.written is None:
            why = "a text does not say all fields of this type: give them in a dictionary"
            self.refuse(node, why, NotImplementedError)
        name = FIELDS[type_.written[0]].name
        if type_.written[1] is None:
            return {name: text}
        # What ends the list has no text.
        return {name: [part for part in text.split(type_.written[1]) if part] + [None]}
