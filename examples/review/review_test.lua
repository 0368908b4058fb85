-- What becomes of the findings, when a review ends, and what a wrong finding does.
--   llmspell test examples/review

local wording = 'Replace "in order to" with "to".'
local heading = 'Replace "### What is kept" with "## What is kept".'
local function finds(...) return Json.encode{ findings = Json.array{ ... } } end
local function revises(old, new) return { calls = { { name = "revise", arguments = { old = old, new = new } } } } end
local function open(count) return Json.encode{ open = count } end

local function review(model, rounds)
  return Test.spell("review.lua", { model = model, args = { "--rounds=" .. (rounds or 3) } })
end

Test.case("what two reviewers find is carried out once", function()
  local ended = review{ finds(wording), finds(), finds(wording, heading),
    revises("in order to", "to"), "Done.", revises("### What is kept", "## What is kept"), "Done.", open(0) }
  Test.equal(ended.value.content, true)
  Test.equal(ended.state.findings, { wording, heading })
  Test.includes(ended.state.document, "what it knows to use it again")
  Test.includes(ended.printed, "+## What is kept")
end)

Test.case("where nothing is found, the critic may still want another round", function()
  local ended = review{ finds(), finds(), finds(), open(1), finds(), finds(), finds(), open(0) }
  Test.equal(ended.value.last, { round = 2, open = 0, findings = 0, document = 2 })
  Test.equal(ended.value.stop_reason, "completed")
end)

Test.case("to reach the bound is no success", function()
  local ended = review({ finds(), finds(), finds(), open(2) }, 1)
  Test.equal(ended.value.content, false)
  Test.equal(ended.value.stop_reason, "budget.iterations")
  Test.includes(ended.printed, "Not done: the review ended as budget.iterations.")
end)

Test.case("the writer is told what is not in the document", function()
  local cats = finds('Replace "cats" with "dogs".')
  local ended = review{ cats, finds(), finds(), revises("cats", "dogs"), "No.", open(0) }
  local refused
  for _, call in ipairs(ended.calls) do refused = call.name == "revise" and call.error or refused end
  Test.equal(refused.message, "this is not in the document")
end)
