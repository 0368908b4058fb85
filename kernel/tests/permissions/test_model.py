"""The engine and a model of it, asked the same in any order."""

from __future__ import annotations

from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from llmspell.permissions import PROFILES, Grants, Policy

from . import model

KINDS = ("tools", "models", "env", "secrets")
BASE = Path("/project")

words = st.sampled_from(["a", "b", "ab", "abc", "bc"])
patterns = st.one_of(words, words.map(lambda word: word + "*"), st.just("*"))
tables = st.dictionaries(st.sampled_from(KINDS), st.lists(patterns, max_size=2), max_size=3)


class Engine(RuleBasedStateMachine):
    """Layers come and parts of the run are held to less; no question is ever answered in two ways."""

    @initialize(profile=st.sampled_from(sorted(model.ALWAYS)))
    def begin(self, profile: str) -> None:
        self.model = model.Model(profile)
        self.profile = PROFILES[profile]
        self.layers: list[Grants] = []
        self.bounds: list[tuple[Grants, ...]] = [()]
        self.policy = Policy(self.profile, base=BASE)

    @rule(allow=tables, deny=tables)
    def grant(self, allow: model.Table, deny: model.Table) -> None:
        self.layers.append(Grants.of(allow, deny, origin="layer", base=BASE))
        self.policy = Policy(self.profile, self.layers, base=BASE)
        self.model.grant(allow, deny)

    @rule(part=st.integers(0, 20), allow=tables, deny=tables)
    def narrow(self, part: int, allow: model.Table, deny: model.Table) -> None:
        part %= len(self.bounds)
        self.bounds.append((*self.bounds[part], Grants.of(allow, deny, origin="part", base=BASE)))
        self.model.narrow(part, allow, deny)

    @rule(part=st.integers(0, 20), kind=st.sampled_from(KINDS), word=words)
    def ask(self, part: int, kind: str, word: str) -> None:
        part %= len(self.bounds)
        decision = self.policy.narrowed(*self.bounds[part]).decide(kind, word)
        assert decision.allowed is self.model.may(part, kind, word)
        assert (decision.reason == "allowed") is decision.allowed
        assert bool(decision.flag) is (decision.reason == "not granted")

    @invariant()
    def no_part_has_more_than_the_whole(self) -> None:
        for bounds in self.bounds[-3:]:
            for kind in KINDS:
                inner, outer = self.policy.narrowed(*bounds), self.policy
                assert not (inner.decide(kind, "ab").allowed and not outer.decide(kind, "ab").allowed)


TestEngine = Engine.TestCase
TestEngine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_the_model_stays_a_model() -> None:
    assert len(Path(model.__file__).read_text().splitlines()) <= 80
    assert "llmspell" not in Path(model.__file__).read_text()
