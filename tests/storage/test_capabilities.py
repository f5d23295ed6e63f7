"""The page of what each storage keeps names every promise and every storage that there is."""

from __future__ import annotations

import pytest
from storage.capabilities import PAGE, SEEN, STORAGES, declared, page

from salesflow.testing.storage_contract import Outcome


def without_versions(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith(SEEN)]


def test_the_page_says_of_each_storage_that_it_keeps_what_it_declares() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert without_versions(written) == without_versions(page(declared(), "these versions")), (
        "run: python tests/storage/capabilities.py"
    )


def test_a_broken_promise_stands_on_the_page() -> None:
    found = declared()
    place = next(place for place, outcome in found.items() if outcome is Outcome.KEPT)
    assert "**broken**" in page({**found, place: Outcome.BROKEN}, "")


@pytest.mark.parametrize("storage", STORAGES, ids=lambda storage: storage.title)
def test_a_storage_keeps_more_than_half_of_all_promises(storage: object) -> None:
    found = [outcome for (title, _), outcome in declared().items() if title == getattr(storage, "title")]  # noqa: B009
    assert found.count(Outcome.KEPT) > len(found) / 2
