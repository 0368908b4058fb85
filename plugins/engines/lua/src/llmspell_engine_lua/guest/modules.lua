-- `require`: modules whose text comes from the host, each run once.
local guest = ...

local call, compile, current, park, raise, wake, where =
  guest.call, guest.compile, guest.current, guest.park, guest.raise, guest.wake, guest.where
local find, concat, insert, remove = string.find, table.concat, table.insert, table.remove
local error, setmetatable, tostring, type = error, setmetatable, tostring, type

local keys = {} -- the requiring file and the name, to the module's key
local loaded = {} -- keys to { value }
local loading = {} -- keys to { name, task, waiters }

local function check_name(name)
  if type(name) ~= "string" then
    raise("invalid_arguments", "require needs the name of a module, not a " .. type(name))
  end
  if #name > 200 or not find(name, "^[%w_][%w_.-]*$") or find(name, "..", 1, true) or find(name, "%.$") then
    raise("invalid_arguments", "require: '" .. name .. "' is no name of a module",
      "write words joined by single dots, such as 'lib.text'")
  end
end

-- The names of the modules that are being loaded around the current task, outermost first.
local function chain()
  local names, task = {}, current()
  while task do
    for i = #(task.requires or {}), 1, -1 do insert(names, 1, task.requires[i].name) end
    task = task.parent
  end
  return names
end

local function loads_around_us(loader)
  local task = current()
  while task and task ~= loader do task = task.parent end
  return task ~= nil
end

-- The file that calls `require`; a tail call leaves no trace, then it is the module that is being loaded.
local function requiring_file()
  local task = current() -- none in `__close` of a cancelled task
  local requires = task and task.requires
  local innermost = requires and requires[#requires]
  return where() or (innermost and innermost.file) or guest.main_file()
end

-- Waits for another task that loads the module already.
local function wait_for(entry, name)
  if loads_around_us(entry.task) then
    local names = chain()
    names[#names + 1] = name
    raise("script_failed", "require: modules require each other: " .. concat(names, " -> "))
  end
  guest.check_yieldable("waiting")
  insert(entry.waiters, current())
  park()
end

local function run(name, key, file, source)
  local task = current()
  local entry = { name = name, file = file, task = task, waiters = {} }
  loading[key] = entry
  task.requires = task.requires or {}
  insert(task.requires, entry)
  local _ <close> = setmetatable({}, { __close = function() -- also when the task is cancelled meanwhile
    loading[key] = nil
    remove(task.requires)
    for i = 1, #entry.waiters do wake(entry.waiters[i], true) end
  end })
  local chunk, problem = compile(source, file)
  if not chunk then error(problem, 0) end
  local value = chunk(name)
  if value == nil then value = true end
  loaded[key] = { value }
end

local function find_module(name, from)
  local found = call("require", ',"@modules","load",[', name, from)
  if type(found) ~= "table" or type(found.source) ~= "string" or type(found.name) ~= "string" or type(found.key) ~= "string" then
    raise("internal", "require: the host answered for '" .. name .. "' without source, name and key")
  end
  return found
end

function guest.env.require(name)
  check_name(name)
  local from = requiring_file()
  local place = from .. "\0" .. name
  local key, found = keys[place], nil
  if not loaded[key or ""] then
    found = find_module(name, from)
    key = found.key
    keys[place] = key
  end
  while not loaded[key] do
    if loading[key] then wait_for(loading[key], name) else run(name, key, found.name, found.source) end
  end
  return loaded[key][1]
end
