-- What was read from a file and not yet asked for. `more(count)` gives the next bytes, and nil at the end.
local guest = ...

local find, match, sub, concat, tonumber = string.find, string.match, string.sub, table.concat, tonumber

local PART = 1 << 16 -- bytes asked for at once
local LONGEST_NUMBER = 200 -- characters, as in Lua's own library

local buffer = {}
buffer.__index = buffer

function guest.new_buffer(more)
  return setmetatable({ text = "", at = 1, more = more }, buffer)
end

-- How many bytes are there.
function buffer:left()
  return #self.text - self.at + 1
end

-- Forgets all that is there; gives how much it was.
function buffer:drop()
  local left = self:left()
  self.text, self.at = "", 1
  return left
end

-- Asks for more; false at the end of the file.
function buffer:fill()
  local part = self.more(PART)
  if not part then return false end
  self.text, self.at = sub(self.text, self.at) .. part, 1
  return true
end

local function take(self, last)
  local text = sub(self.text, self.at, last)
  self.at = last + 1
  return text
end

-- The next byte, which stays; "" at the end.
function buffer:peek()
  if self.at > #self.text and not self:fill() then return "" end
  return sub(self.text, self.at, self.at)
end

-- All that is left, "" at the end.
function buffer:all()
  local parts = {}
  repeat parts[#parts + 1] = take(self, #self.text) until not self:fill()
  return concat(parts)
end

-- Up to `count` bytes, nil at the end.
function buffer:bytes(count)
  local parts, left = {}, count
  while left > 0 do
    if self:left() == 0 and not self:fill() then break end
    local part = take(self, math.min(#self.text, self.at + left - 1))
    parts[#parts + 1], left = part, left - #part
  end
  if #parts > 0 then return concat(parts) end
  return count == 0 and self:peek() ~= "" and "" or nil
end

-- The next line if all of it is there already, which is how most lines are found.
function buffer:ready_line(keeps_end)
  local text, from = self.text, self.at
  local stop = find(text, "\n", from, true)
  if not stop then return nil end
  self.at = stop + 1
  return sub(text, from, keeps_end and stop or stop - 1)
end

-- The next line, nil at the end.
function buffer:line(keeps_end)
  local ready = self:ready_line(keeps_end)
  if ready then return ready end
  local parts = {}
  while true do
    local stop = find(self.text, "\n", self.at, true)
    if stop then
      parts[#parts + 1] = take(self, stop)
      local line = concat(parts)
      return keeps_end and line or sub(line, 1, -2)
    end
    parts[#parts + 1] = take(self, #self.text)
    if not self:fill() then break end
  end
  local rest = concat(parts)
  return rest ~= "" and rest or nil
end

-- A numeral is read as far as it could still be one, and what was read stays read even if it is none.
local function new_numeral(self)
  local read = {}
  local function accept(set)
    local char = self:peek()
    if char == "" or not match(char, set) then return false end
    if #read >= LONGEST_NUMBER then
      read = { "too long" }
      return false
    end
    read[#read + 1] = char
    self.at = self.at + 1
    return true
  end
  local function digits(set)
    local count = 0
    while accept(set) do count = count + 1 end
    return count
  end
  return accept, digits, function() return tonumber(concat(read)) end
end

-- The next number after white space, nil when there is none.
function buffer:number()
  while match(self:peek(), "^%s") do self.at = self.at + 1 end
  local accept, digits, value = new_numeral(self)
  local set, mark, count = "%d", "[eE]", 0
  accept("[-+]")
  if accept("0") then
    if accept("[xX]") then set, mark = "%x", "[pP]" else count = 1 end
  end
  count = count + digits(set)
  if accept("%.") then count = count + digits(set) end
  if count > 0 and accept(mark) then
    accept("[-+]")
    digits("%d")
  end
  return value()
end
