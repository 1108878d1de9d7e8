# Where bytes and texts end.
meta:
  id: texts
  encoding: ASCII
seq:
  - id: padded
    size: 5
    pad-right: 0x30
    terminator: 0x40
  - id: included
    type: str
    size: 5
    pad-right: 0x30
    terminator: 0x40
    include: true
  - id: same
    size: 4
    pad-right: 0x40
    terminator: 0x40
    include: true
  - id: zero
    type: strz
    size: 3
  - id: line
    type: str
    terminator: 0x40
    include: true
  - id: kept
    terminator: 0x40
    consume: false
  - id: at
    size: 1
  - id: box
    type: box
    terminator: 0x30
  - id: rest
    type: strz
    eos-error: false
types:
  box:
    to-string: '"(" + x.to_s + ")"'
    seq:
      - id: x
        type: u1
