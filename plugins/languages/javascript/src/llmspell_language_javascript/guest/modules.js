// The files of a script, each with lines of its own; see `sources.py`. A file of the format `plain` is the body of an
// async function, every other one a function expression that the registry of modules runs.

const Syntax = SyntaxError;
const AsyncFunction = getPrototypeOf(async () => {}).constructor;

// A function of the kind `Maker` whose body is the text of a file.
const compile = (file, Maker) => {
  const { name, first, count, code, shifts, format } = file;
  put(files, files.length, { name, first, count, shifts });
  const lines = repeat('\n', first - 3);
  const body = format === 'plain' ? `'use strict';${lines}${code}` : `'use strict';return(${lines}${code})`;
  try {
    const run = construct(Maker, [body]);
    if (!includes(functionText(run), body)) throw new Syntax("unexpected '}'"); // QuickJS lets text close its function
    return run;
  } catch (problem) {
    const { line, traceback } = placeOf(problem);
    weakSet(places, problem, { file: name, line, traceback });
    throw problem;
  }
};

// Asks the host for a module; the machine turns its text into a record on the way.
const loadModule = ({ specifier, importer }) => waiting((wait) => {
  sendCall(wait, 'import', ',"@modules","import",[', [specifier, importer]);
  imports += `${imports && ','}${wait.id}`;
});

// The error, which arose at a line and column of a file unless it is known where.
const placed = (error, file, { line, column }) => {
  if (line && error instanceof E && !placeOf(error).line) {
    weakSet(places, error, { file, line, traceback: `at ${file}:${line}:${column}` });
  }
  return error;
};

// `import()`: who waits for it goes on in a turn of its own task, whichever task loads the module.
const importing = (run) => waiting((wait) => {
  const site = new E();
  const failed = (error) => {
    if (error instanceof E) showPlace(error, placeOf(error).line ? error : site);
    wake(wait, () => wait.reject(error));
  };
  then(run(), (value) => wake(wait, () => wait.resolve(value)), failed);
});

const newRegistry = (text) => construct(Fn, [`return (${text}\n)`])()({
  compile: (file) => compile(file, Fn)(),
  importing,
  load: loadModule,
  placed,
});
