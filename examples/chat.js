// A conversation whose answers arrive piece by piece. Each word after -- is one turn.
//   llmspell run examples/chat.js -- "The tide is high at noon. When is it high?" "And why?"

const agent = await Agent.create({ name: "chat", system: "Be brief." });
const turns = Args.length > 0 ? Args : [
  "Lua was made in Brazil in 1993. It is small and fast. Where was Lua made?",
  "It runs in games and editors. What is it like?",
];

let history = [];
for (const question of turns) {
  console.log(`> ${question}`);
  let text = "";
  const stream = await agent.stream(question, { history });
  for await (const event of stream) {
    if (event.type === "text") text += event.text;
  }
  const reply = await stream.result();
  if (text !== reply.text) throw new Error("the pieces add up to the answer");
  console.log(reply.text);
  history = reply.messages;
}
return history.length;
