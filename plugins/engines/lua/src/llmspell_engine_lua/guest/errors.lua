-- Errors with a kind: what host calls raise, what the guest raises, and what a failed script is reported as.
local guest = ...

local getinfo, traceback, getmetatable = debug.getinfo, debug.traceback, debug.getmetatable
local find, gmatch, gsub, match, concat = string.find, string.gmatch, string.gsub, string.match, table.concat
local error, load, pcall, rawequal, rawget, setmetatable, tonumber, tostring, type =
  error, load, pcall, rawequal, rawget, setmetatable, tonumber, tostring, type

local GUEST = "^llmspell%.%l+:%d+: " -- the place of a function of ours, as Lua writes it into messages
local main_file = ""
local files = {} -- the short names that Lua writes into messages, to the chunks' full names
local traces = setmetatable({}, { __mode = "k" }) -- error tables to where they were raised

local Error = { __name = "error", __metatable = false }
function Error.__tostring(value)
  return tostring(rawget(value, "message"))
end

-- Makes the chunk's short name, as messages have it, known before the chunk is compiled.
function guest.remember_file(name)
  files[getinfo(load("", "@" .. name), "S").short_src] = name
  if main_file == "" then main_file = name end
end

function guest.main_file()
  return main_file
end

-- Messages of functions written in C name the line that called them, which is ours: it says nothing to a script.
function guest.without_place(value)
  if type(value) == "string" and find(value, GUEST) then return (gsub(value, GUEST, "")) end
  return value
end

-- The file of the innermost function of the script, and its line.
local function where()
  for level = 2, 1000 do
    local info = getinfo(level, "Sl")
    if not info then return nil, nil end
    local file = files[info.short_src]
    if file then return file, info.currentline end
  end
end

local NOISE = { "^%s*llmspell%.%l+:", "^%s*%?: in", "^stack traceback:", "tail calls" }

local function is_noise(line, first)
  for i = 1, #NOISE do
    if find(line, NOISE[i]) then return true end
  end
  return first and find(line, "in function 'error'") ~= nil
end

-- Drops the guest's own frames: they say nothing to the script's author.
local function readable_trace(text)
  local lines = {}
  for line in gmatch(text, "[^\n]+") do
    if not is_noise(line, #lines == 0) then lines[#lines + 1] = match(line, "^%s*(.*)$") end
  end
  while find(lines[#lines] or "", "^%[C%]: in") do lines[#lines] = nil end
  return concat(lines, "\n")
end

-- `fields` as an error that scripts can catch and read.
local function new_error(fields)
  fields.kind = fields.kind or "script_failed"
  fields.component = fields.component or ""
  fields.hint = fields.hint or ""
  fields.retryable = fields.retryable or false
  fields.details = fields.details or {}
  fields.file, fields.line = where()
  return setmetatable(fields, Error)
end

local function raise(kind, message, hint, details, retryable)
  error(new_error { kind = kind, message = message, hint = hint, details = details, retryable = retryable }, 0)
end

-- The message handler of every task: notes the stack, and nothing else, because no hook may run here.
local last_value, last_trace
function guest.trace(value)
  if not rawequal(value, guest.STOPPED) then last_value, last_trace = value, traceback("", 2) end
  if type(value) == "table" and not traces[value] then traces[value] = last_trace end
  return value
end

local function text_or(value, default)
  return type(value) == "string" and value or default
end

-- An error without a message of its own gets one from its `__tostring`; runs code of the script.
local function explain(value)
  local meta = type(value) == "table" and getmetatable(value)
  if type(meta) == "table" and rawget(meta, "__tostring") and type(rawget(value, "message")) ~= "string" then
    local ok, text = pcall(tostring, value)
    guest.tick()
    return ok and text or nil
  end
end

local function describe_table(value, explained)
  return {
    kind = text_or(rawget(value, "kind"), "script_failed"),
    message = text_or(rawget(value, "message"), explained or "the script raised a table without a message"),
    component = text_or(rawget(value, "component"), ""),
    hint = text_or(rawget(value, "hint"), ""),
    retryable = rawget(value, "retryable") == true,
    details = type(rawget(value, "details")) == "table" and rawget(value, "details") or nil,
    file = text_or(rawget(value, "file"), nil),
    line = math.type(rawget(value, "line")) and rawget(value, "line") or nil,
    traceback = traces[value],
  }
end

local function memory_error()
  return {
    kind = "budget",
    message = "the script's values take more memory than allowed",
    details = { budget = "memory" },
  }
end

-- What this script was not granted, to the library that has it: globals, and functions of `os`.
local withheld, functions = {}, {}

-- `text` has each as `Name=library`, between spaces.
function guest.withhold(text)
  for name, library in gmatch(text, "(%w+)=(%w+)") do
    withheld[name], withheld[library] = library, library
    if library == "os" then
      functions = { getenv = "permission", tmpname = "permission", remove = "script_failed", rename = "script_failed" }
      withheld.os = nil -- a part of it is there
    end
  end
end

-- The library that the message of a nil value is about, if it is one that was not granted; and the kind of error,
-- because a table of the script's own may lack a function `remove` too.
local function missing_library(message)
  local name = match(message, "^attempt to index a nil value %(%l+ '([%w_]+)'%)")
  if withheld[name or ""] then return withheld[name], "permission" end
  name = match(message, "^attempt to call a nil value %(field '([%w_]+)'%)")
  local kind = functions[name or ""]
  return kind and "os", kind
end

local function describe_text(value)
  value = guest.without_place(value)
  local short, line, message = match(value, "^(.-):(%d+): (.*)$")
  local file = files[short or ""]
  if not file then message = value end
  if message == "not enough memory" then return memory_error() end
  local library, kind = missing_library(message)
  if kind == "permission" then message = message .. ": the library '" .. library .. "' is not granted" end
  return {
    kind = kind or "script_failed",
    message = message,
    hint = library and "run again with --allow-library=" .. library,
    file = file,
    line = file and tonumber(line),
  }
end

local function first_place(trace)
  for short, line in gmatch(trace, "([^\n]-):(%d+): in") do
    if files[short] then return files[short], tonumber(line) end
  end
  return main_file, 0 -- a tail call left no trace
end

-- What the protocol says about a failure, as plain fields; runs no code of the script.
local function describe(value, explained)
  local found
  if type(value) == "table" then
    found = describe_table(value, explained)
  elseif type(value) == "string" then
    found = describe_text(value)
  else
    found = { kind = "script_failed", message = "the script raised " .. tostring(value) }
  end
  local trace = found.traceback or (rawequal(last_value, value) and last_trace) or ""
  found.traceback = readable_trace(trace)
  if not found.file then found.file, found.line = first_place(found.traceback) end
  return found
end

guest.new_error, guest.raise, guest.where, guest.explain, guest.describe = new_error, raise, where, explain, describe
