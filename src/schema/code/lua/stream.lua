-- Where messages end in a stream of TCP, which keeps no boundaries: a segment may end within a
-- message, or have several.

-- The longest message, in bytes: a wrong length must not collect the rest of the stream.
local LONGEST = 16 * 1024 * 1024

-- The length of the message at `offset`, with its header, which is there as a whole.
local function length_of(tvb, pinfo, offset)
  local total
  if FRAMING.fixed then
    total = FRAMING.fixed
  else
    local range = tvb(offset + FRAMING.at, FRAMING.width)
    local number = FRAMING.little and range:le_uint64() or range:uint64()
    total = number:tonumber() + FRAMING.more
  end
  -- What cannot be right ends with its segment.
  if total < FRAMING.header or total > LONGEST then
    return tvb:len() - offset
  end
  return total
end

-- Where the message at `offset` ends, and where the next one begins; `nil` if it is not whole.
local function end_of(data, offset)
  if FRAMING.varint then
    local value, factor = 0, 1
    for at = offset + FRAMING.varint + 1, math.min(#data, offset + FRAMING.varint + 10) do
      local byte = data:byte(at)
      value, factor = value + byte % 128 * factor, factor * 128
      if byte < 128 then
        local to = at + value
        if value > LONGEST then
          return #data, #data
        elseif to > #data then
          return nil, to - #data
        end
        return to, to
      end
    end
    if #data >= offset + FRAMING.varint + 10 then
      return #data, #data
    end
    return nil, nil
  end
  local first, last = data:find(FRAMING.ending, offset + 1, true)
  if not first then
    return nil, nil
  end
  local is_line = FRAMING.lines and first > offset + 1 and data:sub(first - 1, first - 1) == "\r"
  return is_line and first - 2 or first - 1, last
end

-- Shows messages that end with a byte, or begin with a length that has no fixed number of bytes.
local function show_terminated(tvb, pinfo, tree)
  local data, at = tvb:raw(), 0
  while at < #data do
    local to, next_ = end_of(data, at)
    if not to and pinfo.can_desegment > 0 then
      -- Wireshark calls again with these bytes and those of the next segments.
      pinfo.desegment_offset = at
      pinfo.desegment_len = next_ or DESEGMENT_ONE_MORE_SEGMENT
      return
    elseif not to then
      to, next_ = #data, #data
    end
    if to > at then
      show_message(tvb(at, to - at):tvb(), pinfo, tree, STREAM_PREFIX)
    end
    at = next_
  end
end

-- As Wireshark asks for it.
local function show_from_stream(tvb, pinfo, tree)
  show_message(tvb, pinfo, tree, STREAM_PREFIX)
  return tvb:len()
end
