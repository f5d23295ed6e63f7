"""The tool that asks how strong the tests are, asked itself."""

from __future__ import annotations

import ast

import pytest
from mutation.operators import mutants_of


def changes(code: str) -> list[str]:
    found = mutants_of("rule.py", code.encode())
    for mutant in found:
        ast.parse(mutant.applied_to(code.encode()))
    return [mutant.becomes for mutant in found]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = a < b", ["(a <= b)", "(a >= b)"]),
        ("x = a and b", ["(a or b)"]),
        ("x = not a", ["(a)"]),
        ("x = 5", ["(6)"]),
        ("x = True", ["(False)"]),
        ("x = a + b", ["(a - b)"]),
        ("x = a if b else c", ["(c if b else a)"]),
        ("tell(a)", ["pass"]),
        ("def f():\n    return a", ["None"]),
        ("if a:\n    b", ["(not (a))", "False"]),
    ],
)
def test_a_rule_can_be_wrong_in_these_ways(code: str, expected: list[str]) -> None:
    assert sorted(changes(code)) == sorted(expected)


@pytest.mark.parametrize(
    "code",
    [
        '"""A docstring."""',
        'x = "a text"',
        "x: int | None",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    a < b",
    ],
)
def test_what_does_not_change_the_program_is_left_alone(code: str) -> None:
    assert changes(code) == []


def test_a_change_finds_its_place_after_letters_of_many_bytes() -> None:
    code = 'x = ("שלום", a < b)'
    (first, _) = mutants_of("rule.py", code.encode())
    assert first.applied_to(code.encode()).decode() == 'x = ("שלום", (a <= b))'
