// What the research pipeline does when all goes well, and when a model does not. A spell under test may write no file.
//   llmspell test examples/research

const one = ["--sources=docs/state.md"];
const plan = { text: '{"questions": ["Where is state kept?"]}' };
const reads = { calls: [{ name: "file_read", arguments: { path: "docs/state.md" } }] };

const outputOf = (ended, name) => ended.error.details.steps.find((step) => step.name === name).output;

await Test.case("an agent reads the source, and what it says is summed up", async () => {
  const ended = await Test.spell("research.js", { args: one, model: [plan, reads, "In a file.", "Files."] });
  await Test.equal(ended.error.kind, "permission");
  await Test.equal(outputOf(ended, "keep"), 1);
  const report = outputOf(ended, "report");
  await Test.includes(report, "Files.\n\nAnswered by 1 of 1 sources.\n\n## docs/state.md\n\nIn a file.");
});

await Test.case("where the model fails twice, the headings stand in for its answer", async () => {
  const down = { fail: { kind: "rate_limited", message: "too busy", retryable: true } };
  const ended = await Test.spell("research.js", { args: one, model: [plan, down, down, { fail: 500 }] });
  const report = outputOf(ended, "report");
  await Test.includes(report, "There is no summary: the model did not answer.");
  await Test.includes(report, "Not answered: too busy\n\nIts headings:\n\n- State");
});

await Test.case("a source that is not there is told in the report, and no model is asked about it", async () => {
  const ended = await Test.spell("research.js", { args: ["--sources=docs/gone.md"], model: [plan, "Nothing."] });
  await Test.includes(outputOf(ended, "report"), "Not answered: 'docs/gone.md' does not exist");
});
