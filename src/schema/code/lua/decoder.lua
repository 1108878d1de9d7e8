-- The fields of the message. A function gives `true` where the rest of a type cannot be read.
local D = {}

local function new_node(field, value, at, parent, index)
  local node = { field = field, value = value, from = at, to = at, parent = parent, index = index }
  node.children, node.first = {}, {}
  if parent then
    parent.children[#parent.children + 1] = node
    parent.first[field] = parent.first[field] or node
  end
  return node
end

-- Marks a node, unless it is already.
local function mark(node, kind, reason)
  node.fault = node.fault or { kind = kind, text = reason }
  return true
end

function D.scope(state, structure, cursor, element, index)
  return { state = state, structure = structure, at = cursor.at, element = element, index = index }
end

function D.add(state, field, value, at, parent, index)
  state.count = state.count + 1
  return new_node(field, value, at, parent, index)
end

function D.broken(state, parent, field, cursor, reason)
  return mark(D.add(state, field, MISSING, cursor.at, parent), "malformed", reason)
end

-- Reads a message; its node is `root`.
function D.decode(data)
  local root = new_node(nil, { k = "struct", of = 0, from = 0, to = #data }, 0)
  local state = { data = data, depth = 0, steps = 0, at_work = {}, root = root, count = 1 }
  local cursor = cursor_of(0, #data)
  local stopped = D.structure(state, root, 0, cursor)
  align(cursor)
  root.to = cursor.at
  if left(cursor) > 0 and not stopped then
    mark(root, "length", counted(left(cursor), "more than described"))
  end
  return state
end

function D.structure(state, node, of, cursor)
  local type_ = TYPES[of]
  state.depth = state.depth + 1
  local stopped = state.depth > DEPTH and mark(node, "malformed", TOO_MUCH)
  if not stopped then
    for number = type_.first, type_.middle - 1 do
      stopped = D.field(state, node, number, cursor)
      if stopped then
        break
      end
    end
  end
  if not stopped then
    D.check_relations(state, node, type_.first)
    for number = type_.middle, type_.params - 1 do
      D.instance(state, node, number)
    end
    if type_.text then
      local text = D.evaluate(state, type_.text, D.scope(state, node, cursor))
      node.text = text.k == "text" and text.v or nil
    end
  end
  state.depth = state.depth - 1
  return stopped
end

-- Whether a field exists: true, false, or `nil` and why that is not known.
function D.exists(state, field, scope)
  if not field.condition then
    return true
  end
  return D.truth(state, field.condition, scope)
end

function D.field(state, around, number, cursor)
  local field = FIELDS[number]
  local scope = D.scope(state, around, cursor)
  local exists, wrong = D.exists(state, field, scope)
  if wrong then
    return D.broken(state, around, number, cursor, wrong)
  elseif not exists then
    return false
  end
  local way = field.way or "once"
  if way == "once" then
    if field.chosen and field.chosen.optional then
      local of, unknown = D.choose(state, field.chosen, scope)
      if not of and not unknown then
        return false
      end
    end
    local _, stopped = D.element(state, around, around, number, cursor)
    return stopped
  end
  local times
  if way == "expr" then
    times, wrong = D.integer(state, field.repeated, scope)
    if not wrong and times < 0 then
      wrong = outside(times)
    end
    if wrong then
      return D.broken(state, around, number, cursor, wrong)
    end
  end
  local from = cursor.at
  local list = D.add(state, number, { k = "list" }, from, around)
  local stopped = D.elements(state, list, number, cursor, times)
  list.to = math.max(cursor.at, from)
  return stopped
end

function D.elements(state, list, number, cursor, times)
  local field, around, count = FIELDS[number], list.parent, 0
  while not (count == times or field.way == "eos" and left(cursor) == 0) do
    local at, bit = cursor.at, cursor.bit
    local element, stopped = D.element(state, around, list, number, cursor, count)
    if stopped then
      return true
    end
    count = count + 1
    if field.way == "until" then
      local scope = D.scope(state, around, cursor, element, count - 1)
      local last, wrong = D.truth(state, field.repeated, scope)
      if wrong then
        return mark(element, "malformed", wrong)
      elseif last then
        return false
      end
    end
    -- Elements without bytes would never end.
    if not times and at == cursor.at and bit == cursor.bit then
      return mark(list, "malformed", TOO_MUCH)
    end
  end
  return false
end

-- Reads one value of a field: its node, and whether the rest cannot be read.
function D.element(state, around, parent, number, cursor, index)
  local field = FIELDS[number]
  if state.count >= FIELDS_OF_A_MESSAGE then
    return nil, mark(parent, "malformed", TOO_MUCH)
  end
  local of, wrong = field.of, nil
  if field.chosen then
    of, wrong = D.choose(state, field.chosen, D.scope(state, around, cursor))
    if not of then
      wrong = wrong or "no type is described for this value"
      return nil, D.broken(state, parent, number, cursor, wrong)
    end
  end
  if of[1] ~= "bits" then
    align(cursor)
  end
  local from = cursor.at
  local node = D.add(state, number, MISSING, from, parent, index)
  local stopped = false
  if of[1] == "struct" then
    wrong = field.arguments and D.give(state, node, of[2], field.arguments, D.scope(state, around, cursor, nil, index))
    stopped = not wrong and D.inner(state, node, of[2], around, cursor)
  elseif of[1] == "bytes" or of[1] == "text" then
    local first, last, short = D.window(state, field, around, cursor, field.contents)
    node.value, wrong = { k = "raw", from = first, to = last, decode = of[2] }, short
  else
    node.value, wrong = read_number(of, cursor, state.data)
  end
  node.of = of
  node.to = math.max(cursor.at + (cursor.bit > 0 and 1 or 0), from)
  if wrong then
    return node, mark(node, "malformed", wrong)
  elseif of[1] ~= "struct" then
    D.check(state, node, field, around, cursor)
  end
  return node, stopped
end

-- The type of this value; `nil` and why if there is none.
function D.choose(state, chosen, scope)
  local value = D.evaluate(state, chosen.on, scope)
  if value.k == "fault" then
    return nil, value.v
  end
  for _, case in ipairs(chosen.cases) do
    local one = D.evaluate(state, case[1], scope)
    if one.k == "fault" then
      return nil, one.v
    elseif is_equal(value, one) then
      return case[2]
    end
  end
  return chosen.other
end

function D.inner(state, node, of, around, cursor)
  local field = FIELDS[node.field]
  if not (field.size or field.to_end or field.terminator) then
    node.value = { k = "struct", of = of, from = cursor.from, to = cursor.to }
    return D.structure(state, node, of, cursor)
  end
  local from, to, wrong = D.window(state, field, around, cursor)
  node.value = { k = "struct", of = of, from = from, to = to }
  -- What does not fit into its own stream ends there.
  D.structure(state, node, of, cursor_of(from, to))
  return wrong and mark(node, "malformed", wrong) or false
end

-- Where the bytes of a field begin and end, and what is wrong with them.
function D.window(state, field, around, cursor, contents)
  local from, size, wrong = cursor.at, nil, nil
  if field.size then
    size, wrong = D.integer(state, field.size, D.scope(state, around, cursor))
    if wrong or size < 0 then
      return from, from, wrong or outside(size)
    end
  elseif contents then
    size = #contents
  elseif field.to_end then
    size = left(cursor)
  else
    return D.terminated(state, field, cursor)
  end
  local there = math.min(size, left(cursor))
  cursor.at = from + there
  local to = from + there
  if there < size then
    return from, to, missing(size - there)
  end
  if field.terminator then
    local at = state.data:sub(from + 1, to):find(field.terminator.byte, 1, true)
    to = at and from + at - 1 + (field.terminator.include and 1 or 0) or to
  end
  while field.pad and to > from and state.data:byte(to) == field.pad do
    to = to - 1
  end
  return from, to
end

function D.terminated(state, field, cursor)
  local from, terminator = cursor.at, field.terminator
  if not terminator then
    return from, from
  end
  local at = state.data:sub(from + 1, cursor.to):find(terminator.byte, 1, true)
  if not at then
    cursor.at = math.max(cursor.to, from)
    return from, cursor.at, terminator.required and "the byte that ends it is missing" or nil
  end
  cursor.at = from + at - 1 + (terminator.consume and 1 or 0)
  return from, from + at - 1 + (terminator.include and 1 or 0)
end
