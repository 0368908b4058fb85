// The script API: one frozen object per global and one class per type of handle, made from the manifest.

const handles = new M(); // by id: the same object as long as the script runs
const types = record();
let handleTypes = record(); // the manifest's
const api = record(); // the globals by name

// Questions that the language itself asks of every object: no method of ours, and no mistake of the script's.
const QUIET = record({
  then: 1, toJSON: 1, toString: 1, valueOf: 1, constructor: 1, inspect: 1, asymmetricMatch: 1, nodeType: 1, length: 1, __proto__: 1,
});

// What stands behind an object of the API: a name that it does not have is an error that says which it has.
const unknownNames = (what, kind, known) => new X(freeze(create(null)), {
  __proto__: null,
  get(_, key) {
    if (typeof key !== 'string') return undefined;
    if (QUIET[key]) return key === 'toString' ? () => what : undefined;
    return refuse(`${what} has no ${kind} '${key}'`, didYouMean(key, known));
  },
  getPrototypeOf: () => null,
});

// `{max_tokens: {...}}` by the names that scripts write, for values that go to the host.
const outgoing = (names) => {
  if (!names) return undefined;
  const result = record();
  for (const name of keys(names)) result[toCamel(name)] = { name, names: inner(names[name], outgoing, incoming) };
  return result;
};

// The same by the names of the host, for values that come from it.
const incoming = (names) => {
  if (!names) return undefined;
  const result = record();
  for (const name of keys(names)) result[name] = { name: toCamel(name), names: inner(names[name], incoming, outgoing) };
  return result;
};

// The arguments of a function, which the manifest has as a list, go the other way.
const inner = (names, same, opposite) => {
  if (names === true || !isArray(names)) return names === true ? undefined : same(names);
  const takes = [];
  for (let i = 0; i < names.length; i++) put(takes, i, opposite(names[i]));
  return { [CALLED]: takes };
};

const argumentNames = (takes) => {
  if (!takes) return undefined;
  const result = record();
  for (const position of keys(takes)) result[position] = inner(takes[position], outgoing, incoming);
  return result;
};

// What the manifest says of a method's keys, made when it is first called.
const lazyNames = (method) => {
  let made;
  return () => (made ??= { takes: argumentNames(method.takes), gives: incoming(method.gives) });
};

// A call that gives the error instead of throwing it: [value, undefined] or [undefined, error].
const trying = (run) => (self, args) => then(run(self, args), (value) => [value, undefined], (error) => {
  if (error instanceof SpellError) return [undefined, error];
  throw error;
});

const PROMISE = P.prototype, getProperty = Reflect.get;

// The prototype of a method's promises. Without it `reply.text` of a promise is undefined, and looks like an answer.
const newPromisePrototype = (name) => {
  const forgotten = (what) => refuse(`${name}(...) gives a promise, which ${what}`, `write await before ${name}(...)`);
  return new X(freeze(create(PROMISE)), {
    __proto__: null,
    get(target, key, promise) {
      if (key === Symbol.toPrimitive) return forgotten('is no text and no number');
      if (key === Symbol.iterator) return forgotten('cannot be iterated');
      if (typeof key === 'symbol' || key in target) return getProperty(target, key, promise);
      return forgotten(`has no '${key}'`);
    },
  });
};

const addPromising = (object, name, run) => {
  let prototype;
  hide(object, name, hide(function (...args) {
    return setPrototypeOf(run(this, args), prototype ??= newPromisePrototype(name));
  }, 'name', name));
};

const tryName = (name) => `try${upper(name[0])}${slice(name, 1)}`;

// Adds a method and its `try` variant; `run(self, args)` gives a promise.
const addMethod = (object, name, run) => {
  addPromising(object, name, run);
  addPromising(object, tryName(name), trying(run));
};

const known = (methods, own) => {
  const names = [];
  for (const name of keys(methods)) {
    const camel = toCamel(name);
    names[names.length] = camel;
    names[names.length] = tryName(camel);
  }
  for (const name of ownKeys(own)) if (!methods[name]) names[names.length] = name;
  return names;
};

const newGlobal = (name, methods, own) => {
  const global = create(unknownNames(name, 'function', known(methods, own)));
  for (const method of keys(methods)) {
    const camel = toCamel(method), what = `${name}.${camel}`, target = `,"${name}","${method}",[`;
    if (own[camel] !== undefined) continue;
    const names = lazyNames(methods[method]);
    addMethod(global, camel, (_, args) => call(what, target, args, names().takes, names().gives));
  }
  for (const key of ownKeys(own)) hide(global, key, own[key]);
  hide(global, Symbol.toStringTag, name);
  weakSet(opaque, global, `the global ${name}`);
  return freeze(global);
};

const iterate = (handle) => ({
  __proto__: null,
  next: () => then(handle.next(), (value) => ({ done: value === null || value === undefined, value: value ?? undefined })),
  [Symbol.asyncIterator]() { return this; },
});

const newType = (name, methods) => {
  const prototype = create(unknownNames(name, 'method', known(methods, record())));
  for (const method of keys(methods)) {
    const camel = toCamel(method), what = `${name}.${camel}`, tail = `,"${method}",[`;
    const names = lazyNames(methods[method]);
    addMethod(prototype, camel, (self, args) => {
      const id = isObject(self) ? weakGet(handleIds, self) : undefined;
      if (id === undefined) {
        const own = `${lower(name[0])}${slice(name, 1)}`;
        return waiting(() => refuse(`${what} needs the ${name} it is called on`, `write ${own}.${camel}(...)`));
      }
      return call(what, `,${id}${tail}`, args, names().takes, names().gives);
    });
  }
  if (methods.next) {
    hide(prototype, Symbol.asyncIterator, function () { return iterate(this); });
    hide(prototype, Symbol.iterator, () => refuse(`a ${name} waits for each item`, 'write for await (const item of ...)'));
  }
  hide(prototype, Symbol.toStringTag, name);
  return freeze(prototype);
};

// The guest's side of a host object.
const handleOf = (id, typeName) => {
  const found = mapGet(handles, id);
  if (found) return found;
  types[typeName] ??= newType(typeName, handleTypes[typeName] ?? {});
  const handle = freeze(create(types[typeName]));
  weakSet(handleIds, handle, id);
  mapSet(handles, id, handle);
  return handle;
};

const deepFreeze = (value) => {
  if (typeof value !== 'object' || value === null || isFrozen(value)) return value;
  for (const key of keys(value)) deepFreeze(value[key]);
  return freeze(value);
};

// Defines the globals of the manifest; `own` has the guest's functions by the name of their global.
const makeApi = (manifest, own) => {
  handleTypes = manifest.handles ?? {};
  for (const name of keys(manifest.withheld ?? {})) withheld[name] = manifest.withheld[name];
  const declared = manifest.globals ?? {}, constants = manifest.constants ?? {};
  for (const name of keys(declared)) api[name] = newGlobal(name, declared[name], own[name] ?? record());
  for (const name of keys(own)) api[name] ??= newGlobal(name, {}, own[name]);
  for (const name of keys(constants)) api[name] = deepFreeze(constants[name]);
  for (const name of keys(api)) {
    defineProperty(globalThis, name, { __proto__: null, value: api[name], writable: false, enumerable: true, configurable: false });
  }
};
