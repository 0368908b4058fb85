// Tools: one written right here, which an agent calls, and one that is installed, called without any model.
//   llmspell run examples/tools.js

const stock = { apple: 120, pear: 45 };
const store = await Tool.define({
  name: "stock",
  description: "How many pieces of a fruit are in store",
  parameters: { fruit: { type: "string", enum: ["apple", "pear"] } },
  run: ({ fruit }) => stock[fruit],
});

// The model decides on the arguments; they are checked before the function sees them.
const agent = await Agent.create({ name: "keeper", tools: [store, "calculator"] });
const reply = await agent.run("How many pieces of pear are in stock?");
console.log(reply.text);
for (const call of reply.calls) console.log(call.name, await Json.encode(call.arguments));

// A spell may call tools itself: by handle, or by name.
const apples = (await store.run({ fruit: "apple" })).output;
const price = (await Tool.run("calculator", { expression: `${apples} * 0.25` })).output;
console.log(`${apples} apples cost ${price}`);

const [, problem] = await store.tryRun({ fruit: "plum" });
console.log(problem.message);
return { apples, calls: reply.calls.length };
