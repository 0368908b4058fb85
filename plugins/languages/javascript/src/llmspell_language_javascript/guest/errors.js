// Errors with a kind: what host calls and the guest raise, and what a failed script is reported as.

const ReferenceErr = ReferenceError;
const files = []; // {name, first, count, shifts}: which lines of the machine's text are which file's
let mainFile = '';
const traces = new W(); // errors whose own stack says nothing, to the stack of the call that failed
const places = new W(); // errors of which is known where they arose, to {file, line, traceback}

class SpellError extends E {
  constructor(fields) {
    super(fields.message);
    put(this, 'kind', fields.kind ?? 'script_failed');
    put(this, 'component', fields.component ?? '');
    put(this, 'retryable', fields.retryable === true);
    put(this, 'hint', fields.hint ?? '');
    put(this, 'details', fields.details ?? {});
  }
}

const raise = (kind, message, hint, details, retryable) => {
  throw new SpellError({ kind, message, hint, details, retryable });
};

const refuse = (message, hint) => raise('invalid_arguments', message, hint);

// The last `:line:column` of a stack's line; undefined when there is none.
const positionOf = (frame) => {
  let end = frame.length;
  if (frame[end - 1] === ')') end--;
  const last = lastIndexOf(frame, ':', end - 1);
  const first = lastIndexOf(frame, ':', last - 1);
  const line = +slice(frame, first + 1, last), column = +slice(frame, last + 1, end);
  return first > 0 && isInteger(line) && isInteger(column) ? { line, column } : undefined;
};

// The file and the line in it of a line in the machine's text. What a parser misses at a file's end, it misses later.
const locate = (line) => {
  for (let i = 0; i < files.length; i++) {
    const { name, first, count, shifts } = files[i];
    if (line >= first && line < first + count + 3) return { file: name, line: min(line - first + 1, count), shifts };
  }
  return undefined;
};

// The author's column for one of rewritten text: `original_column` in Python, which says more.
const originalColumn = ({ shifts, line }, column) => {
  let added = 0;
  for (let i = 0; shifts && i < shifts.length; i++) {
    if (shifts[i][0] !== line) continue;
    for (let j = 0; j < shifts[i][1].length; j++) {
      const [start, fresh, old] = shifts[i][1][j];
      if (column - 1 < start) return column - added;
      if (column - 1 < start + fresh) return start - added + 1;
      added += fresh - old;
    }
  }
  return column - added;
};

// Both engines call the body of a file by a name of theirs.
const functionOf = (frame) => {
  const end = indexOf(frame, ' (');
  let name = end < 0 ? '' : slice(frame, 3, end);
  if (startsWith(name, 'async ')) name = slice(name, 6);
  return name === 'anonymous' || name === 'eval' || name === '<anonymous>' ? '' : name;
};

// A stack with the script's own frames only, under the names of its files: {file, line, traceback}.
const readStack = (stack) => {
  const found = { file: undefined, line: 0, traceback: '' };
  for (let start = 0; start <= stack.length; ) {
    let end = indexOf(stack, '\n', start);
    if (end < 0) end = stack.length;
    const frame = trim(slice(stack, start, end));
    start = end + 1;
    const position = startsWith(frame, 'at ') ? positionOf(frame) : undefined;
    const place = position && locate(position.line);
    if (!place) continue;
    const name = toWellFormed(functionOf(frame));
    found.file ??= place.file;
    found.line ||= place.line;
    const where = `${place.file}:${place.line}:${originalColumn(place, position.column)}`;
    found.traceback += `${found.traceback && '\n'}at ${name ? `${name} (${where})` : where}`;
  }
  return found;
};

// An error of the host as the script catches it; `site` is an error made where the call was.
const hostError = (fields, site) => {
  const error = new SpellError(fields);
  if (fields.place) weakSet(places, error, fields.place); // a module that does not parse
  else if (site) weakSet(traces, error, site);
  if (site) showPlace(error, error);
  return error;
};

// Ten frames, the usual number, are all the guest's own when it finds fault with what lies deep inside a value.
E.stackTraceLimit = 100;

const textOr = (value, otherwise) => (typeof value === 'string' ? value : otherwise);

// Where an error arose: {file, line, traceback}; may read a property that is the script's own.
const placeOf = (error) => {
  const found = weakGet(places, error);
  if (found) return found;
  const traced = weakGet(traces, error) ?? error, { stack } = traced;
  return weakGet(places, traced) ?? readStack(textOr(stack, '')); // V8 notes the place when the stack is read
};

// The stack of an error as scripts see it, under the names of their files.
const stackText = (error, { traceback }) => {
  let stack = `${textOr(error.name, 'Error')}: ${textOr(error.message, '')}`;
  for (let start = 0; start < traceback.length; ) {
    const found = indexOf(traceback, '\n', start), end = found < 0 ? traceback.length : found;
    stack += `\n    ${slice(traceback, start, end)}`;
    start = end + 1;
  }
  return stack;
};

// Lets the stack of an error say where `origin` arose.
const showPlace = (error, origin) => {
  const place = placeOf(origin);
  weakSet(places, error, place);
  put(error, 'stack', stackText(error, place)); // a frozen error stays as it is
};

// V8 makes a stack when it is first read, and asks this for it. (QuickJS would ask at once, and lose the stack of an
// error that says that there is no stack left.)
const prepareStack = () => {
  E.prepareStackTrace = (_, frames) => unbound(getPrototypeOf(frames[0]).toString);
  const frameText = new E().stack;
  return (error, frames) => {
    let text = '';
    for (let i = 0; i < frames.length; i++) text += `at ${frameText(frames[i])}\n`;
    const place = readStack(text);
    weakSet(places, error, place);
    return stackText(error, place);
  };
};

// QuickJS throws an error without memory; without a message when there is none left for it; or null, or what is no value
// at all, when there is none left for an error either. (A script that throws such things itself is taken for one.)
const InternalErr = globalThis.InternalError; // only QuickJS has it
const isMemoryError = (thrown) => InternalErr !== undefined && (thrown === null || typeof thrown === 'unknown' ||
  thrown?.message === 'out of memory' || (thrown instanceof InternalErr && !thrown.message));

const MEMORY = { kind: 'budget', message: "the script's values take more memory than allowed", details: { budget: 'memory' } };

// A thrown `TypeError` says what it is; other errors are their message.
const messageOf = (thrown, kind) => {
  const message = textOr(thrown.message, undefined);
  if (message === undefined) return `the script threw ${inspected(thrown)}, which has no message`;
  const name = textOr(thrown.name, 'Error');
  return kind !== undefined || !(thrown instanceof E) || name === 'Error' ? message : `${name}: ${message}`;
};

// The name of the global that is missing, or ''. Both engines say `fetch is not defined`.
const missingGlobal = (thrown) => {
  const end = thrown instanceof ReferenceErr ? indexOf(textOr(thrown.message, ''), ' is not defined') : -1;
  return end > 0 ? slice(thrown.message, 0, end) : '';
};

const hintOf = (thrown, missing) => {
  if (typeof thrown.hint === 'string') return thrown.hint;
  if (withheld[missing]) return `run again with --allow-library=${withheld[missing]}`;
  return missing && insteadOf(missing);
};

// Reads properties of what the script threw, which can run code of the script.
const describeObject = (thrown) => {
  const missing = missingGlobal(thrown);
  const kind = textOr(thrown.kind, withheld[missing] && 'permission');
  const place = placeOf(thrown);
  if (isMemoryError(thrown)) return { ...MEMORY, ...place };
  const { component, retryable, details } = thrown;
  return {
    kind: toWellFormed(kind ?? 'script_failed'),
    message: toWellFormed(messageOf(thrown, kind) + (withheld[missing] ? `: the library '${withheld[missing]}' is not granted` : '')),
    component: toWellFormed(textOr(component, '')),
    hint: toWellFormed(hintOf(thrown, missing)),
    retryable: retryable === true,
    details: isObject(details) && typeof details !== 'function' ? details : {},
    ...place,
  };
};

// What the protocol says about a failure, as plain fields.
const describe = (thrown) => {
  try {
    if (isObject(thrown)) return describeObject(thrown);
    if (isMemoryError(thrown)) return MEMORY;
    const message = typeof thrown === 'string' ? thrown : `the script threw ${Str(thrown)}`;
    return { kind: 'script_failed', message: toWellFormed(message), hint: 'throw new Error(...), which knows its line' };
  } catch {
    return { kind: 'script_failed', message: 'the script threw an error that cannot be read' };
  }
};
