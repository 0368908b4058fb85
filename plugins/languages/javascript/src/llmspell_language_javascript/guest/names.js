// Names: from the API's snake_case to JavaScript's camelCase, and what someone may have meant.

// `max_tokens` as scripts write it: `maxTokens`.
const toCamel = (name) => {
  let text = '';
  for (let i = 0; i < name.length; i++) text += name[i] === '_' && i ? upper(name[++i] ?? '') : name[i];
  return text;
};

// How many letters must be added, dropped or changed to make `a` into `b`.
const distance = (a, b) => {
  const row = record();
  for (let j = 0; j <= b.length; j++) row[j] = j;
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0];
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const changed = min(row[j] + 1, row[j - 1] + 1, diagonal + cost);
      diagonal = row[j];
      row[j] = changed;
    }
  }
  return row[b.length];
};

// "did you mean 'run'?" for the nearest of `known`; "" when none is near.
const didYouMean = (name, known) => {
  if (name.length > 40) return '';
  const camel = toCamel(name);
  let best = 3, nearest = '';
  for (let i = 0; i < known.length; i++) {
    const found = distance(camel, known[i]);
    if (found < best && found < known[i].length) {
      best = found;
      nearest = known[i];
    }
  }
  return nearest && `did you mean '${nearest}'?`;
};

const NO_PAGE = 'a spell runs in no web page';
const MODULES = "write import ... from './file.js', and export what others import";
const NO_NETWORK = 'a spell reaches the network through tools only; Tool.list() names them';

// Where to look for what JavaScript has elsewhere, by the name of the global.
const ELSEWHERE = record({
  Buffer: 'use Uint8Array, with TextEncoder and TextDecoder for text',
  XMLHttpRequest: NO_NETWORK,
  WebSocket: NO_NETWORK,
  alert: 'write console.log(...)',
  document: NO_PAGE,
  exports: MODULES,
  fetch: NO_NETWORK,
  localStorage: 'State keeps values while the spell runs',
  module: MODULES,
  nil: 'write null',
  performance: 'use Date.now()',
  print: 'write console.log(...)',
  process: 'the words after -- are in Args; a spell sees nothing else of the system',
  require: MODULES,
  setImmediate: 'use queueMicrotask(...), or setTimeout(..., 0)',
  window: NO_PAGE,
});

// The globals that this spell was not granted, to the library that has them; the manifest fills it in.
const withheld = record();

// What to type instead of a global that there is not; "" when nobody knows.
const insteadOf = (name) => ELSEWHERE[name] ?? didYouMean(name, keys(globalThis));
