"""Pages that are generated from the definitions, held up to date.

``python tests/docs/test_generated_pages.py`` writes them anew.
"""

from __future__ import annotations

from pathlib import Path

from salesflow.standard import StandardProcess

PAGE = Path(__file__).parents[2] / "docs/reference/standard-process.md"


def standard_process() -> str:
    process = StandardProcess()
    guide = process.guide().split("\n", 1)[1]
    return (
        "# The standard process\n\n"
        "Generated from the definitions by `process.diagram()` and `process.guide()`; a test keeps it up to date. The\n"
        "chances of winning are our own choice.\n\n"
        f"```mermaid\n{process.diagram()}```\n{guide}"
    )


def test_the_page_of_the_standard_process_says_what_is_defined() -> None:
    assert PAGE.read_text(encoding="utf-8") == standard_process()


if __name__ == "__main__":
    PAGE.write_text(standard_process(), encoding="utf-8")
