-- Matches patterns in Lua, where the hook can interrupt; the same as Lua's own matcher, only slower.
local guest = ...

local byte, find, sub = string.byte, string.find, string.sub
local error, select, unpack = error, select, table.unpack

local subject, items, size -- what is being matched; nothing here waits, so one of each is enough
local starts, ends, level = {}, {}, 0
local OPEN, POSITION = -1, -2

local match

local function match_greedy(item, i, p)
  local _, last = find(subject, item.run, i)
  local first = item.repeats == "+" and i + 1 or i
  if not items[p + 1] then return last + 1 >= first and last + 1 or nil end
  for after = last + 1, first, -1 do
    local found = match(after, p + 1)
    if found then return found end
  end
end

local function match_lazy(item, i, p)
  while true do
    local found = match(i, p + 1)
    if found then return found end
    if not item.set[byte(subject, i) or -1] then return nil end
    i = i + 1
  end
end

local function match_optional(item, i, p)
  if item.set[byte(subject, i) or -1] then
    local found = match(i + 1, p + 1)
    if found then return found end
  end
  return match(i, p + 1)
end

local REPEATED = { ["*"] = match_greedy, ["+"] = match_greedy, ["-"] = match_lazy, ["?"] = match_optional }

local function match_open(i, p, mark)
  level = level + 1
  starts[level], ends[level] = i, mark
  local found = match(i, p + 1)
  if not found then level = level - 1 end
  return found
end

local function match_close(i, p)
  local index = level
  while index > 0 and ends[index] ~= OPEN do index = index - 1 end
  if index == 0 then error("invalid pattern capture", 0) end
  ends[index] = i - 1
  local found = match(i, p + 1)
  if not found then ends[index] = OPEN end
  return found
end

-- Where what `%b` matches from `i` ends.
local function balanced(item, i)
  if byte(subject, i) ~= item.open then return nil end
  local depth = 1
  for j = i + 1, size do
    local code = byte(subject, j)
    if code == item.close then
      depth = depth - 1
      if depth == 0 then return j + 1 end
    elseif code == item.open then
      depth = depth + 1
    end
  end
end

local function at_frontier(item, i)
  local before = i > 1 and byte(subject, i - 1) or 0
  return not item.set[before] and item.set[byte(subject, i) or 0]
end

-- Where a repetition of capture `index` from `i` ends.
local function repeated(index, i)
  if index == 0 or index > level or ends[index] == OPEN then
    error("invalid capture index %" .. index, 0)
  end
  if ends[index] == POSITION then return nil end
  local length = ends[index] - starts[index] + 1
  if sub(subject, starts[index], ends[index]) == sub(subject, i, i + length - 1) then return i + length end
end

-- Where a match of the items from `p` on, that starts at `i`, ends; nil when there is none.
function match(i, p)
  while true do
    local item = items[p]
    if not item then return i end
    local op = item.op
    if op == "single" then
      if item.repeats then return REPEATED[item.repeats](item, i, p) end
      if not item.set[byte(subject, i) or -1] then return nil end
      i = i + 1
    elseif op == "open" then return match_open(i, p, OPEN)
    elseif op == "position" then return match_open(i, p, POSITION)
    elseif op == "close" then return match_close(i, p)
    elseif op == "end" then return i == size + 1 and i or nil
    elseif op == "balance" then
      i = balanced(item, i)
    elseif op == "again" then
      i = repeated(item.index, i)
    elseif not at_frontier(item, i) then
      return nil
    end
    if not i then return nil end
    p = p + 1
  end
end

local function captures()
  local values = {}
  for index = 1, level do
    if ends[index] == OPEN then error("unfinished capture", 0) end
    values[index] = ends[index] == POSITION and starts[index] or sub(subject, starts[index], ends[index])
  end
  return unpack(values, 1, level)
end

-- The class that every match starts with, if there is one: Lua's matcher can look for it.
local function first_class()
  for i = 1, #items do
    local item = items[i]
    if item.op == "single" then
      return (not item.repeats or item.repeats == "+") and item.class or nil
    end
    if item.op ~= "open" and item.op ~= "position" then return nil end
  end
end

-- As string.find: the start, the end and the captures of the first match from `init` on.
function guest.find_slowly(text, pattern_items, init)
  subject, items, size = text, pattern_items, #text
  local class = not items.anchored and first_class()
  local i = init
  while i <= size + 1 do
    if class then
      i = find(text, class, i)
      if not i then return nil end
    end
    level = 0
    local after = match(i, 1)
    if after then return i, after - 1, captures() end
    if items.anchored then return nil end
    i = i + 1
  end
  return nil
end
