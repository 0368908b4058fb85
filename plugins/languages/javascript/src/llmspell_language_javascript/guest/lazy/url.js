// `URL` and `URLSearchParams`, after the URL standard of WHATWG, for hosts that are ASCII.

const PORTS = { 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443', 'ftp:': '21', 'file:': '' };
const isSpecial = (protocol) => Object.hasOwn(PORTS, protocol);

// Percent-encodes what is not printable ASCII, and the characters in `more`.
const encoded = (text, more) => {
  let result = '';
  for (const letter of text.toWellFormed()) {
    const plain = letter > ' ' && letter < '\x7f' && !more.includes(letter);
    result += plain ? letter : encodeURIComponent(letter).replace(/^[^%]$/, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  }
  return result;
};
const FRAGMENT = '"<>`', QUERY = '"#<>', PATH = `${QUERY}?\`{}^`, USER = `${PATH}/:;=@[\\]|`;

const fail = (text) => { throw new TypeError(`'${text}' is not a URL`); };

const octet = (part) => (/^0x[0-9a-f]*$/i.test(part) ? parseInt(part.slice(2) || '0', 16) : /^0[0-7]+$/.test(part) ? parseInt(part, 8) : /^\d+$/.test(part) ? +part : NaN);

// A host that ends in a number is an IPv4 address.
const asAddress = (host, text) => {
  const parts = host.replace(/\.$/, '').split('.');
  if (!/^(\d+|0x[0-9a-f]*)$/i.test(parts.at(-1))) return host;
  const numbers = parts.map(octet), last = numbers.pop();
  if (parts.length > 4 || Number.isNaN(last) || numbers.some((part) => !(part <= 255)) || last >= 256 ** (4 - numbers.length)) fail(text);
  let value = last;
  numbers.forEach((part, i) => { value += part * 256 ** (3 - i); });
  return [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join('.');
};

// The eight groups of an IPv6 address, with the longest run of zeros left out.
const asSixth = (host, text) => {
  const [head, tail, more] = host.split('::');
  const groups = (part) => (part ? part.split(':') : []);
  let [before, after] = [groups(head), groups(tail)];
  const dotted = (tail === undefined ? before : after).at(-1)?.match(/^(\d+)\.(\d+)\.(\d+)\.(\d+)$/);
  if (dotted) {
    const [a, b, c, d] = dotted.slice(1).map(Number);
    if (Math.max(a, b, c, d) > 255) fail(text);
    (tail === undefined ? before : after).splice(-1, 1, (a * 256 + b).toString(16), (c * 256 + d).toString(16));
  }
  const missing = 8 - before.length - after.length;
  if (more !== undefined || (tail === undefined ? missing !== 0 : missing < 1)) fail(text);
  const all = [...before, ...Array(missing).fill('0'), ...after];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) fail(text);
  const short = all.map((group) => parseInt(group, 16).toString(16)).join(':');
  const runs = short.match(/(?:^|:)0(?::0)+(?=:|$)/g) ?? [];
  const longest = runs.reduce((best, run) => (run.replace(/^:/, '').length > best.replace(/^:/, '').length ? run : best), '');
  return longest ? short.replace(longest, () => ':').replace(/^:?$|^:(?!:)|:$/, (end) => (end === '' ? '::' : `${end}:`)).replace(/^:(?=[^:])/, '::') : short;
};

const parseHost = (host, special, text) => {
  if (host.startsWith('[')) return host.endsWith(']') ? `[${asSixth(host.slice(1, -1), text)}]` : fail(text);
  if (!special) return /[\0\t\n\r #/:<>?@[\\\]^|]/.test(host) ? fail(text) : encoded(host, '');
  let plain;
  try { plain = decodeURIComponent(host).toLowerCase(); } catch { fail(text); }
  // eslint-disable-next-line no-control-regex
  if (plain === '' || /[\0-\x20"#%/:<>?@[\\\]^`{|}\x7f]/.test(plain)) fail(text);
  if (/[^\0-\x7f]/.test(plain)) throw new TypeError(`the host of '${text}' is not ASCII; write it in Punycode`);
  return asAddress(plain, text);
};

const parsePort = (port, protocol, text) => {
  if (!/^\d*$/.test(port) || +port > 65535) fail(text);
  return port === '' || String(+port) === PORTS[protocol] ? '' : String(+port);
};

// The segments of a path without `.` and `..`; `base` are those before it.
const resolvePath = (base, path, special) => {
  const result = [...base];
  const parts = (special ? path.replaceAll('\\', '/') : path).split('/');
  parts.forEach((part, i) => {
    const lower = part.toLowerCase().replaceAll('%2e', '.'), last = i === parts.length - 1;
    if (lower === '..') result.pop();
    if (lower === '..' || lower === '.') {
      if (last) result.push('');
    } else result.push(encoded(part, PATH));
  });
  return result;
};

const AUTHORITY = /^(?:([^@]*)@)?(\[[^\]]*\]|[^:]*)(?::(.*))?$/s;

const readAuthority = (record, authority, special, text) => {
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : authority.slice(0, at), colon = user.indexOf(':');
  const [, , host, port] = authority.slice(at + 1).match(AUTHORITY) ?? fail(text);
  record.username = encoded(colon < 0 ? user : user.slice(0, colon), USER);
  record.password = colon < 0 ? '' : encoded(user.slice(colon + 1), USER);
  record.hostname = host === '' && (!special || record.protocol === 'file:') ? '' : parseHost(host, special, text);
  if (record.protocol === 'file:' && record.hostname === 'localhost') record.hostname = '';
  record.port = parsePort(port ?? '', record.protocol, text);
};

const splitTail = (text) => {
  const [, path, query, hash] = text.match(/^([^?#]*)(\?[^#]*)?(#.*)?$/s);
  return { path, query, hash };
};

const setTail = (record, query, hash) => {
  record.search = query && query !== '?' ? `?${encoded(query.slice(1), isSpecial(record.protocol) ? `${QUERY}'` : QUERY)}` : '';
  record.hash = hash && hash !== '#' ? `#${encoded(hash.slice(1), FRAGMENT)}` : '';
  return record;
};

const EMPTY = { username: '', password: '', hostname: null, port: '', path: [], opaque: null, search: '', hash: '' };

const parseAbsolute = (protocol, rest, text) => {
  const special = isSpecial(protocol), record = { ...EMPTY, protocol };
  const { path, query, hash } = splitTail(rest);
  const slashes = special ? path.match(protocol === 'file:' ? /^[/\\]{0,2}/ : /^[/\\]*/)[0].length : path.startsWith('//') ? 2 : 0;
  if (slashes >= 2 || (special && protocol !== 'file:')) {
    const [, authority, tail] = path.slice(slashes).match(special ? /^([^/\\]*)(.*)$/s : /^([^/]*)(.*)$/s);
    readAuthority(record, authority, special, text);
    record.path = tail ? resolvePath([], tail.slice(1), special) : special ? [''] : [];
  } else if (special || path.startsWith('/')) {
    if (special) record.hostname = '';
    record.path = resolvePath([], path.replace(/^[/\\]/, ''), special);
  } else record.opaque = encoded(path, '').replace(/ +$/, '');
  return setTail(record, query, hash);
};

const parseRelative = (rest, base, text) => {
  const record = { ...base, path: [...base.path] }, special = isSpecial(base.protocol);
  const { path, query, hash } = splitTail(rest);
  if (base.opaque !== null) return path || query ? fail(text) : setTail(record, base.search, hash);
  const plain = special ? path.replaceAll('\\', '/') : path;
  if (plain.startsWith('//')) return parseAbsolute(base.protocol, rest, text);
  if (plain.startsWith('/')) record.path = resolvePath([], plain.slice(1), special);
  else if (plain) record.path = resolvePath(base.path.slice(0, -1), plain, special);
  else return setTail(record, query ?? base.search, hash);
  return setTail(record, query, hash);
};

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;

const parseUrl = (input, base) => {
  // eslint-disable-next-line no-control-regex
  const text = `${input}`.replace(/^[\0-\x20]+|[\0-\x20]+$/g, '').replace(/[\t\n\r]/g, '');
  const scheme = text.match(SCHEME), protocol = scheme && scheme[0].toLowerCase();
  if (!scheme) return base ? parseRelative(text, base, input) : fail(input);
  const rest = text.slice(scheme[0].length);
  if (base && protocol === base.protocol && isSpecial(protocol) && !/^[/\\]/.test(rest)) return parseRelative(rest, base, input);
  return parseAbsolute(protocol, rest, input);
};

const hostOf = ({ hostname, port }) => (hostname ?? '') + (port && `:${port}`);

const pathOf = ({ opaque, path }) => opaque ?? path.map((part) => `/${part}`).join('');

const write = (record) => {
  const { protocol, username, password, hostname, search, hash } = record;
  const user = username || password ? `${username}${password && `:${password}`}@` : '';
  const path = pathOf(record);
  const authority = hostname === null ? (path.startsWith('//') ? '/.' : '') : `//${user}${hostOf(record)}`;
  return protocol + authority + path + search + hash;
};

const formEncoded = (text) => encoded(`${text}`, '!"#$%&\'()+,/:;<=>?@[\\]^`{|}~').replaceAll('%20', '+');

const formDecoded = (text) => {
  const bytes = [];
  const source = new TextEncoder().encode(text.replaceAll('+', ' '));
  for (let i = 0; i < source.length; i++) {
    const digits = source[i] === 37 ? String.fromCharCode(...source.slice(i + 1, i + 3)) : '';
    if (/^[0-9a-f]{2}$/i.test(digits)) i += 2;
    bytes.push(/^[0-9a-f]{2}$/i.test(digits) ? parseInt(digits, 16) : source[i]);
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array(bytes));
};

const readPairs = (text) => text.split('&').filter(Boolean).map((pair) => {
  const at = pair.indexOf('=');
  return at < 0 ? [formDecoded(pair), ''] : [formDecoded(pair.slice(0, at)), formDecoded(pair.slice(at + 1))];
});

const initialPairs = (init) => {
  if (typeof init !== 'object' || init === null) return readPairs(`${init}`.replace(/^\?/, ''));
  const pairs = typeof init[Symbol.iterator] === 'function' ? [...init].map((pair) => [...pair]) : Object.entries(init);
  if (pairs.some((pair) => pair.length !== 2)) throw new TypeError('URLSearchParams needs pairs of a name and a value');
  return pairs.map(([name, value]) => [`${name}`.toWellFormed(), `${value}`.toWellFormed()]);
};

class URLSearchParams {
  #pairs;
  #changed = () => {};

  constructor(init = '', changed = undefined) {
    this.#pairs = initialPairs(init);
    if (LIVE.has(changed)) this.#changed = changed;
  }

  #set(pairs) {
    this.#pairs = pairs;
    this.#changed(this.toString());
  }

  static reset(params, text) { params.#pairs = readPairs(text); }

  get size() { return this.#pairs.length; }
  append(name, value) { this.#set([...this.#pairs, [`${name}`.toWellFormed(), `${value}`.toWellFormed()]]); }
  delete(name, value) { this.#set(this.#pairs.filter((pair) => pair[0] !== `${name}` || (value !== undefined && pair[1] !== `${value}`))); }
  get(name) { return this.#pairs.find((pair) => pair[0] === `${name}`)?.[1] ?? null; }
  getAll(name) { return this.#pairs.filter((pair) => pair[0] === `${name}`).map((pair) => pair[1]); }
  has(name, value) { return this.#pairs.some((pair) => pair[0] === `${name}` && (value === undefined || pair[1] === `${value}`)); }

  set(name, value) {
    const at = this.#pairs.findIndex((pair) => pair[0] === `${name}`);
    if (at < 0) this.append(name, value);
    else this.#set(this.#pairs.filter((pair, i) => i === at || pair[0] !== `${name}`).map((pair) => (pair[0] === `${name}` ? [pair[0], `${value}`.toWellFormed()] : pair)));
  }

  sort() { this.#set(this.#pairs.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))); }
  forEach(run, self) { for (const [name, value] of [...this.#pairs]) run.call(self, value, name, this); }
  * entries() { for (const pair of this.#pairs) yield [...pair]; }
  * keys() { for (const [name] of this.#pairs) yield name; }
  * values() { for (const [, value] of this.#pairs) yield value; }
  [Symbol.iterator]() { return this.entries(); }
  toString() { return this.#pairs.map(([name, value]) => `${formEncoded(name)}=${formEncoded(value)}`).join('&'); }
  toJSON() { return this.toString(); }
}

const LIVE = new WeakSet();
const { reset } = URLSearchParams;
delete URLSearchParams.reset;

class URL {
  #record;
  #params;

  constructor(url, base = undefined) {
    this.#record = parseUrl(url, base === undefined ? undefined : parseUrl(base));
    const changed = (text) => { this.#record.search = text && `?${text}`; };
    LIVE.add(changed);
    this.#params = new URLSearchParams(this.#record.search, changed);
  }

  static canParse(url, base) { return URL.parse(url, base) !== null; }

  static parse(url, base) {
    try { return new URL(url, base); } catch { return null; }
  }

  // Takes a change if the whole is still a URL, as the setters of the standard do.
  #change(fields) {
    try {
      this.#record = parseUrl(write({ ...this.#record, ...fields }));
    } catch {}
  }

  get href() { return write(this.#record); }
  set href(value) {
    this.#record = parseUrl(value);
    reset(this.#params, this.#record.search.slice(1));
  }

  get origin() {
    const { protocol } = this.#record;
    return isSpecial(protocol) && protocol !== 'file:' ? `${protocol}//${hostOf(this.#record)}` : 'null';
  }

  get protocol() { return this.#record.protocol; }
  set protocol(value) {
    const [, name] = `${value}:`.match(SCHEME) ?? [];
    if (name && isSpecial(`${name.toLowerCase()}:`) === isSpecial(this.protocol)) this.#change({ protocol: `${name.toLowerCase()}:` });
  }

  get username() { return this.#record.username; }
  set username(value) { if (this.hostname) this.#change({ username: encoded(`${value}`, USER) }); }
  get password() { return this.#record.password; }
  set password(value) { if (this.hostname) this.#change({ password: encoded(`${value}`, USER) }); }
  get host() { return hostOf(this.#record); }
  set host(value) {
    const [host, port] = `${value}`.match(/^(\[[^\]]*\]|[^:/?#\\]*)(?::(\d+))?/).slice(1);
    if (host && this.#record.opaque === null) this.#change(port === undefined ? { hostname: host } : { hostname: host, port });
  }

  get hostname() { return this.#record.hostname ?? ''; }
  set hostname(value) { if (`${value}` && !/[:/?#\\]/.test(`${value}`.replace(/^\[[^\]]*\]$/, ''))) this.#change({ hostname: `${value}` }); }
  get port() { return this.#record.port; }
  set port(value) { if (this.hostname) this.#change({ port: `${value}`.match(/^\d*/)[0] }); }
  get pathname() { return pathOf(this.#record); }
  set pathname(value) {
    const { opaque, protocol } = this.#record;
    if (opaque === null) this.#record.path = resolvePath([], `${value}`.replace(isSpecial(protocol) ? /^[/\\]/ : /^\//, ''), isSpecial(protocol));
  }

  get search() { return this.#record.search; }
  set search(value) {
    setTail(this.#record, `${value}` && `?${`${value}`.replace(/^\?/, '')}`, this.#record.hash);
    reset(this.#params, this.#record.search.slice(1));
  }

  get searchParams() { return this.#params; }
  get hash() { return this.#record.hash; }
  set hash(value) { this.#record.hash = `${value}` && `#${encoded(`${value}`.replace(/^#/, ''), FRAGMENT)}`; }
  toString() { return this.href; }
  toJSON() { return this.href; }
}

return { URL, URLSearchParams };
