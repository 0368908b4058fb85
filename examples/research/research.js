// A research pipeline: plan questions, read several sources at once with an agent each, merge, write a report.
//   llmspell run --allow-fs-write=research.md examples/research/research.js
// With sources, a subject and a report of your own:
//   llmspell run --allow-fs-write=. examples/research/research.js -- --sources=a.md,b.md --subject="Tides."
// llmspell: allow-fs-read=docs reason="the sources"
// llmspell: allow-fs-write=research.md reason="the report"

// Nobody has written the cookbook yet: the report says so, and is written all the same.
const named = String(Args.sources ?? "docs/state.md,docs/sessions.md,docs/workflows.md,docs/cookbook.md");
const sources = named.split(",");
const subject = Args.subject ?? "What happens when two write the same key. What happens when a turn fails.";

// What a source gave: an answer; where the model failed, the headings; where there is no such file, why not.
function note(ctx) {
  const source = ctx.item;
  const { found, answer } = ctx.steps;
  if (found.error) return { source, problem: found.error.message };
  if (!answer.error) return { source, says: answer.text };
  const headings = answer.output.matches.map(({ text }) => `- ${text.replace(/^#+ /, "")}`);
  return { source, problem: answer.error.message, headings };
}

const study = await Workflow.map({
  name: "study",
  over: "{{input.sources}}",
  maxConcurrency: 3,
  steps: [
    { name: "found", tool: "file_stat", arguments: { path: "{{item}}" }, onError: "continue" },
    { name: "answer",
      condition: { value: "{{steps.found.status}}", to: "completed" },
      agent: { system: "Answer from the file alone, in at most three sentences.", tools: ["file_read"] },
      input: "Read {{item}} with file_read. What does it say about this: {{input.questions}}?",
      retry: { attempts: 2, backoff: 0.1 },
      onError: "fallback",
      fallback: { tool: "file_search", arguments: { path: "{{item}}", text: "^#+ ", regex: true } } },
    { name: "note", run: note },
  ],
});

// A section for each source, what all of them say, and those that did not answer.
function merge({ steps }) {
  const body = ({ says, problem, headings }) => {
    if (says) return says;
    return `Not answered: ${problem}` + (headings ? `\n\nIts headings:\n\n${headings.join("\n")}` : "");
  };
  const notes = steps.study.output;
  return {
    sections: notes.map((found) => `## ${found.source}\n\n${body(found)}`).join("\n\n"),
    says: notes.filter(({ says }) => says).map(({ says }) => says).join("\n"),
    missing: notes.filter(({ says }) => !says).map(({ source }) => source),
  };
}

const layout = "# {{subject}}\n\n{{summary}}\n\nAnswered by {{answered}} of {{all}} sources.\n\n{{sections}}\n";
function write(ctx) {
  const { sections, missing } = ctx.steps.merge.output;
  const { subject, sources: { length: all } } = ctx.input;
  const summary = ctx.steps.summary.text;
  return Template.render(layout, { subject, summary, sections, all, answered: all - missing.length });
}

async function keep({ steps }) {
  const metadata = { missing: steps.merge.output.missing };
  const kept = await Artifact.put("research/report", steps.report.output, { type: "text/markdown", metadata });
  return kept.version;
}

const questions = { type: "array", items: { type: "string" }, minItems: 1, maxItems: 5 };
const research = await Workflow.sequential({
  name: "research",
  steps: [
    { name: "plan",
      prompt: "Divide this into questions, each to be answered on its own: {{input.subject}}",
      outputSchema: { type: "object", properties: { questions }, required: ["questions"] } },
    { name: "questions", run: ({ steps }) => steps.plan.output.questions.join("; ") },
    { name: "study", workflow: study,
      input: { sources: "{{input.sources}}", questions: "{{steps.questions.output}}" } },
    { name: "merge", run: merge },
    { name: "summary",
      prompt: "Sum up in two sentences what was found on {{steps.questions.output}}:\n{{steps.merge.output.says}}",
      onError: "fallback", fallback: { value: "There is no summary: the model did not answer." } },
    { name: "report", run: write },
    { name: "keep", run: keep },
    { name: "file", tool: "file_write", arguments: { path: "{{input.report}}", text: "{{steps.report.output}}" } },
  ],
  output: { report: "{{input.report}}", version: "{{steps.keep.output}}", missing: "{{steps.merge.output.missing}}" },
});

const result = await research.run({ subject, sources, report: Args.report ?? "research.md" });
for (const step of result.steps) console.log(`${step.name}: ${step.status}`);
console.log((await Artifact.get("research/report")).content);
return result.output;
