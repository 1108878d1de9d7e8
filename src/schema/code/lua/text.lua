-- A character as UTF-8.
local function utf8_of(code)
  if code < 0x80 then
    return string.char(code)
  end
  local tail = ""
  local first = 0x40
  repeat
    tail = string.char(0x80 + code % 64) .. tail
    code, first = math.floor(code / 64), first / 2
  until code < first
  return string.char(0x100 - 2 * first + code) .. tail
end

local function marked(raw)
  return (raw:gsub(".", function(byte)
    return string.format("\\x%02X", byte:byte())
  end))
end

-- The length of the character of UTF-8 at this place; `nil` if there is none.
local function character(raw, at)
  local first = raw:byte(at)
  if first < 0x80 then
    return 1
  end
  local length = first >= 0xF0 and 4 or first >= 0xE0 and 3 or 2
  if first < 0xC2 or first > 0xF4 or at + length - 1 > #raw then
    return nil
  end
  local second = raw:byte(at + 1)
  local least = first == 0xE0 and 0xA0 or first == 0xF0 and 0x90 or 0x80
  local most = first == 0xED and 0x9F or first == 0xF4 and 0x8F or 0xBF
  if second < least or second > most then
    return nil
  end
  for place = at + 2, at + length - 1 do
    local byte = raw:byte(place)
    if byte < 0x80 or byte > 0xBF then
      return nil
    end
  end
  return length
end

local DECODE = {}

function DECODE.utf8(raw)
  if not raw:find("[\128-\255]") then
    return raw
  end
  local parts, at = {}, 1
  while at <= #raw do
    local length = character(raw, at)
    parts[#parts + 1] = length and raw:sub(at, at + length - 1) or marked(raw:sub(at, at))
    at = at + (length or 1)
  end
  return table.concat(parts)
end

function DECODE.latin1(raw)
  return (raw:gsub("[\128-\255]", function(byte)
    return utf8_of(byte:byte())
  end))
end

local function utf16(raw, high, low)
  local parts, at = {}, 1
  local function unit(place)
    local one, other = raw:byte(place + high), raw:byte(place + low)
    return one and other and one * 256 + other
  end
  while at <= #raw do
    local code, length = unit(at), 2
    local is_high = code and code >= 0xD800 and code < 0xDC00
    local next_unit = is_high and unit(at + 2)
    if next_unit and next_unit >= 0xDC00 and next_unit < 0xE000 then
      code, length = 0x10000 + (code - 0xD800) * 1024 + next_unit - 0xDC00, 4
    elseif not code or code >= 0xD800 and code < 0xE000 then
      code = nil
    end
    parts[#parts + 1] = code and utf8_of(code) or marked(raw:sub(at, at + 1))
    at = at + length
  end
  return table.concat(parts)
end

function DECODE.utf16le(raw)
  return utf16(raw, 1, 0)
end
function DECODE.utf16be(raw)
  return utf16(raw, 0, 1)
end

-- Characters of two bytes of an encoding with a large table, which Wireshark has. Wireshark 4.0
-- cuts a decoded text to the length of its bytes, so there is a zero byte behind them.
local function of_wireshark(encoding, single, long)
  return function(raw)
    local parts, at = {}, 1
    while at <= #raw do
      local first = raw:byte(at)
      local text, length = long and long(raw, at) or nil, 4
      if not text and first > 0x80 and first < 0xFF and (raw:byte(at + 1) or 0) >= 0x40 then
        local found = ByteArray.new(raw:sub(at, at + 1) .. "\0", true):tvb("text"):range():string(encoding)
        text, length = found:match("^[^\0]+"), 2
        if not text or text:find("\239\191\189", 1, true) then
          text = nil
        end
      end
      if not text then
        text, length = first < 0x80 and string.char(first) or single[first], 1
      end
      parts[#parts + 1] = text or marked(raw:sub(at, at))
      at = at + length
    end
    return table.concat(parts)
  end
end

-- A character of four bytes beyond the basic plane. Those in it are left as bytes.
local function gb18030_long(raw, at)
  local one, two, three, four = raw:byte(at, at + 3)
  if not four or one < 0x90 or one > 0xE3 or two < 0x30 or two > 0x39 or three < 0x81 or three > 0xFE or four < 0x30 or four > 0x39 then
    return nil
  end
  local code = (((one - 0x90) * 10 + two - 0x30) * 126 + three - 0x81) * 10 + four - 0x30 + 0x10000
  return code <= 0x10FFFF and utf8_of(code) or nil
end

DECODE.gb18030 = of_wireshark(ENC_GB18030, { [0x80] = utf8_of(0x20AC) }, gb18030_long)
DECODE.euckr = of_wireshark(ENC_EUC_KR, {})

-- The characters of Windows-1252 that differ from those of Latin-1.
local OF_1252 = {
  [0x80] = 0x20AC, [0x82] = 0x201A, [0x83] = 0x192, [0x84] = 0x201E, [0x85] = 0x2026, [0x86] = 0x2020,
  [0x87] = 0x2021, [0x88] = 0x2C6, [0x89] = 0x2030, [0x8A] = 0x160, [0x8B] = 0x2039, [0x8C] = 0x152,
  [0x8E] = 0x17D, [0x91] = 0x2018, [0x92] = 0x2019, [0x93] = 0x201C, [0x94] = 0x201D, [0x95] = 0x2022,
  [0x96] = 0x2013, [0x97] = 0x2014, [0x98] = 0x2DC, [0x99] = 0x2122, [0x9A] = 0x161, [0x9B] = 0x203A,
  [0x9C] = 0x153, [0x9E] = 0x17E, [0x9F] = 0x178,
}

function DECODE.windows1252(raw)
  return (raw:gsub("[\128-\255]", function(byte)
    return utf8_of(OF_1252[byte:byte()] or byte:byte())
  end))
end

local function hex_text(raw, between)
  local digits = raw:gsub(".", function(byte)
    return string.format("%02x", byte:byte()) .. between
  end)
  return digits:sub(1, #digits - #between)
end

-- The characters of a text of UTF-8.
local function characters(text)
  local all = {}
  for one in text:gmatch("[\0-\127\194-\244][\128-\191]*") do
    all[#all + 1] = one
  end
  return all
end

-- Wireshark ends a text at a zero byte.
local function shown(text)
  return (text:gsub("\0", "\226\144\128"))
end
