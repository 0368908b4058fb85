"""The permissions and profiles of a configuration, read once; every pattern that is wrong is named with its place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import ConfigError, UsageError, did_you_mean
from llmspell.permissions.grants import Grants, checked_cost, merge
from llmspell.permissions.kinds import ASKABLE, KINDS, find_kind
from llmspell.permissions.profiles import PROFILES, Profile, find_profile

if TYPE_CHECKING:
    from llmspell.config import LoadedConfig
    from llmspell.config.schema import ProfileTable

_Path = tuple[str, ...]
_VERBS = ("deny", "ask")


@attrs.frozen
class Configured:
    """What a configuration says of permissions.

    Attributes:
        profiles: the user's own, by name.
        grants: of all spells.
        spells: of the spells whose path fits a pattern, by that pattern.
        project: the folder where relative paths begin.
        withheld: names of the profiles of a project that is not trusted.
    """

    profiles: Mapping[str, Profile]
    grants: Grants
    spells: Mapping[str, Grants]
    project: Path
    withheld: tuple[str, ...] = ()

    def profile(self, name: str) -> Profile:
        """The profile of this name, the user's own included.

        Raises:
            UsageError: there is none.
        """
        return find_profile(name, self.profiles, withheld=self.withheld)

    def layers(self, spell: Path | None) -> tuple[Grants, ...]:
        """The grants of a spell: those of all spells, and those of the patterns that its path fits."""
        if spell is None or not self.spells:
            return (self.grants,)
        from llmspell.permissions.patterns import parse

        real = str(spell.resolve())
        fits = (each for text, each in self.spells.items() if parse(KINDS["fs.read"], text, self.project).matches(real))
        return (self.grants, *fits)


def configured(loaded: LoadedConfig) -> Configured:
    """What the configuration says of permissions.

    Raises:
        ConfigError: with one sentence for each pattern, kind or profile that is wrong, after its place.
    """
    config = loaded.config
    said = config.permissions or config.profile or config.spell or loaded.withheld
    if not said and config.run.profile in PROFILES:
        return Configured({}, Grants(), {}, loaded.project)
    reading = _Reading(loaded)
    grants = reading.grants(("permissions",), config.permissions)
    profiles = reading.profiles(config.profile)
    spells = {text: reading.spell(text, each.permissions) for text, each in config.spell.items()}
    withheld = tuple(each.path[1] for each in loaded.withheld if each.path[0] == "profile")
    reading.check_profile(config.run.profile, {*profiles, *withheld})
    if reading.problems:
        raise ConfigError(reading.problems)
    return Configured(profiles, grants, spells, loaded.project, withheld)


class _Reading:
    """Reads tables, and collects what is wrong with them."""

    def __init__(self, loaded: LoadedConfig) -> None:
        self._loaded = loaded
        self.problems: list[str] = []

    def grants(self, path: _Path, merged: Mapping[str, Any]) -> Grants:
        """The grants of a table of patterns by kind; every layer adds its own, so that none can undo a denial.

        What `merged` says besides is an embedder's, who changed the configuration after it was loaded.
        """
        found: list[Grants] = []
        seen: set[tuple[str, str, str]] = set()
        tables = [(_below(layer.data, path), layer.origin) for layer in self._loaded.layers]
        for table, origin in [*tables, (merged, self._loaded.origin)]:
            for verb, where, key, patterns in _flat(table, path):
                if table is merged and (verb, key, repr(patterns)) in seen:
                    continue
                seen.add((verb, key, repr(patterns)))
                try:
                    found.append(_granted(verb, key, patterns, str(origin(where)), self._loaded.project))
                except UsageError as error:
                    self._wrong(where, error, str(origin(where)))
        return merge(found)

    def spell(self, text: str, table: Mapping[str, Any]) -> Grants:
        """The grants of the spells that fit a pattern."""
        from llmspell.permissions.patterns import parse

        try:
            parse(KINDS["fs.read"], text, self._loaded.project)
        except UsageError as error:
            self._wrong(("spell", text), error)
        return self.grants(("spell", text, "permissions"), table)

    def profiles(self, tables: Mapping[str, ProfileTable]) -> dict[str, Profile]:
        """The user's profiles, each on the one that it extends."""
        found: dict[str, Profile] = {}
        for name in tables:
            self._profile(name, tables, found, ())
        return found

    def _profile(
        self, name: str, tables: Mapping[str, ProfileTable], found: dict[str, Profile], above: Sequence[str]
    ) -> Profile:
        if name in found or name not in tables:
            return found.get(name) or find_profile(name, dict.fromkeys(tables, PROFILES["high"]))
        table, path = tables[name], ("profile", name)
        try:
            base = self._extended(name, tables, found, above)
        except UsageError as error:
            self._wrong((*path, "extends"), error)
            base = PROFILES["high"]
        self.grants((*path, "permissions"), table.permissions)  # for what is wrong in it
        texts = _texts_by_kind(table.permissions)
        found[name] = Profile(
            name,
            table.transport or base.transport,
            texts["allow"],
            texts["deny"],
            self._limits(table.limits, (*path, "limits")),
            base,
            str(self._loaded.origin(path)),
            texts["ask"],
            _cost(table.permissions),
        )
        return found[name]

    def _extended(
        self, name: str, tables: Mapping[str, ProfileTable], found: dict[str, Profile], above: Sequence[str]
    ) -> Profile:
        if name in PROFILES:
            raise UsageError(f"{name!r} is built in", hint="choose another name, and extend it")
        base = tables[name].extends
        if base == name or base in above:
            raise UsageError(f"profile {name!r} extends itself: {' extends '.join((*above, name, base))}")
        return self._profile(base, tables, found, (*above, name))

    def _limits(self, table: Mapping[str, Any], path: _Path) -> Mapping[str, Any]:
        if not table:
            return {}
        from llmspell.config.schema import Limits
        from llmspell.config.structure import Misfit, fit, sentences

        checked = fit(table, Limits)
        if isinstance(checked, Misfit):
            self.problems += sentences(checked, path=path, origin=lambda where: str(self._loaded.origin(where)))
        return table

    def check_profile(self, name: str, own: Collection[str]) -> None:
        """Find out now whether the profile of runs exists."""
        try:
            find_profile(name, dict.fromkeys(own, PROFILES["high"]))
        except UsageError as error:
            self._wrong(("run", "profile"), error)

    def _wrong(self, path: _Path, error: UsageError, where: str = "") -> None:
        from llmspell.config.keypath import dotted

        hint = f"; {error.hint}" if error.hint else ""
        self.problems.append(f"{where or self._loaded.origin(path)}: `{dotted(path)}`: {error.message}{hint}")


def _below(data: Mapping[str, Any], path: _Path) -> Mapping[str, Any]:
    """The table at a path; empty where there is none."""
    for key in path:
        found = data.get(key, {})
        data = found if isinstance(found, Mapping) else {}
    return data


def _flat(table: Mapping[str, Any], path: _Path) -> Iterator[tuple[str, _Path, str, Any]]:
    """The entries of a table: `allow`, `deny` or `ask`, the path, the kind's key, the patterns.

    TOML reads an unquoted `fs.read` as a table in a table, so that means the same as the quoted one.
    """
    for verb in ("allow", *_VERBS):
        entries, below = (table, path) if verb == "allow" else (table.get(verb, {}), (*path, verb))
        if not isinstance(entries, Mapping):
            yield verb, below, verb, entries
            continue
        for key, value in entries.items():
            if verb == "allow" and key in _VERBS:
                continue
            if isinstance(value, Mapping) and value:
                yield from (
                    (verb, (*below, key, inner), f"{key}.{inner}", patterns) for inner, patterns in value.items()
                )
            else:
                yield verb, (*below, key), key, value


def _granted(verb: str, key: str, patterns: Any, origin: str, base: Path) -> Grants:
    """The grants of one entry.

    Raises:
        UsageError: there is no such kind, or a pattern cannot be read.
    """
    if (verb, key) == ("ask", "cost"):
        return Grants.of({}, origin=origin, base=base, cost=patterns)
    given = {find_kind(key).key: _texts(patterns, key)}
    tables = {each: given if each == verb else {} for each in ("allow", *_VERBS)}
    return Grants.of(tables["allow"], tables["deny"], ask=tables["ask"], origin=origin, base=base)


def _texts(patterns: Any, key: str) -> tuple[str, ...]:
    """The patterns of one entry.

    Raises:
        UsageError: it is not a list of texts.
    """
    if patterns == {}:
        return ()  # in some languages an empty list is an empty table
    if isinstance(patterns, list | tuple) and all(isinstance(text, str) for text in patterns):
        return tuple(patterns)
    raise UsageError(f"{key} must be a list of patterns, found {patterns!r}", hint=f'write {key} = ["..."]')


def _texts_by_kind(table: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
    """The patterns of a table by what they do; entries that are wrong are told elsewhere."""
    found: dict[str, dict[str, tuple[str, ...]]] = {"allow": {}, "deny": {}, "ask": {}}
    for verb, _, key, patterns in _flat(table, ()):
        if key in KINDS and isinstance(patterns, list | tuple) and (verb != "ask" or key in ASKABLE):
            found[verb][key] = tuple(text for text in patterns if isinstance(text, str))
    return found


def _cost(table: Mapping[str, Any]) -> float | None:
    """The cost that a table asks about; None when it says none, or says it wrong, which is told elsewhere."""
    amount = _below(table, ("ask",)).get("cost")
    try:
        return None if amount is None else checked_cost(amount)
    except UsageError:
        return None


def parse_permissions(table: Mapping[str, Any], *, origin: str, base: Path, known: str) -> Grants:
    """Grants of an option table, such as the `permissions` of an agent: patterns by kind, `deny` and `ask`.

    Raises:
        UsageError: a kind is unknown or a pattern is wrong; `known` begins the sentence.
    """
    found = []
    for verb, _, key, patterns in _flat(table, ()):
        try:
            found.append(_granted(verb, key, patterns, origin, base))
        except UsageError as error:
            hint = error.hint or did_you_mean(key, list(KINDS))
            raise UsageError(f"{known}: {error.message}", kind=error.kind, hint=hint) from None
    together = merge(found)
    if together.cost is not None:
        raise UsageError(f"{known}: cost is asked about for a whole run", hint="ask.cost belongs in [permissions]")
    return attrs.evolve(together, origin=origin)
