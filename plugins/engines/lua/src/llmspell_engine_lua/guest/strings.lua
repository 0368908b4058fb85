-- The script's `string` and `utf8` libraries: nothing in them runs long where no hook can stop it.
local guest = ...

local tick, costly_items, find_slowly = guest.tick, guest.costly_items, guest.find_slowly
local byte, find, gmatch, gsub, match, rep, sub =
  string.byte, string.find, string.gmatch, string.gsub, string.match, string.rep, string.sub
local concat, error, mathtype, pack, pcall, select, tostring, type, unpack =
  table.concat, error, math.type, table.pack, pcall, select, tostring, type, table.unpack

local LONG = 1 << 16 -- bytes that a function written in C may handle without a look at the clock

-- A function of the library that takes time in proportion to its first argument.
local function timed(f)
  return function(text, ...)
    if type(text) == "string" and #text > LONG then tick() end
    return f(text, ...)
  end
end

local library = { char = string.char, format = string.format, len = string.len, pack = string.pack, packsize = string.packsize }
for _, name in ipairs { "byte", "lower", "reverse", "sub", "unpack", "upper" } do library[name] = timed(string[name]) end
local unicode = { char = utf8.char, charpattern = utf8.charpattern, codepoint = utf8.codepoint, codes = utf8.codes }
for _, name in ipairs { "len", "offset" } do unicode[name] = timed(utf8[name]) end

function library.rep(text, count, separator)
  local times, width = tonumber(count) or 0, 32 -- a number as text
  if type(text) == "string" then width = #text end
  if type(separator) == "string" then width = width + #separator end
  local bytes = times * (width > 0 and width or 1)
  if bytes > guest.memory then error("string.rep: the result is too large", 2) end
  if bytes > LONG then tick() end
  return rep(text, count, separator)
end

-- The items of a pattern that Lua's own matcher could take too long for.
local function costly(text, pattern, anchors)
  if type(text) ~= "string" or type(pattern) ~= "string" then return nil end
  if #text > LONG then tick() end
  local ok, items = pcall(costly_items, text, pattern, anchors)
  if ok then return items end
  tick()
  error(items, 3)
end

-- Where to start: as the string library reads `init`.
local function start_of(text, init)
  init = init or 1
  if init < 0 then init = #text + init + 1 end
  return init < 1 and 1 or init
end

-- A search for plain text in steps that the hook can interrupt.
local function find_plain(text, needle, init)
  local head = sub(needle, 1, 256)
  local i = find(text, head, init, true)
  while i do
    if #needle == #head or sub(text, i, i + #needle - 1) == needle then return i, i + #needle - 1 end
    i = find(text, head, i + 1, true)
  end
end

function library.find(text, pattern, init, plain)
  if plain then
    if type(text) ~= "string" or type(pattern) ~= "string" or #text * #pattern < 1e8 then return find(text, pattern, init, plain) end
    return find_plain(text, pattern, start_of(text, init))
  end
  local items = costly(text, pattern, true)
  if not items then return find(text, pattern, init) end
  return find_slowly(text, items, start_of(text, init))
end

-- What `string.match` gives for a match: its captures, or all of it.
local function captured(text, first, last, ...)
  if not first then return nil end
  if select("#", ...) > 0 then return ... end
  return sub(text, first, last)
end

function library.match(text, pattern, init)
  local items = costly(text, pattern, true)
  if not items then return match(text, pattern, init) end
  return captured(text, find_slowly(text, items, start_of(text, init)))
end

-- The next match from `position` on, packed; `last_end` is where the last one ended.
local function next_match(find_next, text, position, last_end)
  local found = pack(find_next(position))
  if found[1] and found[2] + 1 == last_end then -- an empty match right after the last one does not count
    if position > #text then return nil end
    found = pack(find_next(position + 1))
  end
  return found[1] and found or nil
end

function library.gmatch(text, pattern, init)
  local items = costly(text, pattern, false)
  if not items then return gmatch(text, pattern, init) end
  local position, last_end = start_of(text, init), nil
  return function()
    local found = position and next_match(function(i) return find_slowly(text, items, i) end, text, position, last_end)
    position = nil
    if not found then return nil end
    position = found[2] + 1
    last_end = position
    return captured(text, unpack(found, 1, found.n))
  end
end

-- `%1` and its like in a replacement text, filled in from a match.
local function expand(replacement, text, found)
  return (gsub(replacement, "%%(.?)", function(what)
    if what == "%" then return "%" end
    local index = tonumber(what)
    if not index then error("invalid use of '%' in replacement string", 0) end
    if index == 0 or (index == 1 and found.n == 2) then return sub(text, found[1], found[2]) end
    if index + 2 > found.n then error("invalid capture index %" .. index .. " in replacement string", 0) end
    return tostring(found[index + 2])
  end))
end

local function replaced(replacement, text, found)
  local kind, value = type(replacement), nil
  if kind == "function" then
    value = replacement(captured(text, unpack(found, 1, found.n)))
  elseif kind == "table" then
    value = replacement[captured(text, unpack(found, 1, found.n))]
  else
    return expand(tostring(replacement), text, found)
  end
  if not value then return sub(text, found[1], found[2]) end
  if type(value) == "string" or type(value) == "number" then return tostring(value) end
  error("invalid replacement value (a " .. type(value) .. ")", 0)
end

-- string.gsub in Lua: the replacing function may wait for the host, and the hook runs between matches.
local function substitute(text, find_next, anchored, replacement, limit)
  local parts, count, position, last_end = {}, 0, 1, nil
  while count < limit do
    local found = next_match(find_next, text, position, last_end)
    if not found then break end
    count = count + 1
    parts[#parts + 1] = sub(text, position, found[1] - 1)
    parts[#parts + 1] = replaced(replacement, text, found)
    position = found[2] + 1
    last_end = position
    if anchored then break end
  end
  parts[#parts + 1] = sub(text, position)
  return concat(parts), count
end

function library.gsub(text, pattern, replacement, limit)
  local items = costly(text, pattern, true)
  local kind = type(replacement)
  if not items and (kind ~= "function" or type(text) ~= "string" or type(pattern) ~= "string") then
    return gsub(text, pattern, replacement, limit)
  end
  if kind ~= "function" and kind ~= "string" and kind ~= "number" and kind ~= "table" then
    error("bad argument #3 to 'gsub' (string/function/table expected, got " .. kind .. ")", 2)
  end
  local find_next = items and function(i) return find_slowly(text, items, i) end
    or function(i) return find(text, pattern, i) end
  return substitute(text, find_next, byte(pattern) == 94, replacement, limit or math.huge)
end

-- Methods of strings are these functions, and scripts cannot reach the metatable.
local meta = debug.getmetatable("")
meta.__index, meta.__metatable = library, false

guest.env.string, guest.env.utf8 = library, unicode
