local E = {}

local function integers(operator, left, right)
  if operator == "+" then
    return exact(left + right)
  elseif operator == "-" then
    return exact(left - right)
  elseif operator == "*" then
    return exact(left * right)
  elseif operator == "/" or operator == "%" then
    if right == 0 then
      return fault(OVERFLOW)
    end
    local rest = math.fmod(left, right)
    if operator == "%" then
      return I(rest < 0 and rest + math.abs(right) or rest)
    end
    local quotient = (left - rest) / right
    return I((rest ~= 0 and (rest < 0) ~= (right < 0)) and quotient - 1 or quotient)
  elseif operator == "<<" or operator == ">>" then
    if right < 0 or right >= 127 then
      return fault(OVERFLOW)
    end
    return operator == "<<" and exact(left * 2 ^ right) or I(math.floor(left / 2 ^ right))
  end
  local rules = { ["|"] = any_bit, ["^"] = other_bit, ["&"] = both_bits }
  return exact(bitwise(left, right, rules[operator]))
end

local function floats(operator, left, right)
  if operator == "+" then
    return F(left + right)
  elseif operator == "-" then
    return F(left - right)
  elseif operator == "*" then
    return F(left * right)
  elseif operator == "/" then
    return F(left / right)
  elseif operator == "%" then
    local rest = math.fmod(left, right)
    return F(rest < 0 and rest + math.abs(right) or rest)
  end
  return fault(KIND)
end

function E.short(text)
  return #text > LONGEST_TEXT and fault(TOO_LONG) or T(text)
end

function E.binary(operator, left, right)
  if left.k == "fault" or right.k == "fault" then
    return left.k == "fault" and left or right
  end
  if operator == "+" and left.k == "text" and right.k == "text" then
    return E.short(left.v .. right.v)
  end
  if not NUMBERS[left.k] or not NUMBERS[right.k] then
    return fault(KIND)
  end
  if left.k == "float" or right.k == "float" then
    return floats(operator, real(left), real(right))
  end
  if left.k == "big" or right.k == "big" then
    return fault(TOO_WIDE)
  end
  return integers(operator, left.v, right.v)
end

function E.equal(left, right, wanted)
  if left.k == "fault" or right.k == "fault" then
    return left.k == "fault" and left or right
  end
  return B(is_equal(left, right) == wanted)
end

-- `<`, `<=`, `>` and `>=`.
function E.compare(operator, left, right)
  if left.k == "fault" or right.k == "fault" then
    return left.k == "fault" and left or right
  end
  local found = order(left, right)
  if not found then
    return fault(KIND)
  end
  if operator == "<" then
    return B(found < 0)
  elseif operator == "<=" then
    return B(found <= 0)
  elseif operator == ">" then
    return B(found > 0)
  end
  return B(found >= 0)
end

-- `and` and `or`: the right side is computed where the left one decides nothing.
local function logical(left, right, decides)
  if left.k == "fault" or left.k == "bool" and left.v == decides then
    return left
  end
  right = right()
  if right.k == "fault" then
    return right
  end
  return left.k == "bool" and right.k == "bool" and right or fault(KIND)
end

function E.either(left, right)
  return logical(left, right, true)
end
function E.both(left, right)
  return logical(left, right, false)
end

function E.choice(condition, holds, other)
  if condition.k == "fault" then
    return condition
  elseif condition.k ~= "bool" then
    return fault(KIND)
  end
  return condition.v and holds() or other()
end

function E.unary(operator, of)
  if of.k == "fault" then
    return of
  elseif operator == "not" and of.k == "bool" then
    return B(not of.v)
  elseif of.k == "big" then
    return fault(TOO_WIDE)
  elseif operator == "-" and of.k == "int" then
    return I(0 - of.v)
  elseif operator == "-" and of.k == "float" then
    return F(-of.v)
  elseif operator == "~" and of.k == "int" then
    return exact(-of.v - 1)
  end
  return fault(KIND)
end

function E.list(...)
  local all = { ... }
  for _, one in ipairs(all) do
    if one.k == "fault" then
      return one
    end
  end
  return { k = "list", v = all }
end

local function integer_of(text, radix)
  local sign, digits = text:match("^%s*([+-]?)(%w+)%s*$")
  if not digits then
    return fault(KIND)
  end
  local value = 0
  for digit in digits:gmatch(".") do
    local number = tonumber(digit, radix)
    if not number then
      return fault(KIND)
    end
    value = value * radix + number
  end
  return exact(sign == "-" and 0 - value or value)
end

local function part_of(text, from, to)
  if from.k ~= "int" or to.k ~= "int" then
    return fault(KIND)
  elseif from.v < 0 or to.v < 0 then
    return fault(ABSENT)
  end
  local all = characters(text)
  return T(table.concat(all, "", math.min(from.v, #all) + 1, math.max(math.min(to.v, #all), math.min(from.v, #all))))
end

local METHODS = { text = {}, bytes = {}, list = {}, int = {}, big = {}, bool = {}, float = {} }

function METHODS.text.length(of)
  return I(#characters(of.v))
end
METHODS.text.size = METHODS.text.length
function METHODS.text.reverse(of)
  local all = characters(of.v)
  local reversed = {}
  for at = #all, 1, -1 do
    reversed[#reversed + 1] = all[at]
  end
  return T(table.concat(reversed))
end
function METHODS.text.to_i(of, arguments)
  local radix = arguments[1] or I(10)
  if #arguments > 1 or radix.k ~= "int" or radix.v < 2 or radix.v > 36 then
    return fault(KIND)
  end
  return integer_of(of.v, radix.v)
end
function METHODS.text.substring(of, arguments)
  return #arguments == 2 and part_of(of.v, arguments[1], arguments[2]) or fault(KIND)
end
function METHODS.bytes.length(of)
  return I(#of.v)
end
function METHODS.bytes.substring(of, arguments)
  local from, to = arguments[1], arguments[2]
  if #arguments ~= 2 or from.k ~= "int" or to.k ~= "int" then
    return fault(KIND)
  elseif from.v < 0 or to.v < 0 then
    return fault(ABSENT)
  end
  return { k = "bytes", v = of.v:sub(math.min(from.v, #of.v) + 1, math.min(to.v, #of.v)) }
end
-- Each byte with one of a key, which is repeated. An empty key changes nothing.
function METHODS.bytes.xor(of, arguments)
  local key = arguments[1]
  if #arguments ~= 1 or key.k ~= "bytes" then
    return fault(KIND)
  elseif #key.v == 0 then
    return of
  end
  local changed = {}
  for at = 1, #of.v do
    changed[at] = string.char(xor32(of.v:byte(at), key.v:byte((at - 1) % #key.v + 1)))
  end
  return { k = "bytes", v = table.concat(changed) }
end
METHODS.bytes.size, METHODS.list.length, METHODS.list.size =
  METHODS.bytes.length, METHODS.bytes.length, METHODS.bytes.length
function METHODS.bytes.first(of)
  return #of.v > 0 and I(of.v:byte(1)) or fault(ABSENT)
end
function METHODS.bytes.last(of)
  return #of.v > 0 and I(of.v:byte(-1)) or fault(ABSENT)
end
function METHODS.bytes.to_s(of, _, decode)
  return T((decode or DECODE.utf8)(of.v))
end
function METHODS.int.to_i(of)
  return of
end
function METHODS.int.to_s(of)
  return T(number_text(of))
end
METHODS.big.to_i, METHODS.big.to_s = METHODS.int.to_i, METHODS.int.to_s
function METHODS.bool.to_i(of)
  return I(of.v and 1 or 0)
end
function METHODS.float.to_i(of)
  if not (math.abs(of.v) < 1e18) then
    return fault(UNSUPPORTED)
  end
  return exact(of.v < 0 and math.ceil(of.v) or math.floor(of.v))
end

-- A member or a method of a value without a message.
function E.member_of_value(of, name, arguments, decode)
  local methods = METHODS[of.k]
  local method = methods and methods[name]
  return method and method(of, arguments, decode) or fault(UNSUPPORTED)
end
