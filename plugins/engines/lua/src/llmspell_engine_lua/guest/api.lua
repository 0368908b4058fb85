-- The script API: one locked table per global and one metatable per type of handle, made from the manifest.
--
-- The manifest arrives as text, one global or type a line with the names of its methods, so that it costs nothing
-- to hand over. A method becomes a function when it is first used.
local guest = ...

local call, guard, handle_ids, opaque, raise, did_you_mean =
  guest.call, guest.guard, guest.handle_ids, guest.opaque, guest.raise, guest.did_you_mean
local find, gmatch, match, sub = string.find, string.gmatch, string.match, string.sub
local error, getmetatable, ipairs, next, pcall, rawset, setmetatable, tostring, type =
  error, debug.getmetatable, ipairs, next, pcall, rawset, setmetatable, tostring, type

local api = {} -- what scripts see as globals of their own
local types = {} -- names of handle types to their metatables
local handles = setmetatable({}, { __mode = "v" })

local function words(text)
  local list = {}
  for word in gmatch(text, "%S+") do list[#list + 1] = word end
  return list
end

-- `value, nil` or `nil, error`; what is no error of the host or of the arguments goes on upward.
local function tried(ok, value)
  if ok then return value, nil end
  if type(value) == "table" then return nil, value end
  error(value, 0)
end

local function trying(f)
  return function(...) return tried(guard(pcall(f, ...))) end
end

-- A table of functions made on first use by `make(name)`; `names` has each name between spaces.
local function lazy_functions(names, make, unknown)
  return setmetatable({}, {
    __index = function(functions, name)
      if type(name) ~= "string" then return nil end
      if not find(name, "^[%w_]+$") then return unknown(name) end
      local plain = match(name, "^try_(.+)$")
      local known = plain and find(names, " " .. plain .. " ", 1, true)
      if not known and not find(names, " " .. name .. " ", 1, true) then return unknown(name) end
      local made = known and trying(functions[plain]) or make(name)
      rawset(functions, name, made)
      return made
    end,
  })
end

local function pairs_of(names, functions)
  return function()
    local list, i = words(names), 0
    return function()
      i = i + 1
      if list[i] then return list[i], functions[list[i]] end
    end
  end
end

-- A global with host methods and functions of the guest's own.
local function new_global(name, names, own)
  local functions = lazy_functions(names, function(method)
    if own and own[method] then return own[method] end
    local what, target = name .. "." .. method, ',"' .. name .. '","' .. method .. '",['
    return function(...) return call(what, target, ...) end
  end, function(unknown)
    raise("invalid_arguments", name .. " has no function '" .. unknown .. "'", did_you_mean(unknown, words(names)))
  end)
  for key, value in next, own or {} do
    if type(value) ~= "function" then functions[key] = value end
  end
  local global = setmetatable({}, {
    __index = functions, __metatable = false, __name = name, __pairs = pairs_of(names, functions),
    __newindex = function(_, key) raise("invalid_arguments", name .. "." .. tostring(key) .. " cannot be changed") end,
    __tostring = function() return name end,
  })
  opaque[global] = "the global " .. name
  return global
end

local function new_constant(name, value)
  if type(value) ~= "table" or getmetatable(value) then return value end
  local constant = setmetatable({}, {
    __index = value, __metatable = false, __name = name,
    __len = function() return #value end,
    __pairs = function()
      local key
      return function()
        local item
        key, item = next(value, key)
        return key, item
      end
    end,
    __newindex = function(_, key) raise("invalid_arguments", name .. "." .. tostring(key) .. " cannot be changed") end,
  })
  opaque[constant] = value
  return constant
end

local function new_type(name, names)
  local methods = lazy_functions(names, function(method)
    local what, tail = name .. "." .. method, ',"' .. method .. '",['
    return function(handle, ...)
      local id = handle_ids[handle]
      if not id then
        raise("invalid_arguments", what .. " needs the " .. name .. " it is called on",
          "write a colon: " .. string.lower(name) .. ":" .. method .. "(...)")
      end
      return call(what, "," .. id .. tail, ...)
    end
  end, function(unknown)
    raise("invalid_arguments", name .. " has no method '" .. unknown .. "'", did_you_mean(unknown, words(names)))
  end)
  local meta = {
    __index = methods, __metatable = false, __name = name,
    __newindex = function(_, key) raise("invalid_arguments", name .. "." .. tostring(key) .. " cannot be set") end,
    __tostring = function(handle) return name .. ": " .. tostring(handle_ids[handle]) end,
  }
  if find(names, " next ", 1, true) then
    function meta.__call(handle) return methods.next(handle) end
  end
  return meta
end

-- The guest's side of a host object: the same one as long as the script holds it.
function guest.handle(id, type_name)
  local handle = handles[id]
  if handle then return handle end
  local meta = types[type_name]
  if not meta then
    meta = new_type(type_name, "")
    types[type_name] = meta
  end
  handle = setmetatable({}, meta)
  handle_ids[handle], handles[id] = id, handle
  return handle
end

-- `own` has the guest's functions by the name of their global.
function guest.make_api(globals, type_lines, constants, own)
  for name in next, own do
    if not find("\n" .. globals, "\n" .. name .. " ", 1, true) then globals = globals .. name .. "  \n" end
  end
  for name, names in gmatch(globals, "(%S+)( [^\n]*)") do
    local mine = own[name]
    for method in next, mine or {} do
      if not find(names, " " .. method .. " ", 1, true) then names = names .. method .. " " end
    end
    api[name] = new_global(name, names, mine)
  end
  for name, names in gmatch(type_lines, "(%S+)( [^\n]*)") do types[name] = new_type(name, names) end
  for name, value in next, constants do api[name] = new_constant(name, value) end
  return api
end
