"""Drawings: every step is there, whatever it is called, and the same workflow gives the same text."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given, settings
from kernel.tests.workflow.kit import gives
from kernel.tests.workflow.test_data import anything

from llmspell.errors import UsageError
from llmspell.workflow import (
    Branch,
    Condition,
    Conditional,
    Definition,
    Loop,
    Map,
    Parallel,
    Retry,
    Sequential,
    Step,
    StepAgent,
)
from llmspell.workflow.drawing import drawn

_SVG = "{http://www.w3.org/2000/svg}"
INNER = Conditional(
    branches=(Branch(Condition("{{input.n}}", ">", 3), (Step(name="big", prompt="p"),)),),
    otherwise=(Step(name="small", run=gives(1)), Step(name="tiny", agent=StepAgent())),
)
FLOW = Sequential(
    "all",
    steps=(
        Step(name="facts", tool="search", retry=Retry(3), on_error="continue"),
        Step(name="sides", workflow=Parallel(steps=(Step(name="left", prompt="p"), Step(name="right", prompt="p")))),
        Step(
            name="loop",
            workflow=Loop(steps=(Step(name="draft", agent="writer"), Step(name="check", tool="t")), times=3),
        ),
        Step(name="each", workflow=Map(steps=(Step(name="one", tool="t"),), over=("<a>", "b")), condition="{{input}}"),
        Step(name="choice", workflow=INNER),
    ),
)
MERMAID = """\
flowchart TD
  subgraph n1["all (sequential)"]
    direction TB
    n2["facts<br/>tool search<br/>at most 3 attempts<br/>on error: continue"]
    subgraph n3["sides (parallel)"]
      direction TB
      n4["left<br/>prompt"]
      n5["right<br/>prompt"]
    end
    n2 --> n3
    subgraph n6["loop (loop): times: 3, at most 100 rounds"]
      direction TB
      n7["draft<br/>agent writer"]
      n8["check<br/>tool t"]
      n7 --> n8
      n8 -.-> n7
    end
    n3 --> n6
    subgraph n9["each (map): for each of 2 items"]
      direction TB
      n10["one<br/>tool t"]
    end
    n6 --> n9
    subgraph n11["choice (conditional)"]
      direction TB
      n12{"if {{input.n}} #gt; 3"}
      n13["big<br/>prompt"]
      n12 --> n13
      n14{"otherwise"}
      n15["small<br/>function"]
      n14 --> n15
      n16["tiny<br/>agent llm"]
      n15 --> n16
    end
    n9 --> n11
  end
"""


def words(image: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(image).iter(f"{_SVG}text")]


def test_a_mermaid_diagram_has_every_step_in_its_workflow() -> None:
    assert drawn([FLOW]) == MERMAID


def test_an_image_has_the_same_words() -> None:
    found = words(drawn([FLOW], "svg"))
    for word in (
        "all (sequential)",
        "facts",
        "left",
        "right",
        "if {{input.n}} > 3",
        "otherwise",
        "for each of 2 items",
    ):
        assert word in found


def test_what_is_in_the_image_lies_inside_it() -> None:
    image = ElementTree.fromstring(drawn([FLOW, INNER], "svg"))
    width, height = float(image.attrib["width"]), float(image.attrib["height"])

    def check(element: ElementTree.Element, x: float, y: float) -> None:
        if found := element.get("transform"):
            dx, dy = found.removeprefix("translate(").removesuffix(")").split()
            x, y = x + float(dx), y + float(dy)
        if element.tag == f"{_SVG}rect":
            assert 0 <= x <= x + float(element.attrib["width"]) <= width
            assert 0 <= y <= y + float(element.attrib["height"]) <= height
        for inner in element:
            check(inner, x, y)

    check(image, 0, 0)


def test_a_name_cannot_break_out_of_a_drawing() -> None:
    flow = Sequential('"]; x', steps=(Step(tool='<script>&"\n', condition="\x00<"),))
    assert 'subgraph n1["#quot;]; x (sequential)"]' in drawn([flow])
    assert "<script>" not in drawn([flow]).replace("<br/>", "")
    assert 'tool <script>&"' in words(drawn([flow], "svg"))


def test_a_name_is_no_directive_and_no_markup_of_mermaid() -> None:
    """Mermaid takes `%%{init: ...}%%` for one wherever it stands, and `securityLevel` is one of those."""
    flow = Sequential("%%{init: {'securityLevel': 'loose'}}%%\r\u2028end", steps=(Step(name="a", tool="`x`"),))
    title, step = (line.strip() for line in drawn([flow]).splitlines() if '"' in line)
    assert title == """subgraph n1["#37;#37;{init: {'securityLevel': 'loose'}}#37;#37;  end (sequential)"]"""
    assert step == 'n2["a<br/>tool #96;x#96;"]'


@settings(max_examples=50, deadline=None)
@given(anything)
def test_every_workflow_is_drawn_the_same_each_time(flow: Definition) -> None:
    try:
        image = drawn([flow], "svg")
    except UsageError:
        return  # names that are none, which a workflow that is made cannot have
    ElementTree.fromstring(image)
    assert drawn([flow], "svg") == image
    assert drawn([flow]) == drawn([flow])
