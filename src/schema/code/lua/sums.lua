local function reflected(value, width)
  local result = 0
  for _ = 1, width do
    local bit = value % 2
    result, value = result * 2 + bit, (value - bit) / 2
  end
  return result
end

-- A function that computes this CRC; the parameters are those of the CRC RevEng catalogue.
local function crc(width, poly, init, refin, refout, xorout)
  local size = 2 ^ width
  local rows = {}
  for byte = 0, 255 do
    local value = byte * 2 ^ (width - 8)
    for _ = 1, 8 do
      local high = value >= size / 2
      value = value * 2 % size
      value = high and xor32(value, poly) or value
    end
    rows[byte] = value
  end
  local bytes = {}
  for byte = 0, 255 do
    bytes[byte] = refin and reflected(byte, 8) or byte
  end
  return function(data)
    local value = init
    for at = 1, #data do
      local top = math.floor(value / 2 ^ (width - 8))
      value = xor32(value * 256 % size, rows[xor32(top, bytes[data:byte(at)])])
    end
    return xor32(refout and reflected(value, width) or value, xorout) + 0.0
  end
end

-- A sum of all bytes, of which a function makes the result.
local function sum(finish)
  return function(data)
    local value = 0
    for at = 1, #data do
      value = value + data:byte(at)
    end
    return finish(value)
  end
end

local function exclusive_or(data)
  local value = 0
  for at = 1, #data do
    value = xor32(value, data:byte(at))
  end
  return value + 0.0
end
