-- The names of Wireshark's for values of at most 32 bits; `nil` if one has more.
local function value_names(names)
  local all = {}
  for key, name in pairs(names) do
    local value = tonumber(key)
    if value < 0 or value >= 2 ^ 32 then
      return nil
    end
    all[value] = name
  end
  return all
end

-- Keeps a field of the description.
local function field(number, name, more)
  more.name, more.label = name, more.label or name
  more.summary = more.summary ~= false
  more.scaled = more.scale ~= nil or more.offset ~= nil
  more.value_names = more.names and value_names(more.names)
  more.types = { more.of }
  if more.chosen then
    for _, case in ipairs(more.chosen.cases) do
      more.types[#more.types + 1] = case[2]
    end
    more.types[#more.types + 1] = more.chosen.other
  end
  FIELDS[number] = more
end
