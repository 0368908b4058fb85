-- A document review: reviewers at once, a writer who revises, and a critic who says whether that is enough.
--   llmspell run examples/review/review.lua
-- With a document of your own, and another bound on the rounds:
--   llmspell run examples/review/review.lua -- --document=docs/state.md --rounds=5
-- llmspell: allow-fs-read=. reason="the document, and the files that it links to"

local checks = require "checks"

local path = Args.document or "examples/review/draft.md"
local bound = tonumber(Args.rounds or 3) or error("--rounds must be a number, not " .. Args.rounds)

-- What a program can find is a tool for those who review. What else is wrong, they find by reading.
local function tool(name, description, check)
  return Tool.define{ name = name, description = description, run = function() return check(State.get("document")) end }
end
local found_by = {
  wording = function(text) return checks.wording(text, "examples/review/wording.csv") end,
  links = function(text) return checks.links(text, path:match("^.*/") or "") end,
  headings = checks.headings,
}
local show = tool("show", "The document as it is now.", function(text) return text end)
local proofread = tool("proofread", "How much a program would still change.", function(text)
  return { open = #found_by.wording(text) + #found_by.links(text) + #found_by.headings(text) }
end)
local revise = Tool.define{
  name = "revise",
  description = "Puts new text for old, wherever that stands in the document.",
  parameters = { type = "object", required = { "old", "new" },
    properties = { old = { type = "string", minLength = 1 }, new = { type = "string" } } },
  run = function(args)
    local text = State.get("document")
    if not text:find(args.old, 1, true) then error{ kind = "not_found", message = "this is not in the document" } end
    State.set("document", (text:gsub(args.old:gsub("%p", "%%%0"), (args.new:gsub("%%", "%%%%")))))
    return "done"
  end,
}

-- The reviewers do not see what the others find. Their findings come together here, each of them once.
State.define("findings", { reducer = "union" })
local list = { type = "array", items = { type = "string" } }
local findings = { type = "object", properties = { findings = list }, required = { "findings" } }

local function reviewer(name, check, brief)
  local finds = tool(check, "What a program would change in the document.", found_by[check])
  local agent = Agent.create{ name = name, tools = { finds, show, "file_read" }, output_schema = findings,
    system = brief .. ' Read the document with show. Begin each finding: Replace "its words" with "better words".' }
  return { name = name, workflow = Workflow.sequential{ name = name .. " review", steps = {
    { name = "read", agent = agent, input = "What do you find? What does " .. check .. " say?" },
    { name = "note", run = function(ctx) State.set("findings", ctx.steps.read.output.findings) end },
  } } }
end
local panel = Workflow.parallel{ name = "panel", steps = {
  reviewer("style", "wording", "You review how a document is worded: plainly and briefly, or not."),
  reviewer("facts", "links", "You review whether what a document says and points to is so."),
  reviewer("structure", "headings", "You review the order and the headings of a document."),
} }

local writer = Agent.create{ name = "writer", tools = { revise, show },
  system = "You change what a reviewer has found in a document, and nothing else. You see it with show." }
local revision = Workflow.loop{ name = "revision", over = "{{input}}", steps = {
  { name = "change", agent = writer, input = "Carry this out with revise. {{item}}" },
} }

local open = { type = "integer", minimum = 0, description = "how many faults are worth another round" }
local critic = Agent.create{ name = "critic", tools = { proofread, show },
  output_schema = { type = "object", properties = { open = open }, required = { "open" } },
  system = "You decide whether a document can be published as it is. You see it with show." }

-- Each round's document and findings are new versions of the same artifacts.
local function keep(ctx)
  local open, found = ctx.steps.critic.output.open, State.get("findings")
  local metadata = { document = path, round = ctx.index, open = open }
  local kept = Artifact.put("review/document", State.get("document"), { type = "text/markdown", metadata = metadata })
  local text = Json.encode(found, { indent = 2 })
  Artifact.put("review/findings", text, { type = "application/json", metadata = metadata })
  return { round = ctx.index, open = open, findings = #found, document = kept.version }
end

local review = Workflow.loop{
  name = "review",
  max_iterations = bound,
  steps = {
    { name = "begin", run = function() State.set("findings", Json.array()) end },
    { name = "panel", workflow = panel },
    { name = "findings", run = function() return State.get("findings") end },
    { name = "revision", workflow = revision, input = "{{steps.findings.output}}" },
    { name = "critic", agent = critic, input = "Is it good enough? What does proofread say?" },
    { name = "keep", run = keep },
  },
  repeat_until = { value = "{{steps.critic.output.open}}", to = 0 },
}

State.set("document", Tool.run("file_read", { path = path }).output)
local result = review:run()
for _, step in ipairs(result.steps) do
  local kept = step.name == "keep" and step.output
  if kept then print(("Round %d: found %d, left %d open"):format(kept.round, kept.findings, kept.open)) end
end
print(Tool.run("file_diff", { path = path, text = State.get("document") }).output.diff)

-- Only the critic's word is success: a review that was stopped is not done, however good the document may be.
local content = result.stop_reason == "completed"
print(content and "The critic is content." or "Not done: the review ended as " .. result.stop_reason .. ".")
return { content = content, stop_reason = result.stop_reason, last = result.output }
