import decimal
import ipaddress
import json
import struct
import sys

# The most fields of a message, the deepest nesting of types, and the most steps of expressions.
FIELDS_OF_A_MESSAGE, DEPTH, STEPS = 20_000, 64, 50_000
# The longest text that an expression makes, in bytes, and the bytes that it changes in one step.
LONGEST_TEXT, BYTES_PER_STEP = 4_096, 256

ABSENT = "depends on something that is not there"
KIND = "a value of another kind was expected"
OVERFLOW = "divided by 0, or a result that is too large"
CIRCULAR = "depends on itself"
UNSUPPORTED = "an operation that is not supported"
TOO_LONG = "takes too many steps, or makes too long a text"
TOO_MUCH = "too many fields, or nested too deeply"

# The codecs of encodings, by their names without case and signs.
CODECS = {
    "utf8": "utf-8",
    "ascii": "utf-8",
    "usascii": "utf-8",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "shiftjis": "cp932",
    "sjis": "cp932",
    "euckr": "cp949",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
    "latin1": "latin-1",
    "iso88591": "latin-1",
    "windows1252": "cp1252",
}
DOUBLE_BYTE = ("gb18030", "big5hkscs", "cp932", "cp949")


class Refused(Exception):
    """An expression has no value."""


class Stop(Exception):
    """The rest of a type cannot be read."""


class Single(float):
    """A number of four bytes."""


class MadeBytes(bytes):
    """Bytes that an expression made: no address."""


class ParsedText(str):
    """A text of which other bytes would be made than those that it was read from.

    `source` has these, or the fields of its type, and `build` takes them.
    """

    def __new__(cls, text, source=None):
        made = super().__new__(cls, text)
        made.source = text if source is None else source
        return made


class Text:
    """Bytes of the message that are a text."""

    def __init__(self, raw, codec):
        self.raw, self.codec = raw, codec


class Struct:
    """A type, and the stream that it stands in."""

    def __init__(self, type_, begin, end):
        self.type, self.begin, self.end = type_, begin, end


class Stream:
    def __init__(self, begin, end):
        self.begin, self.end = begin, end


MISSING, LIST = object(), object()


def malformed(raw, codec):
    """The first bytes, which are no character, as the Encoding Standard takes them."""
    is_lead = 0x81 <= raw[0] <= 0xFE and (codec != "cp932" or raw[0] not in range(0xA0, 0xE0))
    # The beginning of a character of four bytes.
    is_long = codec == "gb18030" and len(raw) in (2, 3) and 0x30 <= raw[1] <= 0x39
    if is_lead and is_long and (len(raw) == 2 or 0x81 <= raw[2] <= 0xFE):
        return raw
    return raw[:2] if is_lead and raw[1:2] >= b"\x80" else raw[:1]


def pieces(raw, codec):
    """The characters of a text; bytes that are none stay bytes."""
    at = 0
    while at < len(raw):
        try:
            yield raw[at:].decode(codec)
            return
        except UnicodeDecodeError as error:
            if error.start:
                yield raw[at : at + error.start].decode(codec)
            first = at + error.start
            wrong = raw[first : at + error.end]
            if codec in DOUBLE_BYTE:
                wrong = malformed(raw[first:], codec)
            at = first + len(wrong)
            # The Encoding Standard has characters where Python's codecs have none.
            if codec == "cp1252":
                wrong = wrong.decode("latin-1")
            elif codec == "gb18030" and wrong == b"\x80":
                wrong = "\u20ac"
            yield wrong


def text_of(raw, codec):
    parts = pieces(raw, codec)
    return "".join(part if isinstance(part, str) else marked(part) for part in parts)


def codec_named(name="utf-8", *more):
    if more or type(name) is not str:
        return "utf-8"
    plain = "".join(c for c in name if c.isascii() and c.isalnum()).lower()
    if plain not in CODECS:
        raise Refused(UNSUPPORTED)
    return CODECS[plain]


def marked(raw):
    return "".join("\\x%02X" % byte for byte in raw)


def is_int(value):
    return type(value) is int


def is_number(value):
    return type(value) in (int, float)


def ranged(value):
    if not -(1 << 127) <= value < 1 << 127:
        raise Refused(OVERFLOW)
    return value


def compare(left, right):
    """Below 0, 0 or above it, as left is less, equal or greater."""
    same = type(left) is type(right) and type(left) in (str, bytes)
    if not same and not (is_number(left) and is_number(right)):
        raise Refused(KIND)
    if is_int(left) != is_int(right):
        left, right = float(left), float(right)
    if left != left or right != right:
        raise Refused(KIND)
    return (left > right) - (left < right)


def is_equal(left, right):
    kinds = (type(left), type(right))
    if kinds == (bytes, list):
        left, right = right, left
    if kinds in ((bytes, list), (list, bytes)):
        return len(left) == len(right) and all(
            is_int(one) and one == byte for one, byte in zip(left, right)
        )
    if kinds == (list, list):
        return len(left) == len(right) and all(map(is_equal, left, right))
    if bool in kinds:
        return all(kind in (bool, int) for kind in kinds) and int(left) == int(right)
    if kinds == (Node, Node):
        return left is right
    try:
        return compare(left, right) == 0
    except Refused:
        return False


def made_text(text):
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST_TEXT:
        raise Refused(TOO_LONG)
    return text


def shifted(left, right, way):
    if not 0 <= right < 127:
        raise Refused(OVERFLOW)
    return way(left, right)


def divided(left, right):
    if right == 0:
        raise Refused(OVERFLOW)
    return left // right


def remainder(left, right):
    if right == 0:
        raise Refused(OVERFLOW)
    return left % abs(right)


INTEGERS = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": divided,
    "%": remainder,
    "|": lambda left, right: left | right,
    "^": lambda left, right: left ^ right,
    "&": lambda left, right: left & right,
    "<<": lambda left, right: shifted(left, right, lambda a, b: a << b),
    ">>": lambda left, right: shifted(left, right, lambda a, b: a >> b),
}


def float_quotient(left, right):
    if right != 0:
        return left / right
    infinite = left != left or left == 0
    return float("nan") if infinite else left * float("inf") * struct_sign(right)


def struct_sign(value):
    return -1.0 if struct.pack(">d", value)[0] & 0x80 else 1.0


def float_remainder(left, right):
    if right == 0 or left in (float("inf"), float("-inf")):
        return float("nan")
    return left % abs(right)


FLOATS = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": float_quotient,
    "%": float_remainder,
}


def binary(operator, left, right):
    if operator == "+" and type(left) is str and type(right) is str:
        return made_text(left + right)
    if is_int(left) and is_int(right):
        return ranged(INTEGERS[operator](left, right))
    if is_number(left) and is_number(right) and operator in FLOATS:
        return FLOATS[operator](float(left), float(right))
    raise Refused(KIND)


def less(left, right):
    return compare(left, right) < 0


def less_equal(left, right):
    return compare(left, right) <= 0


def greater(left, right):
    return compare(left, right) > 0


def greater_equal(left, right):
    return compare(left, right) >= 0


def differs(left, right):
    return not is_equal(left, right)


def logical(left, right, decides):
    """`and` and `or`: the right side is computed where the left one decides nothing."""
    if left is decides:
        return decides
    right = right()
    if type(left) is not bool or type(right) is not bool:
        raise Refused(KIND)
    return right


def either(left, right):
    return logical(left, right, True)


def both(left, right):
    return logical(left, right, False)


def choice(condition, holds, other):
    if type(condition) is not bool:
        raise Refused(KIND)
    return holds() if condition else other()


def unary(operator, value):
    if operator == "not" and type(value) is bool:
        return not value
    if operator == "-" and is_number(value):
        return ranged(-value) if is_int(value) else -value
    if operator == "~" and is_int(value):
        return ~value
    raise Refused(KIND)


def integer_of(text, radix):
    digits = text.strip()
    unsigned = digits[1:] if digits[:1] in ("+", "-") else digits
    try:
        # Python takes `1_0`, digits of other scripts and prefixes, too.
        if not unsigned.isascii() or not unsigned.isalnum():
            raise ValueError
        return ranged(int(digits, radix))
    except (ValueError, Refused):
        raise Refused(KIND) from None


def exclusive_or_with(data, key):
    """Each byte with one of a key, which is repeated. An empty key changes nothing."""
    if not key:
        return data
    return bytes(byte ^ key[at % len(key)] for at, byte in enumerate(data))


def member_of_value(of, name, arguments):
    """A member or a method of a value without a message."""
    kind = type(of)
    if name in ("length", "size") and kind in (str, bytes, list):
        return len(of)
    if kind is str and name == "reverse":
        return of[::-1]
    if kind is str and name == "to_i":
        radix = arguments[0] if arguments else 10
        if len(arguments) > 1 or not is_int(radix) or not 2 <= radix <= 36:
            raise Refused(KIND)
        return integer_of(of, radix)
    if kind in (str, bytes) and name == "substring":
        if len(arguments) != 2 or not all(map(is_int, arguments)):
            raise Refused(KIND)
        begin, end = arguments
        if not 0 <= begin < 1 << 64 or not 0 <= end < 1 << 64:
            raise Refused(ABSENT)
        return of[begin : max(begin, end)]
    if kind is bytes and name == "xor":
        if len(arguments) != 1 or type(arguments[0]) is not bytes:
            raise Refused(KIND)
        return exclusive_or_with(of, arguments[0])
    if kind is int and name == "to_i":
        return of
    if kind is int and name == "to_s":
        return str(of)
    if kind is bool and name == "to_i":
        return int(of)
    if kind is float and name == "to_i" and abs(of) < 1e18:
        return int(of)
    if kind is bytes and name in ("first", "last"):
        if not of:
            raise Refused(ABSENT)
        return of[0 if name == "first" else -1]
    if kind is bytes and name == "to_s":
        return text_of(of, codec_named(*arguments))
    raise Refused(UNSUPPORTED)
