meta:
  id: shell
  imports:
    - /common/kernel
seq:
  - id: inner
    type: kernel(3)
