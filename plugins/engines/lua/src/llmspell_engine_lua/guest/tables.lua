-- The script's `table` library: long work can be interrupted, and a comparison may call the host.
local guest, _, _ = ...

local tick = guest.tick
local concat, insert, move, remove, sort, unpack = table.concat, table.insert, table.move, table.remove, table.sort, table.unpack
local error, getmetatable, mathtype, rawget, rawlen, rawset, tostring, type =
  error, debug.getmetatable, math.type, rawget, rawlen, rawset, tostring, type

local LONG = 10000 -- elements that a function written in C may handle without a look at the clock
local MAX_RANGE = 1 << 22
local MAX_RESULTS = 100000

-- Lists only: `__len` and `__index` could make a function written in C work for ever.
local function check(list, name)
  if type(list) ~= "table" then
    error("bad argument #1 to '" .. name .. "' (table expected, got " .. type(list) .. ")", 3)
  end
  local meta = getmetatable(list)
  if meta and (rawget(meta, "__len") ~= nil or rawget(meta, "__index") ~= nil or rawget(meta, "__newindex") ~= nil) then
    error("table." .. name .. " works on plain tables only, not on one with __index, __newindex or __len", 3)
  end
  if rawlen(list) > LONG then tick() end
end

local library = { pack = table.pack }

function library.insert(list, ...)
  check(list, "insert")
  return insert(list, ...)
end

function library.remove(list, ...)
  check(list, "remove")
  return remove(list, ...)
end

function library.concat(list, ...)
  check(list, "concat")
  return concat(list, ...)
end

function library.move(from, first, last, to, target)
  check(from, "move")
  if target ~= nil then check(target, "move") end
  if mathtype(first) == "integer" and mathtype(last) == "integer" and last >= first then
    local count = last - first
    if count < 0 or count > MAX_RANGE then error("table.move: the range is too large", 2) end
    if count > LONG then tick() end
  end
  return move(from, first, last, to, target or from)
end

function library.unpack(list, first, last)
  check(list, "unpack")
  first, last = first or 1, last or rawlen(list)
  if mathtype(first) == "integer" and mathtype(last) == "integer" and last >= first then
    local count = last - first
    if count < 0 or count >= MAX_RESULTS then error("table.unpack: too many results", 2) end
    if count > LONG then tick() end
  end
  return unpack(list, first, last)
end

local function default_order(a, b)
  return a < b
end

-- Merges the sorted runs `from[low..middle-1]` and `from[middle..high]` into `into`.
local function merge(from, into, low, middle, high, before)
  local i, j = low, middle
  for k = low, high do
    if i < middle and (j > high or not before(rawget(from, j), rawget(from, i))) then
      into[k] = rawget(from, i)
      i = i + 1
    else
      into[k] = rawget(from, j)
      j = j + 1
    end
  end
end

local function merge_sort(list, before)
  local n = rawlen(list)
  local from, into = list, {}
  local width = 1
  while width < n do
    for low = 1, n, 2 * width do
      local middle, high = low + width, low + 2 * width - 1
      if middle > n + 1 then middle = n + 1 end
      if high > n then high = n end
      merge(from, into, low, middle, high, before)
    end
    from, into = into, from
    width = width * 2
  end
  if from ~= list then
    for k = 1, n do rawset(list, k, rawget(from, k)) end
  end
end

-- A stable merge sort, because Lua's own can neither wait in a comparison nor be interrupted.
function library.sort(list, before)
  check(list, "sort")
  if before ~= nil and type(before) ~= "function" then
    error("bad argument #2 to 'sort' (function expected, got " .. type(before) .. ")", 2)
  end
  if before == nil and rawlen(list) <= LONG then return sort(list) end
  merge_sort(list, before or default_order)
end

guest.env.table = library
