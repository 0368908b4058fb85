// Reads the kernel's JSON: bytes, handles, functions, the special floats, and integers of any size.

const FLOATS = record({ nan: NaN, inf: Infinity, '-inf': -Infinity });

const fromLatin1 = (text) => {
  const bytes = new Bytes(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = charCode(text, i);
  return bytes;
};

const reviveMarked = (key, value) => {
  switch (key) {
    case '$bytes': return fromLatin1(value);
    case '$float': return FLOATS[value];
    case '$function': return mapGet(functions, value)?.run;
    case '$handle': return handleOf(value[0], value[1]);
    default: return raise('internal', `the host sent an unknown mark ${key}`);
  }
};

const reviveObject = (value) => {
  const all = ownKeys(value);
  if (all.length === 1 && all[0][0] === '$' && all[0][1] !== '$') return reviveMarked(all[0], value[all[0]]);
  for (let i = 0; i < all.length; i++) {
    const key = all[i], item = revive(value[key]);
    if (key[0] !== '$') put(value, key, item);
    else {
      delete value[key];
      put(value, slice(key, 1), item);
    }
  }
  return value;
};

const revive = (value) => {
  if (typeof value !== 'object' || value === null) return value;
  if (!isArray(value)) return reviveObject(value);
  for (let i = 0; i < value.length; i++) value[i] = revive(value[i]);
  return value;
};

// Numbers of JSON that are integers and fit no float arrive as BigInt, read from the text itself.
const exact = (_, value, context) => {
  if (typeof value !== 'number' || isSafeInteger(value)) return value;
  const { source } = context;
  return includes(source, '.') || includes(source, 'e') || includes(source, 'E') ? value : Big(source);
};

// `marks` says whether the text has marked values, `large` whether it has integers beyond 53 bits.
const decode = (text, marks, large) => {
  const value = large ? parse(text, exact) : parse(text);
  return marks ? revive(value) : value;
};

// A value of the host with the keys that the manifest names in the language's own way.
const renamed = (value, names) => {
  if (!names || typeof value !== 'object' || value === null) return value;
  if (isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = renamed(value[i], names);
    return value;
  }
  const result = {}, all = keys(value);
  for (let i = 0; i < all.length; i++) {
    const known = names[all[i]];
    put(result, known?.name ?? all[i], known?.names ? renamed(value[all[i]], known.names) : value[all[i]]);
  }
  return result;
};
