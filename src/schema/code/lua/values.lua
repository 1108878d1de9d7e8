-- The most fields of a message, the deepest nesting of types, and the most steps of expressions.
local FIELDS_OF_A_MESSAGE, DEPTH, STEPS = 20000, 64, 50000
-- The longest text that an expression makes, in bytes, and the bytes that it changes in one step.
local LONGEST_TEXT, BYTES_PER_STEP = 4096, 256
-- Lua 5.2 has doubles alone: whole numbers are exact up to here.
local EXACT = 2 ^ 53 - 1

local ABSENT = "depends on something that is not there"
local KIND = "a value of another kind was expected"
local OVERFLOW = "divided by 0, or a result that is too large"
local CIRCULAR = "depends on itself"
local UNSUPPORTED = "an operation that is not supported"
local TOO_LONG = "takes too many steps, or makes too long a text"
local TOO_MUCH = "too many fields, or nested too deeply"
local TOO_WIDE = "needs more than 53 bits, with which Lua does not compute"

-- A value has its kind `k` and mostly a value `v`. Kinds: int, big (of more than 53 bits: `hi`,
-- `lo`, `negative`), float, single, bool, text, bytes, list, node, stream, fault, missing.
local function is_in(set, kind)
  return set[kind] == true
end

local function I(v)
  return { k = "int", v = v + 0.0 }
end
local function F(v)
  return { k = "float", v = v + 0.0 }
end
local function B(v)
  return { k = "bool", v = v }
end
local function T(v)
  return { k = "text", v = v }
end
local function fault(reason)
  return { k = "fault", v = reason }
end
local MISSING = { k = "missing" }

local function exact(v)
  if v ~= v or v > EXACT or v < -EXACT then
    return fault(TOO_WIDE)
  end
  return I(v)
end

-- The number of these two halves of 32 bits; that of `bits` bits may be signed.
local function of_halves(hi, lo, bits, signed)
  local top = bits > 32 and hi >= 2 ^ (bits - 33) or bits <= 32 and lo >= 2 ^ (bits - 1)
  if not (signed and top) then
    if hi < 2 ^ 21 then
      return I(hi * 2 ^ 32 + lo)
    end
    return { k = "big", hi = hi, lo = lo, negative = false }
  end
  if bits <= 32 then
    return I(lo - 2 ^ bits)
  end
  if bits < 64 then
    hi = hi + 2 ^ 32 - 2 ^ (bits - 32)
  end
  -- From -2^53 on it is exact.
  if hi >= 2 ^ 32 - 2 ^ 21 then
    return I((hi - 2 ^ 32) * 2 ^ 32 + lo)
  end
  return { k = "big", hi = hi, lo = lo, negative = true }
end

local function whole_text(v)
  return string.format("%.0f", v)
end

-- A number that Wireshark knows.
local function wide(value, signed)
  local make = signed and Int64.new or UInt64.new
  if value.k == "big" then
    return make(value.lo, value.hi)
  end
  return make(value.v % 2 ^ 32, math.floor(value.v / 2 ^ 32) % 2 ^ 32)
end

local function number_text(value)
  if value.k == "big" then
    return tostring(wide(value, value.negative))
  end
  return whole_text(value.v)
end

local NUMBERS = { int = true, big = true, float = true }

local function real(value)
  if value.k == "big" then
    return (value.negative and value.hi - 2 ^ 32 or value.hi) * 2 ^ 32 + value.lo
  end
  return value.v
end

local function bytes_order(left, right)
  if left == right then
    return 0
  end
  for at = 1, math.min(#left, #right) do
    local one, other = left:byte(at), right:byte(at)
    if one ~= other then
      return one < other and -1 or 1
    end
  end
  return #left < #right and -1 or 1
end

-- Below 0, 0 or above it; `nil` for values without an order.
local function order(left, right)
  if left.k == right.k and is_in({ text = true, bytes = true }, left.k) then
    return bytes_order(left.v, right.v)
  end
  if not NUMBERS[left.k] or not NUMBERS[right.k] then
    return nil
  end
  local one, other = real(left), real(right)
  if left.k == "big" and right.k == "big" and left.negative == right.negative then
    one, other = left.hi, right.hi
    if one == other then
      one, other = left.lo, right.lo
    end
  end
  if one ~= one or other ~= other then
    return nil
  end
  return one < other and -1 or one > other and 1 or 0
end

local function is_equal(left, right)
  local kinds = left.k .. " " .. right.k
  if kinds == "list bytes" then
    left, right = right, left
  end
  if kinds == "bytes list" or kinds == "list bytes" then
    if #left.v ~= #right.v then
      return false
    end
    for at, one in ipairs(right.v) do
      if one.k ~= "int" or one.v ~= left.v:byte(at) then
        return false
      end
    end
    return true
  end
  if kinds == "list list" then
    if #left.v ~= #right.v then
      return false
    end
    for at, one in ipairs(left.v) do
      if not is_equal(one, right.v[at]) then
        return false
      end
    end
    return true
  end
  if left.k == "bool" or right.k == "bool" then
    local function number(value)
      if value.k == "bool" then
        return value.v and 1 or 0
      end
      return value.k == "int" and value.v or nil
    end
    local one, other = number(left), number(right)
    return one ~= nil and one == other
  end
  if kinds == "node node" then
    return left.v == right.v
  end
  return order(left, right) == 0
end

-- The bits of two numbers of at most 53 bits, in two's complement.
local function bitwise(left, right, rule)
  local negative = rule(left < 0 and 1 or 0, right < 0 and 1 or 0)
  -- Those that differ from the sign.
  local value, place = 0, 1
  for _ = 1, 54 do
    local one, other = left % 2, right % 2
    if rule(one, other) ~= negative then
      value = value + place
    end
    left, right, place = (left - one) / 2, (right - other) / 2, place * 2
  end
  return negative and -value - 1 or value
end

local function both_bits(one, other)
  return one == 1 and other == 1
end
local function any_bit(one, other)
  return one == 1 or other == 1
end
local function other_bit(one, other)
  return one ~= other
end

-- Whole numbers of 32 bits: a library where there is one.
local xor32 = bit32 and bit32.bxor
if not xor32 then
  local made = load("return function(a, b) return (a // 1 | 0) ~ (b // 1 | 0) end")
  xor32 = made and made() or function(left, right)
    return bitwise(left, right, other_bit)
  end
end
