// What becomes of the findings, when a review ends, and what a wrong finding does.
//   llmspell test examples/review

const wording = 'Replace "in order to" with "to".';
const heading = 'Replace "### What is kept" with "## What is kept".';
const finds = (...findings) => JSON.stringify({ findings });
const revises = (old, better) => ({ calls: [{ name: "revise", arguments: { old, new: better } }] });
const open = (count) => JSON.stringify({ open: count });

const review = (model, rounds = 3) => Test.spell("review.js", { model, args: [`--rounds=${rounds}`] });

await Test.case("what two reviewers find is carried out once", async () => {
  const ended = await review([finds(wording), finds(), finds(wording, heading),
    revises("in order to", "to"), "Done.", revises("### What is kept", "## What is kept"), "Done.", open(0)]);
  await Test.equal(ended.value.content, true);
  await Test.equal(ended.state.findings, [wording, heading]);
  await Test.includes(ended.state.document, "what it knows to use it again");
  await Test.includes(ended.printed, "+## What is kept");
});

await Test.case("where nothing is found, the critic may still want another round", async () => {
  const ended = await review([finds(), finds(), finds(), open(1), finds(), finds(), finds(), open(0)]);
  await Test.equal(ended.value.last, { round: 2, open: 0, findings: 0, document: 2 });
  await Test.equal(ended.value.stop_reason, "completed");
});

await Test.case("to reach the bound is no success", async () => {
  const ended = await review([finds(), finds(), finds(), open(2)], 1);
  await Test.equal(ended.value.content, false);
  await Test.equal(ended.value.stop_reason, "budget.iterations");
  await Test.includes(ended.printed, "Not done: the review ended as budget.iterations.");
});

await Test.case("the writer is told what is not in the document", async () => {
  const cats = finds('Replace "cats" with "dogs".');
  const ended = await review([cats, finds(), finds(), revises("cats", "dogs"), "No.", open(0)]);
  const refused = ended.calls.find(({ name }) => name === "revise");
  await Test.equal(refused.error.message, "this is not in the document");
});
