-- The libraries `io` and `os` for scripts that were granted them.
local guest = ...

local bad_argument, call, failure, raise, states, try =
  guest.bad_argument, guest.call, guest.file_failure, guest.raise, guest.file_states, guest.try_call
local concat, find, gsub, match, sub = table.concat, string.find, string.gsub, string.match, string.sub
local error, next, tostring, type = error, next, tostring, type

local libraries = {}

-- The end of what was printed, which has no line end yet.
local pending = {}
local print_line = guest.print_line

function guest.print_line(text)
  if #pending == 0 then return print_line(text) end
  pending[#pending + 1] = text
  text, pending = concat(pending), {}
  print_line(text)
end

-- Prints what has no line end, because none comes any more.
function guest.end_line()
  if #pending > 0 then guest.print_line("") end
end

local function print_text(text)
  local from = 1
  while true do
    local stop = find(text, "\n", from, true)
    if not stop then break end
    guest.print_line(guest.printable(sub(text, from, stop - 1)))
    from = stop + 1
  end
  if from <= #text then pending[#pending + 1] = guest.printable(sub(text, from)) end
end

local function no_input()
  raise("invalid_arguments", "a spell has no standard input", "name a file: io.open(...), io.lines(...) or io.input(...)")
end

local function no_output()
  raise("invalid_arguments", "the standard input cannot be written")
end

local stdin = guest.standard_file("stdin", no_output, no_input)
local stdout = guest.standard_file("stdout", print_text, no_input)
local stderr = guest.standard_file("stderr", print_text, no_input)
local current = { input = stdin, output = stdout }

-- The name of a file as Lua takes it: text, or a number as text.
local function file_name(value, name, number)
  if type(value) == "string" then return value end
  if type(value) == "number" then return tostring(value) end
  bad_argument(number or 1, name, "string expected, got " .. (value == nil and "no value" or type(value)), 2)
end

local function open(name, mode)
  return guest.open_file(name, "io.open", ',"Files","open",[', name, gsub(mode, "b", "") .. "b")
end

local io = { stdin = stdin, stdout = stdout, stderr = stderr }

function io.open(name, mode)
  name = file_name(name, "open")
  mode = mode == nil and "r" or mode
  if type(mode) ~= "string" or not match(mode, "^[rwa]%+?b?$") then bad_argument(2, "open", "invalid mode") end
  return open(name, mode)
end

function io.close(file)
  if file == nil then file = current.output end
  return states[file] == nil and bad_argument(1, "close", "FILE* expected, got " .. type(file)) or file:close()
end

function io.type(value)
  local state = states[value]
  if state == nil then return nil end
  return state and "file" or "closed file"
end

local function open_or_fail(name, mode)
  local file, problem = open(name, mode)
  if not file then error("cannot open file '" .. name .. "' (" .. sub(problem, #name + 3) .. ")", 3) end
  return file
end

local function defaults(which, mode)
  return function(file)
    if file == nil then return current[which] end
    if states[file] == nil then file = open_or_fail(file_name(file, which), mode) end
    current[which] = file
    return file
  end
end

io.input, io.output = defaults("input", "r"), defaults("output", "w")

local function opened_default(which)
  local file = current[which]
  local state = states[file]
  if not state then error("default " .. which .. " file is closed", 3) end
  return file, state
end

function io.read(...)
  local _, state = opened_default("input")
  return guest.read_file(state, 1, ...)
end

function io.write(...)
  local file, state = opened_default("output")
  return guest.write_file(file, state, 1, ...)
end

function io.flush()
  opened_default("output") -- what is written is written at once
  return true
end

function io.lines(name, ...)
  if name == nil then return current.input:lines(...) end
  local file = open_or_fail(file_name(name, "lines"), "r")
  return guest.file_lines(file, function() file:close() end, ...), nil, nil, file
end

function io.tmpfile()
  return guest.open_file(nil, "io.tmpfile", ',"Files","temporary",[')
end

function libraries.io()
  guest.env.io = io
end

-- Lua's convention for functions that only do something.
local function done(name, ok, problem)
  if ok then return true end
  return failure(name, problem)
end

local os = {}

function os.remove(name)
  name = file_name(name, "remove")
  return done(name, try("os.remove", ',"Files","remove",[', name))
end

function os.rename(old, new)
  old, new = file_name(old, "rename"), file_name(new, "rename", 2)
  return done(nil, try("os.rename", ',"Files","rename",[', old, new))
end

function os.tmpname()
  return call("os.tmpname", ',"Files","temporary_name",[')
end

function os.getenv(name)
  return call("os.getenv", ',"Process","getenv",[', file_name(name, "getenv"))
end

function libraries.os()
  for name, f in next, os do guest.env.os[name] = f end
end

-- Gives the script the libraries that it was granted, by names between spaces.
function guest.furnish(granted)
  for name, install in next, libraries do
    if find(granted, " " .. name .. " ", 1, true) then install() end
  end
end
