"""Which files there are, which of them counts, and what they include."""

from pathlib import Path

import pytest

from llmspell.config.loading import Attempt, attempt


class Place:
    """A system, a user and a project, each with its folder."""

    def __init__(self, root: Path) -> None:
        self.system, self.user, self.project = root / "etc", root / "user", root / "home" / "project"
        for folder in (self.system, self.user, self.project):
            folder.mkdir(parents=True)

    def write(self, name: str, text: str) -> Path:
        """A file of the project."""
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def load(self, cwd: Path | None = None, **environ: str) -> Attempt:
        home = {"HOME": "/nonexistent", "LLMSPELL_CONFIG_HOME": str(self.user)}
        return attempt(cwd or self.project, {**home, **environ}, trusted=True, system=self.system)

    def tokens(self, **environ: str) -> int:
        found = self.load(None, **environ)
        assert found.problems == ()
        return found.loaded.config.budget.tokens


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_each_layer_wins_over_the_one_below(place: Place) -> None:
    seen = [place.tokens()]
    (place.system / "config.toml").write_text("[budget]\ntokens = 1\n")
    seen.append(place.tokens())
    (place.user / "config.json").write_text('{"budget": {"tokens": 2}}')
    seen.append(place.tokens())
    place.write("llmspell.yaml", "budget:\n  tokens: 3\n")
    seen.append(place.tokens())
    place.write("llmspell.prod.toml", "[budget]\ntokens = 4\n")
    seen.append(place.tokens())
    seen.append(place.tokens(LLMSPELL_ENV="prod"))
    seen.append(place.tokens(LLMSPELL_ENV="prod", LLMSPELL_BUDGET__TOKENS="5"))
    assert seen == [2_000_000, 1, 2, 3, 3, 4, 5]


def test_the_layers_are_named(place: Place) -> None:
    (place.system / "config.toml").write_text("[budget]\ntokens = 1\n")
    place.write("llmspell.toml", "[budget]\nsteps = 1\n")
    place.write("llmspell.prod.toml", "[budget]\nhops = 1\n")
    origins = place.load(LLMSPELL_ENV="prod").loaded.origins
    found = {
        key: (origins[f"budget.{key}"].layer, str(origins[f"budget.{key}"])) for key in ("tokens", "steps", "hops")
    }
    assert found == {
        "tokens": ("system", f"{place.system}/config.toml:2"),
        "steps": ("project", "llmspell.toml:2"),
        "hops": ("project environment", "llmspell.prod.toml:2"),
    }
    assert origins["budget.hops"].folder == place.project


def test_an_environment_that_has_no_file_is_an_error(place: Place) -> None:
    place.write("llmspell.toml", "")
    assert place.load(LLMSPELL_ENV="prod").problems == (
        f"LLMSPELL_ENV: is 'prod', but there is no llmspell.prod.toml in {str(place.project)!r}",
    )


def test_an_environment_alone_makes_a_project(place: Place) -> None:
    place.write("llmspell.prod.yml", "budget: {tokens: 7}\n")
    below = place.project / "deep"
    below.mkdir()
    found = place.load(below, LLMSPELL_ENV="prod")
    assert (found.problems, found.loaded.project, found.loaded.config.budget.tokens) == ((), place.project, 7)


@pytest.mark.parametrize("name", ["../x", "a/b", ".", "a b", "prod\n", "-x"])
def test_an_environment_is_a_word(place: Place, name: str) -> None:
    assert place.load(LLMSPELL_ENV=name).problems == (
        f"LLMSPELL_ENV: must be a word of letters, digits, - and _, found {name!r}",
    )


def test_an_empty_environment_is_none(place: Place) -> None:
    assert place.load(LLMSPELL_ENV="").problems == ()


@pytest.mark.parametrize("stem", ["llmspell", "llmspell.prod"])
def test_two_formats_side_by_side_are_an_error_that_names_both(place: Place, stem: str) -> None:
    place.write(f"{stem}.toml", "")
    place.write(f"{stem}.json", "{}")
    assert place.load(LLMSPELL_ENV="prod" if "." in stem else "").problems == (
        f"{stem}.toml and {stem}.json lie side by side: keep one of them, since neither wins over the other",
    )


def test_the_users_files_side_by_side_are_an_error_too(place: Place) -> None:
    (place.user / "config.toml").write_text("")
    (place.user / "config.yaml").write_text("")
    [problem] = place.load().problems
    assert problem.startswith(f"{place.user}/config.toml and {place.user}/config.yaml lie side by side")


def test_a_file_wins_over_what_it_includes_and_a_later_include_over_an_earlier(place: Place) -> None:
    place.write("one.toml", "[budget]\ntokens = 1\nsteps = 1\nhops = 1\n")
    place.write("sub/two.yaml", "budget:\n  tokens: 2\n  steps: 2\n")
    place.write("llmspell.toml", 'include = ["one.toml", "sub/two.yaml"]\n[budget]\ntokens = 3\n')
    found = place.load()
    budget = found.loaded.config.budget
    assert (found.problems, budget.tokens, budget.steps, budget.hops) == ((), 3, 2, 1)
    assert str(found.loaded.origin(("budget", "steps"))) == "sub/two.yaml:3"


def test_what_is_included_is_relative_to_the_file_that_says_it(place: Place) -> None:
    place.write("sub/a.toml", 'include = ["b.toml"]\n')
    place.write("sub/b.toml", "[budget]\ntokens = 9\n")
    place.write("llmspell.toml", 'include = ["sub/a.toml"]\n')
    assert place.tokens() == 9


def test_one_file_may_be_included_from_two_sides(place: Place) -> None:
    place.write("base.toml", "[budget]\ntokens = 9\n")
    place.write("a.toml", 'include = ["base.toml"]\n')
    place.write("llmspell.toml", 'include = ["a.toml", "base.toml"]\n')
    assert place.tokens() == 9


def wrong(place: Place, text: str) -> str:
    place.write("llmspell.toml", text)
    [problem] = place.load().problems
    return problem


def test_a_circle_is_told_with_its_links(place: Place) -> None:
    place.write("a.toml", 'include = ["b.json"]\n')
    place.write("b.json", '{"include":\n["a.toml"]}')
    assert (
        wrong(place, 'include = ["a.toml"]') == "b.json:1: `include`: a.toml includes b.json includes a.toml: a circle"
    )


def test_a_circle_through_a_link_is_found(place: Place) -> None:
    (place.project / "again.toml").symlink_to("llmspell.toml")
    problem = wrong(place, 'include = ["again.toml"]')
    assert problem == "llmspell.toml:1: `include`: llmspell.toml includes again.toml: a circle"


def test_a_long_chain_is_an_error(place: Place) -> None:
    for n in range(20):
        place.write(f"{n}.toml", f'include = ["{n + 1}.toml"]\n')
    assert wrong(place, 'include = ["0.toml"]') == "7.toml:1: `include`: more than 8 files include one another in a row"


def test_very_many_includes_are_an_error(place: Place) -> None:
    for n in range(6):
        place.write(f"{n}.toml", f"include = {[f'{n + 1}.toml'] * 8!r}\n")
    place.write("6.toml", "")
    place.write("llmspell.toml", 'include = ["0.toml"]')
    problems = place.load().problems
    assert problems
    assert all(problem.endswith(": `include`: more than 32 files in all") for problem in problems)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ('"a.toml"', "`include` must be a list of file names"),
        ("[1]", "`include` must be a list of file names"),
        ('["../out.toml"]', "`include`: {above}/out.toml lies outside the folder of llmspell.toml, where a project's files must stay"),
        ('["~/out.toml"]', "lies outside the folder of llmspell.toml, where a project's files must stay"),
        ('["link.toml"]', "`include`: link.toml lies outside the folder of llmspell.toml, where a project's files must stay"),
        ('["x.ini"]', "`include`: x.ini must end in .toml, .yaml, .yml, .json"),
        ('["/etc/passwd"]', "`include`: /etc/passwd must end in .toml, .yaml, .yml, .json"),
        ('[""]', "must end in .toml, .yaml, .yml, .json"),
    ],
)  # fmt: skip
def test_a_project_includes_only_files_of_its_own(place: Place, value: str, problem: str) -> None:
    (place.project.parent / "out.toml").write_text("")
    (place.project / "link.toml").symlink_to("../out.toml")
    found = wrong(place, f"include = {value}")
    assert found.startswith("llmspell.toml:1: ")
    assert found.endswith(problem.format(above=place.project.parent))


def test_a_user_includes_files_from_anywhere(place: Place) -> None:
    other = place.project.parent / "out.toml"
    other.write_text("[budget]\ntokens = 8\n")
    (place.user / "config.toml").write_text(f'include = ["{other}"]\n')
    assert place.tokens() == 8


def test_a_missing_include_is_named(place: Place) -> None:
    assert wrong(place, '\ninclude = ["no.toml"]') == "no.toml: cannot be read: No such file or directory"


def test_include_is_for_files_only(place: Place) -> None:
    assert (
        "`include` is not known" in attempt(place.project, {"HOME": "/nonexistent"}, ['include=["a.toml"]']).problems[0]
    )


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        ("1", "is of version 1, and this llmspell reads 2; type: llmspell config migrate"),
        ("3", "is of version 3, and this llmspell knows 2; pip install --upgrade llmspell"),
        ("0", "`config_version` must be a whole number from 1 to 2"),
        ("true", "`config_version` must be a whole number from 1 to 2"),
        ('"2"', "`config_version` must be a whole number from 1 to 2"),
    ],
)
def test_a_file_of_another_version_is_not_guessed_at(place: Place, version: str, problem: str) -> None:
    assert wrong(place, f"\nconfig_version = {version}\n[nonsense]\n") == f"llmspell.toml:2: {problem}"


def test_a_key_of_an_older_version_says_its_new_name(place: Place) -> None:
    problem = wrong(place, "[run]\ntimeout = 5\n")
    assert problem == "llmspell.toml:2: `run.timeout` is called `run.model_timeout` now; type: llmspell config migrate"


def test_a_reserved_section_says_what_it_is_kept_for(place: Place) -> None:
    problem = "llmspell.toml:1: `schedule` is reserved for runs at set times, which this version does not do yet"
    assert wrong(place, "[schedule]\n") == problem


def test_a_reserved_section_in_a_variable_is_told_alike(place: Place) -> None:
    [problem] = place.load(LLMSPELL_SCHEDULE__DAILY="x").problems
    assert problem.startswith("LLMSPELL_SCHEDULE__DAILY: `schedule` is reserved for runs at set times")


def test_what_is_right_is_loaded_beside_what_is_wrong(place: Place) -> None:
    place.write("llmspell.toml", "[budget]\ntokens = 'x'\n[run]\nmodel = 'a/b'\n")
    found = place.load()
    assert len(found.problems) == 1
    assert found.loaded.config.run.model == "a/b"


def test_text_in_place_of_a_file_is_tried_out(place: Place) -> None:
    path = place.write("llmspell.toml", "[budget]\ntokens = 1\n")
    tried = attempt(place.project, {"HOME": "/nonexistent"}, instead={path: "[budget]\ntokens = 'x'\n"})
    assert tried.problems == ("llmspell.toml:2: `budget.tokens` must be an integer, found 'x'",)
