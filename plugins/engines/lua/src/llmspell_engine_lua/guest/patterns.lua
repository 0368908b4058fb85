-- Reads string patterns: into items for the guest's own matcher, and into an estimate of what matching may cost.
--
-- Lua's matcher is quick, and can run for years on a pattern that backtracks; no hook runs meanwhile.
local guest = ...

local byte, char, find, gsub, sub = string.byte, string.char, string.find, string.gsub, string.sub
local error, max = error, math.max

local BUDGET = 2e8 -- steps of Lua's matcher, some nanoseconds each
local CACHED = 500

local sets, sets_count = {}, 0 -- the bytes that a class such as `%a` or `[^x]` takes
local parsed, parsed_count = {}, 0

-- Lua's own matcher says which bytes a class takes.
local function set_of(class)
  local set = sets[class]
  if set then return set end
  if sets_count == CACHED then sets, sets_count = {}, 0 end
  set = {}
  for code = 0, 255 do
    if find(char(code), "^" .. class) then set[code] = true end
  end
  sets[class], sets_count = set, sets_count + 1
  return set
end

-- Where the class that starts at `i` ends; for `[set]` as Lua finds it.
local function class_end(pattern, i)
  local code = byte(pattern, i)
  if code == 37 then -- %
    if i == #pattern then error("malformed pattern (ends with '%')", 0) end
    return i + 1
  end
  if code ~= 91 then return i end -- [
  i = i + 1
  if byte(pattern, i) == 94 then i = i + 1 end
  repeat
    if i > #pattern then error("malformed pattern (missing ']')", 0) end
    i = i + (byte(pattern, i) == 37 and 2 or 1)
  until byte(pattern, i) == 93
  return i
end

local QUANTIFIERS = { [42] = "*", [43] = "+", [45] = "-", [63] = "?" }

local function single(pattern, i)
  local last = class_end(pattern, i)
  local class = sub(pattern, i, last)
  if i == last and class ~= "." then class = gsub(class, "%p", "%%%0") end -- `$` alone would be the end
  local item = { op = "single", class = class, set = set_of(class), repeats = QUANTIFIERS[byte(pattern, last + 1) or 0] }
  if item.repeats then last = last + 1 end
  item.run = "^" .. class .. "*"
  return item, last + 1
end

local function balance(pattern, i)
  if i + 3 > #pattern then error("malformed pattern (missing arguments to '%b')", 0) end
  return { op = "balance", open = byte(pattern, i + 2), close = byte(pattern, i + 3) }, i + 4
end

local function frontier(pattern, i)
  if byte(pattern, i + 2) ~= 91 then error("missing '[' after '%f' in pattern", 0) end
  local last = class_end(pattern, i + 2)
  return { op = "frontier", set = set_of(sub(pattern, i + 2, last)) }, last + 1
end

local function next_item(pattern, i)
  local code, following = byte(pattern, i, i + 1)
  if code == 40 then -- (
    if following == 41 then return { op = "position" }, i + 2 end
    return { op = "open" }, i + 1
  end
  if code == 41 then return { op = "close" }, i + 1 end
  if code == 36 and i == #pattern then return { op = "end" }, i + 1 end
  if code == 37 then
    if following == 98 then return balance(pattern, i) end
    if following == 102 then return frontier(pattern, i) end
    if following and following >= 48 and following <= 57 then return { op = "again", index = following - 48 }, i + 2 end
  end
  return single(pattern, i)
end

local function disjoint(a, b)
  for code in next, a do
    if b[code] then return false end
  end
  return true
end

-- Whether giving back some of what item `i` took can ever help: not when the next byte that must follow is none of its.
local function ambiguous(items, i)
  local set = items[i].set
  for j = i + 1, #items do
    local item = items[j]
    if item.op == "end" then return false end
    if item.op == "single" then
      if not disjoint(set, item.set) then return true end
      if not item.repeats or item.repeats == "+" then return false end
    elseif item.op ~= "open" and item.op ~= "close" and item.op ~= "position" then
      return true
    end
  end
  return true
end

local function is_last(items, i)
  for j = i + 1, #items do
    if items[j].op ~= "close" and items[j].op ~= "position" then return false end
  end
  return true
end

-- The power of the subject's length that bounds the steps from one starting point.
local function power_of(items)
  local power, linear = 0, 0
  for i, item in ipairs(items) do
    if item.op == "balance" or item.op == "again" then
      linear = 1
    elseif item.repeats and not is_last(items, i) then
      if ambiguous(items, i) then power = power + 1 else linear = 1 end
    end
  end
  return power + linear
end

local function parse(pattern, anchors)
  local items, n, i = {}, 0, 1
  local anchored = anchors and byte(pattern) == 94
  if anchored then i = 2 end
  while i <= #pattern do
    n = n + 1
    items[n], i = next_item(pattern, i)
  end
  items.anchored = anchored
  items.power = power_of(items) + (anchored and 0 or 1)
  return items
end

-- The items of `pattern`; `anchors` says whether a `^` at its start is special.
local function items_of(pattern, anchors)
  local key = anchors and pattern or "g" .. pattern
  local items = parsed[key]
  if items then return items end
  if parsed_count == CACHED then parsed, parsed_count = {}, 0 end
  items = parse(pattern, anchors)
  parsed[key], parsed_count = items, parsed_count + 1
  return items
end

guest.items_of = items_of

-- The items when Lua's matcher might run too long on `subject`, else nil.
function guest.costly_items(subject, pattern, anchors)
  local length = #subject + 1
  if #pattern <= 3 and length < 10000 then return nil end -- one item
  if not find(pattern, "[-*+?%%]") then return length * #pattern > BUDGET and items_of(pattern, anchors) or nil end
  local items = items_of(pattern, anchors)
  return length ^ items.power * max(1, #pattern / 16) > BUDGET and items or nil
end
