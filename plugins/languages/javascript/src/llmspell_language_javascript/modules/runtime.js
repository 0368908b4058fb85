// The registry of modules: loads, links and evaluates what `rewrite` wrote.
//
// `host` gives:
//   load({ specifier, importer, type }) -> promise of a record: what `Rewritten.record` gives, or
//       { key, name, format: "json", text }. `importer` is the key of the record that asks; empty for the spell.
//   compile(record) -> the function that the expression `record.code` stands for, evaluated as global code.
//   placed(error, file, { line, column }) -> the error, with the place where it arose unless it has one; the line is 0
//       for import(), which has a stack instead.
//   importing(run) -> the promise of `run()`, as `import()` gives it to a script.
// Two files are one module when their keys are equal.
//
// A record goes through: made -> gathered (`children`) -> compiled (`body`) -> linked (`namespaces`) -> started
// (`started`, `pending` while it waits) -> done (`value`) or failed (`failure`, kept: each import throws the same).
// Failures before that are not kept: the next import tries again.
(function (host) {
  "use strict";
  const { load, compile, placed, importing } = host;
  const { create, defineProperty, preventExtensions } = Object;
  const parseJson = JSON.parse;
  const makeError = { SyntaxError, TypeError };
  const records = create(null);

  function fail(kind, message, file, place) {
    return placed(new makeError[kind](message), file, place);
  }

  // ---- made ----

  function make(loaded) {
    const json = loaded.format === "json";
    return {
      requests: [], bindings: [], exports: json ? ["default"] : [], indirect: [], stars: [],
      ...loaded,
      children: json ? [] : null,
      body: null, cells: null, steps: null, environment: null, namespace: null,
      instantiated: false, started: false, pending: null, failure: null, value: undefined,
    };
  }

  const known = (loaded) => (records[loaded.key] ??= make(loaded));

  function demandType(record, importer, request) {
    const isJson = record.format === "json";
    if (isJson === (request.type === "json")) return record;
    const what = isJson
      ? `${record.name} is JSON; write: with { type: "json" }`
      : `${record.name} is not JSON; write the import without: with { type: "json" }`;
    throw fail("TypeError", what, importer.name, request);
  }

  async function find(importer, request) {
    const { specifier, type } = request;
    let loaded;
    try {
      loaded = await load({ specifier, importer: importer.main ? "" : importer.key, type });
    } catch (error) {
      throw placed(error, importer.name, request);
    }
    return demandType(known(loaded), importer, request);
  }

  // ---- gathered ----

  async function gather(root) {
    const graph = [root];
    const seen = new Set(graph);
    for (const record of graph) {
      if (record.children === null) {
        const children = [];
        for (const found of record.requests.map((request) => settled(find(record, request)))) {
          const { value, error, failed } = await found;
          if (failed) throw error;
          children.push(value);
        }
        record.children = children;
      }
      for (const child of record.children) {
        if (!seen.has(child)) {
          seen.add(child);
          graph.push(child);
        }
      }
    }
    return graph;
  }

  // Requests run side by side; the first that fails in source order is the one reported, and none goes unhandled.
  const settled = (promise) =>
    promise.then((value) => ({ value, failed: false }), (error) => ({ error, failed: true }));

  // ---- linked ----

  const AMBIGUOUS = {};

  // Where a name that a record exports is defined: { record, name }, with name null for a namespace.
  function resolve(record, name, seen = []) {
    if (seen.some((one) => one.record === record && one.name === name)) return null;
    seen.push({ record, name });
    if (record.exports.includes(name)) return { record, name };
    const passed = record.indirect.find((one) => one.name === name);
    if (passed) {
      const child = record.children[passed.request];
      return passed.imported === null ? { record: child, name: null } : resolve(child, passed.imported, seen);
    }
    if (name === "default") return null;
    let found = null;
    for (const star of record.stars) {
      const next = resolve(record.children[star], name, seen);
      if (next === AMBIGUOUS) return AMBIGUOUS;
      if (next === null) continue;
      if (found !== null && (found.record !== next.record || found.name !== next.name)) return AMBIGUOUS;
      found = next;
    }
    return found;
  }

  function namesOf(record, seen = new Set()) {
    if (seen.has(record)) return [];
    seen.add(record);
    const names = new Set([...record.exports, ...record.indirect.map((one) => one.name)]);
    for (const star of record.stars) {
      for (const name of namesOf(record.children[star], seen)) names.add(name);
    }
    return [...names];
  }

  const resolvable = (record) =>
    namesOf(record).filter((name) => ![null, AMBIGUOUS].includes(resolve(record, name))).sort();

  function demand(record, place, request, name) {
    const child = record.children[request];
    const found = resolve(child, name);
    if (found !== null && found !== AMBIGUOUS) return;
    const { specifier } = record.requests[request];
    const asked = `${JSON.stringify(specifier)} (${child.name})`;
    const why = found === AMBIGUOUS
      ? `exports '${name}' through two 'export *' that mean different things`
      : `does not export '${name}'; it exports: ${resolvable(child).join(", ") || "nothing"}`;
    const type = record.name.endsWith("ts") ? "; if it is a type, write: import type" : "";
    throw fail("SyntaxError", `${asked} ${why}${found === null ? type : ""}`, record.name, place);
  }

  function check(record) {
    for (const binding of record.bindings) demand(record, binding, binding.request, binding.name);
    for (const one of record.indirect) if (one.imported !== null) demand(record, one, one.request, one.imported);
  }

  function read(found) {
    if (found.name === null) return () => namespaceOf(found.record);
    const { record } = found;
    const index = record.exports.indexOf(found.name);
    return () => record.cells[index]();
  }

  function namespaceOf(record) {
    if (record.namespace !== null) return record.namespace;
    const namespace = (record.namespace = create(null));
    for (const name of resolvable(record)) {
      defineProperty(namespace, name, { get: read(resolve(record, name)), enumerable: true, configurable: false });
    }
    defineProperty(namespace, Symbol.toStringTag, { value: "Module" });
    return preventExtensions(namespace);
  }

  function instantiate(record) {
    if (record.instantiated) return;
    record.instantiated = true;
    if (record.format === "json") return;
    const meta = create(null);
    meta.url = record.url ?? `llmspell:${record.name}`;
    meta.main = record.main === true;
    const environment = create(null);
    record.environment = environment;
    environment.meta = meta;
    environment.import = (specifier, options) => importing(() => importFrom(record, specifier, options));
    environment.nameDefault = (value) => defineProperty(value, "name", { value: "default", configurable: true });
    environment.namespaces = record.children.map(namespaceOf);
    if (record.format === "script") return;
    record.steps = record.body.call(undefined, environment);
    record.steps.next();
    record.cells = environment.cells;
  }

  function prepare(record) {
    if (record.format === "json") {
      record.cells ??= parsed(record);
    } else {
      record.body ??= compile(record);
    }
  }

  function parsed(record) {
    let value;
    try {
      value = parseJson(record.text);
    } catch (error) {
      throw fail("SyntaxError", `${record.name} is not JSON: ${error.message}`, record.name, { line: 1, column: 1 });
    }
    return [() => value];
  }

  function link(graph) {
    for (const record of graph) prepare(record);
    for (const record of graph) check(record);
    for (const record of graph) instantiate(record);
  }

  // ---- evaluated ----

  function dependenciesFirst(root) {
    const order = [];
    const seen = new Set([root]);
    const path = [{ record: root, next: 0 }];
    while (path.length > 0) {
      const top = path[path.length - 1];
      if (top.next < top.record.children.length) {
        const record = top.record.children[top.next++];
        if (!seen.has(record)) {
          seen.add(record);
          path.push({ record, next: 0 });
        }
      } else {
        order.push(path.pop().record);
      }
    }
    return order;
  }

  function start(record) {
    record.started = true;
    const done = (value) => { record.pending = null; record.value = value; };
    const failed = (error) => { record.pending = null; record.failure = { error }; };
    try {
      if (record.format === "script") {
        record.pending = record.body(record.environment).then(done, failed);
      } else if (record.format === "module" && record.waits) {
        record.pending = record.steps.next().then((step) => done(step.value), failed);
      } else if (record.format === "module") {
        done(record.steps.next().value);
      }
    } catch (error) {
      failed(error);
    }
  }

  // Modules without a top-level await run one after the other in one go. One that waits holds up those after it.
  // A module that another import() has started already is waited for, not run again.
  async function evaluate(root) {
    for (const record of dependenciesFirst(root)) {
      for (const child of record.children) if (child.pending !== null) await child.pending;
      for (const child of record.children) if (child.failure !== null) throw child.failure.error;
      if (!record.started) start(record);
      if (record.pending !== null) await record.pending;
      if (record.failure !== null) throw record.failure.error;
    }
  }

  async function bring(record) {
    link(await gather(record));
    await evaluate(record);
    return record;
  }

  async function importFrom(importer, specifier, options) {
    const request = { specifier: `${specifier}`, type: "", line: 0, column: 0 };
    if (options !== undefined) {
      if (options === null || typeof options !== "object") throw new TypeError("import(): the options are no object");
      const type = options.with?.type;
      if (type !== undefined && type !== "json") throw new TypeError(`import(): the type '${type}' is not known`);
      request.type = type ?? "";
    }
    return namespaceOf(await bring(await find(importer, request)));
  }

  return {
    // Run the spell's own file; gives what its top level returns, or else its default export.
    run: async (loaded) => {
      const record = await bring(known({ ...loaded, main: true }));
      if (record.value !== undefined || !record.exports.includes("default")) return record.value;
      return record.cells[record.exports.indexOf("default")]();
    },
  };
})
