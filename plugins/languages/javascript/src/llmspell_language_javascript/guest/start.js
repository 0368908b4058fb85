// The last part: shows a script its globals and nothing dangerous, and hands out what the machine uses.

// All args by position from 0, and `--name value`, `--name=value` and `--flag` (true) by name too.
const parseArguments = (words) => {
  const args = [];
  for (let i = 0; i < words.length; i++) args[i] = words[i];
  for (let i = 0; i < words.length; i++) {
    if (!startsWith(words[i], '--') || words[i] === '--') continue;
    const text = slice(words[i], 2), equals = indexOf(text, '='), following = words[i + 1] ?? '--';
    const name = equals < 0 ? text : slice(text, 0, equals);
    if (name !== 'length') put(args, name, equals >= 0 ? slice(text, equals + 1) : startsWith(following, '--') || following);
  }
  return freeze(args);
};

// What shares memory, runs code beside the turns, or is in one engine only.
const REMOVED = ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'FinalizationRegistry', 'performance', 'DOMException'];

const furnish = () => {
  for (const name of REMOVED) delete globalThis[name];
  hide(E, 'prepareStackTrace', InternalErr ? undefined : prepareStack());
  // The language itself looks these up: `await` and `then` the first two, and template literals of QuickJS the third.
  hide(P.prototype, 'constructor', P);
  hide(P, Symbol.species, P);
  hide(Str.prototype, 'concat', Str.prototype.concat);
  for (const name of keys(LAZY)) lazily(LAZY[name], lazySources[name]);
  replace('console', newConsole());
  replace('setTimeout', newTimer(false));
  replace('setInterval', newTimer(true));
  replace('clearTimeout', clearTimer);
  replace('clearInterval', clearTimer);
  replace('queueMicrotask', (run) => {
    if (typeof run !== 'function') refuse(`queueMicrotask needs a function, not ${shown(run)}`);
    const task = working();
    then(then(P.resolve(), () => { run(); }), undefined, (error) => { if (!task.cancelled) rootOf(task).fail(error); });
  });
};

// Starts the chunk, or reports why it does not compile.
const begin = (text, marks, large) => {
  const { file, registry, api: manifest, args, limits: given, seed } = decode(text, marks, large);
  limits = given;
  entropy = seed;
  mainFile = file.name;
  makeApi({ ...manifest, constants: { ...manifest.constants, Args: parseArguments(args) } }, record({ Async: ownAsync, Json: ownJson }));
  startRoot(0, "the script's result", registry ? () => newRegistry(registry).run(file) : () => compile(file, AsyncFunction)(), []);
  advance();
};

furnish();
const turns = record({ begin, step, advance, drain, salvage: flush });
return (turn, text, marks, large) => turns[turn](text, marks, large);
