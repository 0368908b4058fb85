// Several agents at once, at most two at a time; then the first of three to answer, and one that takes too long.
//   llmspell run examples/fan_out.js

const places = [
  "Lisbon lies on the Tagus. The old town has steep streets.",
  "Oslo lies on a fjord. Forests begin at the last tram stop.",
  "Quito lies high in the Andes. The air is thin.",
];

const answers = await Async.map(places, async (text, index) => {
  const agent = await Agent.create({ name: `place-${index + 1}` });
  const reply = await agent.run(`${text} Where does the city lie?`);
  return reply.text;
}, { limit: 2 });
for (const answer of answers) console.log(answer);

const after = (seconds, word) => async () => {
  await Async.sleep(seconds);
  return word;
};
const winner = await Async.race([after(5, "slow"), after(0.01, "quick"), after(1, "middling")]);
console.log(`first: ${winner}`);

const [, problem] = await Async.tryTimeout(0.05, () => Async.sleep(10));
console.log(`too long: ${problem.kind}`);
return { answers: answers.length, winner };
