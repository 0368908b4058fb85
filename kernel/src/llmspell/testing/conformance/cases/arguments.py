"""What a spell is told when it starts: the words after `--`, and about itself."""

from __future__ import annotations

from llmspell.testing.conformance.case import Case

CASES = (
    Case(
        "the words arrive in order",
        lua="return { Args[1], Args[2] }",
        javascript="return [Args[0], Args[1]];",
        args=("one", "two"),
        value=["one", "two"],
    ),
    Case("there may be no words", lua="return #Args", javascript="return Args.length;", value=0),
    Case("a word that is not there is nothing", lua="return Args[1]", javascript="return Args[0];", value=None),
    Case(
        "words can be gone through",
        lua="local all = {} for i, word in ipairs(Args) do all[i] = word end return all",
        javascript="const all = []; for (const word of Args) all.push(word); return all;",
        args=("a", "--b", "c"),
        value=["a", "--b", "c"],
    ),
    Case(
        "a name and the word after it are a pair",
        lua="return { Args.depth, #Args }",
        javascript="return [Args.depth, Args.length];",
        args=("--depth", "3"),
        value=["3", 2],
    ),
    Case(
        "a name and its value may be one word",
        lua="return { Args.depth, Args.empty }",
        javascript="return [Args.depth, Args.empty];",
        args=("--depth=3=4", "--empty="),
        value=["3=4", ""],
    ),
    Case(
        "a name without a value is true",
        lua="return { Args.fast, Args.last }",
        javascript="return [Args.fast, Args.last];",
        args=("--fast", "--last"),
        value=[True, True],
    ),
    Case(
        "a name that was not given is nothing",
        lua="return Args.depth == nil",
        javascript="return Args.depth == null;",
        args=("depth",),
        value=True,
    ),
    Case(
        "a word beyond ASCII arrives as it is",
        lua="return Args[1]",
        javascript="return Args[0];",
        args=("naïve 😀",),
        value="naïve 😀",
    ),
    Case(
        "words that look like code are words",
        lua="return Args[1]",
        javascript="return Args[0];",
        args=("\"'`${1}\\n]]--",),
        value="\"'`${1}\\n]]--",
    ),
    Case(
        "a spell knows its name, profile and model",
        lua='return { Spell.name, Spell.model, Spell.profile == "low" or Spell.profile == "medium" }',
        javascript='return [Spell.name, Spell.model, Spell.profile === "low" || Spell.profile === "medium"];',
        value=["spell", "scripted/model", True],
    ),
    Case(
        "a spell knows its path",
        lua='return Spell.path:match("[^/]+$"):match("^%w+")',
        javascript='return Spell.path.split("/").pop().split(".")[0];',
        value="spell",
    ),
    Case(
        "a spell cannot change what it is",
        lua='pcall(function() Spell.name = "other" end) return Spell.name',
        javascript='try { Spell.name = "other"; } catch {} return Spell.name;',
        value="spell",
    ),
    Case(
        "a spell cannot change a global of the script API",
        lua='pcall(function() State.get = function() return "mine" end end) return State.get("x", "its own")',
        javascript='try { State.get = () => "mine"; } catch {} return await State.get("x", "its own");',
        value="its own",
    ),
)
