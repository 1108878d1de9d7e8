# Types by a value, with and without one for all others.
meta:
  id: choices
  endian: le
seq:
  - id: kind
    type: u1
    enum: kind
  - id: open
    type:
      switch-on: kind
      cases:
        kind::byte: u1
        kind::word: u2
        kind::part: part
  - id: sized
    size: 2
    type:
      switch-on: kind
      cases:
        kind::byte: part
  - id: other
    type:
      switch-on: open_name
      cases:
        '"byte"': u1
        _: s2
types:
  part:
    seq:
      - id: x
        type: s1
instances:
  open_name:
    value: 'kind == kind::byte ? "byte" : "other"'
enums:
  kind:
    1: byte
    2: word
    3: part
