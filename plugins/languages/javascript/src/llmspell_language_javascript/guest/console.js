// `console`: one printed line per call.

const CIRCLE = '[Circular]', DEPTH = 4, ITEMS = 100;

const inspectKey = (key) => {
  for (let i = 0; i < key.length; i++) {
    const code = charCode(key, i);
    const letter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 36;
    if (!letter && !(i && code >= 48 && code <= 57)) return stringify(key);
  }
  return key || '""';
};

const inspectList = (list, depth, above) => {
  let text = '';
  const count = min(list.length, ITEMS);
  for (let i = 0; i < count; i++) text += `${i ? ', ' : ''}${inspect(list[i], depth + 1, above)}`;
  if (list.length > count) text += `, ... ${list.length - count} more items`;
  return text ? `[ ${text} ]` : '[]';
};

const inspectFields = (value, depth, above) => {
  let text = '';
  const names = keys(value);
  for (let i = 0; i < names.length && i < ITEMS; i++) {
    const property = getOwnPropertyDescriptor(value, names[i]);
    if (!property) continue;
    const item = property.get ? '[Getter]' : inspect(property.value, depth + 1, above);
    text += `${text && ', '}${inspectKey(names[i])}: ${item}`;
  }
  return text ? `{ ${text} }` : '{}';
};

const inspectObject = (value, depth, above) => {
  if (weakGet(handleIds, value) !== undefined) return `${value[Symbol.toStringTag]}: ${weakGet(handleIds, value)}`;
  if (weakGet(opaque, value)) return `[${weakGet(opaque, value)}]`;
  if (value instanceof E) return textOr(value.stack, '') && describe(value).message;
  if (value instanceof Date) return Str(isoOf(value));
  if (value instanceof P) return '[a Promise: await it]';
  if (setHas(above, value)) return CIRCLE;
  if (depth > DEPTH) return isArray(value) ? '[Array]' : '[Object]';
  setAdd(above, value);
  const text = isArray(value) || isView(value) ? inspectList(value, depth, above) : inspectFields(value, depth, above);
  setDelete(above, value);
  return text;
};

// A value as people read it, on one line.
const inspect = (value, depth, above) => {
  switch (typeof value) {
    case 'string': return depth ? stringify(value) : value;
    case 'bigint': return `${value}n`;
    case 'function': return `[Function: ${textOr(value.name, '') || 'anonymous'}]`;
    case 'object': return value === null ? 'null' : inspectObject(value, depth, above);
    default: return Str(value);
  }
};

const inspected = (value) => {
  try {
    return inspect(value, 0, new S());
  } catch {
    return '[an object that cannot be read]';
  }
};

const print = (...values) => {
  let line = '';
  for (let i = 0; i < values.length; i++) line += (i ? ' ' : '') + inspected(values[i]);
  printLine(line);
};

const newConsole = () => freeze({ log: print, debug: print, info: print, warn: print, error: print });
