"""The process drawn, and nothing that was named can draw."""

from __future__ import annotations

import pytest

from salesflow import Deal, Move, Outcome, SalesProcess, Stage
from salesflow.process.diagram import dot
from salesflow.standard import StandardProcess

HOSTILE = [
    'Won" as s9\n    s1 --> s9: free',
    "Won\n    [*] --> s2\nnote right of s1: x",
    "%%{init: {'securityLevel': 'loose'}}%%",
    'click s1 href "javascript:alert(1)"',
    "<script>alert(1)</script>",
    "a; b -> c; }",
    '\\" ]; s1 -> s1 [label="free',
    "Won\\",
    "line\u2028separator\x85next\x0bline\x0cpage",
    "#quot; as s9",
    "state s9 {",
    "direction TB :::styled",
]


class First(Stage[Deal]):
    pass


class Won(Stage[Deal]):
    outcome = Outcome.WON


def a_process(title: str) -> SalesProcess[Deal]:
    class Titled(Won):
        pass

    Titled.title = title

    class Process(SalesProcess[Deal]):
        first = First()
        won = Titled()
        fast = Move(source="first", target="won", title=title)

    return Process()


def test_the_standard_process_is_drawn_from_its_definition() -> None:
    lines = StandardProcess().diagram().splitlines()
    assert lines[:3] == ["stateDiagram-v2", "    direction LR", '    state "Prospecting" as s1']
    assert "    [*] --> s1" in lines
    assert "    s4 --> s6: Pass over objection handling" in lines
    assert "    s6 --> s7: Win" in lines
    assert "    s7 --> [*]" in lines
    assert not [line for line in lines if "Go back" in line or "Reopen" in line]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_draws_nothing_in_mermaid(title: str) -> None:
    harmless, drawn = a_process("Won").diagram(), a_process(title).diagram()
    assert len(drawn.splitlines()) == len(harmless.splitlines())
    arrows = [line.split(":")[0] for line in drawn.splitlines() if "-->" in line]
    assert arrows == [line.split(":")[0] for line in harmless.splitlines() if "-->" in line]
    for line in drawn.splitlines():
        if line.startswith("    state "):
            assert line.count('"') == 2
    assert "<" not in drawn
    assert "%%" not in drawn
    assert "{" not in drawn


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_draws_nothing_in_dot(title: str) -> None:
    harmless, drawn = dot(a_process("Won")), dot(a_process(title))
    assert len(drawn.splitlines()) == len(harmless.splitlines())
    for line in drawn.splitlines():
        outside, inside = _quoted(line)
        assert inside.count("\n") == 0
        assert outside.count('"') % 2 == 0
        if "->" in outside:
            assert outside.strip() == 's1 -> s2 [label=""];'


def _quoted(line: str) -> tuple[str, str]:
    """What stands outside and what stands inside the quotes of a line, as Graphviz reads it."""
    outside, inside, is_inside, escaping = "", "", False, False
    for character in line:
        if is_inside and escaping:
            inside, escaping = inside + character, False
        elif is_inside and character == "\\":
            inside, escaping = inside + character, True
        elif character == '"':
            is_inside, outside = not is_inside, outside + character
        elif is_inside:
            inside += character
        else:
            outside += character
    assert not is_inside, line
    return outside, inside


def test_closed_stages_have_a_double_line_in_dot() -> None:
    lines = dot(StandardProcess()).splitlines()
    assert '    s7 [label="Follow-up", peripheries=2];' in lines
    assert '    s1 [label="Prospecting"];' in lines
    assert '    s4 -> s6 [label="Pass over objection handling"];' in lines


class Asking(Stage[Deal]):
    title = 'What "they" want\\need'


class Small(SalesProcess[Deal]):
    first = First()
    asking = Asking()
    won = Won()
    fast = Move(source="first", target="won", title="Fast, and don't ask")


def test_a_whole_process_in_dot() -> None:
    assert dot(Small()) == (
        "digraph process {\n"
        "    rankdir=LR;\n"
        '    node [shape=box, style="rounded"];\n'
        '    s1 [label="First"];\n'
        '    s2 [label="What \\"they\\" want\\\\need"];\n'
        '    s3 [label="Won", peripheries=2];\n'
        '    s1 -> s2 [label="Advance"];\n'
        '    s2 -> s3 [label="Win"];\n'
        '    s1 -> s3 [label="Fast, and don\'t ask"];\n'
        "}\n"
    )


def test_a_whole_process_in_mermaid() -> None:
    assert Small().diagram() == (
        "stateDiagram-v2\n"
        "    direction LR\n"
        '    state "First" as s1\n'
        '    state "What #34;they#34; want#92;need" as s2\n'
        '    state "Won" as s3\n'
        "    [*] --> s1\n"
        "    s1 --> s2: Advance\n"
        "    s2 --> s3: Win\n"
        "    s1 --> s3: Fast, and don't ask\n"
        "    s3 --> [*]\n"
    )
