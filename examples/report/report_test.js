// Where the figures of the report come from, and when it has a section on what is unusual.
//   llmspell test examples/report
// A spell under test may write no file: here each ends at the permission for that, with the artifacts made.

const stepOf = (ended, name) => ended.error.details.steps.find((step) => step.name === name);
const looks = { calls: [{ name: "figures" }] };

await Test.case("the agent comments on the figures that it got from a tool", async () => {
  const ended = await Test.spell("report.js", { model: [looks, "Central leads.", "A fair.", "A pipe."] });
  await Test.equal(ended.error.kind, "permission");
  const { output: told } = ended.calls.find(({ name }) => name === "figures");
  await Test.includes(told, "| Central | 7935 | 661.3 | 663.5 | 607 | 724 |");
  await Test.includes(told, "North has the fewest visitors: 2959.");
  await Test.includes(stepOf(ended, "text").output, "# Visitors by branch\n\nCentral leads.\n\n![Line chart of");
});

await Test.case("each outlier has a line with what the agent says about it", async () => {
  const ended = await Test.spell("report.js", { model: ["Fine.", "A fair.", "A pipe."] });
  const report = stepOf(ended, "text").output;
  await Test.includes(report, "## Unusual\n\n- Harbour, 2026-02-09: 688; 430.5 is usual. A fair.\n");
  await Test.includes(report, "- North, 2026-03-02: 61; 264 is usual. A pipe.\n\n## Figures\n");
});

await Test.case("without outliers there is no such section, and nobody is asked about any", async () => {
  const args = ["--data=examples/report/visitors.csv", "--by=week", "--over=branch"];
  const ended = await Test.spell("report.js", { args, model: ["Much the same each week."] });
  await Test.equal(stepOf(ended, "figures").output.outliers, []);
  await Test.check(!stepOf(ended, "text").output.includes("Unusual"));
});

await Test.case("a recording answers in place of models and tools", async () => {
  const ended = await Test.spell("report.js", { replay: "cassette.json" });
  await Test.includes(stepOf(ended, "text").output, "North: in the week of 2026-03-02 a pipe burst");
});
