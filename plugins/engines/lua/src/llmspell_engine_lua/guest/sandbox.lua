-- What a script sees: an environment of its own with the harmless part of the standard library.
local guest, _, config = ...

local concat, load, pack, utf8len = table.concat, load, table.pack, utf8.len
local error, getmetatable, rawequal, rawget, rawset, select, setmetatable, tostring, type =
  error, getmetatable, rawequal, rawget, rawset, select, setmetatable, tostring, type
local raw_getmetatable, raw_setmetatable, count = debug.getmetatable, debug.setmetatable, collectgarbage
local byte, sub = string.byte, string.sub
local raise = guest.raise

local MAX_SOURCE = 64 << 10 -- bytes; the compiler cannot be interrupted, and long chains take it quadratic time

local function copy(library, names)
  local result = {}
  for name in string.gmatch(names, "%S+") do result[name] = library[name] end
  return result
end

local env = copy(_G, "_VERSION assert error ipairs next pairs rawequal rawget rawlen rawset select tonumber tostring type")
env._G = env
env.pcall, env.xpcall, env.coroutine = guest.pcall, guest.xpcall, guest.coroutines
env.math = copy(math, [[abs acos asin atan ceil cos deg exp floor fmod huge log max maxinteger min mininteger modf pi
  rad random randomseed sin sqrt tan tointeger type ult]])
env.os = copy(os, "clock date difftime time")

function env.setmetatable(value, meta)
  if type(value) ~= "table" then
    error("bad argument #1 to 'setmetatable' (table expected, got " .. type(value) .. ")", 2)
  end
  if type(meta) == "table" and rawget(meta, "__gc") ~= nil then
    error("__gc is not allowed: it would run where no limit can stop it", 2)
  end
  if rawequal(raw_getmetatable(value), guest.List) and (meta == nil or type(meta) == "table") then
    return raw_setmetatable(value, meta) -- the mark of a list gives way to what the script wants
  end
  return setmetatable(value, meta)
end

function env.getmetatable(value)
  return type(value) == "table" and getmetatable(value) or nil
end

function env.collectgarbage(option)
  if option ~= nil and option ~= "count" then
    error("collectgarbage: only 'count' is allowed", 2)
  end
  return count("count")
end

-- Bytes that are no UTF-8 are printed as question marks.
local function printable(text)
  local ok, bad = utf8len(text)
  while not ok do
    text = sub(text, 1, bad - 1) .. "?" .. sub(text, bad + 1)
    ok, bad = utf8len(text, bad)
  end
  return text
end
guest.printable = printable

function env.print(...)
  local parts = pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  guest.print_line(printable(concat(parts, "\t", 1, parts.n)))
end

local function read_all(reader)
  local parts = {}
  while true do
    local part = reader()
    if part == nil or part == "" then return concat(parts) end
    if type(part) ~= "string" then error("reader function must return a string", 3) end
    parts[#parts + 1] = part
  end
end

function env.load(chunk, name, mode, ...)
  if type(chunk) == "function" then chunk = read_all(chunk) end
  if type(chunk) ~= "string" then error("bad argument #1 to 'load' (string expected, got " .. type(chunk) .. ")", 2) end
  if mode ~= nil and mode ~= "t" and mode ~= "bt" then error("load: only text is allowed", 2) end
  if #chunk > MAX_SOURCE then return nil, "load: the text is longer than " .. MAX_SOURCE .. " bytes" end
  local target = env
  if select("#", ...) > 0 then target = ... end
  return load(chunk, name or chunk, "t", target)
end

-- The text of a file as a function: a byte order mark and a first line for the shell are no Lua.
local function compile(source, name)
  if sub(source, 1, 3) == "\xEF\xBB\xBF" then source = sub(source, 4) end
  if byte(source) == 35 then source = "--" .. source end
  guest.remember_file(name)
  return load(source, "@" .. name, "t", env)
end

-- Runs the script's text until it waits; the rest describes the script API, and what of it was not granted.
function guest.begin(source, name, globals, types, constants, libraries, withheld)
  local api = guest.make_api(globals, types, constants, guest.own)
  guest.furnish(libraries)
  guest.withhold(withheld)
  setmetatable(env, {
    __index = api, __metatable = false,
    __newindex = function(table, key, value)
      if api[key] ~= nil then raise("invalid_arguments", key .. " is part of the script API and cannot be replaced") end
      rawset(table, key, value)
    end,
  })
  guest.start_chunk(compile(source, name))
  return guest.step()
end

guest.env, guest.compile, guest.own = env, compile, {}
