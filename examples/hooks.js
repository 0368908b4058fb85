// Hooks around what a spell makes happen: one vetoes a tool, two make a cache of model answers.
//   llmspell run examples/hooks.js

await Hook.on("pre_tool", (call) => {
  if (call.name === "file_read" && call.arguments.path.includes("secret")) {
    return { veto: "files with secrets stay closed" };
  }
}, { guard: true });

const cache = new Map();
let asked = 0;
const questionOf = (call) => call.request.messages.at(-1).content;

await Hook.on("pre_llm", (call) => {
  const kept = cache.get(questionOf(call));
  if (kept) return { replace: kept };
  asked += 1;
});

await Hook.on("post_llm", (call, result) => {
  cache.set(questionOf(call), result.text);
});

const agent = await Agent.create({ name: "cached" });
const question = "The tide is high at noon and low at six. When is the tide high?";
const first = await agent.run(question);
const second = await agent.run(question);
console.log(`same answer: ${first.text === second.text}`);
console.log(`model asked: ${asked}`);

const [, problem] = await Tool.tryRun("file_read", { path: "secret.txt" });
console.log(`secret file: ${problem.kind}`);
return { asked, vetoed: problem.kind === "vetoed" };
