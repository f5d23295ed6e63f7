"""What the pages tell a reader to type is there: programs, scripts, groups, sessions and extras."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import PAGES, ROOT, blocks

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROGRAMS = {
    "uv", "uvx", "export", "python", "pip", "pytest", "bash", "git", "curl", "cp", "cd", ".", "createdb", "django-admin", "nox",
}  # fmt: skip
"""What a line may begin with: programs that a reader has, or that the page tells him to install."""
SHELL = {"shell", "sh", "bash", "console"}


def commands() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for block in blocks(page.read_text("utf-8")):
            if block.language in SHELL:
                text = re.sub(r"\\\n\s*", "", block.body)
                for line in text.splitlines():
                    command = re.sub(r"\s+#.*$", "", line.removeprefix("$ ")).strip()
                    if command:
                        yield str(page.relative_to(ROOT)), command


COMMANDS = list(commands())


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_a_command_begins_with_a_program_that_the_reader_has(page: str, command: str) -> None:
    for part in command.split(" && "):
        words = [word for word in part.split() if not re.match(r"[A-Z_]+=", word)]
        assert words[0] in PROGRAMS, f"{page}: {part!r} begins with something else"


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_a_file_of_a_command_is_there(page: str, command: str) -> None:
    named = re.findall(r"(?<![\w./-])(?:salesflow/)?((?:docs|tests|src)/[\w./-]+|\.ci/run)", command)
    missing = [name for name in named if not name.startswith("docs/_build") and not (ROOT / name).exists()]
    assert missing == []


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_a_group_an_extra_and_a_session_of_a_command_are_defined(page: str, command: str) -> None:
    assert set(re.findall(r"--group (\w+)", command)) <= set(PROJECT["dependency-groups"])
    for extras in re.findall(r"salesflow\[([\w,]+)\]", command):
        assert set(extras.split(",")) <= set(PROJECT["project"]["optional-dependencies"])
    sessions = set(re.findall(r"^def (\w+)\(session", (ROOT / "noxfile.py").read_text("utf-8"), re.M))
    assert set(re.findall(r"nox -s (\w+)", command)) <= sessions


def test_there_are_commands_at_all() -> None:
    assert len(COMMANDS) > 10
    assert any(page == "README.md" for page, _ in COMMANDS)


def test_every_page_is_in_the_index() -> None:
    """The parts of the index take whole folders, so a page can only be lost in a folder of its own."""
    folders = {
        path.parent.relative_to(ROOT / "docs").as_posix()
        for path in (ROOT / "docs").rglob("*.md")
        if not {"examples", "_build"} & set(path.relative_to(ROOT / "docs").parts)
    }
    index = Path(ROOT / "docs/index.md").read_text("utf-8")
    assert {folder for folder in folders - {"."} if f"{folder}/" not in index} == set()
