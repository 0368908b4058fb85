-- What the report makes of figures that tools have computed. A group has a name, values, and where they are (`at`).
local figures = {}

-- With one decimal at most.
function figures.shown(number) return ("%.14g"):format(math.floor(number * 10 + 0.5) / 10) end

-- What is farther from the quartiles than one and a half times the distance between these.
function figures.outliers(group, spread)
  local low, high = spread.quantiles[1], spread.quantiles[3]
  local reach, found = 1.5 * (high - low), Json.array()
  for at, value in ipairs(group.values) do
    if value < low - reach or value > high + reach then
      local usual = figures.shown(spread.median)
      found[#found + 1] = { name = group.name, at = group.at[at], value = figures.shown(value), usual = usual }
    end
  end
  return found
end

-- A line of the chart for each group, with a gap where it has no value.
function figures.lines(groups, categories)
  local lines = {}
  for number, group in ipairs(groups) do
    local value_at, values = {}, {}
    for at, place in ipairs(group.at) do value_at[place] = group.values[at] end
    for at, place in ipairs(categories) do values[at] = value_at[place] or Json.null end
    lines[number] = { name = group.name, values = values }
  end
  return lines
end

-- A table in Markdown, with a row for each group.
function figures.table(groups)
  local rows = { "| | total | mean | median | smallest | largest |", "|---|---|---|---|---|---|" }
  for _, group in ipairs(groups) do
    local cells = { group.name }
    for _, key in ipairs{ "sum", "mean", "median", "min", "max" } do
      cells[#cells + 1] = figures.shown(group.spread[key])
    end
    rows[#rows + 1] = "| " .. table.concat(cells, " | ") .. " |"
  end
  return table.concat(rows, "\n")
end

return figures
