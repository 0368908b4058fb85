// A data report: figures, outliers and a chart by tools, comments by an agent, and the same again from a recording.
//   llmspell run --allow-fs-write=report.md --allow-fs-write=report.svg examples/report/report.js
// Once more without a model and without the tools, from what they have answered before:
//   llmspell run --allow-fs-write=. --replay=examples/report/cassette.json examples/report/report.js
// With figures of your own: --over goes along the chart, and --by has a line for each of its values:
//   llmspell run --allow-fs-write=. examples/report/report.js -- --data=a.csv --value=amount --over=day --by=shop
// llmspell: allow-fs-read=. reason="the figures, and notes on them"
// llmspell: allow-fs-write=report.md reason="the report"
// llmspell: allow-fs-write=report.svg reason="its chart"

import * as figures from "./figures.js";

const data = String(Args.data ?? "examples/report/visitors.csv");
const [value, over] = [String(Args.value ?? "visitors"), String(Args.over ?? "week")];
const [by, out] = [String(Args.by ?? "branch"), String(Args.out ?? "report")];
const notes = Args.notes ?? (Args.data ? undefined : "examples/report/notes.md");

// One number for each group and place, then the groups, the largest first.
const cells = { path: data, group: [by, over], sort: [over], limit: 10000,
  aggregates: [{ function: "sum", field: value, name: "sum" }] };
const groups = { data: "{{steps.cells.output.rows}}", group: [by], sort: ["-total"], aggregates: [
  { function: "first", field: by, name: "name" }, { function: "sum", field: "sum", name: "total" },
  { function: "values", field: over, name: "at" }, { function: "values", field: "sum", name: "values" },
] };
const described = await Workflow.map({ name: "described", over: "{{input}}", steps: [
  { name: "spread", tool: "statistics", arguments: { values: "{{item.values}}" } },
  { name: "group", run({ item: { name, at, values }, steps: { spread: { output: spread } } }) {
    return { name, at, values, spread, outliers: figures.outliers({ name, at, values }, spread) };
  } },
] });

function drawn({ steps }) {
  if (steps.cells.output.truncated) throw new Error("there are more figures than a chart can show");
  const categories = steps.axis.output.rows.map((row) => row[over]);
  return { categories, series: figures.lines(steps.described.output, categories) };
}

// The agent knows what tools have computed, and what is written in the notes. The groups come from the largest down.
await Tool.define({ name: "figures", description: "The figures that were computed.", run: () => State.get("figures") });
async function told({ steps }) {
  const groups = steps.described.output;
  const [most, least, rows] = [groups[0], groups.at(-1), figures.table(groups)];
  const line = ({ name, spread }, how) => `${name} has the ${how} ${value}: ${figures.shown(spread.sum)}.\n`;
  await State.set("figures", `${rows}\n\n${line(most, "most")}${line(least, "fewest")}`);
  return { rows, outliers: groups.flatMap(({ outliers }) => outliers) };
}
const analyst = await Agent.create({ name: "analyst", tools: ["figures", "file_read"],
  system: "You comment on figures in one or two plain sentences. Give no figure that a tool has not given you." });

// Only where there are outliers: what is known of each, in a section of its own.
const read = notes ? `Read ${notes} with file_read. ` : "";
const explained = await Workflow.map({ name: "explained", over: "{{input}}", maxConcurrency: 2, steps: [
  { name: "why", agent: analyst, input: `${read}What happened to {{item.name}} at {{item.at}}?` },
  { name: "line", run({ item: found, steps: { why: { text: why } } }) {
    const line = "- {{found.name}}, {{found.at}}: {{found.value}}; {{found.usual}} is usual. {{why}}";
    return Template.render(line, { found, why });
  } },
] });
const unusual = await Workflow.conditional({ name: "unusual",
  branches: [{ condition: "{{input}}", steps: [
    { name: "explained", workflow: explained },
    { name: "section", run: ({ steps }) => `## Unusual\n\n${steps.explained.output.join("\n")}\n\n` },
  ] }],
  otherwise: [{ name: "nothing", run: () => "" }] });

const layout = "# {{title}}\n\n{{comment}}\n\n![{{alt}}]({{chart}})\n\n{{unusual}}## Figures\n\n{{rows}}\n";
function write({ input: title, steps }) {
  return Template.render(layout, {
    title, comment: steps.comment.text, alt: steps.chart.output.description,
    chart: `${out.match(/[^/]*$/)[0]}.svg`, unusual: steps.unusual.output, rows: steps.figures.output.rows,
  });
}
async function keep({ steps }) {
  const chart = await Artifact.put("report/chart", steps.chart.output.svg, { type: "image/svg+xml" });
  const metadata = { data, chart: chart.version };
  const text = await Artifact.put("report/text", steps.text.output, { type: "text/markdown", metadata });
  await Artifact.export("report/chart", `${out}.svg`);
  await Artifact.export("report/text", `${out}.md`);
  return { text: text.version, chart: chart.version };
}

const report = await Workflow.sequential({ name: "report", steps: [
  { name: "cells", tool: "csv_query", arguments: cells },
  { name: "groups", tool: "sort_group", arguments: groups },
  { name: "axis", tool: "csv_query", arguments: { path: data, group: [over], sort: [over], limit: 10000 } },
  { name: "described", workflow: described, input: "{{steps.groups.output.items}}" },
  { name: "drawn", run: drawn },
  { name: "chart", tool: "chart", arguments: { kind: "line", title: "{{input}}", x_label: over, y_label: value,
    categories: "{{steps.drawn.output.categories}}", series: "{{steps.drawn.output.series}}" } },
  { name: "figures", run: told },
  { name: "comment", agent: analyst,
    input: `What do the figures say: which ${by} has the most ${value}, and which the fewest?` },
  { name: "unusual", workflow: unusual, input: "{{steps.figures.output.outliers}}" },
  { name: "text", run: write },
  { name: "keep", run: keep },
] });
const result = await report.run(`${value[0].toUpperCase()}${value.slice(1)} by ${by}`);
for (const step of result.steps) console.log(`${step.name}: ${step.status}`);
console.log((await Artifact.get("report/text")).content);
export default { report: `${out}.md`, chart: `${out}.svg`, versions: result.output };
