-- How the support desk hands over, what a refund needs, and what it refuses.
--   llmspell test examples/support

local function calls(name, arguments) return { calls = { { name = name, arguments = arguments } } } end
local to_returns = calls("transfer_to_returns", { reason = "wants to return" })
local take_back = calls("take_back", { order = "A-1001" })
local refund = calls("refund", { order = "A-1001" })

local function desk(model, options)
  options = options or {}
  options.model = model
  return Test.spell("desk.lua", options)
end

local function call_of(ended, tool)
  for _, call in ipairs(ended.calls) do
    if call.name == tool then return call end
  end
end

Test.case("an order goes from the desk to returns and to billing, which pays it back", function()
  local ended = desk{ to_returns, take_back, refund, "You have 49.9 back." }
  Test.equal(ended.value.handoffs, { "returns", "billing" })
  Test.equal(ended.value.agent, "billing")
  Test.equal(ended.state.taken_back, "A-1001")
  Test.equal(call_of(ended, "refund").output, "A-1001: 49.9 paid back")
end)

Test.case("nothing is paid back without a person's word", function()
  local asked = { config = { ["permissions.ask.tools"] = { "refund" } } }
  local ended = desk({ to_returns, take_back, refund, "Somebody has to agree first." }, asked)
  Test.equal(call_of(ended, "refund").error.kind, "permission")
end)

Test.case("what was not taken back is not paid back", function()
  local ended = desk{ calls("transfer_to_billing"), refund, "I cannot." }
  Test.includes(call_of(ended, "refund").error.message, "A-1001 was not taken back")
end)

Test.case("an order on its way, or of somebody else, is not taken back", function()
  local ended = desk{ to_returns, calls("take_back", { order = "A-1002" }), "No." }
  Test.equal(call_of(ended, "take_back").output, "A-1002 is on its way: it cannot go back yet")
  ended = desk{ to_returns, calls("take_back", { order = "A-1003" }), "No." }
  Test.equal(call_of(ended, "take_back").error.message, "Ada Park has no order A-1003")
end)

Test.case("technical gives its answer back to the desk", function()
  local look = calls("manual", { question = "Why?" })
  local ended = desk({ calls("transfer_to_technical"), look, "Close the lid.", "Please close the lid." },
    { args = { "--says=It does not stop" } })
  Test.equal(ended.value.agent, "desk")
  local messages = ended.calls[#ended.calls].messages
  Test.includes(messages[#messages].content, "technical answered:\nClose the lid.")
end)
