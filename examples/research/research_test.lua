-- What the research pipeline does when all goes well, and when a model does not. A spell under test may write no file.
--   llmspell test examples/research

local one = { "--sources=docs/state.md" }
local plan = { text = '{"questions": ["Where is state kept?"]}' }
local reads = { calls = { { name = "file_read", arguments = { path = "docs/state.md" } } } }

local function output_of(ended, name)
  for _, step in ipairs(ended.error.details.steps) do
    if step.name == name then return step.output end
  end
end

Test.case("an agent reads the source, and what it says is summed up", function()
  local ended = Test.spell("research.lua", { args = one, model = { plan, reads, "In a file.", "Files." } })
  Test.equal(ended.error.kind, "permission")
  Test.equal(output_of(ended, "keep"), 1)
  local report = output_of(ended, "report")
  Test.includes(report, "Files.\n\nAnswered by 1 of 1 sources.\n\n## docs/state.md\n\nIn a file.")
end)

Test.case("where the model fails twice, the headings stand in for its answer", function()
  local down = { fail = { kind = "rate_limited", message = "too busy", retryable = true } }
  local ended = Test.spell("research.lua", { args = one, model = { plan, down, down, { fail = 500 } } })
  local report = output_of(ended, "report")
  Test.includes(report, "There is no summary: the model did not answer.")
  Test.includes(report, "Not answered: too busy\n\nIts headings:\n\n- State")
end)

Test.case("a source that is not there is told in the report, and no model is asked about it", function()
  local ended = Test.spell("research.lua", { args = { "--sources=docs/gone.md" }, model = { plan, "Nothing." } })
  Test.includes(output_of(ended, "report"), "Not answered: 'docs/gone.md' does not exist")
end)
