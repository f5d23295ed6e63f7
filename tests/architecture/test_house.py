"""One concept, one room: files are named for what they hold."""

from __future__ import annotations

import re

import pytest
from architecture.sources import SRC, Source, sources

SAYING_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc", "core", "lib"}
TESTS = SRC.parent / "tests"
FUTURE = "from __future__ import annotations"


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_a_file_is_named_for_what_it_holds(source: Source) -> None:
    words = {word for part in source.name.split(".") for word in part.strip("_").split("_")}
    assert words & SAYING_NOTHING == set()


def test_tests_are_named_for_what_they_hold_too() -> None:
    names = {path.stem.removeprefix("test_") for path in TESTS.rglob("*.py")}
    assert names & SAYING_NOTHING == set()


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_annotations_wait_until_somebody_asks_for_them(source: Source) -> None:
    text = source.path.read_text(encoding="utf-8")
    assert FUTURE in text or not re.search(r"^(def|class|    def) ", text, re.MULTILINE)


def test_the_package_says_that_it_is_typed() -> None:
    assert (SRC / "salesflow" / "py.typed").is_file()


DRAWN_AS_A_WHOLE = ("leads", "storage", "measure", "board", "testing")
"""Rooms of which the drawing may show the door only."""


def test_the_house_is_drawn_as_it_is_built() -> None:
    drawn = (SRC.parent / "docs" / "explanation" / "design.md").read_text(encoding="utf-8")
    missing = [
        source.name
        for source in sources()
        if (
            f"{source.path.parent.name}/" if source.is_package or room(source) in DRAWN_AS_A_WHOLE else source.path.name
        )
        not in drawn
    ]
    assert missing == [], "draw it in docs/explanation/design.md, with a line that says what it is for"


def test_nothing_is_drawn_that_is_not_built() -> None:
    page = (SRC.parent / "docs" / "explanation" / "design.md").read_text(encoding="utf-8")
    drawing = page.split("```text")[1].split("```")[0]
    files = set(re.findall(r"\b\w+\.py\b", drawing))
    assert files - {source.path.name for source in sources()} == set()


def room(source: Source) -> str:
    return source.name.split(".")[1] if "." in source.name else ""
