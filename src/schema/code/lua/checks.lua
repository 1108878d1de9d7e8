-- Reads an instance of a type, unless that was done: its node, if it exists.
function D.instance(state, around_, number)
  local known = around_.first[number]
  for _, work in ipairs(state.at_work) do
    if work[1] == around_ and work[2] == number then
      return known
    end
  end
  if known then
    return known
  elseif state.count >= FIELDS_OF_A_MESSAGE or state.depth >= DEPTH then
    mark(around_, "malformed", TOO_MUCH)
    return nil
  end
  state.at_work[#state.at_work + 1] = { around_, number }
  state.depth = state.depth + 1
  local stopped = D.read_instance(state, around_, number, around_.value)
  state.depth = state.depth - 1
  state.at_work[#state.at_work] = nil
  return not stopped and around_.first[number] or nil
end

-- A computed value, as a node keeps it.
local function kept(value)
  if value.k == "stream" then
    return { k = "raw", from = value.from, to = value.to }
  elseif value.k == "node" or value.k == "list" then
    return MISSING
  end
  return value
end

-- Gives a type its parameters, and returns why it cannot.
function D.give(state, node, of, arguments, scope)
  local values = D.evaluate(state, arguments, scope)
  if values.k ~= "list" then
    return values.k == "fault" and values.v or KIND
  end
  for at, value in ipairs(values.v) do
    if state.count >= FIELDS_OF_A_MESSAGE then
      return TOO_LONG
    end
    D.add(state, TYPES[of].params + at - 1, kept(value), 0, node)
  end
end

function D.read_instance(state, around_, number, stream)
  local field, cursor = FIELDS[number], cursor_of(stream.from, stream.to)
  local scope = D.scope(state, around_, cursor)
  local exists, wrong = D.exists(state, field, scope)
  if not wrong and not exists then
    return false
  end
  local at = 0
  if not wrong and field.value then
    local value = D.evaluate(state, field.value, scope)
    if value.k ~= "fault" then
      D.add(state, number, kept(value), 0, around_)
      return false
    end
    wrong = value.v
  end
  if not wrong and field.io then
    local other = D.evaluate(state, field.io, scope)
    if other.k == "stream" then
      cursor = cursor_of(other.from, other.to)
    else
      wrong = other.k == "fault" and other.v or KIND
    end
  end
  if not wrong and field.pos then
    at, wrong = D.integer(state, field.pos, scope)
    if not wrong and (at < 0 or at > left(cursor)) then
      wrong = outside(at)
    end
  end
  if wrong then
    return D.broken(state, around_, number, cursor, wrong)
  end
  cursor.at = cursor.at + at
  return D.field(state, around_, number, cursor)
end

-- Marks a value that is not valid.
function D.check(state, node, field, around_, cursor)
  if field.contents and state.data:sub(node.from + 1, node.to) ~= field.contents then
    mark(node, "value", "other bytes always stand here")
  end
  if field.check then
    local scope = D.scope(state, around_, cursor, node)
    local valid, wrong = D.is_valid(state, node, field, scope)
    if wrong then
      mark(node, "malformed", wrong)
    elseif not valid then
      mark(node, "value", "not a valid value")
    end
  end
end

-- Whether a value is valid, or `nil` and why that is not known.
function D.is_valid(state, node, field, scope)
  local value, check = value_of_node(state, node), field.check
  local function of(expression)
    return expression and D.evaluate(state, expression, scope)
  end
  local equal, least, most = of(check.eq), of(check.min), of(check.max)
  for _, one in ipairs({ value, equal or value, least or value, most or value }) do
    if one.k == "fault" then
      return nil, one.v
    end
  end
  if equal and not is_equal(value, equal) then
    return false
  end
  for _, bound in ipairs({ { least, -1 }, { most, 1 } }) do
    local place = bound[1] and order(value, bound[1])
    if bound[1] and not place then
      return nil, KIND
    elseif place == bound[2] then
      return false
    end
  end
  if check.any_of then
    local found = false
    for _, one in ipairs(check.any_of) do
      one = of(one)
      if one.k == "fault" then
        return nil, one.v
      end
      found = found or is_equal(value, one)
    end
    if not found then
      return false
    end
  end
  if check.in_enum and not (NUMBERS[value.k] and field.names and field.names[number_text(value)]) then
    return false
  end
  if check.expr then
    return D.truth(state, check.expr, scope)
  end
  return true
end

-- Marks numbers that say something else of the other fields than what is there.
function D.check_relations(state, structure, first)
  for at = 1, #structure.children do
    local node = structure.children[at]
    local relation, value = FIELDS[node.field].relation, node.value
    if relation and NUMBERS[value.k] then
      local from, to
      for _, one in ipairs(structure.children) do
        local place = one.field - first
        if place >= relation[2] and place < relation[3] then
          from, to = math.min(from or one.from, one.from), math.max(to or one.to, one.to)
        end
      end
      local data = from and state.data:sub(from + 1, to) or ""
      local counts = relation[1] == "counts"
      local right = counts and #data or relation[1](data)
      local found = value.v
      -- A signed number is compared by its bits.
      if value.k == "int" and found < 0 then
        found = found + 2 ^ (8 * math.min(node.to - node.from, 8))
      end
      if value.k == "big" or found ~= right then
        local text = counts and whole_text(right) or string.format("0x%X", right)
        mark(node, counts and "length" or "checksum", "should be " .. text)
      end
    end
  end
end
