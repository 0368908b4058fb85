"""The command line: choose what to measure, measure it in turns, print the tables, write the samples."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.cases import BENCHMARKS
from benchmarks.harness import machine
from benchmarks.harness.environments import OURS, PEERS, prepare, versions
from benchmarks.harness.machine import Quiet, stalled
from benchmarks.harness.model import Benchmark, Case
from benchmarks.harness.programs import Failed, sample, server
from benchmarks.harness.results import Results, judge
from benchmarks.harness.tables import samples_tables, targets_table


def main() -> None:
    """Run the command line."""
    options = _options()
    peers = _chosen(options.peers, PEERS, "peer")
    names = _chosen(options.only, [benchmark.name for benchmark in BENCHMARKS], "benchmark")
    benchmarks = [_without(benchmark, peers) for benchmark in BENCHMARKS if benchmark.name in names]
    prepare(peers, again=options.setup)
    if options.setup:
        return
    quiet = Quiet(each=options.patience, total=options.patience_in_all)
    begin = datetime.now(UTC)
    with server() as url:
        results = Results()
        try:
            measure(results, benchmarks, options.rounds, quiet, url)
        except KeyboardInterrupt:
            results.errors.append("interrupted; the medians are of the samples taken until then")
    report = {
        "schema": "llmspell.benchmarks/1",
        "begun": begin.isoformat(timespec="seconds"),
        "machine": machine.describe(),
        "rounds": options.rounds,
        "waited_for_quiet": round(quiet.waited, 1),
        "versions": {name: versions(name) for name in (OURS, *peers)},
        **_measured(benchmarks, results),
    }
    _print(report, benchmarks, results)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n")
    sys.exit(1 if results.errors else 0)


def measure(results: Results, benchmarks: Sequence[Benchmark], rounds: int, quiet: Quiet, url: str) -> None:
    """Fill `results` with some rounds; in each, every case of every benchmark has its turn."""
    for number in range(rounds):
        for benchmark in benchmarks:
            if number == 0 and benchmark.warm_up:
                _take(benchmark, Results(), quiet, url)
            for _ in range(benchmark.repeat):
                _take(benchmark, results, quiet, url)


def _take(benchmark: Benchmark, results: Results, quiet: Quiet, url: str) -> None:
    for case in benchmark.cases:
        quiet.wait()
        print(f"{benchmark.name}: {case.subject}", file=sys.stderr, flush=True)
        begin, before = time.perf_counter(), stalled()
        try:
            figures = sample(case, url)
        except Failed as error:
            results.fail(benchmark, case, str(error))
            print(f"FAILED: {results.errors[-1]}", file=sys.stderr, flush=True)
            continue
        pressure = (stalled() - before) / (time.perf_counter() - begin)
        results.add(benchmark, case, {**figures, "pressure": pressure})


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure llmspell beside its peers.")
    parser.add_argument("--rounds", type=int, default=5, help="samples of each case (default 5)")
    parser.add_argument("--only", action="append", metavar="NAME", help="one benchmark; may be repeated")
    parser.add_argument("--peers", metavar="NAMES", help="the peers to measure, divided by commas; '' for none")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every sample to FILE")
    parser.add_argument("--setup", action="store_true", help="install every environment anew, and stop")
    parser.add_argument(
        "--patience", type=float, default=15, help="seconds to wait for a quiet machine before a sample"
    )
    parser.add_argument("--patience-in-all", type=float, default=300, help="seconds to wait so in all")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error(f"--rounds must be at least 1, not {options.rounds}")
    return options


def _chosen(words: list[str] | str | None, known: Sequence[str] | dict[str, Any], noun: str) -> tuple[str, ...]:
    """The names that were asked for, or all where nothing was said."""
    if words is None:
        return tuple(known)
    chosen = tuple(word for word in (words.split(",") if isinstance(words, str) else words) if word)
    for name in chosen:
        if name not in known:
            raise SystemExit(f"no {noun} named {name!r}; there are: {', '.join(known)}")
    return chosen


def _without(benchmark: Benchmark, peers: Sequence[str]) -> Benchmark:
    """The benchmark with the chosen peers only."""

    def wanted(case: Case) -> bool:
        return case.environment == OURS or case.environment in peers

    return replace(benchmark, cases=tuple(filter(wanted, benchmark.cases)))


def _measured(benchmarks: Sequence[Benchmark], results: Results) -> dict[str, Any]:
    """The verdicts and the samples, for the JSON file."""
    pairs = [(benchmark, target) for benchmark in benchmarks for target in benchmark.targets]
    verdicts = [judge(results, benchmark, target) for benchmark, target in pairs]
    return {
        "targets": [{**asdict(verdict), "verdict": str(verdict)} for verdict in verdicts],
        "samples": results.nested(),
        "errors": results.errors,
    }


def _print(report: dict[str, Any], benchmarks: Sequence[Benchmark], results: Results) -> None:
    about = report["machine"]
    print(f"{report['begun']}, Python {about['python']}, {about['cores']} cores, {about['processor']}")
    print(f"medians of {report['rounds']} rounds, taken in turns\n")
    print(targets_table(results, benchmarks))
    for table in samples_tables(results, benchmarks):
        print("\n" + table)
    for sentence in results.errors:
        print(f"\nFAILED: {sentence}")
