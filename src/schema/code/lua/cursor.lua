-- A place in a stream of the message, from 0.
local function cursor_of(from, to)
  return { at = from, bit = 0, from = from, to = to }
end

local function left(cursor)
  return math.max(cursor.to - cursor.at, 0)
end

local function align(cursor)
  if cursor.bit > 0 then
    cursor.at, cursor.bit = cursor.at + 1, 0
  end
end

local function counted(count, what)
  return string.format("%.0f byte%s %s", count, count == 1 and "" or "s", what)
end

local function missing(count)
  if count > EXACT - 2 ^ 32 then
    return "more than 2^53 bytes missing"
  end
  return counted(count, "missing")
end

local function outside(size)
  if math.abs(size) > EXACT then
    return "a number beyond 2^53 is outside the message"
  end
  return whole_text(size) .. " is outside the message"
end

-- The next bytes, or `nil` and a fault.
local function take(cursor, count, data)
  local there = math.min(count, left(cursor))
  local raw = data:sub(cursor.at + 1, cursor.at + there)
  cursor.at = cursor.at + there
  if there < count then
    return nil, missing(count - there)
  end
  return raw
end

-- The bytes with the highest first.
local function in_order(raw, byte_order)
  if byte_order == "le" then
    return raw:reverse()
  elseif byte_order == "badc" then
    return (raw:gsub("..", string.reverse))
  elseif byte_order == "cdab" then
    return (raw:reverse():gsub("..", string.reverse))
  end
  return raw
end

local function halves(raw)
  local hi, lo = 0, 0
  for at = 1, #raw do
    hi = (hi * 256 + math.floor(lo / 2 ^ 24)) % 2 ^ 32
    lo = lo * 256 % 2 ^ 32 + raw:byte(at)
  end
  return hi, lo
end

local function float_of(raw)
  local hi, lo = halves(raw)
  local bits, bias, exponents = 52, 1023, 2048
  if #raw == 4 then
    bits, bias, exponents, hi = 23, 127, 256, lo
  end
  local negative = hi >= 2 ^ 31
  local rest = negative and hi - 2 ^ 31 or hi
  local low = #raw == 4 and rest % 2 ^ 23 or rest % 2 ^ 20 * 2 ^ 32 + lo
  local exponent = math.floor(rest / (#raw == 4 and 2 ^ 23 or 2 ^ 20))
  local value
  if exponent == exponents - 1 then
    value = low == 0 and math.huge or 0 / 0
  elseif exponent == 0 then
    value = low * 2 ^ -bits * 2 ^ (1 - bias)
  else
    value = (1 + low * 2 ^ -bits) * 2 ^ (exponent - bias)
  end
  return { k = #raw == 4 and "single" or "float", v = negative and -value or value }
end

local function read_bits(count, lowest_first, cursor, data)
  local hi, lo, done = 0, 0, 0
  while done < count do
    if left(cursor) == 0 then
      return MISSING, missing(math.ceil((count - done) / 8))
    end
    local here = math.min(8 - cursor.bit, count - done)
    local shift = lowest_first and cursor.bit or 8 - cursor.bit - here
    local part = math.floor(data:byte(cursor.at + 1) / 2 ^ shift) % 2 ^ here
    if not lowest_first then
      hi = (hi * 2 ^ here + math.floor(lo / 2 ^ (32 - here))) % 2 ^ 32
      lo = lo * 2 ^ here % 2 ^ 32 + part
    elseif done >= 32 then
      hi = hi + part * 2 ^ (done - 32)
    else
      local placed = part * 2 ^ done
      lo, hi = lo + placed % 2 ^ 32, hi + math.floor(placed / 2 ^ 32)
    end
    done, cursor.bit = done + here, cursor.bit + here
    if cursor.bit == 8 then
      cursor.at, cursor.bit = cursor.at + 1, 0
    end
  end
  if count == 1 then
    return B(lo == 1)
  end
  return of_halves(hi, lo, 64, false)
end

local function read_varint(cursor, data)
  local hi, lo = 0, 0
  for at = 0, 9 do
    local raw, wrong = take(cursor, 1, data)
    if not raw then
      return MISSING, wrong
    end
    local part = raw:byte() % 128
    local shift = 7 * at
    if shift >= 63 and part > 1 then
      break
    elseif shift >= 32 then
      hi = hi + part * 2 ^ (shift - 32)
    else
      local placed = part * 2 ^ shift
      lo, hi = lo + placed % 2 ^ 32, hi + math.floor(placed / 2 ^ 32)
    end
    if raw:byte() < 128 then
      return of_halves(hi, lo, 64, false)
    end
  end
  return MISSING, "not a valid value"
end

-- A number of this type, or what is missing.
local function read_number(of, cursor, data)
  if of[1] == "bits" then
    return read_bits(of[2], of[3], cursor, data)
  elseif of[1] == "varint" then
    return read_varint(cursor, data)
  end
  local raw, wrong = take(cursor, of[2], data)
  if not raw then
    return MISSING, wrong
  end
  raw = in_order(raw, of[#of])
  if of[1] == "float" then
    return float_of(raw)
  end
  local hi, lo = halves(raw)
  return of_halves(hi, lo, 8 * #raw, of[3])
end
