-- Stops a script that computes, prints or holds too much, whatever it does to go on.
--
-- A count hook on every thread looks at the clock. It can only raise an error, which could be caught, so everything
-- that catches errors ends in `guard`, which then leaves the task for good: it waits for an answer that never comes.
-- (Raising the error again would unwind every pcall, and Lua takes time in proportion to the depth for each.) The
-- hook does not run while an error that was raised inside a hook is handled, so no function of a script is ever a
-- message handler.
--
-- `host` holds the only Python functions there are. While memory is limited (`arm` to `disarm`) those called must
-- neither raise nor return more than a number, or the process hangs: only `now` and `interrupts` are.
local guest, host, config = ...

local arm, disarm, now, interrupts, emit = host.arm, host.disarm, host.now, host.interrupts, host.emit
local create, isyieldable, yield, error, pcall, setmetatable, sethook, type =
  coroutine.create, coroutine.isyieldable, coroutine.yield, error, pcall, setmetatable, debug.sethook, type

local INSTRUCTIONS = 1000 -- between two looks at the clock; fewer cost time, more let slow C functions run longer
local HOST = setmetatable({}, { __metatable = false }) -- what a task yields to wait; no script can name it
local STOPPED = setmetatable({}, { __metatable = false, __name = "stopped", __tostring = function() return "the script was stopped" end })

local deadline = 0
local printed = 0
local stopped -- nil, or which limit: "cpu", "output", "interrupt", "print"
local file, line -- where
local hook

local function overrun()
  return interrupts() > 0 and "interrupt" or now() > deadline and "cpu" or nil
end

local function stop(reason)
  if not stopped then
    stopped = reason
    local ok, a, b = pcall(guest.where)
    if ok then file, line = a, b end
  end
  if isyieldable() then yield(HOST) end
  error(STOPPED, 0)
end

-- Ends the script when it must; also for functions written in C that work long on large values.
local function tick()
  local reason = stopped or overrun()
  if reason then stop(reason) end
end

hook = tick

-- Passes on what pcall gave, unless the script must end: every function that catches errors returns through it.
local function guard(ok, ...)
  tick()
  if ok then return ok, ... end
  return ok, guest.without_place((...))
end

-- A thread for code of the script. Its errors cross a pcall, because a thread that dies of an error inside a
-- hook stays without hooks, and closing it would run `__close` functions that nothing could stop.
local function rethrow(ok, ...)
  if ok then return ... end
  error((...), 0)
end

local function thread(body)
  local co = create(function(...) return rethrow(pcall(body, ...)) end)
  sethook(co, hook, "", INSTRUCTIONS)
  return co
end

-- A thread whose body catches all errors itself.
local function trusted_thread(body)
  local co = create(body)
  sethook(co, hook, "", INSTRUCTIONS)
  return co
end

local function print_line(text)
  printed = printed + #text + 1
  if printed > config.output_bytes then stop("output") end
  disarm()
  local ok = pcall(emit, text)
  arm()
  if not ok then stop("print") end
end

function guest.pcall(f, ...)
  return guard(pcall(f, ...))
end

-- The handler runs after the stack was unwound: as a message handler it could loop where no hook runs.
local function handled(handler, ok, ...)
  if ok then return true, ... end
  local _, value = guard(pcall(handler, ...)) -- what the handler raises takes the place of the error, as in Lua
  return false, value
end

function guest.xpcall(f, handler, ...)
  if type(handler) ~= "function" then
    error("bad argument #2 to 'xpcall' (function expected, got " .. type(handler) .. ")", 2)
  end
  return handled(handler, guard(pcall(f, ...)))
end

-- Starts a slice; returns why the script may not run at all.
function guest.begin_slice()
  deadline = now() + config.slice
  if not stopped and interrupts() > 0 then stopped = "interrupt" end
  return stopped
end

function guest.stopped()
  return stopped
end

local AMOUNT = {
  cpu = { "computed", config.slice, "seconds without a pause" },
  output = { "printed more than", config.output_bytes, "bytes" },
}

local function stop_fields()
  if stopped == "interrupt" then
    local reason = host.reason(0)
    local budget = string.match(reason, "^budget%.(.+)$")
    if not budget then return { kind = "cancelled", message = reason } end
    return { kind = "budget", message = "the budget " .. budget .. " is used up", details = { budget = budget } }
  end
  local amount = AMOUNT[stopped]
  if not amount then return { kind = "internal", message = "what the script printed could not be written" } end
  return {
    kind = "budget",
    message = string.format("the script %s %.14g %s", amount[1], amount[2], amount[3]),
    details = { budget = stopped, limit = amount[2] },
  }
end

-- The error that a stopped script ends with, as plain fields.
function guest.stop_error()
  local fields = stop_fields()
  fields.file, fields.line = file, line
  return fields
end

guest.arm, guest.disarm, guest.tick, guest.guard, guest.HOST, guest.STOPPED = arm, disarm, tick, guard, HOST, STOPPED
guest.thread, guest.trusted_thread, guest.print_line = thread, trusted_thread, print_line
guest.memory = config.memory
