-- What goes wrong is a value with a kind, a sentence and a hint: catch it, or ask for it instead of a raise.

local ok, problem = pcall(Tool.run, "calculater", { expression = "1 + 1" })
print(ok, problem.kind)
print(problem.hint)

local output, refused = Tool.try_run("calculator", { expression = "1 / 0" })
print(output, refused.kind, refused.component)

local _, wrong = Agent.try_create{ name = "typo", sytem = "Be brief." }
print(wrong.kind, wrong.hint)

local function half(n)
  if n % 2 ~= 0 then error{ kind = "invalid_arguments", message = n .. " is odd" } end
  return n // 2
end
Tool.define{ name = "half", description = "Half of an even number", parameters = { n = "integer" },
  run = function(args) return half(args.n) end }

print(Tool.run("half", { n = 42 }).output)
local _, odd = Tool.try_run("half", { n = 7 })
print(odd.kind, odd.message, odd.component)
return odd.kind
