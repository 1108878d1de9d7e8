local function scaled_text(field, value)
  return string.format("%." .. field.digits .. "f", value * (field.scale or 1) + (field.offset or 0))
end

local function dotted(value)
  local parts = {}
  for shift = 24, 0, -8 do
    parts[#parts + 1] = whole_text(math.floor(value / 2 ^ shift) % 256)
  end
  return table.concat(parts, ".")
end

-- The value of a node in a few words.
local function brief(state, node)
  local field, value = FIELDS[node.field], value_of_node(state, node)
  if node.text then
    return node.text
  elseif value.k == "bool" then
    value = field.names and I(value.v and 1 or 0) or value
  end
  if NUMBERS[value.k] and value.k ~= "float" then
    local text = number_text(value)
    if field.names and field.names[text] then
      return field.names[text]
    elseif field.scaled then
      return scaled_text(field, real(value))
    elseif field.show == "hex" and value.k == "int" and value.v >= 0 then
      return string.format("0x%X", value.v)
    elseif field.show == "ip" and value.k == "int" and value.v >= 0 and value.v < 2 ^ 32 then
      return dotted(value.v)
    end
    return text
  elseif value.k == "float" then
    return field.scaled and scaled_text(field, value.v) or string.format(node.value.k == "single" and "%.7g" or "%.15g", value.v)
  elseif value.k == "bool" then
    return tostring(value.v)
  elseif value.k == "text" then
    return value.v
  elseif value.k == "bytes" then
    local is_ip = field.show == "ip" and #value.v == 4
    if is_ip then
      return table.concat({ value.v:byte(1, 4) }, ".")
    end
    return hex_text(value.v, field.show == "mac" and ":" or "")
  end
  return nil
end

local function moment(value, field)
  local seconds = field.show == "time_millis" and value / 1000 or value
  local whole = math.floor(seconds)
  return NSTime.new(whole, math.floor((seconds - whole) * 1e9 + 0.5))
end

-- Adds a number, and returns its item.
local function add_number(tree, range, node, look)
  local field, value, kind = FIELDS[node.field], node.value, look.kind
  if value.k == "bool" then
    if kind == "bool" then
      return tree:add(look.made, range, value.v)
    end
    value = I(value.v and 1 or 0)
  end
  if kind == "uint64" or kind == "int64" then
    return tree:add(look.made, range, wide(value, kind == "int64"))
  elseif kind == "double" and field.scaled then
    return tree:add(look.made, range, tonumber(scaled_text(field, real(value))) or real(value))
  elseif kind == "absolute_time" then
    return tree:add(look.made, range, moment(real(value), field))
  elseif kind == "ipv4" then
    return tree:add(look.made, range, Address.ip(dotted(value.v)))
  end
  return tree:add(look.made, range, real(value))
end

-- Bytes of the message; none may stand behind its last byte.
local function part(tvb, from, to)
  if from == to then
    from = math.max(math.min(from, tvb:len() - 1), 0)
    to = from
  end
  return tvb(from, to - from)
end

-- The bytes that an address has.
local LENGTHS = { ipv4 = 4, ipv6 = 16, ether = 6 }

local function add_value(state, tree, tvb, node, look)
  local kind, value = look.kind, node.value
  local range = part(tvb, node.from, node.to)
  local is_number = NUMBERS[value.k] or value.k == "single" or value.k == "bool"
  if kind == "absolute_time" and not is_number then
    return tree:add(range, FIELDS[node.field].label .. ": " .. shown(brief(state, node) or ""))
  elseif kind == "string" then
    return tree:add(look.made, range, shown(brief(state, node) or ""))
  elseif kind == "none" then
    return tree:add(look.made, range)
  elseif value.k == "raw" then
    local raw = part(tvb, value.from, value.to)
    local length = LENGTHS[kind]
    if length and length ~= value.to - value.from then
      return tree:add(raw, FIELDS[node.field].label .. ": " .. (brief(state, node) or ""))
    end
    return tree:add(look.made, raw)
  end
  return add_number(tree, range, node, look)
end

local add_node

local function add_children(state, tree, tvb, node, slots)
  for _, child_ in ipairs(node.children) do
    add_node(state, tree, tvb, child_, slots)
  end
end

local function add_fault(item, node)
  if node.fault then
    item:add_proto_expert_info(EXPERTS[node.fault.kind], node.fault.text)
  end
end

function add_node(state, tree, tvb, node, slots)
  local field, value = FIELDS[node.field], node.value
  local name = field.label .. (node.index and "[" .. whole_text(node.index) .. "]" or "")
  local range = part(tvb, node.from, node.to)
  if value.k == "list" then
    add_children(state, tree, tvb, node, slots)
    -- A list has no item of its own.
    if node.fault then
      add_fault(tree:add(range, name), node)
    end
    return
  end
  local slot = slots[node.field][node.of or field.types[1]]
  local item
  if value.k == "missing" then
    item = tree:add(range, name .. ": missing")
  else
    item = add_value(state, tree, tvb, node, slot.look)
    local named = field.names and NUMBERS[value.k] and field.names[number_text(value)]
    -- A text is the name already.
    if named and not slot.look.names and slot.look.kind ~= "string" then
      item:append_text(" (" .. named .. ")")
    end
    if field.unit then
      item:append_text(" " .. field.unit)
    end
  end
  if field.value then
    item:set_generated()
  end
  if slot.inner and value.k == "struct" then
    add_children(state, item, tvb, node, slot.inner)
  end
  add_fault(item, node)
end

-- The fields of the message itself in one line.
local function summary(state)
  local parts = {}
  for _, node in ipairs(state.root.children) do
    local field = FIELDS[node.field]
    if field.summary and not field.relation and node.value.k ~= "list" then
      local text = brief(state, node)
      if text then
        parts[#parts + 1] = field.label .. "=" .. shown(text) .. (field.unit and " " .. field.unit or "")
      end
    end
  end
  return table.concat(parts, "  "):sub(1, 200)
end

-- Shows one message. On a stream, a length may stand before it.
local function show_message(tvb, pinfo, tree, before)
  if tvb:len() <= before then
    return
  end
  local message = before > 0 and tvb(before):tvb() or tvb
  local state = D.decode(message:raw())
  pinfo.cols.protocol = TITLE
  -- Behind those of the other messages of this packet.
  pinfo.cols.info:clear()
  pinfo.cols.info:append(summary(state) .. "  ")
  pinfo.cols.info:fence()
  local item = tree:add(PROTOCOL, part(message, 0, state.root.to))
  add_children(state, item, message, state.root, SLOTS)
  add_fault(item, state.root)
end
