-- A research pipeline: plan questions, read several sources at once with an agent each, merge, write a report.
--   llmspell run --allow-fs-write=research.md examples/research/research.lua
-- With sources, a subject and a report of your own:
--   llmspell run --allow-fs-write=. examples/research/research.lua -- --sources=a.md,b.md --subject="Tides."
-- llmspell: allow-fs-read=docs reason="the sources"
-- llmspell: allow-fs-write=research.md reason="the report"

local sources = {}
-- Nobody has written the cookbook yet: the report says so, and is written all the same.
for path in (Args.sources or "docs/state.md,docs/sessions.md,docs/workflows.md,docs/cookbook.md"):gmatch("[^,]+") do
  sources[#sources + 1] = path
end
local subject = Args.subject or "What happens when two write the same key. What happens when a turn fails."

-- What a source gave: an answer; where the model failed, the headings; where there is no such file, why not.
local function note(ctx)
  local found, answer = ctx.steps.found, ctx.steps.answer
  if found.error then return { source = ctx.item, problem = found.error.message } end
  if not answer.error then return { source = ctx.item, says = answer.text } end
  local headings = {}
  for at, match in ipairs(answer.output.matches) do headings[at] = "- " .. match.text:gsub("^#+ ", "") end
  return { source = ctx.item, problem = answer.error.message, headings = headings }
end

local study = Workflow.map{
  name = "study",
  over = "{{input.sources}}",
  max_concurrency = 3,
  steps = {
    { name = "found", tool = "file_stat", arguments = { path = "{{item}}" }, on_error = "continue" },
    { name = "answer",
      condition = { value = "{{steps.found.status}}", to = "completed" },
      agent = { system = "Answer from the file alone, in at most three sentences.", tools = { "file_read" } },
      input = "Read {{item}} with file_read. What does it say about this: {{input.questions}}?",
      retry = { attempts = 2, backoff = 0.1 },
      on_error = "fallback",
      fallback = { tool = "file_search", arguments = { path = "{{item}}", text = "^#+ ", regex = true } } },
    { name = "note", run = note },
  },
}

-- A section for each source, what all of them say, and those that did not answer.
local function merge(ctx)
  local sections, says, missing = {}, {}, {}
  for _, found in ipairs(ctx.steps.study.output) do
    local body = found.says or "Not answered: " .. found.problem
    if found.headings then body = body .. "\n\nIts headings:\n\n" .. table.concat(found.headings, "\n") end
    sections[#sections + 1] = "## " .. found.source .. "\n\n" .. body
    if found.says then says[#says + 1] = found.says else missing[#missing + 1] = found.source end
  end
  return { sections = table.concat(sections, "\n\n"), says = table.concat(says, "\n"), missing = Json.array(missing) }
end

local layout = "# {{subject}}\n\n{{summary}}\n\nAnswered by {{answered}} of {{all}} sources.\n\n{{sections}}\n"
local function write(ctx)
  local merged, all = ctx.steps.merge.output, #ctx.input.sources
  return Template.render(layout, {
    subject = ctx.input.subject, summary = ctx.steps.summary.text, sections = merged.sections,
    all = all, answered = all - #merged.missing,
  })
end

local function keep(ctx)
  local options = { type = "text/markdown", metadata = { missing = ctx.steps.merge.output.missing } }
  return Artifact.put("research/report", ctx.steps.report.output, options).version
end

local questions = { type = "array", items = { type = "string" }, minItems = 1, maxItems = 5 }
local research = Workflow.sequential{
  name = "research",
  steps = {
    { name = "plan",
      prompt = "Divide this into questions, each to be answered on its own: {{input.subject}}",
      output_schema = { type = "object", properties = { questions = questions }, required = { "questions" } } },
    { name = "questions", run = function(ctx) return table.concat(ctx.steps.plan.output.questions, "; ") end },
    { name = "study", workflow = study,
      input = { sources = "{{input.sources}}", questions = "{{steps.questions.output}}" } },
    { name = "merge", run = merge },
    { name = "summary",
      prompt = "Sum up in two sentences what was found on {{steps.questions.output}}:\n{{steps.merge.output.says}}",
      on_error = "fallback", fallback = { value = "There is no summary: the model did not answer." } },
    { name = "report", run = write },
    { name = "keep", run = keep },
    { name = "file", tool = "file_write", arguments = { path = "{{input.report}}", text = "{{steps.report.output}}" } },
  },
  output = { report = "{{input.report}}", version = "{{steps.keep.output}}",
    missing = "{{steps.merge.output.missing}}" },
}

local result = research:run{ subject = subject, sources = sources, report = Args.report or "research.md" }
for _, step in ipairs(result.steps) do print(step.name .. ": " .. step.status) end
print(Artifact.get("research/report").content)
return result.output
