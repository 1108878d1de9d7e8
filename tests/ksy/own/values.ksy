# Numbers, bits, names and lists.
meta:
  id: values
  endian: be
  bit-endian: be
seq:
  - id: a
    type: s1
  - id: b
    type: u1
    enum: yes
  - id: high
    type: b3
  - id: flag
    type: b1
  - id: low
    type: b4
    valid:
      max: 9
  - id: single
    type: f4
  - id: long
    type: s8le
  - id: items
    type: item(_index + 1)
    repeat: until
    repeat-until: _.first == 0 or _io.eof
  - size: 1
  - contents: [0x2a]
types:
  item:
    params:
      - id: count
        type: u1
    seq:
      - id: bytes
        type: u1
        repeat: expr
        repeat-expr: count
    instances:
      first:
        value: bytes.first
instances:
  quotient:
    value: a / 3
  remainder:
    value: a % 3
  shifted:
    value: high >> 1
  not_equal:
    value: not a == 2 and flag
  bound:
    value: '1 + 2 << 1 | a & 3'
  text:
    value: '(a * 2).to_s + "!"'
  length:
    value: text.length
  back:
    value: text.reverse
  counts:
    value: items.last.bytes.size
  most:
    value: items.last.bytes.max
enums:
  yes:
    0: false_
    1: true_
