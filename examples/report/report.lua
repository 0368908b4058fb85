-- A data report: figures, outliers and a chart by tools, comments by an agent, and the same again from a recording.
--   llmspell run --allow-fs-write=report.md --allow-fs-write=report.svg examples/report/report.lua
-- Once more without a model and without the tools, from what they have answered before:
--   llmspell run --allow-fs-write=. --replay=examples/report/cassette.json examples/report/report.lua
-- With figures of your own: --over goes along the chart, and --by has a line for each of its values:
--   llmspell run --allow-fs-write=. examples/report/report.lua -- --data=a.csv --value=amount --over=day --by=shop
-- llmspell: allow-fs-read=. reason="the figures, and notes on them"
-- llmspell: allow-fs-write=report.md reason="the report"
-- llmspell: allow-fs-write=report.svg reason="its chart"

local figures = require "figures"

local data, value = Args.data or "examples/report/visitors.csv", Args.value or "visitors"
local over, by, out = Args.over or "week", Args.by or "branch", Args.out or "report"
local notes = Args.notes or (not Args.data and "examples/report/notes.md")

-- One number for each group and place, then the groups, the largest first.
local function aggregate(kind, field, name) return { ["function"] = kind, field = field, name = name } end
local cells = { path = data, group = { by, over }, sort = { over }, limit = 10000,
  aggregates = { aggregate("sum", value, "sum") } }
local groups = { data = "{{steps.cells.output.rows}}", group = { by }, sort = { "-total" }, aggregates = {
  aggregate("first", by, "name"), aggregate("sum", "sum", "total"),
  aggregate("values", over, "at"), aggregate("values", "sum", "values"),
} }
local described = Workflow.map{ name = "described", over = "{{input}}", steps = {
  { name = "spread", tool = "statistics", arguments = { values = "{{item.values}}" } },
  { name = "group", run = function(ctx)
    local group, spread = ctx.item, ctx.steps.spread.output
    return { name = group.name, at = group.at, values = group.values, spread = spread,
      outliers = figures.outliers(group, spread) }
  end },
} }

local function drawn(ctx)
  if ctx.steps.cells.output.truncated then error("there are more figures than a chart can show") end
  local categories = {}
  for at, row in ipairs(ctx.steps.axis.output.rows) do categories[at] = row[over] end
  return { categories = categories, series = figures.lines(ctx.steps.described.output, categories) }
end

-- The agent knows what tools have computed, and what is written in the notes. The groups come from the largest down.
Tool.define{ name = "figures", description = "The figures that were computed.",
  run = function() return State.get("figures") end }
local function told(ctx)
  local groups, outliers = ctx.steps.described.output, Json.array()
  for _, group in ipairs(groups) do
    for _, outlier in ipairs(group.outliers) do outliers[#outliers + 1] = outlier end
  end
  local most, least, rows = groups[1], groups[#groups], figures.table(groups)
  local line = "%s has the %s %s: %s.\n"
  State.set("figures", rows .. "\n\n" .. line:format(most.name, "most", value, figures.shown(most.spread.sum))
    .. line:format(least.name, "fewest", value, figures.shown(least.spread.sum)))
  return { rows = rows, outliers = outliers }
end
local analyst = Agent.create{ name = "analyst", tools = { "figures", "file_read" },
  system = "You comment on figures in one or two plain sentences. Give no figure that a tool has not given you." }

-- Only where there are outliers: what is known of each, in a section of its own.
local read = notes and "Read " .. notes .. " with file_read. " or ""
local explained = Workflow.map{ name = "explained", over = "{{input}}", max_concurrency = 2, steps = {
  { name = "why", agent = analyst, input = read .. "What happened to {{item.name}} at {{item.at}}?" },
  { name = "line", run = function(ctx)
    local item = { found = ctx.item, why = ctx.steps.why.text }
    return Template.render("- {{found.name}}, {{found.at}}: {{found.value}}; {{found.usual}} is usual. {{why}}", item)
  end },
} }
local unusual = Workflow.conditional{ name = "unusual",
  branches = { { condition = "{{input}}", steps = {
    { name = "explained", workflow = explained },
    { name = "section", run = function(ctx)
      return "## Unusual\n\n" .. table.concat(ctx.steps.explained.output, "\n") .. "\n\n"
    end },
  } } },
  otherwise = { { name = "nothing", run = function() return "" end } } }

local layout = "# {{title}}\n\n{{comment}}\n\n![{{alt}}]({{chart}})\n\n{{unusual}}## Figures\n\n{{rows}}\n"
local function write(ctx)
  local steps = ctx.steps
  return Template.render(layout, {
    title = ctx.input, comment = steps.comment.text, alt = steps.chart.output.description,
    chart = out:match("[^/]*$") .. ".svg", unusual = steps.unusual.output, rows = steps.figures.output.rows,
  })
end
local function keep(ctx)
  local chart = Artifact.put("report/chart", ctx.steps.chart.output.svg, { type = "image/svg+xml" })
  local metadata = { data = data, chart = chart.version }
  local text = Artifact.put("report/text", ctx.steps.text.output, { type = "text/markdown", metadata = metadata })
  Artifact.export("report/chart", out .. ".svg")
  Artifact.export("report/text", out .. ".md")
  return { text = text.version, chart = chart.version }
end

local report = Workflow.sequential{ name = "report", steps = {
  { name = "cells", tool = "csv_query", arguments = cells },
  { name = "groups", tool = "sort_group", arguments = groups },
  { name = "axis", tool = "csv_query", arguments = { path = data, group = { over }, sort = { over }, limit = 10000 } },
  { name = "described", workflow = described, input = "{{steps.groups.output.items}}" },
  { name = "drawn", run = drawn },
  { name = "chart", tool = "chart", arguments = { kind = "line", title = "{{input}}", x_label = over, y_label = value,
    categories = "{{steps.drawn.output.categories}}", series = "{{steps.drawn.output.series}}" } },
  { name = "figures", run = told },
  { name = "comment", agent = analyst,
    input = "What do the figures say: which " .. by .. " has the most " .. value .. ", and which the fewest?" },
  { name = "unusual", workflow = unusual, input = "{{steps.figures.output.outliers}}" },
  { name = "text", run = write },
  { name = "keep", run = keep },
} }
local result = report:run(value:sub(1, 1):upper() .. value:sub(2) .. " by " .. by)
for _, step in ipairs(result.steps) do print(step.name .. ": " .. step.status) end
print(Artifact.get("report/text").content)
return { report = out .. ".md", chart = out .. ".svg", versions = result.output }
