-- What goes wrong is a value with a kind, a sentence and a hint: catch it, or ask for it instead of a raise.
--   llmspell run examples/errors.lua

local _, problem = pcall(Tool.run, "calculater", { expression = "1 + 1" })
print(problem.kind .. ": " .. problem.message)
print("hint: " .. problem.hint)

local _, refused = Tool.try_run("calculator", { expression = "1 / 0" })
print(refused.component .. ": " .. refused.message)

local _, wrong = Agent.try_create{ name = "typo", sytem = "Be brief." }
print(wrong.message .. "; " .. wrong.hint)

-- An error of the spell's own: a table with the same fields.
local function half(n)
  if n % 2 ~= 0 then error{ kind = "invalid_arguments", message = n .. " is odd" } end
  return n // 2
end
Tool.define{
  name = "half",
  description = "Half of an even number",
  parameters = { n = "integer" },
  run = function(args) return half(args.n) end,
}

print(Tool.run("half", { n = 42 }).output)
local _, odd = Tool.try_run("half", { n = 7 })
print(odd.kind .. ": " .. odd.message .. ", says " .. odd.component)
return odd.kind
