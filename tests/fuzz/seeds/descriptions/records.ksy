meta:
  id: records
  endian: le
seq:
  - id: magic
    contents: [0x52, 0x45]
  - id: count
    type: u1
  - id: entries
    type: entry
    repeat: expr
    repeat-expr: count
types:
  entry:
    seq:
      - id: kind
        type: u1
        enum: kinds
      - id: body
        size: 4
        type:
          switch-on: kind
          cases:
            'kinds::number': number
            _: raw
  number:
    seq:
      - id: value
        type: s4
    instances:
      half:
        value: value / 2
  raw:
    seq:
      - id: bytes
        size-eos: true
enums:
  kinds:
    1: number
