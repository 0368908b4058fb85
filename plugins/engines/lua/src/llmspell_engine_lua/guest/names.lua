-- Finds what someone may have meant.
local guest = ...

local byte, min = string.byte, math.min

-- How many letters must be added, dropped or changed to make `a` into `b`.
local function distance(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local diagonal = row[0]
    row[0] = i
    for j = 1, #b do
      local cost = byte(a, i) == byte(b, j) and 0 or 1
      diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + cost)
    end
  end
  return row[#b]
end

-- "did you mean 'run'?" for the nearest of `known`; "" when none is near.
function guest.did_you_mean(name, known)
  if #name > 40 then return "" end
  local best, nearest = 3, nil
  for _, candidate in ipairs(known) do
    local found = distance(name, candidate)
    if found < best and found < #candidate then best, nearest = found, candidate end
  end
  return nearest and "did you mean '" .. nearest .. "'?" or ""
end
