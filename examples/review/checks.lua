-- What a program can find in a Markdown document. A finding says which words of it to replace, and with what.
local checks = {}

local function replace(old, new) return ('Replace "%s" with "%s".'):format(old, new) end

-- Words that the house writes in another way; `guide` is a table of them.
function checks.wording(text, guide)
  local found = Json.array()
  for _, row in ipairs(Tool.run("csv_query", { path = guide }).output.rows) do
    if text:find(row.phrase, 1, true) then found[#found + 1] = replace(row.phrase, row.better) end
  end
  return found
end

-- The file that is called most like one that is missing; nothing if none is.
local function nearest(target, folder)
  local place, name = target:match("^(.-)([^/]*)$")
  local list = Tool.try_run("file_list", { path = folder .. place, glob = "*." .. name:match("[^.]*$") })
  local best, most = nil, 0.7
  for _, entry in ipairs(list and list.output.entries or {}) do
    local there = entry.path:match("[^/]*$")
    local ratio = Tool.run("text_similarity", { a = name, b = there }).output.ratio
    if ratio > most then best, most = place .. there, ratio end
  end
  return best
end

-- Links to files that do not exist; paths start at `folder`.
function checks.links(text, folder)
  local found = Json.array()
  for target in text:gmatch("%]%(([^)#%s]+)") do
    if not target:find(":", 1, true) and not Tool.try_run("file_stat", { path = folder .. target }) then
      local near = nearest(target, folder)
      found[#found + 1] = near and replace(target, near) or ('There is no file "%s".'):format(target)
    end
  end
  return found
end

-- Headings that skip a level.
function checks.headings(text)
  local found, above, code = Json.array(), 0, false
  for line in text:gmatch("[^\n]+") do
    if line:find("^```") then code = not code end
    local marks = not code and line:match("^(#+) ") or ""
    if #marks > above + 1 then found[#found + 1] = replace(line, ("#"):rep(above + 1) .. line:sub(#marks + 1)) end
    if marks ~= "" then above = #marks end
  end
  return found
end

return checks
