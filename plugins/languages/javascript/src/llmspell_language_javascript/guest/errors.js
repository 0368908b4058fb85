// Errors with a kind: what host calls and the guest raise, and what a failed script is reported as.

const files = []; // {name, first, count}: which lines of the machine's text are which file's
let lineCount = 0; // the lines that are taken; the guest's own come first
let mainFile = '';
const traces = new W(); // errors whose own stack says nothing, to the stack of the call that failed

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
    const { name, first, count } = files[i];
    if (line >= first && line < first + count + 3) return { file: name, line: min(line - first + 1, count) };
  }
  return undefined;
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
    const name = functionOf(frame);
    found.file ??= place.file;
    found.line ||= place.line;
    const where = `${place.file}:${place.line}:${position.column}`;
    found.traceback += `${found.traceback && '\n'}at ${name ? `${name} (${where})` : where}`;
  }
  return found;
};

// An error of the host as the script catches it; `site` is an error made where the call was.
const hostError = (fields, site) => {
  const error = new SpellError(fields);
  if (site) {
    weakSet(traces, error, site);
    const { traceback } = readStack(site.stack);
    put(error, 'stack', `Error: ${fields.message}${traceback && `\n    ${traceback}`}`);
  }
  return error;
};

const textOr = (value, otherwise) => (typeof value === 'string' ? value : otherwise);

// QuickJS throws an error without memory, or null when there is none left for an error either. (A script that throws
// null itself is taken for such a one.)
const isQuickjs = typeof InternalError === 'function';
const isMemoryError = (thrown) => isQuickjs && (thrown === null || thrown?.message === 'out of memory');

const MEMORY = { kind: 'budget', message: "the script's values take more memory than allowed", details: { budget: 'memory' } };

// A thrown `TypeError` says what it is; other errors are their message.
const messageOf = (thrown, kind) => {
  const message = textOr(thrown.message, undefined);
  if (message === undefined) return 'the script threw an object without a message';
  const name = textOr(thrown.name, 'Error');
  return kind !== undefined || !(thrown instanceof E) || name === 'Error' ? message : `${name}: ${message}`;
};

// Reads properties of what the script threw, which can run code of the script.
const describeObject = (thrown) => {
  const kind = textOr(thrown.kind, undefined);
  const stack = (weakGet(traces, thrown) ?? thrown).stack;
  const place = readStack(textOr(stack, ''));
  if (isMemoryError(thrown)) return { ...MEMORY, ...place };
  const { component, hint, retryable, details } = thrown;
  return {
    kind: kind ?? 'script_failed',
    message: toWellFormed(messageOf(thrown, kind)),
    component: toWellFormed(textOr(component, '')),
    hint: toWellFormed(textOr(hint, '')),
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
    return { kind: 'script_failed', message: toWellFormed(typeof thrown === 'string' ? thrown : `the script threw ${Str(thrown)}`) };
  } catch {
    return { kind: 'script_failed', message: 'the script threw an error that cannot be read' };
  }
};
