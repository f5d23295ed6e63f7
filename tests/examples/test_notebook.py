"""The notebook of ``docs/examples`` runs from the first cell to the last, and is kept without outputs."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

if any(importlib.util.find_spec(name) is None for name in ("nbclient", "ipykernel")):
    pytest.skip("nbclient and ipykernel are not installed; the group 'test' brings them", allow_module_level=True)

import nbformat

NOTEBOOK = Path(__file__).parents[2] / "docs" / "examples" / "notebook.ipynb"


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The notebook after it was run by ``jupyter execute``, in a process that keeps its sockets to itself."""
    output = tmp_path_factory.mktemp("notebook") / "executed"
    command = [sys.executable, "-c", "from nbclient.cli import main; main()", str(NOTEBOOK), f"--output={output}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    return nbformat.read(output.with_suffix(".ipynb"), as_version=4)


def outputs(notebook: Any, kind: str) -> list[str]:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = [output for cell in cells for output in cell.outputs]
    texts = [output.text if output.output_type == "stream" else output.data.get(kind, "") for output in found]
    return [
        text for output, text in zip(found, texts, strict=True) if (kind == "text") == (output.output_type == "stream")
    ]


def test_the_notebook_shows_boards_and_figures(executed: Any) -> None:
    shown = outputs(executed, "text/html")
    assert len(shown) == 3
    assert all("<section" in html for html in shown)
    assert "Engaging" in shown[0]
    assert "Win rate" in shown[1]
    assert "Order desk for Acme" in shown[2]


def test_the_notebook_says_what_was_read_and_what_is_missing(executed: Any) -> None:
    printed = outputs(executed, "text")
    assert printed[0].startswith("600 rows, ")
    assert "the buyer can afford it" in printed[-1]


def test_the_notebook_is_kept_without_outputs() -> None:
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
