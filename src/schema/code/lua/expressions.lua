local function value_of_node(state, node)
  local value = node.value
  if value.k == "missing" then
    return fault(ABSENT)
  elseif value.k == "struct" or value.k == "list" then
    return { k = "node", v = node }
  elseif value.k == "single" then
    return F(value.v)
  elseif value.k == "raw" then
    local raw = state.data:sub(value.from + 1, value.to)
    return value.decode and T(value.decode(raw)) or { k = "bytes", v = raw }
  end
  return value
end

local function spend(state, steps)
  state.steps = state.steps + steps
  return state.steps > STEPS and fault(TOO_LONG)
end

-- The value of a field, or of an instance, which is read if it was not.
local function field_value(state, structure, number)
  local known = structure.first[number]
  if known then
    return value_of_node(state, known)
  elseif structure.value.k ~= "struct" then
    return fault(KIND)
  end
  local of = TYPES[structure.value.of]
  if number < of.middle or number >= of.params then
    return fault(ABSENT)
  end
  for _, work in ipairs(state.at_work) do
    if work[1] == structure and work[2] == number then
      return fault(CIRCULAR)
    end
  end
  local node = D.instance(state, structure, number)
  return node and value_of_node(state, node) or fault(ABSENT)
end

local function child(state, structure, name)
  if structure.value.k ~= "struct" then
    return fault(KIND)
  end
  local of = TYPES[structure.value.of]
  for number = of.first, of.last - 1 do
    if FIELDS[number].name == name then
      return field_value(state, structure, number)
    end
  end
  return fault(ABSENT)
end

function E.field(scope, number)
  return field_value(scope.state, scope.structure, number)
end

local function around(node)
  repeat
    node = node.parent
  until not node or node.value.k ~= "list"
  return node and { k = "node", v = node } or fault(ABSENT)
end

function E.name(scope, name)
  if name == "_" then
    return scope.element and value_of_node(scope.state, scope.element) or fault(ABSENT)
  elseif name == "_index" then
    return scope.index and I(scope.index) or fault(ABSENT)
  elseif name == "_root" then
    return { k = "node", v = scope.state.root }
  elseif name == "_parent" or name == "_io" then
    return E.member(scope, { k = "node", v = scope.structure }, name)
  end
  return child(scope.state, scope.structure, name)
end

local function member_of_list(state, list, name)
  local count = #list.children
  local spent = spend(state, count)
  if spent then
    return spent
  elseif name == "size" or name == "length" then
    return I(count)
  elseif not is_in({ first = true, last = true, min = true, max = true }, name) then
    return fault(UNSUPPORTED)
  elseif count == 0 then
    return fault(ABSENT)
  elseif name == "first" or name == "last" then
    return value_of_node(state, list.children[name == "first" and 1 or count])
  end
  local found
  for _, element in ipairs(list.children) do
    local value = value_of_node(state, element)
    if value.k == "fault" then
      return value
    end
    local place = found and order(value, found)
    if found and not place then
      return fault(KIND)
    elseif not found or name == "min" and place < 0 or name == "max" and place > 0 then
      found = value
    end
  end
  return found
end

-- The texts of the elements that are not empty, with one between them.
local function join(state, list, arguments)
  local between = arguments[1]
  if #arguments ~= 1 or between.k ~= "text" then
    return fault(KIND)
  end
  local spent = spend(state, #list.children)
  if spent then
    return spent
  end
  local texts = {}
  for _, element in ipairs(list.children) do
    local value = value_of_node(state, element)
    if value.k == "fault" then
      return value
    end
    local text = element.text or value.k == "text" and value.v
    if not text then
      return fault(KIND)
    elseif text ~= "" then
      texts[#texts + 1] = text
    end
  end
  return E.short(table.concat(texts, between.v))
end

function E.call(scope, of, name, arguments, decode)
  if of.k == "fault" then
    return of
  end
  for _, argument in ipairs(arguments) do
    if argument.k == "fault" then
      return argument
    end
  end
  local state = scope.state
  if of.k == "stream" then
    if name == "size" then
      return I(of.to - of.from)
    elseif name == "pos" then
      return I(math.max(scope.at - of.from, 0))
    elseif name == "eof" then
      return B(scope.at >= of.to)
    end
  elseif of.k == "node" then
    local value = of.v.value
    if name == "join" then
      return join(state, of.v, arguments)
    elseif value.k == "list" then
      return member_of_list(state, of.v, name)
    elseif name == "_io" then
      return { k = "stream", from = value.from, to = value.to }
    elseif name == "_root" then
      return { k = "node", v = state.root }
    elseif name == "_parent" then
      return around(of.v)
    end
    return child(state, of.v, name)
  elseif of.k == "bytes" and name == "xor" then
    local spent = spend(state, math.floor(#of.v / BYTES_PER_STEP))
    if spent then
      return spent
    end
  end
  return E.member_of_value(of, name, arguments, decode)
end

function E.member(scope, of, name)
  return E.call(scope, of, name, {})
end

function E.index(scope, of, index)
  if of.k == "fault" or index.k == "fault" then
    return of.k == "fault" and of or index
  elseif index.k ~= "int" then
    return fault(KIND)
  elseif index.v < 0 then
    return fault(ABSENT)
  end
  local at = index.v + 1
  if of.k == "list" then
    return of.v[at] or fault(ABSENT)
  elseif of.k == "bytes" then
    return at <= #of.v and I(of.v:byte(at)) or fault(ABSENT)
  elseif of.k == "node" then
    local spent = spend(scope.state, index.v)
    local element = of.v.children[at]
    return spent or element and value_of_node(scope.state, element) or fault(ABSENT)
  end
  return fault(KIND)
end

-- An expression is a value, or a function of its place with the number of its steps.
function D.evaluate(state, expression, scope)
  if expression.k then
    return expression
  end
  return spend(state, expression[1]) or expression[2](scope)
end

-- Its value of this kind; `nil` and why if it has none.
local function of_kind(state, expression, scope, kind)
  local value = D.evaluate(state, expression, scope)
  if value.k == kind then
    return value.v
  elseif value.k == "fault" then
    return nil, value.v
  end
  return nil, value.k == "big" and TOO_WIDE or KIND
end

function D.truth(state, expression, scope)
  return of_kind(state, expression, scope, "bool")
end
-- A size, a place or a number of elements: one that is not exact is beyond every message.
function D.integer(state, expression, scope)
  local value = D.evaluate(state, expression, scope)
  if value.k == "big" then
    return value.negative and -2 ^ 53 or 2 ^ 53
  end
  return of_kind(state, value, scope, "int")
end
