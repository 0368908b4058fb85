// How the support desk hands over, what a refund needs, and what it refuses.
//   llmspell test examples/support

const calls = (name, args = {}) => ({ calls: [{ name, arguments: args }] });
const toReturns = calls("transfer_to_returns", { reason: "wants to return" });
const takeBack = calls("take_back", { order: "A-1001" });
const refund = calls("refund", { order: "A-1001" });

const desk = (model, options = {}) => Test.spell("desk.js", { ...options, model });
const callOf = (ended, tool) => ended.calls.find(({ name }) => name === tool);

await Test.case("an order goes from the desk to returns and to billing, which pays it back", async () => {
  const ended = await desk([toReturns, takeBack, refund, "You have 49.9 back."]);
  await Test.equal(ended.value.handoffs, ["returns", "billing"]);
  await Test.equal(ended.value.agent, "billing");
  await Test.equal(ended.state.taken_back, "A-1001");
  await Test.equal(callOf(ended, "refund").output, "A-1001: 49.9 paid back");
});

await Test.case("nothing is paid back without a person's word", async () => {
  const asked = { config: { "permissions.ask.tools": ["refund"] } };
  const ended = await desk([toReturns, takeBack, refund, "Somebody has to agree first."], asked);
  await Test.equal(callOf(ended, "refund").error.kind, "permission");
});

await Test.case("what was not taken back is not paid back", async () => {
  const ended = await desk([calls("transfer_to_billing"), refund, "I cannot."]);
  await Test.includes(callOf(ended, "refund").error.message, "A-1001 was not taken back");
});

await Test.case("an order on its way, or of somebody else, is not taken back", async () => {
  let ended = await desk([toReturns, calls("take_back", { order: "A-1002" }), "No."]);
  await Test.equal(callOf(ended, "take_back").output, "A-1002 is on its way: it cannot go back yet");
  ended = await desk([toReturns, calls("take_back", { order: "A-1003" }), "No."]);
  await Test.equal(callOf(ended, "take_back").error.message, "Ada Park has no order A-1003");
});

await Test.case("technical gives its answer back to the desk", async () => {
  const look = calls("manual", { question: "Why?" });
  const answers = [calls("transfer_to_technical"), look, "Close the lid.", "Please close the lid."];
  const ended = await desk(answers, { args: ["--says=It does not stop"] });
  await Test.equal(ended.value.agent, "desk");
  const { messages } = ended.calls.at(-1);
  await Test.includes(messages.at(-1).content, "technical answered:\nClose the lid.");
});
