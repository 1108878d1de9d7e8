"""Judges what a recording holds after a crash, a cut or a fault."""


def gap(numbers):
    """What is wrong with numbers that should be 0, 1, 2 …; `None` if nothing is."""
    for place, number in enumerate(numbers):
        if number != place:
            return f"row {place} is message {number}"
    return None


def rows(found, least, most, is_clean=None, order=None, is_by_time=False):
    """The mistake in rows read back from a recording: messages 0 … `least` - 1 were recorded for
    sure, `most` were sent. `is_clean` says whether the file ends with a whole record, if known.
    `order` is what the screen showed, where datagrams may have overtaken each other; a recording
    `is_by_time` has them in another order."""
    if found.status is None:
        return "opening the file does not end"
    if "panicked" in found.said or found.status not in (0, 1, 2):
        return f"status {found.status}: {found.said[:200]}"
    if found.status != 0 and not found.said:
        return "fails without a word"
    if found.strange:
        return f"a row that nobody sent is taken for whole: {found.strange[0]!r}"
    present = set(found.numbers)
    lost = [number for number in range(least) if number not in present]
    if lost:
        return f"{len(lost)} of {least} recorded messages are lost, the first is {lost[0]}: {found.said[:160]}"
    if len(present) < len(found.numbers):
        return "a message appears twice"
    if present and max(present) >= most:
        return f"message {max(present)} was never sent"
    return order_mistake(found, order, is_by_time) or end_mistake(found, is_clean)


# pcapng is in the order of the kernel's times, in which datagrams of two processors overlap.
OVERLAP = 64


def by_time(numbers, order):
    """Messages on the screen that are missing in the middle of a recording by time."""
    middle = max(numbers, default=0) - OVERLAP
    lost = sorted({number for number in order if number < middle} - set(numbers))
    return f"{len(lost)} messages on the screen are missing, the first is {lost[0]}" if lost else None


def order_mistake(found, order, is_by_time=False):
    if is_by_time and order is not None:
        return by_time(found.numbers, order)
    if order is None:
        late = [b for a, b in zip(found.numbers, found.numbers[1:]) if b <= a]
        wrong = gap(found.numbers)
        if late:
            return f"message {late[0]} is late"
        return f"a hole without a word: {wrong}" if wrong and found.status == 0 else None
    for place, (number, shown) in enumerate(zip(found.numbers, order)):
        if number != shown:
            return f"row {place} is message {number}, but {shown} on the screen"
    return None


def end_mistake(found, is_clean):
    if is_clean is False and found.status == 0:
        return "the end of the file is cut within a record, and nothing says so"
    if is_clean is True and found.status != 0:
        return f"a whole file is called damaged: {found.said[:200]}"
    return None


def whole(content, wanted):
    """The mistake in a file that should have one of these contents; `None` stands for no file."""
    if content in wanted:
        return None
    if content is None:
        return "the file is gone"
    return f"{len(content)} bytes that are neither the old nor the new content"


def balance(sent, received, dropped):
    """The mistake in sent = rows + counted losses."""
    if sent == received + dropped:
        return None
    return f"{sent} sent, but {received} received + {dropped} dropped = {received + dropped}"
