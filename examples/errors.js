// What goes wrong is a value with a kind, a sentence and a hint: catch it, or ask for it instead of a throw.
//   llmspell run examples/errors.js

try {
  await Tool.run("calculater", { expression: "1 + 1" });
} catch (problem) {
  console.log(`${problem.kind}: ${problem.message}`);
  console.log(`hint: ${problem.hint}`);
}

const [, refused] = await Tool.tryRun("calculator", { expression: "1 / 0" });
console.log(`${refused.component}: ${refused.message}`);

const [, wrong] = await Agent.tryCreate({ name: "typo", sytem: "Be brief." });
console.log(`${wrong.message}; ${wrong.hint}`);

// An error of the spell's own: an object with the same fields.
const half = (n) => {
  if (n % 2 !== 0) throw { kind: "invalid_arguments", message: `${n} is odd` };
  return n / 2;
};
await Tool.define({
  name: "half",
  description: "Half of an even number",
  parameters: { n: "integer" },
  run: ({ n }) => half(n),
});

console.log((await Tool.run("half", { n: 42 })).output);
const [, odd] = await Tool.tryRun("half", { n: 7 });
console.log(`${odd.kind}: ${odd.message}, says ${odd.component}`);
return odd.kind;
