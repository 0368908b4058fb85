-- The guest's part of the global `Json`: what tells null from nothing, and a list from an object.
local guest = ...

local NULL, as_list, raise = guest.NULL, guest.as_list, guest.raise
local getmetatable, rawequal, type = debug.getmetatable, rawequal, type

local json = { null = NULL }

-- Marks `list` as a list, so that it is written as `[]` when it is empty.
function json.array(list)
  if list == nil then list = {} end
  if type(list) ~= "table" then raise("invalid_arguments", "Json.array needs a table, not a " .. type(list)) end
  local meta = getmetatable(list)
  if meta ~= nil and not rawequal(meta, guest.List) then
    raise("invalid_arguments", "Json.array cannot mark a table that has a metatable")
  end
  return as_list(list)
end

function json.is_null(value)
  return rawequal(value, NULL)
end

guest.own.Json = json
