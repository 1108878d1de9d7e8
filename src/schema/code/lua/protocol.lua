-- The protocol and its fields in Wireshark.

-- A protocol of Wireshark's own may have the name already.
local function new_protocol(name)
  local made, found = pcall(Proto.new, name, TITLE .. " (" .. name .. ")")
  if made then
    return found, name
  end
  name = name .. "_netpeer"
  return Proto.new(name, TITLE .. " (" .. name .. ")"), name
end

local PROTOCOL, PREFIX = new_protocol(ABBREVIATION)

local EXPERTS = {
  checksum = ProtoExpert.new(PREFIX .. "._fault.checksum", "Wrong checksum", expert.group.CHECKSUM, expert.severity.ERROR),
  length = ProtoExpert.new(PREFIX .. "._fault.length", "Wrong length", expert.group.PROTOCOL, expert.severity.ERROR),
  value = ProtoExpert.new(PREFIX .. "._fault.value", "Invalid value", expert.group.PROTOCOL, expert.severity.WARN),
  malformed = ProtoExpert.new(PREFIX .. "._fault.malformed", "Not as described", expert.group.MALFORMED, expert.severity.ERROR),
}
PROTOCOL.experts = { EXPERTS.checksum, EXPERTS.length, EXPERTS.value, EXPERTS.malformed }

local ADDRESSES = { [4] = "ipv4", [16] = "ipv6" }

-- The type of Wireshark for a field of this type.
local function kind_of(field, of)
  local what, show = of[1], field.show
  local is_time = show == "time" or show == "time_millis"
  if field.value then
    return is_time and "absolute_time" or "string"
  elseif what == "struct" then
    return TYPES[of[2]].text and "string" or "none"
  elseif what == "text" then
    return "string"
  elseif what == "bytes" then
    local size = field.size and field.size.k == "int" and field.size.v or 0
    if show == "ip" then
      return ADDRESSES[size] or "string"
    elseif show == "mac" then
      return size == 6 and "ether" or "string"
    end
    return "bytes"
  elseif what == "bits" and of[2] == 1 then
    return field.names and "uint8" or "bool"
  elseif field.scaled then
    return "double"
  elseif is_time then
    return "absolute_time"
  elseif what == "float" then
    return of[2] == 4 and "float" or "double"
  elseif what == "bits" then
    return of[2] <= 32 and "uint32" or "uint64"
  elseif what == "varint" then
    return "uint64"
  elseif show == "ip" and of[2] == 4 and not of[3] then
    return "ipv4"
  end
  local width = of[2] <= 2 and 8 * of[2] or of[2] <= 4 and 32 or 64
  return (of[3] and "int" or "uint") .. width
end

local NARROW = { uint8 = true, uint16 = true, uint32 = true }
-- Every field of Wireshark by its abbreviation and type, and how many have an abbreviation.
local known, uses, all = {}, {}, {}

local function new_field(abbreviation, field, of)
  local kind = kind_of(field, of)
  local base_ = field.show == "hex" and kind:find("^uint") and base.HEX or nil
  local key = table.concat({ abbreviation, kind, tostring(base_), tostring(field.names) }, " ")
  if known[key] then
    return known[key]
  end
  uses[abbreviation] = (uses[abbreviation] or 0) + 1
  -- Types that one field may have are told apart by a number.
  local number = uses[abbreviation] > 1 and "." .. uses[abbreviation] or ""
  local name, made, doc = abbreviation .. number, nil, field.doc
  if kind == "none" or kind == "string" or kind == "bytes" or kind == "ipv4" or kind == "ipv6" or kind == "ether" or kind == "float" or kind == "double" then
    made = ProtoField[kind](name, field.label, doc)
  elseif kind == "bool" then
    made = ProtoField.bool(name, field.label, base.NONE, nil, nil, doc)
  elseif kind == "absolute_time" then
    made = ProtoField.absolute_time(name, field.label, base.UTC, doc)
  else
    local names = NARROW[kind] and field.value_names or nil
    made = ProtoField[kind](name, field.label, base_ or base.DEC, names, nil, doc)
  end
  known[key] = { made = made, kind = kind, names = NARROW[kind] and field.value_names }
  all[#all + 1] = made
  return known[key]
end

-- The fields of a type at this path. A type in itself has the fields of the outer one.
local function slots_of(number, path, outer)
  if outer[number] then
    return outer[number]
  end
  local slots, type_ = {}, TYPES[number]
  outer[number] = slots
  for at = type_.first, type_.last - 1 do
    local field = FIELDS[at]
    -- Names of instances may have any characters.
    local abbreviation = path .. "." .. field.name:gsub("[^%w_-]", "_")
    local slot = {}
    slots[at] = slot
    for _, of in ipairs(field.types) do
      slot[of] = { look = new_field(abbreviation, field, of) }
      if of[1] == "struct" and not field.value then
        slot[of].inner = slots_of(of[2], abbreviation, outer)
      end
    end
  end
  outer[number] = nil
  return slots
end

local SLOTS = slots_of(0, PREFIX, {})
PROTOCOL.fields = all
