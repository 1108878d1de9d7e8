"""What a disk may hold after power is lost at some moment of a trace.

Durable is what the last sync of a file, or of a folder, comes after (fsync(2)). Of later writes
to a file any part may be missing, a write may be torn at a multiple of 512 bytes, and what is
missing reads as zeros if something behind it is there. Later changes of names happen in their
order or not at all, as in every file system with a journal; the creation of a file is such a
change, and the sync of the file alone does not bring its name to the disk (fsync(2), NOTES).
"""

import os

SECTOR = 512


def before(operations, moment):
    """Splits the first `moment` operations into names and data, each durable or pending."""
    done = operations[:moment]
    folder_synced = {operation[1]: place for place, operation in enumerate(done) if operation[0] == "syncdir"}
    file_synced = {operation[1]: place for place, operation in enumerate(done) if operation[0] == "sync"}
    names, data = ([], []), {}
    for place, operation in enumerate(done):
        kind = operation[0]
        if kind in ("create", "rename", "link", "unlink", "mkdir"):
            where = os.path.dirname(operation[2] if kind in ("rename", "link") else operation[1])
            names[0 if place < folder_synced.get(where, -1) else 1].append(operation)
        elif kind in ("write", "cut"):
            durable, pending = data.setdefault(operation[1], ([], []))
            (durable if place < file_synced.get(operation[1], -1) else pending).append(operation)
    return names, data


def said(operations, moment):
    """The text that was said before this moment."""
    return "".join(operation[1] for operation in operations[:moment] if operation[0] == "say")


def state(initial, operations, moment, rng):
    """One legal state, path: content, after `initial`; `rng` chooses what of the pending is missing."""
    (durable, pending), data = before(operations, moment)
    names = {path: number for number, path in enumerate(initial)}
    begin = dict(enumerate(initial.values()))
    for operation in durable + pending[:rng.randint(0, len(pending))]:
        apply(names, operation)
    return {path: content(*data.get(number, ([], [])), rng, begin.get(number, b""))
            for path, number in names.items()}


def ends(initial, operations, moment):
    """The two extreme states of a moment: all that was done is on the disk, or only what is durable."""
    (durable, pending), data = before(operations, moment)
    begin = dict(enumerate(initial.values()))
    for is_written in (True, False):
        names = {path: number for number, path in enumerate(initial)}
        for operation in durable + (pending if is_written else []):
            apply(names, operation)
        held = {number: done + (later if is_written else []) for number, (done, later) in data.items()}
        yield {path: content(held.get(number, []), [], None, begin.get(number, b""))
               for path, number in names.items()}


def apply(names, operation):
    """Changes the names of a folder, path: number of the file, as one operation does."""
    kind = operation[0]
    if kind == "create":
        names.setdefault(operation[1], operation[2])
    elif kind == "rename" and operation[1] in names:
        names[operation[2]] = names.pop(operation[1])
    elif kind == "link" and operation[1] in names:
        names[operation[2]] = names[operation[1]]
    elif kind == "unlink":
        names.pop(operation[1], None)


def content(durable, pending, rng, begin=b""):
    """The bytes of a file after the durable writes and some of the pending ones."""
    whole = bytearray(begin)
    for operation in durable:
        write(whole, operation)
    for operation in chosen(pending, rng):
        write(whole, operation)
    return bytes(whole)


def write(whole, operation):
    if operation[0] == "cut":
        length = operation[2]
        del whole[length:]
        whole.extend(bytes(length - len(whole)))
        return
    at, new = operation[2], operation[3]
    whole.extend(bytes(max(0, at - len(whole))))
    whole[at:at + len(new)] = new


def chosen(pending, rng):
    """Some of the pending operations: a prefix, one whose last write is torn, or any."""
    if not pending:
        return []
    way = rng.randrange(4)
    if way == 0:
        return pending[:rng.randint(0, len(pending))]
    if way == 1:
        until = rng.randrange(len(pending))
        return pending[:until] + torn(pending[until], rng, holes=False)
    kept = [operation for operation in pending if operation[0] == "cut" or rng.random() < 0.7]
    return kept if way == 2 else [part for operation in kept for part in torn(operation, rng, holes=True)]


def torn(operation, rng, holes):
    """A write of which only some sectors of the disk arrived."""
    if operation[0] == "cut":
        return [operation]
    kind, file, at, new = operation
    first = SECTOR - at % SECTOR
    edges = [0, *range(first, len(new), SECTOR), len(new)]
    if not holes:
        return [(kind, file, at, new[:rng.choice(edges)])]
    parts = [(kind, file, at + a, new[a:b]) for a, b in zip(edges, edges[1:])]
    return [part for part in parts if rng.random() < 0.8]


def lay_out(contents, root, into):
    """Writes a state to a new folder; gives the paths there."""
    placed = {}
    for path, held in contents.items():
        new = os.path.join(into, os.path.relpath(path, os.path.realpath(root)))
        os.makedirs(os.path.dirname(new), exist_ok=True)
        with open(new, "wb") as file:
            file.write(held)
        placed[path] = new
    return placed


def moments(operations, rng, most=None, of_files=False):
    """Moments of a trace to lose power at: all of them, but where `of_files` those before which
    something was only said; or `most`: the end, some around each sync and name, and random ones."""
    points = {len(operations)}
    if most is None:
        return sorted(points | {place for place in range(len(operations))
                                if not (of_files and place and operations[place - 1][0] == "say")})
    for place, operation in enumerate(operations):
        if operation[0] in ("sync", "syncdir", "rename", "link", "unlink", "create", "say"):
            points |= {place, place + 1}
    points |= {rng.randint(0, len(operations)) for _ in range(most)}
    points = sorted(points)
    return points if len(points) <= most else sorted({len(operations), *rng.sample(points, most - 1)})
