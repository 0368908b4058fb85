// Writes the script's values as JSON, as `llmspell.engine` says.
//
// Only plain data passes, and nothing is lost on the way: what JSON would silently change (a Map, a getter, half
// of a surrogate pair) is an error at the call. `names` is what the manifest says of a value's keys; without it
// they are the script's own and stay as they are.

const handleIds = new W();
const opaque = new W(); // objects of the script API that are no values: what they are
const functions = new M(), functionIds = new M();

const CALLED = Symbol('called'); // in the place of a function's names: those of its arguments

let limits; // of values; set when the script starts
let label = ''; // what the value is for: the start of every message
let left = 0; // how many bytes more it may take

const reject = (problem, hint) => refuse(`${label}: ${problem}`, hint);

const spend = (bytes) => {
  left -= bytes;
  if (left < 0) reject(`the value takes more than ${limits.value_bytes} bytes`);
};

const encodeText = (text) => {
  spend(text.length + 2);
  if (!isWellFormed(text)) reject('a string holds half of a surrogate pair', 'use toWellFormed()');
  return stringify(text);
};

const encodeNumber = (value) => {
  spend(8);
  if (value !== value) return '{"$float":"nan"}';
  if (value === Infinity) return '{"$float":"inf"}';
  if (value === -Infinity) return '{"$float":"-inf"}';
  if (value === 0 && 1 / value < 0) return '-0.0';
  const text = Str(value);
  // Beyond 53 bits it is no exact integer, and must not come back as one.
  return isInteger(value) && !isSafeInteger(value) && !includes(text, 'e') ? `${text}.0` : text;
};

const LONGEST = 1n << 1024n;

const encodeBig = (value) => {
  if (value >= LONGEST || value <= -LONGEST) reject('a BigInt of more than 1024 bits cannot be passed');
  spend(8);
  return Str(value);
};

const encodeBytes = (view) => {
  const bytes = new Bytes(bufferOf(view), byteOffsetOf(view), byteLengthOf(view));
  const count = byteLengthOf(bytes);
  spend(count + 12);
  let text = '';
  for (let i = 0; i < count; i += 4096) text += apply(fromCharCode, undefined, subarray(bytes, i, min(i + 4096, count)));
  return `{"$bytes":${stringify(text)}}`;
};

const encodeFunction = (value, takes) => {
  spend(16);
  let id = takes ? undefined : mapGet(functionIds, value);
  if (id === undefined) {
    id = mapSize(functions) + 1;
    mapSet(functions, id, { run: value, takes });
    if (!takes) mapSet(functionIds, value, id);
  }
  return `{"$function":${id}}`;
};

const encodeDate = (value) => {
  const time = timeOf(value);
  if (time !== time) reject('an invalid Date cannot be passed');
  return encodeText(isoOf(value));
};

const encodeError = (value, depth) => {
  const { kind, message, component, hint, retryable, details } = describe(value);
  return encodeObject({ kind, message, component, hint, retryable, details }, depth);
};

const HINTS = record({ Map: 'use Object.fromEntries()', Set: 'use Array.from()', Promise: 'await it first' });
const refused = new M(); // prototypes of what is no data, to what it is
for (const name of ['Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'RegExp', 'Promise', 'Number', 'String', 'Boolean', 'Symbol', 'BigInt', 'DataView']) {
  if (typeof globalThis[name] === 'function') mapSet(refused, globalThis[name].prototype, name);
}
const DATE = Date.prototype, ERROR = E.prototype, OBJECT = Object.prototype, BUFFER = ArrayBuffer.prototype;

// An object that is not made by `{}`: what it is, by the prototypes it has.
const encodeInstance = (value, depth) => {
  for (let prototype = getPrototypeOf(value); prototype !== null; prototype = getPrototypeOf(prototype)) {
    if (prototype === DATE) return encodeDate(value);
    if (prototype === ERROR) return encodeError(value, depth);
    if (prototype === BUFFER) return encodeBytes(new Bytes(value));
    const name = mapGet(refused, prototype);
    if (name) reject(`a ${name} cannot be passed`, HINTS[name]);
  }
  const { toJSON } = value;
  return typeof toJSON === 'function' ? encode(apply(toJSON, value, ['']), depth, undefined) : undefined;
};

const unknownOption = (key, names) => {
  raise('unknown_option', `${label}: unknown option '${key}'`, didYouMean(key, keys(names)));
};

const encodeKey = (key, names) => {
  const known = names?.[key];
  if (known) return stringify(known.name);
  if (names) unknownOption(key, names);
  return encodeText(key[0] === '$' ? `$${key}` : key);
};

const encodeObject = (value, depth, names) => {
  spend(2);
  let text = '';
  const all = ownKeys(value);
  for (let i = 0; i < all.length; i++) {
    const key = all[i];
    const property = typeof key === 'string' ? getOwnPropertyDescriptor(value, key) : undefined;
    if (!property?.enumerable) continue;
    if (property.get || property.set) reject(`'${key}' is a getter, which cannot be passed`);
    if (property.value === undefined) continue;
    text += `${text && ','}${encodeKey(key, names)}:${encode(property.value, depth, names?.[key]?.names)}`;
  }
  return `{${text}}`;
};

const encodeList = (value, depth, names) => {
  const { length } = value;
  spend(length + 2);
  let text = '';
  for (let i = 0; i < length; i++) text += (i ? ',' : '') + encode(value[i], depth, names);
  return `[${text}]`;
};

const encodeContainer = (value, depth, names) => {
  if (depth > limits.value_depth) reject(`the value nests deeper than ${limits.value_depth}, or holds itself`);
  if (isArray(value)) return encodeList(value, depth + 1, names);
  const id = weakGet(handleIds, value);
  if (id !== undefined) return `{"$handle":${id}}`;
  const what = weakGet(opaque, value);
  if (what) reject(`${what} cannot be passed`);
  if (isView(value)) {
    const name = nameOfView(value);
    if (name !== 'Uint8Array') reject(`a ${name ?? 'DataView'} cannot be passed`, name && 'use Array.from() or a Uint8Array');
    return encodeBytes(value);
  }
  const prototype = getPrototypeOf(value);
  const special = prototype === OBJECT || prototype === null ? undefined : encodeInstance(value, depth + 1);
  return special ?? encodeObject(value, depth + 1, names?.[CALLED] ? undefined : names); // no function: the host says so
};

const encode = (value, depth, names) => {
  switch (typeof value) {
    case 'string': return encodeText(value);
    case 'number': return encodeNumber(value);
    case 'boolean': return value ? 'true' : 'false';
    case 'bigint': return encodeBig(value);
    case 'undefined': return 'null';
    case 'function': return encodeFunction(value, names?.[CALLED]);
    case 'object': return value === null ? 'null' : encodeContainer(value, depth, names);
    default: return reject(`a ${typeof value} cannot be passed`);
  }
};

// Runs `write` for a value of its own: what a getter of the script does meanwhile must not mix with it.
const labelled = (what, write) => {
  const outer = label, rest = left;
  label = what;
  left = limits.value_bytes;
  try {
    return write();
  } finally {
    label = outer;
    left = rest;
  }
};

// One value as JSON; `what` starts the message of the error when it cannot be written.
const encodeValue = (what, value, names) => labelled(what, () => encode(value, 1, names));

// The arguments of a call as the inside of a JSON array, without what is undefined at the end.
const encodeArguments = (what, given, takes) => labelled(what, () => {
  let count = given.length, text = '';
  while (count > 0 && given[count - 1] === undefined) count--;
  for (let i = 0; i < count; i++) text += (i ? ',' : '') + encode(given[i], 1, takes?.[i]);
  return text;
});
