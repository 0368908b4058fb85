// An agent reads a file of this project, counts its words with a tool written right here, and does the arithmetic.
//   llmspell run examples/quickstart.js
// Without a key it works offline; set OPENAI_API_KEY, or add --model ollama/llama3.2, and a real model answers.

await Tool.define({
  name: "word_count",
  description: "How many words a text has",
  parameters: { text: "string" },
  run: ({ text }) => text.match(/\S+/g)?.length ?? 0,
});

const agent = await Agent.create({
  name: "reader",
  system: "Use the tools, one after the other. Answer in one short sentence.",
  tools: ["file_read", "word_count", "calculator"],
});

const path = Args[0] ?? "README.md";
const reply = await agent.run(
  `Read ${path} with file_read, count its words with word_count, then use the calculator to divide the count ` +
    "by 200: how many minutes does it take to read at 200 words a minute?",
);

console.log(reply.text);
for (const call of reply.calls) {
  await Log.info(call.name, { seconds: Math.floor(call.duration * 1000) / 1000 });
}
return { answer: reply.text, stop_reason: reply.stopReason, calls: reply.calls.length };
