// A document review: reviewers at once, a writer who revises, and a critic who says whether that is enough.
//   llmspell run examples/review/review.js
// With a document of your own, and another bound on the rounds:
//   llmspell run examples/review/review.js -- --document=docs/state.md --rounds=5
// llmspell: allow-fs-read=. reason="the document, and the files that it links to"

import { headings, links, wording } from "./checks.js";

const path = String(Args.document ?? "examples/review/draft.md");
const bound = Number(Args.rounds ?? 3);
if (Number.isNaN(bound)) throw new Error(`--rounds must be a number, not ${Args.rounds}`);

// What a program can find is a tool for those who review. What else is wrong, they find by reading.
const tool = (name, description, check) =>
  Tool.define({ name, description, run: async () => check(await State.get("document")) });
const foundBy = {
  wording: (text) => wording(text, "examples/review/wording.csv"),
  links: (text) => links(text, path.match(/^.*\//)?.[0] ?? ""),
  headings,
};
const show = await tool("show", "The document as it is now.", (text) => text);
const proofread = await tool("proofread", "How much a program would still change.", async (text) => {
  const found = await Promise.all(Object.values(foundBy).map((check) => check(text)));
  return { open: found.flat().length };
});
const revise = await Tool.define({
  name: "revise",
  description: "Puts new text for old, wherever that stands in the document.",
  parameters: { type: "object", required: ["old", "new"],
    properties: { old: { type: "string", minLength: 1 }, new: { type: "string" } } },
  run: async (args) => {
    const text = await State.get("document");
    if (!text.includes(args.old)) throw { kind: "not_found", message: "this is not in the document" };
    await State.set("document", text.replaceAll(args.old, () => args.new));
    return "done";
  },
});

// The reviewers do not see what the others find. Their findings come together here, each of them once.
await State.define("findings", { reducer: "union" });
const list = { type: "array", items: { type: "string" } };
const findings = { type: "object", properties: { findings: list }, required: ["findings"] };

async function reviewer(name, check, brief) {
  const finds = await tool(check, "What a program would change in the document.", foundBy[check]);
  const agent = await Agent.create({ name, tools: [finds, show, "file_read"], outputSchema: findings,
    system: `${brief} Read the document with show. Begin each finding: Replace "its words" with "better words".` });
  return { name, workflow: await Workflow.sequential({ name: `${name} review`, steps: [
    { name: "read", agent, input: `What do you find? What does ${check} say?` },
    { name: "note", run: ({ steps }) => State.set("findings", steps.read.output.findings) },
  ] }) };
}
const panel = await Workflow.parallel({ name: "panel", steps: [
  await reviewer("style", "wording", "You review how a document is worded: plainly and briefly, or not."),
  await reviewer("facts", "links", "You review whether what a document says and points to is so."),
  await reviewer("structure", "headings", "You review the order and the headings of a document."),
] });

const writer = await Agent.create({ name: "writer", tools: [revise, show],
  system: "You change what a reviewer has found in a document, and nothing else. You see it with show." });
const revision = await Workflow.loop({ name: "revision", over: "{{input}}", steps: [
  { name: "change", agent: writer, input: "Carry this out with revise. {{item}}" },
] });

const open = { type: "integer", minimum: 0, description: "how many faults are worth another round" };
const critic = await Agent.create({ name: "critic", tools: [proofread, show],
  outputSchema: { type: "object", properties: { open }, required: ["open"] },
  system: "You decide whether a document can be published as it is. You see it with show." });

// Each round's document and findings are new versions of the same artifacts.
async function keep({ index: round, steps }) {
  const { open } = steps.critic.output;
  const metadata = { document: path, round, open };
  const document = await State.get("document");
  const { version } = await Artifact.put("review/document", document, { type: "text/markdown", metadata });
  const found = await State.get("findings");
  const text = await Json.encode(found, { indent: 2 });
  await Artifact.put("review/findings", text, { type: "application/json", metadata });
  return { round, open, findings: found.length, document: version };
}

const review = await Workflow.loop({
  name: "review",
  maxIterations: bound,
  steps: [
    { name: "begin", run: () => State.set("findings", []) },
    { name: "panel", workflow: panel },
    { name: "findings", run: () => State.get("findings") },
    { name: "revision", workflow: revision, input: "{{steps.findings.output}}" },
    { name: "critic", agent: critic, input: "Is it good enough? What does proofread say?" },
    { name: "keep", run: keep },
  ],
  repeatUntil: { value: "{{steps.critic.output.open}}", to: 0 },
});

await State.set("document", (await Tool.run("file_read", { path })).output);
const result = await review.run();
for (const { output: kept } of result.steps.filter((step) => step.name === "keep" && step.output)) {
  console.log(`Round ${kept.round}: found ${kept.findings}, left ${kept.open} open`);
}
const { diff } = (await Tool.run("file_diff", { path, text: await State.get("document") })).output;
console.log(diff);

// Only the critic's word is success: a review that was stopped is not done, however good the document may be.
const content = result.stopReason === "completed";
console.log(content ? "The critic is content." : `Not done: the review ended as ${result.stopReason}.`);
export default { content, stop_reason: result.stopReason, last: result.output };
