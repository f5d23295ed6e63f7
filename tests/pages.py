"""The pages that readers have, and the fenced blocks in them."""

from __future__ import annotations

import re
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted(page for page in (ROOT / "docs").rglob("*.md") if not {"_build", "api"} & set(page.parts)),
]
"""All but what is written while the documentation is built."""

FENCE = re.compile(
    r"^(?P<mark>`{3,})(?P<language>\{?[\w+-]*\}?)[^\n]*\n(?P<body>.*?)^(?P=mark)[ \t]*$", re.MULTILINE | re.DOTALL
)
NOT_RUN = re.compile(r"<!-- not run:(?P<reason>[^>]*)-->\s*\Z")
ALONE = re.compile(r"<!-- runs alone, with: (?P<package>\w+) -->\s*\Z")


@attrs.frozen
class Block:
    """A fenced block of a page.

    Attributes:
        language: as the page says it.
        body: what stands in it.
        line: the line of the page on which the body begins.
        before: the text between the block before and this one.
    """

    language: str
    body: str
    line: int
    before: str

    @property
    def excused(self) -> str | None:
        """Why it is not run, or ``None`` where it is."""
        said = NOT_RUN.search(self.before)
        return None if said is None else said["reason"].strip()

    @property
    def alone_with(self) -> str | None:
        """The package that it needs in an interpreter of its own, or ``None`` where it runs with the others."""
        said = ALONE.search(self.before)
        return None if said is None else said["package"]


def blocks(text: str) -> list[Block]:
    found, end = [], 0
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start("body")) + 1
        found.append(Block(match["language"], match["body"], line, text[end : match.start()]))
        end = match.end()
    return found
