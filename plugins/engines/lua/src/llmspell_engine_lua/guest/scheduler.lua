-- Runs the script's tasks: each is a thread that runs until it waits for the host or for another task.
--
-- A task waits by yielding HOST, which no script can name. The tasks that a task started end with it. Code on the main
-- thread runs with unlimited memory and calls nothing of the script; a task's own thread limits memory first of all,
-- so that only there it can run out.
local guest = ...

local arm, disarm, HOST, stopped, describe, encode =
  guest.arm, guest.disarm, guest.HOST, guest.stopped, guest.describe, guest.encode
local encode_arguments, new_error, raise, trace = guest.encode_arguments, guest.new_error, guest.raise, guest.trace
local close, create, isyieldable, resume, running, yield =
  coroutine.close, coroutine.create, coroutine.isyieldable, coroutine.resume, coroutine.running, coroutine.yield
local concat, pack, unpack = table.concat, table.pack, table.unpack
local error, next, pcall, rawequal, select, setmetatable, type, xpcall =
  error, next, pcall, rawequal, select, setmetatable, type, xpcall

local current -- the task that runs
local waiting, calls = {}, 0 -- the tasks that wait for a host call, by its id
local ready, first, last = {}, 1, 0
local outbox, count = {}, 0
local roots = {} -- the chunk and the callbacks that did not end: task to the function that reports its end
local callbacks = {} -- the same tasks by callback id
local task_threads = setmetatable({}, { __mode = "k" })
local blocked = setmetatable({}, { __mode = "k" }) -- coroutines that were resumed where their resumer cannot wait

local function send(text)
  count = count + 1
  outbox[count] = text
end

local function wake(task, ok, value)
  if task.done or task.woken then return end
  task.woken, task.ok, task.value = true, ok, value
  last = last + 1
  ready[last] = task
end

-- A task that runs `body`, which returns true and a value, or false and an error; `on_end` gets them.
local function new_task(body, on_end)
  local task = { on_end = on_end, parent = current, children = {}, nested = {}, lost = {} }
  task.within = current and current.within -- the end of its calls' messages: the callback that it works for, if any
  task.thread = guest.trusted_thread(body)
  task_threads[task.thread] = true
  if current then current.children[task] = true end
  wake(task)
  return task
end

-- A task inside the current one: `on_end(ok, value)` gets what `f(...)` returns or raises, as it is.
function guest.start(on_end, f, ...)
  if not current then raise("invalid_arguments", "no task can be started in __close of a cancelled task") end
  local arguments = pack(...)
  return new_task(function()
    arm()
    return xpcall(f, trace, unpack(arguments, 1, arguments.n))
  end, on_end)
end

-- Runs the `__close` functions of a task; they are the script's, so they need a thread that limits memory.
local function close_threads(task)
  resume(create(function()
    arm()
    for i = 1, #task.nested do close(task.nested[i]) end
    close(task.thread)
  end))
  disarm()
end

local function cancel(task)
  if task.done then return end
  task.done = true
  if task.parent then task.parent.children[task] = nil end
  if task.call then
    waiting[task.call] = nil
    send('["cancel",' .. task.call .. "]")
  end
  for child in next, task.children do cancel(child) end
  if task.on_cancel then task.on_cancel() end
  if not stopped() then close_threads(task) end
end

local function finish(task, ok, value)
  task.done = true
  if task.parent then task.parent.children[task] = nil end
  for child in next, task.children do cancel(child) end
  local lost = ok and next(task.lost)
  if lost then
    ok, value = false, lost.value
    if roots[task] then value = describe(value) end
  end
  task.on_end(ok, value)
end

local function run(task)
  local ok, value = task.ok, task.value
  task.woken, task.ok, task.value = nil, nil, nil
  current = task
  local alive, a, b = resume(task.thread, ok, value)
  disarm()
  current = nil
  if stopped() then return end
  if alive and rawequal(a, HOST) then
    local request = task.request
    task.request = nil
    if request then request() end
  elseif alive then
    finish(task, a, b)
  else
    finish(task, false, a)
  end
end

local function limited(...)
  arm()
  return ...
end

local function check_yieldable(what)
  if isyieldable() and not blocked[running()] then return end
  raise("invalid_arguments", what .. " is not possible here",
    "nothing can wait inside __tostring, inside a comparison that table.sort makes itself, or in __close of a cancelled task")
end

-- Waits until another part of the guest wakes the current task. With `request`, that runs first, on the main thread.
local function park(request)
  check_yieldable("waiting")
  current.request = request
  return limited(yield(HOST))
end

-- Sends a call and waits for its answer: true and a value, or false and the error's fields.
local function exchange(what, target, ...)
  check_yieldable(what)
  local id = calls + 1
  local text = '["call",' .. id .. target .. encode_arguments(what, select("#", ...), ...) .. (current.within or "]]")
  calls = id
  current.call = id
  waiting[id] = current
  send(text)
  return limited(yield(HOST))
end

local function settle(ok, value)
  if ok then return value end
  error(new_error(value), 0)
end

-- `target` is the middle of the message, such as `,"Agent","create",[`.
function guest.call(what, target, ...)
  return settle(exchange(what, target, ...))
end

-- Sends a call whose answer nobody waits for; it takes no arguments.
function guest.post(target)
  calls = calls + 1
  send('["call",' .. calls .. target .. "]]")
end

local function error_json(fields)
  fields.file, fields.line = fields.file or guest.main_file(), fields.line or 0
  fields.traceback = fields.traceback or ""
  local ok, text = pcall(encode, "error", fields)
  if ok then return text end
  fields.details = { lost = text.message } -- what the script put there is no JSON; the error itself must arrive
  return encode("error", fields)
end

-- Answers for a root: `text` is JSON, or the described error, or the message of one that left no room to describe it.
local function report(task, ok, text)
  local answer = roots[task]
  roots[task] = nil
  if answer.id then callbacks[answer.id] = nil end
  if ok then return send(answer.result .. text .. "]") end
  send(answer.error .. error_json(type(text) == "table" and text or describe(text)) .. "]")
end

-- Runs in the task: what the script returned, written down, or what it raised, described.
local function root_body(what, f, ...)
  local arguments = pack(...)
  return function()
    arm()
    local ok, value = xpcall(f, trace, unpack(arguments, 1, arguments.n))
    guest.end_line()
    if ok then ok, value = pcall(encode, what, value) end
    if ok then return true, value end
    return false, describe(value, guest.explain(value))
  end
end

local function new_root(what, answer, f, ...)
  local task
  task = new_task(root_body(what, f, ...), function(ok, text) report(task, ok, text) end)
  roots[task] = answer
  if answer.id then
    callbacks[answer.id] = task
    task.within = "]," .. answer.id .. "]"
  end
end

local function fail_root(task, fields)
  cancel(task)
  report(task, false, fields)
end

local deliver = {}

function deliver.result(id, value)
  local task = waiting[id]
  if not task then return end -- the call was cancelled meanwhile
  waiting[id], task.call = nil, nil
  wake(task, true, value)
end

function deliver.error(id, fields)
  local task = waiting[id]
  if not task then return end
  waiting[id], task.call = nil, nil
  wake(task, false, fields)
end

function deliver.callback(id, function_id, arguments)
  local f = guest.function_of(function_id)
  local answer = { id = id, result = '["result",' .. id .. ",", error = '["error",' .. id .. "," }
  if not f then
    return deliver.refused(id, { kind = "internal", message = "the script has no function " .. function_id })
  end
  for i = 1, arguments.n do
    if rawequal(arguments[i], guest.NULL) then arguments[i] = nil end
  end
  new_root("the result of a callback", answer, f, unpack(arguments, 1, arguments.n))
end

-- A callback that cannot run.
function deliver.refused(id, fields)
  send('["error",' .. id .. "," .. error_json(fields) .. "]")
end

function deliver.cancel(id)
  local task = callbacks[id]
  if task then fail_root(task, { kind = "cancelled", message = "the callback was cancelled" }) end
end

local function end_roots(fields)
  for task in next, roots do fail_root(task, fields) end
end

local DEADLOCK = {
  kind = "script_failed",
  message = "the script waits for a task that can never end",
  hint = "two tasks wait for each other, or a task waits for itself",
}

local function run_ready()
  while first <= last and not stopped() do
    local task = ready[first]
    ready[first] = nil
    first = first + 1
    if not task.done then run(task) end
  end
  first, last = 1, 0
  if stopped() then
    end_roots(guest.stop_error())
  elseif next(waiting) == nil and next(roots) ~= nil then
    end_roots(DEADLOCK)
  end
end

local function flush()
  local text = "[" .. concat(outbox, ",", 1, count) .. "]"
  if count > 100 then outbox = {} end
  count = 0
  return text
end

-- Takes one message without running anything yet.
function guest.put(kind, id, a, b)
  guest.begin_slice()
  deliver[kind](id, a, b)
end

-- Takes a last message, if any, and runs all that can run; returns the messages to the host.
function guest.step(kind, id, a, b)
  guest.begin_slice()
  if kind then deliver[kind](id, a, b) end
  run_ready()
  return flush()
end

-- Starts the chunk, or reports why it does not compile.
function guest.start_chunk(chunk, problem)
  local answer = { result = '["done",', error = '["failed",' }
  if chunk then return new_root("the script's result", answer, chunk) end
  send(answer.error .. error_json(describe(problem)) .. "]")
end

function guest.current()
  return current
end

guest.task_threads, guest.blocked, guest.check_yieldable = task_threads, blocked, check_yieldable
guest.wake, guest.park, guest.cancel = wake, park, cancel
