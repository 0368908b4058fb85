-- The script's `coroutine` library: a host call made inside a coroutine waits in the task that resumed it.
local guest = ...

local close, isyieldable, resume, running, status, yield =
  coroutine.close, coroutine.isyieldable, coroutine.resume, coroutine.running, coroutine.status, coroutine.yield
local error, rawequal, setmetatable, type = error, rawequal, setmetatable, type
local blocked, guard, thread, HOST, task_threads, current =
  guest.blocked, guest.guard, guest.thread, guest.HOST, guest.task_threads, guest.current

local away = setmetatable({}, { __mode = "k" }) -- the coroutines that wait for the host, to their tasks

local function check(co, name)
  if type(co) ~= "thread" then
    error("bad argument #1 to '" .. name .. "' (coroutine expected, got " .. type(co) .. ")", 3)
  end
end

local function returned(co, ...)
  local nested = current().nested
  nested[#nested] = nil
  away[co] = nil
  return ...
end

-- What a resumed coroutine gave. When it waits for the host, so does everything around it, up to the task.
local function passed_up(co, ok, value, ...)
  if ok and rawequal(value, HOST) then
    local nested = current().nested
    nested[#nested + 1] = co
    away[co] = true
    return passed_up(co, resume(co, returned(co, yield(HOST))))
  end
  return guard(ok, value, ...)
end

local function resume_passing(co, ...)
  if away[co] or task_threads[co] then return false, "cannot resume non-suspended coroutine" end
  blocked[co] = blocked[running()] or not isyieldable() or nil
  return passed_up(co, resume(co, ...))
end

local function or_raise(ok, ...)
  if ok then return ... end
  error((...), 0)
end

local library = { running = running }

function library.create(f)
  if type(f) ~= "function" then
    error("bad argument #1 to 'create' (function expected, got " .. type(f) .. ")", 2)
  end
  return thread(f)
end

function library.wrap(f)
  if type(f) ~= "function" then
    error("bad argument #1 to 'wrap' (function expected, got " .. type(f) .. ")", 2)
  end
  local co = thread(f)
  return function(...) return or_raise(resume_passing(co, ...)) end
end

function library.resume(co, ...)
  check(co, "resume")
  return resume_passing(co, ...)
end

function library.yield(...)
  if task_threads[running()] then error("attempt to yield from outside a coroutine", 2) end
  return yield(...)
end

function library.isyieldable()
  return not task_threads[running()] and isyieldable()
end

function library.status(co)
  check(co, "status")
  return (away[co] or task_threads[co]) and status(co) == "suspended" and "normal" or status(co)
end

function library.close(co)
  check(co, "close")
  if away[co] or task_threads[co] then error("cannot close a coroutine that waits for the host", 2) end
  return guard(close(co))
end

guest.coroutines = library
