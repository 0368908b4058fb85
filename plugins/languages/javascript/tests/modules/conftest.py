"""Runs sets of module files: rewritten in quickjs-ng and V8, and as they are in Node."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from llmspell_language_javascript.modules import erase_types, rewrite, runtime

Files = Mapping[str, str]
Run = Callable[[Files], list[str]]

_GUEST = r"""
globalThis.out = [];
globalThis.finished = false;
const say = (...args) => { out.push(args.map(String).join(" ")); };
globalThis.console = { log: say };
(function (makeRegistry, records) {
  const folder = (name) => name.split("/").slice(0, -1);
  const resolve = (specifier, importer) => {
    const parts = folder(importer);
    for (const part of specifier.split("/")) {
      if (part === "..") parts.pop(); else if (part !== ".") parts.push(part);
    }
    return parts.join("/");
  };
  const registry = makeRegistry({
    load: async ({ specifier, importer }) => {
      const name = resolve(specifier, importer);
      if (!records[name]) throw new Error("there is no module " + specifier);
      return records[name];
    },
    compile: ({ code, name }) => (0, eval)(code + "\n//# sourceURL=" + name),
    placed: (error, file, { line, column }) => Object.assign(error, { file, line, column }),
    importing: (run) => run(),
  });
  registry.run(records["main.js"] ?? records["main.ts"]).then(
    (value) => { if (value !== undefined) say("returns", value); finished = true; },
    (error) => { globalThis.failure = error; say("throws", error?.name ?? error); finished = true; },
  );
})"""

_NODE = r"""
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const results = [];
const timeout = (ms) => new Promise((done) => setTimeout(done, ms));
for (const folder of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  const out = [];
  console.log = (...args) => { out.push(args.map(String).join(" ")); };
  try {
    const main = await Promise.race([import(pathToFileURL(folder + "/main.js")), timeout(2000)]);
    if (main?.default !== undefined) out.push("returns " + main.default);
  } catch (error) {
    out.push("throws " + (error?.name ?? error));
  }
  await new Promise((done) => setImmediate(done));
  results.push(out);
}
process.stdout.write(JSON.stringify(results));
"""


def records(files: Files) -> dict[str, Any]:
    """What a host would answer for each file."""
    found: dict[str, Any] = {}
    for name, text in files.items():
        if name.endswith(".json"):
            found[name] = {"key": name, "name": name, "format": "json", "text": text}
        else:
            erased = erase_types(text, name) if name.endswith("ts") else text
            found[name] = rewrite(erased, name, module=True).record(name)
    return found


def program(files: Files) -> str:
    """The text that runs the files in an engine without modules."""
    return f"{_GUEST}({runtime()}, {json.dumps(records(files))})"


@pytest.fixture
def quickjs_run() -> Run:
    """What the files print in quickjs-ng, then `returns` and what main returned, or `throws` and the error's name."""

    def run(files: Files) -> list[str]:
        import quickjs

        context = quickjs.Context()
        context.eval(program(files))
        while context.execute_pending_job():
            pass
        printed: list[str] = json.loads(context.eval("JSON.stringify(out)"))
        return [*printed, *([] if context.eval("finished") else ["never ends"])]

    return run


@pytest.fixture
def failure() -> Callable[[Files], dict[str, Any]]:
    """Message, file, line and column of the error that main ends with."""

    def run(files: Files) -> dict[str, Any]:
        import quickjs

        context = quickjs.Context()
        context.eval(program(files))
        while context.execute_pending_job():
            pass
        shown = "JSON.stringify({...failure, name: failure.name, message: failure.message, file: failure.file, line: failure.line, column: failure.column, stack: failure.stack})"
        found: dict[str, Any] = json.loads(context.eval(shown))
        return found

    return run


@pytest.fixture
def v8_run() -> Run:
    """The same in V8."""

    def run(files: Files) -> list[str]:
        from py_mini_racer import MiniRacer

        engine = MiniRacer()
        try:
            engine.eval(program(files) + ";undefined")
            for _ in range(200):
                if engine.eval("finished"):
                    break
            printed: list[str] = json.loads(str(engine.eval("JSON.stringify(out)")))
        finally:
            engine.close()
        return printed

    return run


@pytest.fixture(scope="session")
def node_runs(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[Files]], list[list[str]]]:
    """What each set of files prints in Node, in one process; skips where there is no Node."""
    node = shutil.which("node")

    def run(programs: list[Files]) -> list[list[str]]:
        if node is None:
            pytest.skip("node is not installed")
        root = tmp_path_factory.mktemp("node")
        (root / "package.json").write_text('{"type": "module"}')
        (root / "driver.js").write_text(_NODE)
        folders = [_written(root / str(index), files) for index, files in enumerate(programs)]
        (root / "folders.json").write_text(json.dumps([str(folder) for folder in folders]))
        command = [node, "--no-warnings", str(root / "driver.js"), str(root / "folders.json")]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
        assert answer.returncode == 0, answer.stderr
        results: list[list[str]] = json.loads(answer.stdout)
        return results

    return run


def _written(folder: Path, files: Files) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder
