"""Pages and pictures that are generated from the definitions, held up to date.

``python tests/docs/test_generated_pages.py`` writes them anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from salesflow.leads.lead_process import LeadProcess
from salesflow.standard import StandardProcess

REFERENCE = Path(__file__).parents[2] / "docs/reference"
PROCESSES = {
    "standard-process": (
        "The standard process of deals",
        StandardProcess(),
        " The chances of winning are our own choice.",
    ),
    "lead-process": ("The process of leads", LeadProcess(), ""),
}
KINDS = ["svg", "md"]


def generated(name: str, kind: str) -> str:
    title, process, note = PROCESSES[name]
    if kind == "svg":
        return process.picture()
    guide = process.guide().split("\n", 1)[1]
    return (
        f"# {title}\n\n"
        "Generated from the definitions by `process.picture()`, `process.diagram()` and `process.guide()`; a test keeps it\n"
        f"up to date.{note}\n\n"
        f"![The stages from left to right, and the moves between them]({name}.svg)\n\n"
        "An arrow without a name is the move to the next stage. Going back and reopening, which always need a reason, are\n"
        f"not drawn.\n{guide}\n"
        f"## As Mermaid text\n\n```mermaid\n{process.diagram()}```\n"
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", PROCESSES)
def test_a_page_of_a_process_says_what_is_defined(name: str, kind: str) -> None:
    assert (REFERENCE / f"{name}.{kind}").read_text(encoding="utf-8") == generated(name, kind)


if __name__ == "__main__":
    for name in PROCESSES:
        for kind in KINDS:
            (REFERENCE / f"{name}.{kind}").write_text(generated(name, kind), encoding="utf-8")
