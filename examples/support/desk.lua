-- A support desk that hands a customer over to whoever can help, and knows one who returns: run it twice.
--   llmspell run --ask-tool=refund examples/support/desk.lua
--   llmspell run --ask-tool=refund examples/support/desk.lua -- --says="Why does my kettle not switch off?"
-- With --ask-tool=refund a person is asked before money goes back; without, nobody is. Where there is no terminal,
-- add --wait-approvals or --pause-approvals, and answer with `llmspell approvals`.
-- llmspell: allow-fs-read=examples/support reason="customers, orders and the manual"

local folder = Spell.path:match("^.*/") or ""
local function rows(file, column, value)
  local where = { { field = column, operator = "=", value = value } }
  return Tool.run("csv_query", { path = folder .. file, where = where }).output.rows
end

local id = Args.customer or "C-17"
local customer = rows("customers.csv", "id", id)[1] or error{ kind = "not_found", message = "no customer " .. id }
local function order_of(number)
  for _, order in ipairs(rows("orders.csv", "order", number)) do
    if order.customer == id then return order end
  end
  error{ kind = "not_found", message = customer.name .. " has no order " .. number }
end

Tool.define{
  name = "take_back",
  description = "Takes back an order that was delivered, and hands over to billing for the money.",
  parameters = { order = "string" },
  run = function(args)
    local order = order_of(args.order)
    if order.status ~= "delivered" then return order.order .. " is " .. order.status .. ": it cannot go back yet" end
    return Agent.handoff("billing", {
      input = ('Please refund order "%s", the customer has sent back the %s.'):format(order.order, order.item),
      state = { taken_back = order.order },
      reason = "sent back",
    })
  end,
}

-- The state says what was taken back, not the model; and no order is paid back twice, in whatever run.
Tool.define{
  name = "refund",
  description = "Pays back an order that was taken back.",
  parameters = { order = "string" },
  run = function(args)
    local order = order_of(args.order)
    if State.get("taken_back") ~= order.order then error(order.order .. " was not taken back") end
    State.scope("app"):update("refunds." .. order.order, function(paid)
      if paid then error{ kind = "conflict", message = order.order .. " was paid back before" } end
      return { customer = id, amount = order.price }
    end)
    return order.order .. ": " .. order.price .. " paid back"
  end,
}

Tool.define{
  name = "manual",
  description = "What the manual says.",
  parameters = { question = "string" },
  run = function() return Tool.run("file_read", { path = folder .. "manual.md" }).output end,
}

local about = "You help " .. customer.name .. ", a customer of a shop for kitchen machines. Be brief. "
Agent.create{ name = "billing", description = "Invoices, payments and refunds.",
  system = about .. "Refund what you are asked to refund. Hand over what is not about money.",
  tools = { "refund" }, handoffs = { "returns", "technical" } }
Agent.create{ name = "returns", description = "Takes back orders that a customer wants to return or to exchange.",
  system = about .. "Take back with take_back what the customer wants to return.",
  tools = { "take_back" }, handoffs = { "billing", "technical" } }
Agent.create{ name = "technical", description = "Why a kettle does not heat, switch on or switch off.",
  system = about .. "Answer from the manual.",
  tools = { "manual" }, tool_choice = "manual", return_policy = "return" }
local desk = Agent.create{ name = "desk",
  system = about .. "Hand over to whoever can help; tell the customer what technical has answered.",
  handoffs = { "billing", "returns", { agent = "technical", history = "none" } } }

local session = Session.resume("support-" .. id, { title = "Support for " .. customer.name })
local visits = State.scope("session"):update("visits", function(count) return (count or 0) + 1 end)
local turns = session:turns()
local last = turns[#turns]
print(("Welcome%s, %s."):format(last and " back" or "", customer.name))
if last then print("Last time you said: " .. last.input) end

local says = Args.says or 'I want to return order "A-1001", because its lid is broken.'
local reply = session:run(desk, says)
local handoffs = Json.array()
for _, event in ipairs(Event.history("handoff.started")) do handoffs[#handoffs + 1] = event.data.name end
print("You: " .. says)
print("Handed over to: " .. (#handoffs > 0 and table.concat(handoffs, ", ") or "nobody"))
print(reply.agent .. ": " .. reply.text)
return { agent = reply.agent, stop_reason = reply.stop_reason, visits = visits, handoffs = handoffs }
