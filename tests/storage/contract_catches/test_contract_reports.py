"""The contract without pytest: results as values, and a report in Markdown."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from storage.contract_catches.small import AsyncSmall, Small, ran
from storage.contract_catches.test_finding_catches import OffsetPages

from salesflow import InvalidValue
from salesflow.changes import ChangeSet
from salesflow.storage import Page, Query, Receipt
from salesflow.testing import storage_contract
from salesflow.testing.storage_contract import (
    Ability,
    Outcome,
    ability,
    report,
    results,
)

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(storage_contract.__file__).parents[3])}


def test_an_asynchronous_storage_is_found_to_be_one_without_being_told() -> None:
    found = ran(AsyncSmall, abilities={Ability.UNIQUE_KEYS})
    assert found["test_a_canceled_commit_has_written_all_or_nothing"].outcome is Outcome.KEPT
    assert Outcome.BROKEN not in {one.outcome for one in found.values()}


def test_the_tenants_of_an_asynchronous_storage_may_be_awaited_too() -> None:
    class Awaiting(AsyncSmall):
        async def for_tenant(self, tenant: str, /) -> AsyncSmall:  # type: ignore[override]
            return AsyncSmall(self.small.for_tenant(tenant))

    test = "test_a_tenant_does_not_get_what_another_wrote"
    assert ran(Awaiting, only={test})[test].outcome is Outcome.KEPT


def test_what_needs_an_asynchronous_storage_is_skipped_for_others() -> None:
    test = "test_a_canceled_commit_has_written_all_or_nothing"
    skipped = ran(Small, only={test})[test]
    assert (skipped.outcome, skipped.why) == (Outcome.SKIPPED, "the storage is not asynchronous")


def test_a_hook_is_asked_for_before_anything_is_run() -> None:
    with pytest.raises(InvalidValue, match="reopen"):
        results(Small, abilities={Ability.REOPEN})


def test_each_storage_is_closed_after_its_test() -> None:
    closed: list[Small] = []
    results(Small, close=closed.append, only={"test_a_cent_is_kept", "test_a_microsecond_is_kept"})
    assert len(set(closed)) == 2


def test_an_asynchronous_storage_is_closed_on_its_loop() -> None:
    closed: list[AsyncSmall] = []

    async def close(storage: AsyncSmall) -> None:
        await asyncio.sleep(0)
        closed.append(storage)

    results(AsyncSmall, close=close, only={"test_a_cent_is_kept"})
    assert len(closed) == 1


def test_an_unexpected_error_breaks_a_promise_and_is_named() -> None:
    class Failing(Small):
        def commit(self, changes: ChangeSet, /) -> Receipt:
            raise OSError("no space left")

    broken = ran(Failing, only={"test_a_cent_is_kept"})["test_a_cent_is_kept"]
    assert broken.why == "OSError: no space left"


def test_an_error_of_another_kind_is_no_refusal() -> None:
    class Failing(Small):
        def get(self, kind: type[Any], id: str, /) -> Any:
            raise OSError("no space left")

    test = "test_what_was_never_stored_is_not_found"
    assert ran(Failing, only={test})[test].why == "a storage refuses this with NotFound; it raised OSError"


def test_a_promise_reads_as_a_sentence() -> None:
    (one,) = results(Small, only={"test_a_cent_is_kept"})
    assert (one.chapter, one.promise) == ("Reading gives back what was written", "a cent is kept")


def test_a_report_says_in_markdown_what_was_kept_broken_and_not_asked_for() -> None:
    def make() -> Small:
        return OffsetPages()

    text = report(make, name="My|Storage", abilities={Ability.UNIQUE_KEYS})
    assert text.startswith("# What My\\|Storage keeps\n\n")
    assert "promises kept" in text
    assert "Abilities: unique keys." in text
    assert "| a cent is kept | kept |" in text
    assert "| pages pass over nothing when others come in before them | broken: nothing comes twice" in text
    assert "| a new journal is empty | skipped: the storage does not declare the ability journal |" in text


def test_a_report_names_the_storage_by_its_class_and_never_breaks_its_own_table() -> None:
    class Chatty(Small):
        def find(self, query: Query[Any], /) -> Page[Any]:
            raise OSError("a | b\n<c>" + "x" * 500)

    text = report(Chatty)
    assert text.startswith("# What Chatty keeps")
    assert "Abilities: none." in text
    assert "| OSError: a \\| b &lt;c>x" in text.replace("broken: ", "")
    assert max(map(len, text.splitlines())) < 450


def test_without_hypothesis_the_long_lives_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ability, "find_spec", lambda name: None)
    test = "test_a_long_random_life_goes_as_it_goes_in_memory"
    assert ran(Small, only={test})[test].why == "hypothesis is not installed"


def test_the_contract_loads_without_pytest_and_hypothesis() -> None:
    code = (
        "import sys; sys.modules['pytest'] = sys.modules['hypothesis'] = None\n"
        "from salesflow import MemoryStorage\n"
        "from salesflow.testing.storage_contract import report\n"
        "print(report(MemoryStorage))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=ENVIRONMENT)
    assert "hypothesis is not installed" in found.stdout
    assert "broken" not in found.stdout
