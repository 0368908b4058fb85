// The files of a script: each is the strict body of an async function, so that `await` and `return` work in it.

const Syntax = SyntaxError;
const AsyncFunction = getPrototypeOf(async () => {}).constructor;

const countLines = (text) => {
  let count = 1;
  for (let at = indexOf(text, '\n'); at >= 0; at = indexOf(text, '\n', at + 1)) count++;
  return count;
};

// Gives the file lines of its own in the machine's text, by which stacks tell where they were.
const addFile = (name, count) => {
  const first = lineCount + 3;
  put(files, files.length, { name, first, count });
  lineCount = first + count;
  return first;
};

const MODULES = 'import and export are not supported; give the value of the spell with return';

// Whether a line starts with `word`.
const hasStatement = (source, word) => {
  for (let at = indexOf(source, word); at >= 0; at = indexOf(source, word, at + 1)) {
    const before = at === 0 ? '\n' : source[at - 1], after = source[at + word.length];
    if (before === '\n' && (after === ' ' || after === '{' || after === '*')) return true;
  }
  return false;
};

// The text of a file as an async function. A byte order mark and a first line for the shell are no JavaScript.
const compile = (name, source, parameters) => {
  if (charCode(source, 0) === 0xfeff) source = slice(source, 1);
  if (startsWith(source, '#!')) source = `//${source}`;
  const first = addFile(name, countLines(source));
  try {
    const body = `'use strict';${repeat('\n', first - 3)}${source}`;
    const run = construct(AsyncFunction, [joined(parameters, ','), body]);
    if (!includes(functionText(run), body)) throw new Syntax("unexpected '}'"); // QuickJS lets text close its function
    return run;
  } catch (problem) {
    const error = new SpellError({ ...describe(problem), hint: hasStatement(source, 'import') || hasStatement(source, 'export') ? MODULES : '' });
    weakSet(traces, error, problem);
    throw error;
  }
};

// What `import(name)` becomes: the text of a module comes from the host as {source, name, key}.
const importing = (from) => async (name) => {
  await call('import', ',"@modules","load",[', [name, from]);
  refuse(`import: '${name}' cannot be loaded`, MODULES);
};
