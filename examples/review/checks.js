// What a program can find in a Markdown document. A finding says which words of it to replace, and with what.

const replace = (old, better) => `Replace "${old}" with "${better}".`;

// Words that the house writes in another way; `guide` is a table of them.
export async function wording(text, guide) {
  const { rows } = (await Tool.run("csv_query", { path: guide })).output;
  return rows.filter(({ phrase }) => text.includes(phrase)).map(({ phrase, better }) => replace(phrase, better));
}

// The file that is called most like one that is missing; nothing if none is.
async function nearest(target, folder) {
  const [, place, name] = target.match(/^(.*?)([^/]*)$/);
  const [list] = await Tool.tryRun("file_list", { path: folder + place, glob: `*.${name.match(/[^.]*$/)}` });
  let best;
  let most = 0.7;
  for (const entry of list?.output.entries ?? []) {
    const there = entry.path.match(/[^/]*$/)[0];
    const { ratio } = (await Tool.run("text_similarity", { a: name, b: there })).output;
    if (ratio > most) [best, most] = [place + there, ratio];
  }
  return best;
}

// Links to files that do not exist; paths start at `folder`.
export async function links(text, folder) {
  const found = [];
  for (const [, target] of text.matchAll(/\]\(([^)#\s]+)/g)) {
    if (target.includes(":") || (await Tool.tryRun("file_stat", { path: folder + target }))[0]) continue;
    const near = await nearest(target, folder);
    found.push(near ? replace(target, near) : `There is no file "${target}".`);
  }
  return found;
}

// Headings that skip a level.
export function headings(text) {
  const found = [];
  let above = 0;
  let code = false;
  for (const line of text.split("\n")) {
    if (line.startsWith("```")) code = !code;
    const level = code ? 0 : (line.match(/^(#+) /)?.[1].length ?? 0);
    if (level > above + 1) found.push(replace(line, "#".repeat(above + 1) + line.slice(level)));
    if (level) above = level;
  }
  return found;
}
