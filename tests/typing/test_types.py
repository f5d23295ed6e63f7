"""Programs of users as type tests: what must be accepted is, and every mistake is found on its line.

Needs mypy, which is no part of the ``test`` group; ``.ci/run`` runs these with the ``lint`` group, and pyright besides.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MARK = re.compile(r"\s*# type: ignore\[[a-z-]+\].*")

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("mypy") is None,
    reason="mypy is not here: uv run --group test --group lint pytest tests/typing",
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mypy")


def said_of(program: Path, cache: Path) -> list[str]:
    """What mypy says of a program, a line each."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml")]
    command += ["--cache-dir", str(cache), "--no-error-summary", "--hide-error-context", str(program)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in (0, 1), done.stderr or done.stdout
    return done.stdout.splitlines()


@pytest.mark.parametrize("name", ["must_check.py", "must_fail.py"])
def test_what_users_write_is_judged_as_it_should_be(name: str, cache: Path) -> None:
    assert said_of(HERE / name, cache) == []


def test_every_marked_mistake_is_found_on_its_line_and_nothing_else_is(tmp_path: Path, cache: Path) -> None:
    lines = (HERE / "must_fail.py").read_text(encoding="utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, 1) if MARK.search(line)}
    program = tmp_path / "mistakes.py"
    program.write_text("\n".join(MARK.sub("", line) for line in lines) + "\n", encoding="utf-8")
    said = [line for line in said_of(program, cache) if ": error:" in line]
    found = {int(match[1]) for line in said if (match := re.search(r"mistakes\.py:(\d+): error:", line))}
    assert found == marked, "\n".join(said)
    assert len(marked) >= 50


def test_nothing_is_waved_through_in_the_programs_that_must_check() -> None:
    assert "type: ignore" not in (HERE / "must_check.py").read_text(encoding="utf-8")
