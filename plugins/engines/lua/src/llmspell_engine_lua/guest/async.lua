-- Several things at once: the guest's part of the global `Async`.
--
-- Each function runs as a task of its own. Whoever starts tasks outlives them: when a wait is over, or a task ends,
-- what it started and nobody needs any more is cancelled.
local guest = ...

local cancel, current, park, raise, start, wake, NULL, as_list, call, did_you_mean =
  guest.cancel, guest.current, guest.park, guest.raise, guest.start, guest.wake, guest.NULL, guest.as_list, guest.call,
  guest.did_you_mean
local error, mathtype, min, next, rawequal, rawget, rawlen, setmetatable, tostring, type =
  error, math.type, math.min, next, rawequal, rawget, rawlen, setmetatable, tostring, type
local concat, format = table.concat, string.format

local async = {}

local function refuse(text, ...)
  raise("invalid_arguments", format(text, ...))
end

local function check_list(what, list)
  if type(list) ~= "table" then refuse("%s needs a list, not a %s", what, type(list)) end
  for key in next, list do
    if mathtype(key) ~= "integer" or key < 1 or key > rawlen(list) then
      refuse("%s needs a list, and was given a table with the key %s", what, tostring(key))
    end
  end
end

local function check_function(what, f)
  if type(f) ~= "function" then refuse("%s needs a function, not a %s", what, type(f)) end
end

local function check_functions(what, list)
  check_list(what, list)
  for i = 1, rawlen(list) do
    if type(rawget(list, i)) ~= "function" then
      refuse("%s: item %d is a %s, not a function", what, i, type(rawget(list, i)))
    end
  end
end

-- Runs all functions and waits until `judge(i, ok, value)` returns true and how the wait ends; the rest is cancelled.
local function together(functions, judge)
  guest.check_yieldable("waiting")
  local parent, tasks = current(), {}
  for i = 1, rawlen(functions) do
    tasks[i] = start(function(ok, value)
      local over, outcome, result = judge(i, ok, value)
      if not over then return end
      for j = 1, #tasks do cancel(tasks[j]) end
      wake(parent, outcome, result)
    end, rawget(functions, i))
  end
  return park()
end

local function result_or_raise(ok, value)
  if ok then return value end
  error(value, 0)
end

-- The results in order (Json.null for nil); the first failure ends the others.
function async.all(functions)
  check_functions("Async.all", functions)
  local results, missing = as_list {}, rawlen(functions)
  if missing == 0 then return results end
  return result_or_raise(together(functions, function(i, ok, value)
    if not ok then return true, false, value end
    if value == nil then value = NULL end
    results[i], missing = value, missing - 1
    return missing == 0, true, results
  end))
end

-- What the first function to end returns or raises.
function async.race(functions)
  check_functions("Async.race", functions)
  if rawlen(functions) == 0 then refuse("Async.race needs at least one function") end
  return result_or_raise(together(functions, function(_, ok, value) return true, ok, value end))
end

local function all_failed(failures)
  local messages, kind, details = {}, nil, {}
  for i = 1, #failures do
    local failure = guest.describe(failures[i])
    messages[i], details[i] = failure.message, { kind = failure.kind, message = failure.message }
    kind = (kind == nil or kind == failure.kind) and failure.kind or "script_failed"
  end
  raise(kind, format("Async.any: all %d functions failed: %s", #failures, concat(messages, "; ")), nil,
    { errors = as_list(details) })
end

-- What the first function to succeed returns.
function async.any(functions)
  check_functions("Async.any", functions)
  local count, failures = rawlen(functions), {}
  if count == 0 then refuse("Async.any needs at least one function") end
  local failed = 0
  local ok, value = together(functions, function(i, succeeded, value)
    if succeeded then return true, true, value end
    if value == nil then value = "nil" end
    failures[i], failed = value, failed + 1
    return failed == count, false
  end)
  if ok then return value end
  all_failed(failures)
end

local function read_limit(options)
  if options == nil then return 8 end
  if type(options) ~= "table" then refuse("Async.map needs a table of options, not a %s", type(options)) end
  for key in next, options do
    if key ~= "limit" then
      raise("unknown_option", "Async.map has no option '" .. tostring(key) .. "'", did_you_mean(tostring(key), { "limit" }))
    end
  end
  local limit = rawget(options, "limit")
  if limit ~= nil and (mathtype(limit) ~= "integer" or limit < 1) then
    refuse("Async.map: limit must be a whole number from 1, not %s", tostring(limit))
  end
  return limit or 8
end

-- `f(item, index)` for each item, at most `limit` (8) at a time; the results in order.
function async.map(items, f, options)
  check_list("Async.map", items)
  check_function("Async.map", f)
  local limit, count, taken, results = read_limit(options), rawlen(items), 0, as_list {}
  local function worker()
    while taken < count do
      taken = taken + 1
      local i = taken
      local value = f(rawget(items, i), i)
      if value == nil then value = NULL end
      results[i] = value
    end
  end
  local workers = {}
  for i = 1, min(limit, count) do workers[i] = worker end
  if count > 0 then async.all(workers) end
  return results
end

local EXPIRED = {}

-- What `f()` returns; an error of kind `timeout` when that takes longer than `seconds`.
function async.timeout(seconds, f)
  if mathtype(seconds) == nil or not (seconds >= 0) then
    refuse("Async.timeout needs a number of seconds, not %s", tostring(seconds))
  end
  check_function("Async.timeout", f)
  local function timer() call("Async.sleep", ',"Async","sleep",[', seconds) end
  local ok, value = together({ timer, f }, function(i, ok, value)
    if i == 1 and ok then return true, false, EXPIRED end
    return true, ok, value
  end)
  if rawequal(value, EXPIRED) then
    raise("timeout", format("the function took longer than %g seconds", seconds), nil, nil, true)
  end
  return result_or_raise(ok, value)
end

local CANCELLED = {}
local spawned = setmetatable({}, { __mode = "k" }) -- the tasks that scripts hold, to what is known of them
local Task = { __name = "Task", __metatable = false }

local function record_of(task, method)
  local record = spawned[task]
  if not record then refuse("%s needs the task it is called on: write task:%s()", method, method) end
  return record
end

-- What the task's function returned; raises what it raised.
local function wait(task)
  local record = record_of(task, "wait")
  local me = current()
  record.parent.lost[record] = nil
  if record.task == me then refuse("a task cannot wait for itself") end
  if not record.over then
    record.observed = true
    guest.check_yieldable("waiting")
    record.waiters[#record.waiters + 1] = me
    record.ok, record.value = park()
  end
  if rawequal(record.value, CANCELLED) then raise("cancelled", "the task was cancelled") end
  return result_or_raise(record.ok, record.value)
end

local function cancel_spawned(task)
  local record = record_of(task, "cancel")
  if record.over then return end
  local me = current()
  park(function()
    cancel(record.task)
    wake(me, true)
  end)
end

local METHODS = { wait = wait, cancel = cancel_spawned }

function Task.__index(_, name)
  if METHODS[name] then return METHODS[name] end
  raise("invalid_arguments", "Task has no method '" .. tostring(name) .. "'", "a task has wait() and cancel()")
end

function Task.__newindex(_, name)
  raise("invalid_arguments", "Task." .. tostring(name) .. " cannot be set")
end

-- Starts `f(...)` and goes on. A failure that nobody waited for is raised when the starting task ends.
function async.spawn(f, ...)
  check_function("Async.spawn", f)
  local record = { waiters = {}, parent = current() }
  local function over(ok, value)
    record.over, record.ok, record.value = true, ok, value
    for i = 1, #record.waiters do wake(record.waiters[i], ok, value) end
  end
  record.task = start(function(ok, value)
    if not ok and not record.observed then record.parent.lost[record] = true end
    over(ok, value)
  end, f, ...)
  record.task.on_cancel = function() over(false, CANCELLED) end
  local task = setmetatable({}, Task)
  spawned[task], guest.opaque[task] = record, "a task"
  return task
end

guest.own.Async = async
