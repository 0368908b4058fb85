// What the guest uses of the language, taken before a script can change it.
const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const { assign, create, freeze, isFrozen, keys, setPrototypeOf } = Object;
const { isArray } = Array;
const { isInteger, isSafeInteger } = Number;
const { max, min } = Math;
const { parse, stringify } = JSON;
const { isView } = ArrayBuffer;
const { now } = Date;
const P = Promise, E = Error, Str = String, Big = BigInt, Bytes = Uint8Array, M = Map, S = Set, W = WeakMap, X = Proxy;
const TypeErr = TypeError, RangeErr = RangeError, Fn = Function;

// A method as a function that takes `this` first.
const unbound = Fn.prototype.bind.bind(Fn.prototype.call);
const getter = (prototype, name) => unbound(getOwnPropertyDescriptor(prototype, name).get);

const then = unbound(P.prototype.then);
const mapGet = unbound(M.prototype.get), mapSet = unbound(M.prototype.set), mapDelete = unbound(M.prototype.delete);
const mapEach = unbound(M.prototype.forEach), mapSize = getter(M.prototype, 'size');
const setAdd = unbound(S.prototype.add), setDelete = unbound(S.prototype.delete), setEach = unbound(S.prototype.forEach);
const setHas = unbound(S.prototype.has), setSize = getter(S.prototype, 'size');
const weakGet = unbound(W.prototype.get), weakSet = unbound(W.prototype.set);
const charCode = unbound(Str.prototype.charCodeAt), includes = unbound(Str.prototype.includes);
const indexOf = unbound(Str.prototype.indexOf), lastIndexOf = unbound(Str.prototype.lastIndexOf);
const slice = unbound(Str.prototype.slice), startsWith = unbound(Str.prototype.startsWith), trim = unbound(Str.prototype.trim);
const upper = unbound(Str.prototype.toUpperCase), lower = unbound(Str.prototype.toLowerCase);
const isWellFormed = unbound(Str.prototype.isWellFormed), toWellFormed = unbound(Str.prototype.toWellFormed);
const functionText = unbound(Fn.prototype.toString);
const repeat = unbound(Str.prototype.repeat);
const { fromCharCode } = Str;
const TypedArray = getPrototypeOf(Bytes);
const bufferOf = getter(TypedArray.prototype, 'buffer'), byteOffsetOf = getter(TypedArray.prototype, 'byteOffset');
const byteLengthOf = getter(TypedArray.prototype, 'byteLength'), nameOfView = getter(TypedArray.prototype, Symbol.toStringTag);
const subarray = unbound(TypedArray.prototype.subarray);
const timeOf = unbound(Date.prototype.getTime), isoOf = unbound(Date.prototype.toISOString);
const hasOwn = (object, key) => getOwnPropertyDescriptor(object, key) !== undefined;
const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

// An object of its own, without prototype: keys of scripts and hosts cannot meet anything inherited in it.
const record = (fields) => assign(create(null), fields);

// Adds what a script finds as a property that cannot be set off by setters of a prototype.
const put = (object, key, value) => {
  defineProperty(object, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  return object;
};

// A hidden, constant property.
const hide = (object, key, value) => {
  defineProperty(object, key, { __proto__: null, value, writable: false, enumerable: false, configurable: false });
  return object;
};

// The same text in one piece: QuickJS hands text that was joined from parts to nobody else.
const flat = (text) => toWellFormed(text);

// The items of a list that a script gave, joined; `Array.prototype` may have been changed.
const joined = (list, separator) => {
  let text = '';
  for (let i = 0; i < list.length; i++) text += i ? separator + list[i] : list[i];
  return text;
};
