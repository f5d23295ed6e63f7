"""Deals on the command line: ``docs/examples/command_line.py`` on a file of SQLite."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

if importlib.util.find_spec("typer") is None:
    pytest.skip("typer is not installed; the dependency group 'test' brings it", allow_module_level=True)

import command_line
from sqlite_storage import SQLiteStorage
from typer.testing import CliRunner

from salesflow import Deal, StaleVersion, StorageError

Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DEALS", str(tmp_path / "deals.db"))
    monkeypatch.setenv("SELLER", "noa")
    return lambda *words: CliRunner().invoke(command_line.app, words, catch_exceptions=False)


def test_a_deal_is_opened_qualified_and_advanced(run: Run) -> None:
    opened = run("open", "D-1", "Order desk for Acme", "--amount", "48000 EUR")
    assert opened.stdout == "D-1  Order desk for Acme  48000.00 EUR  Prospecting (open)\n"
    assert run("qualify", "D-1", "--need", "one place", "--budget", "50000 EUR").exit_code == 0
    assert run("advance", "D-1").stdout.endswith("Preparation (open)\n")


def test_a_refused_move_lists_what_is_missing_and_changes_nothing(run: Run) -> None:
    run("open", "D-1", "Order desk")
    refused = run("advance", "D-1")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.splitlines()[:3] == [
        "not yet: Prospecting -> Preparation",
        "  [ ] the buyer has a need or a want that we can meet",
        "      Ask what they need, and record it in the qualification.",
    ]
    assert refused.stderr.count("[ ]") == 2
    assert "Prospecting" in run("show", "D-1").stdout


def test_a_deal_is_lost_for_a_reason_that_the_process_knows(run: Run) -> None:
    run("open", "D-1", "Order desk")
    unknown = run("lose", "D-1", "--reason", "prize")
    assert (unknown.exit_code, "did you mean 'price'?" in unknown.stderr) == (2, True)
    assert run("lose", "D-1", "--reason", "price").stdout.endswith("Lost (lost)\n")
    closed = run("qualify", "D-1", "--need", "one place")
    assert (closed.exit_code, "reopen it first" in closed.stderr) == (1, True)


def test_a_deal_is_shown_with_who_did_what(run: Run) -> None:
    run("open", "D-1", "Order desk")
    run("lose", "D-1", "--reason", "price", "--by", "dan")
    lines = run("show", "D-1").stdout.splitlines()
    assert [line.split("  ")[-1] for line in lines[1:]] == ["DealOpened by noa", "DealLost by dan"]


def test_what_to_do_next_is_said_with_the_moves_there_are(run: Run) -> None:
    run("open", "D-1", "Order desk")
    told = run("next", "D-1").stdout
    assert told.startswith("- Ask what they need")
    assert "advance -> preparation: not yet\nlose -> lost: possible\n" in told


def test_the_board_shows_every_stage_and_what_is_in_it(run: Run) -> None:
    for number in range(3):
        run("open", f"D-{number}", f"Desk {number}", "--amount", "100 EUR")
    told = run("board").stdout
    assert next(line for line in told.splitlines() if line.startswith("Prospecting")).split()[1:3] == ["3", "300"]
    assert all(f"Desk {number}" in told for number in range(3))


@pytest.mark.parametrize(
    "words",
    [
        ("show", "D-9"),
        ("advance", "D-9"),
        ("open", "D-1"),
        ("open", "D-1", "x", "--amount", "48000"),
        ("open", "D-1", "x", "--amount", "many EUR"),
        ("open", "D-1", "two\nlines"),
        ("board", "--zone", "Nowhere/At_all"),
        ("sell",),
    ],
)
def test_what_is_asked_for_wrongly_exits_with_2(run: Run, words: tuple[str, ...]) -> None:
    wrong = run(*words)
    assert (wrong.exit_code, bool(wrong.stderr)) == (2, True)
    assert "Traceback" not in wrong.stderr


def test_an_id_that_is_taken_and_a_file_that_cannot_be_opened_exit_with_4(run: Run, tmp_path: Path) -> None:
    run("open", "D-1", "Order desk")
    assert run("open", "D-1", "Another").exit_code == 4
    assert run("show", "D-1", "--file", str(tmp_path / "no such folder" / "deals.db")).exit_code == 4


@pytest.mark.parametrize(
    ("error", "code"), [(StaleVersion("Deal", "D-1", expected=1, found=2), 3), (StorageError("the disk is full"), 4)]
)
def test_a_commit_that_fails_says_how(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: StorageError, code: int
) -> None:
    def fail(*_given: object) -> None:
        raise error

    run("open", "D-1", "Order desk")
    monkeypatch.setattr(SQLiteStorage, "commit", fail)
    failed = run("lose", "D-1", "--reason", "price")
    assert (failed.exit_code, failed.stdout, failed.stderr) == (code, "", f"{error}\n")


def test_it_runs_as_a_program_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "deals.db"

    def program(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", command_line.__file__, *words, "--file", str(file), "--by", "noa"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert program("open", "D-1", "Order desk").returncode == 0
    refused = program("advance", "D-1")
    assert (refused.returncode, refused.stdout, refused.stderr.count("[ ]")) == (1, "", 2)
    storage = SQLiteStorage(file)
    assert storage.get(Deal, "D-1").stage == "prospecting"
    storage.close()
