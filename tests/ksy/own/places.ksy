# Places in streams, and computed values.
meta:
  id: places
  endian: be
seq:
  - id: len
    type: u1
  - id: sub
    type: part
    size: 4
  - id: mark
    size: 0
    if: here < 0
  - id: more
    type: step
    repeat: eos
instances:
  here:
    value: _io.pos
  total:
    value: _io.size
  inside:
    io: sub._io
    pos: 1
    type: u1
  far:
    pos: len
    type: u2
    if: not len > 3
  all:
    pos: 0
    type: u1
    repeat: expr
    repeat-expr: 3
  first_x:
    value: more[0].x
    if: more.size != 0
  tail:
    value: '[1, 2]'
types:
  part:
    seq:
      - id: x
        type: u1
      - id: mark
        size: 0
        if: ofs < 0
      - id: y
        type: u1
    instances:
      ofs:
        value: _io.pos
      z:
        pos: 2
        type: u1
      sum:
        value: _parent.len + _root.sub.x
  step:
    seq:
      - id: mark
        size: 0
        if: ofs < 0
      - id: x
        type: u1
      - id: y
        type: u1
        if: not _io.eof
    instances:
      ofs:
        value: _io.pos
