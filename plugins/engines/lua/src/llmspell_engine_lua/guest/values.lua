-- Writes the script's values as JSON, as `llmspell.engine` says. Reads and compares tables raw: `==` could run code
-- of the script, and hand it what it must not have.
local guest, _, config = ...

local byte, find, format, gsub, concat = string.byte, string.find, string.format, string.gsub, table.concat
local getmetatable, mathtype, next, rawequal, rawget, rawlen, setmetatable, type, utf8len =
  debug.getmetatable, math.type, next, rawequal, rawget, rawlen, setmetatable, type, utf8.len
local raise = guest.raise

local NULL = setmetatable({}, {
  __metatable = false, __name = "null",
  __tostring = function() return "null" end,
  __newindex = function() raise("invalid_arguments", "Json.null cannot be changed") end,
})
local List = { __metatable = false, __name = "list" } -- the mark of a list, for when it is empty

local handle_ids = setmetatable({}, { __mode = "k" })
local opaque = setmetatable({}, { __mode = "k" }) -- the tables of the script API: what they are, or hold
local functions, function_ids = {}, {}

local label = "" -- what the value is for: the start of every message
local left = 0 -- how many bytes more the value may take
local encode

local function refuse(problem)
  raise("invalid_arguments", label .. ": " .. problem)
end

local function spend(bytes)
  left = left - bytes
  if left < 0 then refuse(format("the value takes more than %d bytes", config.value_bytes)) end
end

local ESCAPES = setmetatable({ ['"'] = '\\"', ["\\"] = "\\\\" }, {
  __index = function(escapes, char) -- made on first use: every machine would pay for all of them
    escapes[char] = format("\\u%04x", byte(char))
    return escapes[char]
  end,
})

-- The longest beginning that JSON writes as it is: ASCII without control characters, quotes and backslashes. Lua
-- searches a set from its start, so the small letters come first; and one long match is quicker than many that fail.
local PLAIN = "^[]-~ -!#-[]*"

local function string_json(text)
  spend(#text + 2)
  local _, plain = find(text, PLAIN)
  if plain == #text then return '"' .. text .. '"' end
  if utf8len(text) then return '"' .. gsub(text, '[%c"\\]', ESCAPES) .. '"' end
  return '{"$bytes":"' .. gsub(text, '[%c"\\\128-\255]', ESCAPES) .. '"}'
end

local function number_json(value)
  spend(8)
  if mathtype(value) == "integer" then return format("%d", value) end
  if value ~= value then return '{"$float":"nan"}' end
  if value == math.huge then return '{"$float":"inf"}' end
  if value == -math.huge then return '{"$float":"-inf"}' end
  local text = gsub(format("%.17g", value), ",", ".") -- the process may run in a locale with a decimal comma
  return find(text, "[.e]") and text or text .. ".0"
end

local function key_json(key)
  if byte(key) == 36 then key = "$" .. key end -- a key of the script's own that starts with a dollar sign
  if not utf8len(key) then refuse("a key is not valid UTF-8") end
  return string_json(key)
end

local function object_json(value, depth)
  local parts, n = {}, 0
  for key, item in next, value do
    if type(key) ~= "string" then
      if mathtype(key) ~= "integer" then refuse("a key of type " .. type(key) .. " cannot be passed") end
      refuse(n > 0 and format("a table with both list and named keys cannot be passed (key %d)", key)
        or "a list with a hole at 1: use Json.null")
    end
    n = n + 1
    parts[n] = key_json(key) .. ":" .. encode(item, depth)
  end
  return "{" .. concat(parts, ",") .. "}"
end

-- Says why `value`, which has something at 1, is not a list of `count` items.
local function check_list(value, count)
  local found = 0
  for key in next, value do
    if mathtype(key) ~= "integer" then
      refuse(format("a table with both list and named keys cannot be passed (key %s)",
        type(key) == "string" and format("%q", key) or "of type " .. type(key)))
    end
    found = found + 1
  end
  if found == count then return end
  local hole = 1
  while rawget(value, hole) ~= nil do hole = hole + 1 end
  refuse(format("a list with a hole at %d: use Json.null", hole))
end

local function list_json(value, depth)
  local count = rawlen(value)
  check_list(value, count)
  local parts = {}
  for i = 1, count do
    local item = rawget(value, i)
    if item == nil then refuse(format("a list with a hole at %d: use Json.null", i)) end
    parts[i] = encode(item, depth)
  end
  return "[" .. concat(parts, ",") .. "]"
end

local function table_json(value, depth)
  spend(2)
  if depth > config.value_depth then
    refuse(format("the value nests deeper than %d, or holds itself", config.value_depth))
  end
  local meta = getmetatable(value)
  if meta then
    if rawequal(value, NULL) then return "null" end
    if handle_ids[value] then return '{"$handle":' .. handle_ids[value] .. "}" end
    local content = opaque[value]
    if type(content) == "table" then return encode(content, depth) end
    if content then refuse(content .. " cannot be passed") end
  end
  if rawget(value, 1) ~= nil or (rawequal(meta, List) and next(value) == nil) then return list_json(value, depth + 1) end
  return object_json(value, depth + 1)
end

local function function_json(value)
  spend(16)
  local id = function_ids[value]
  if not id then
    id = #functions + 1
    functions[id], function_ids[value] = value, id
  end
  return '{"$function":' .. id .. "}"
end

function encode(value, depth)
  local kind = type(value)
  if kind == "string" then return string_json(value) end
  if kind == "number" then return number_json(value) end
  if kind == "table" then return table_json(value, depth) end
  if kind == "boolean" then return value and "true" or "false" end
  if kind == "nil" then return "null" end
  if kind == "function" then return function_json(value) end
  refuse("a " .. kind .. " cannot be passed")
end

-- One value as JSON; `what` starts the message of the error when it cannot be written.
function guest.encode(what, value)
  label, left = what, config.value_bytes
  return encode(value, 1)
end

-- The arguments of a call as the inside of a JSON array, without the nils at the end.
function guest.encode_arguments(what, n, ...)
  if n == 0 then return "" end
  label, left = what, config.value_bytes
  if n == 1 then
    local first = ...
    return first == nil and "" or encode(first, 1)
  end
  local given, parts = { ... }, {}
  while n > 0 and given[n] == nil do n = n - 1 end
  for i = 1, n do parts[i] = encode(given[i], 1) end
  return concat(parts, ",")
end

function guest.as_list(value)
  return setmetatable(value, List)
end

function guest.function_of(id)
  return functions[id]
end

guest.NULL, guest.List, guest.handle_ids, guest.opaque = NULL, List, handle_ids, opaque
