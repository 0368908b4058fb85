// `structuredClone`, for data: what the algorithm of HTML copies, without transfer.

const refuse = (what) => guest.refuse(`structuredClone: ${what} cannot be cloned`);

const copyFields = (value, target, seen) => {
  for (const key of Object.keys(value)) guest.put(target, key, copy(value[key], seen));
  return target;
};

const copyObject = (value, seen) => {
  const remember = (made) => {
    seen.set(value, made);
    return made;
  };
  if (guest.weakGet(guest.handleIds, value) !== undefined || guest.weakGet(guest.opaque, value)) refuse('an object of the script API');
  if (Array.isArray(value)) {
    const list = remember([]);
    list.length = value.length;
    return copyFields(value, list, seen);
  }
  if (value instanceof Date) return remember(new Date(value.getTime()));
  if (value instanceof RegExp) return remember(new RegExp(value.source, value.flags));
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return remember(Object(value.valueOf()));
  if (value instanceof ArrayBuffer) return remember(value.slice(0));
  if (value instanceof DataView) return remember(new DataView(copy(value.buffer, seen), value.byteOffset, value.byteLength));
  if (ArrayBuffer.isView(value)) return remember(new value.constructor(copy(value.buffer, seen), value.byteOffset, value.length));
  if (value instanceof Map) {
    const map = remember(new Map());
    for (const [key, item] of [...value]) map.set(copy(key, seen), copy(item, seen));
    return map;
  }
  if (value instanceof Set) {
    const set = remember(new Set());
    for (const item of [...value]) set.add(copy(item, seen));
    return set;
  }
  if (value instanceof Error) {
    const error = remember(Object.create(Object.getPrototypeOf(value)));
    for (const key of ['message', 'stack', 'cause']) if (Object.hasOwn(value, key)) guest.hide(error, key, copy(value[key], seen));
    return error;
  }
  if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef) refuse('such an object');
  return copyFields(value, remember({}), seen);
};

const copy = (value, seen) => {
  if (typeof value === 'function' || typeof value === 'symbol') refuse(`a ${typeof value}`);
  if (typeof value !== 'object' || value === null) return value;
  return seen.get(value) ?? copyObject(value, seen);
};

return { structuredClone: (value) => copy(value, new Map()) };
