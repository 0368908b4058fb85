-- Where the figures of the report come from, and when it has a section on what is unusual.
--   llmspell test examples/report
-- A spell under test may write no file: here each ends at the permission for that, with the artifacts made.

local function step_of(ended, name)
  for _, step in ipairs(ended.error.details.steps) do
    if step.name == name then return step end
  end
end
local looks = { calls = { { name = "figures" } } }

Test.case("the agent comments on the figures that it got from a tool", function()
  local ended = Test.spell("report.lua", { model = { looks, "Central leads.", "A fair.", "A pipe." } })
  Test.equal(ended.error.kind, "permission")
  local told
  for _, call in ipairs(ended.calls) do told = call.name == "figures" and call.output or told end
  Test.includes(told, "| Central | 7935 | 661.3 | 663.5 | 607 | 724 |")
  Test.includes(told, "North has the fewest visitors: 2959.")
  Test.includes(step_of(ended, "text").output, "# Visitors by branch\n\nCentral leads.\n\n![Line chart of")
end)

Test.case("each outlier has a line with what the agent says about it", function()
  local ended = Test.spell("report.lua", { model = { "Fine.", "A fair.", "A pipe." } })
  Test.includes(step_of(ended, "text").output, "## Unusual\n\n- Harbour, 2026-02-09: 688; 430.5 is usual. A fair.\n"
    .. "- North, 2026-03-02: 61; 264 is usual. A pipe.\n\n## Figures\n")
end)

Test.case("without outliers there is no such section, and nobody is asked about any", function()
  local args = { "--data=examples/report/visitors.csv", "--by=week", "--over=branch" }
  local ended = Test.spell("report.lua", { args = args, model = { "Much the same each week." } })
  Test.equal(step_of(ended, "figures").output.outliers, Json.array())
  Test.check(not step_of(ended, "text").output:find("Unusual"))
end)

Test.case("a recording answers in place of models and tools", function()
  local ended = Test.spell("report.lua", { replay = "cassette.json" })
  Test.includes(step_of(ended, "text").output, "North: in the week of 2026-03-02 a pipe burst")
end)
