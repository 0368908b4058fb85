-- Open files as the library `io` has them, over the host's.
--
-- What fails because of the system or a permission gives nil, a message and the system's error number, as Lua's own
-- library does. Limits that are used up, and mistakes in the script, are raised.
local guest = ...

local call, guard, handle_ids, new_buffer, opaque, post =
  guest.call, guest.guard, guest.handle_ids, guest.new_buffer, guest.opaque, guest.post
local format, match, sub, tointeger = string.format, string.match, string.sub, math.tointeger
local collectgarbage, error, mathtype, pack, pcall, select, setmetatable, tostring, type, unpack =
  collectgarbage, error, math.type, table.pack, pcall, select, setmetatable, tostring, type, table.unpack

local PIECE = 1 << 20 -- bytes written at once
local states = setmetatable({}, { __mode = "k" }) -- files to { id, name, buffer }, or false when they are closed
local orphans = {} -- ids of files that the collector found; closed when the next file is opened

local methods = {}
local File = { __index = methods, __name = "FILE*", __metatable = false }

local function bad_argument(number, name, problem, level)
  error(format("bad argument #%d to '%s' (%s)", number, name, problem), (level or 1) + 2)
end

-- The convention of Lua's library for the error of a call; what is no failure of the system is raised.
local function failure(name, problem)
  if type(problem) ~= "table" then error(problem, 0) end
  local details = type(problem.details) == "table" and problem.details or {}
  local code, reason = details.errno, details.reason
  if problem.kind == "permission" and details.permission ~= "libraries" then
    code, reason = code or 13, reason or "Permission denied"
    if problem.hint ~= "" then reason = reason .. " (" .. problem.hint .. ")" end
  end
  if mathtype(code) ~= "integer" or problem.kind == "budget" then error(problem, 0) end
  return nil, (name and name .. ": " or "") .. reason, code
end

-- true and the value of a call to the host, or false and its error.
local function try(what, target, ...)
  return guard(pcall(call, what, target, ...))
end

function File.__tostring(file)
  local state = states[file]
  return state and format("file (%s)", state.name) or "file (closed)"
end

function File.__gc(file)
  local state = states[file]
  if state and state.id then orphans[#orphans + 1] = state.id end
end

local function close_orphans()
  for i = #orphans, 1, -1 do
    post("," .. orphans[i] .. ',"close",[')
    orphans[i] = nil
  end
end

local function new_table()
  local file = setmetatable({}, File)
  opaque[file] = "a file"
  return file
end

-- A file over a handle of the host.
local function new_file(handle, name)
  local file = new_table()
  local id = handle_ids[handle]
  states[file] = { id = id, name = name, buffer = new_buffer(function(count)
    return call("file:read", "," .. id .. ',"read",[', count)
  end) }
  return file
end

-- A file that is none of the host's: `write(text)` takes what is written, `more(count)` gives what is read.
function guest.standard_file(name, write, more)
  local file = new_table()
  states[file] = { name = name, write = write, buffer = new_buffer(more) }
  return file
end

-- Opens a file: it, or nil with a message and a number. Files that nobody holds any more make room for others.
function guest.open_file(name, what, target, ...)
  close_orphans()
  local ok, handle = try(what, target, ...)
  if not ok and type(handle) == "table" and handle.kind == "budget" then
    collectgarbage()
    if #orphans > 0 then
      close_orphans()
      ok, handle = try(what, target, ...)
    end
  end
  if not ok then return failure(name, handle) end
  return new_file(handle, name or "a temporary file")
end

-- What is known of an open file; anything else is the caller's mistake.
local function open_state(file, name)
  local state = states[file]
  if state then return state end
  if state == false then error("attempt to use a closed file", 3) end
  error(format("bad argument #1 to '%s' (FILE* expected, got %s)", name, type(file)), 3)
end

local FORMATS = {
  n = function(buffer) return buffer:number() end,
  a = function(buffer) return buffer:all() end,
  l = function(buffer) return buffer:line(false) end,
  L = function(buffer) return buffer:line(true) end,
}

local function read_one(buffer, wanted, number, level)
  if type(wanted) == "number" then
    local count = tointeger(wanted)
    if not count then bad_argument(number, "read", "number has no integer representation", level + 1) end
    return buffer:bytes(count)
  end
  if type(wanted) ~= "string" then
    bad_argument(number, "read", "string expected, got " .. (wanted == nil and "nil" or type(wanted)), level + 1)
  end
  local reader = FORMATS[match(wanted, "^%*?(.)") or ""]
  if not reader then bad_argument(number, "read", "invalid format", level + 1) end
  return reader(buffer)
end

-- What each format gives, up to the first that gives nothing.
local function read_all(buffer, formats, level)
  local results = {}
  for i = 1, formats.n do
    local value = read_one(buffer, formats[i], i, level + 1)
    results[i] = value
    if value == nil then return results, i end
  end
  return results, formats.n
end

local function read(state, level, ...)
  local formats = select("#", ...) > 0 and pack(...) or { "l", n = 1 }
  local ok, results, count = guard(pcall(read_all, state.buffer, formats, level))
  if not ok then
    if type(results) == "table" and results.kind then return failure(nil, results) end
    error(guest.without_place(results), 0)
  end
  return unpack(results, 1, count)
end

-- Moves the host's file to where the script's is: what was read ahead was not asked for.
local function settle(state)
  local ahead = state.buffer:drop()
  if ahead > 0 then call("file:seek", "," .. state.id .. ',"seek",[', "cur", -ahead) end
end

local function write_text(state, text)
  if state.write then return state.write(text) end
  settle(state)
  for first = 1, #text, PIECE do
    call("file:write", "," .. state.id .. ',"write",[', sub(text, first, first + PIECE - 1))
  end
end

local function written(value, number, level)
  local kind = type(value)
  if kind == "string" then return value end
  if kind == "number" then return mathtype(value) == "integer" and format("%d", value) or format("%.14g", value) end
  bad_argument(number, "write", "string expected, got " .. (value == nil and "nil" or kind), level + 1)
end

local function write(file, state, level, ...)
  for i = 1, select("#", ...) do
    local text = written((select(i, ...)), i, level + 1)
    local ok, problem = guard(pcall(write_text, state, text))
    if not ok then return failure(nil, problem) end
  end
  return file
end

local function close(file, state)
  if not state.id then return nil, "cannot close standard file", -1 end
  states[file] = false
  local ok, problem = try("file:close", "," .. state.id .. ',"close",[')
  if not ok then return failure(nil, problem) end
  return true
end

-- An iterator over what the formats give; `last` runs at the end of the file.
local function lines(file, last, ...)
  local formats = pack(...)
  if formats.n == 0 then formats = { "l", n = 1 } end
  if formats.n > 250 then bad_argument(252, "lines", "too many arguments", 2) end
  local plain = formats.n == 1 and formats[1] == "l"
  return function()
    local state = states[file]
    if not state then error("file is already closed", 2) end
    local line = plain and state.buffer:ready_line(false)
    if line then return line end
    local results = pack(read(state, 2, unpack(formats, 1, formats.n)))
    if results[1] ~= nil then return unpack(results, 1, results.n) end
    if results.n > 1 and type(results[2]) == "string" then error(results[2], 2) end
    if last then last() end
    return nil
  end
end

function methods.read(file, ...)
  return read(open_state(file, "read"), 1, ...)
end

function methods.write(file, ...)
  return write(file, open_state(file, "write"), 1, ...)
end

function methods.lines(file, ...)
  open_state(file, "lines")
  return lines(file, nil, ...)
end

function methods.flush(file)
  open_state(file, "flush") -- what is written is written at once
  return true
end

function methods.close(file)
  return close(file, open_state(file, "close"))
end

local WHENCE = { set = true, cur = true, ["end"] = true }

function methods.seek(file, whence, offset)
  local state = open_state(file, "seek")
  whence, offset = whence == nil and "cur" or whence, offset == nil and 0 or offset
  if not WHENCE[whence] then bad_argument(1, "seek", "invalid option '" .. tostring(whence) .. "'") end
  if type(offset) ~= "number" then bad_argument(2, "seek", "number expected, got " .. type(offset)) end
  local place = tointeger(offset)
  if not place then bad_argument(2, "seek", "number has no integer representation") end
  if not state.id then return nil, "Illegal seek", 29 end
  local ahead = state.buffer:drop()
  if whence == "cur" then place = place - ahead end
  local ok, value = try("file:seek", "," .. state.id .. ',"seek",[', whence, place)
  if not ok then return failure(nil, value) end
  return value
end

-- Nothing is buffered on the way out, whatever is asked for.
function methods.setvbuf(file, mode)
  open_state(file, "setvbuf")
  if mode ~= "no" and mode ~= "full" and mode ~= "line" then
    bad_argument(1, "setvbuf", "invalid option '" .. tostring(mode) .. "'")
  end
  return true
end

-- Closes without waiting: also in a task that was cancelled, where nothing can wait.
function File.__close(file)
  local state = states[file]
  if state and state.id then
    states[file] = false
    post("," .. state.id .. ',"close",[')
  end
end

guest.file_failure, guest.try_call, guest.file_states = failure, try, states
guest.file_lines, guest.read_file, guest.write_file, guest.bad_argument = lines, read, write, bad_argument
