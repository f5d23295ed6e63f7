"""A process that is killed: storages that are halfway at some moment, and a small one in a file that never is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import pytest
from storage.contract_catches.durable import (
    AnswersBeforeItWrote,
    AsyncDurable,
    Autocommitting,
    Durable,
    KeyWrittenFirst,
    KeyWrittenLater,
    LinksWrittenLater,
    PositionDrawnFirst,
    open_async,
)
from storage.contract_catches.small import named

from salesflow.testing.storage_contract import (
    Ability,
    KillPoint,
    Outcome,
    StorageContract,
    report,
    results,
    seeded_points,
)
from salesflow.testing.storage_contract.killing import Killing

WHOLE = "test_a_process_that_is_killed_leaves_every_set_whole_or_not_at_all"
ONCE = "test_after_a_kill_every_set_is_repeated_and_lands_once"
GAPLESS = "test_after_a_kill_the_journal_has_no_gap_and_goes_on"
CHAINED = "test_after_a_kill_the_audit_chain_is_whole"
ABILITIES = frozenset({Ability.JOURNAL, Ability.OWN_KINDS, Ability.KILL, Ability.ERASURE, Ability.AUDIT})
SOON = (KillPoint(sets=1, seconds=0.01), KillPoint(sets=2, seconds=0.02))
"""While the next set is on its way: a defective storage waits in the middle of it for longer than that."""

DEFECTS: list[tuple[type[Durable], str]] = [
    (Autocommitting, WHOLE),
    (Autocommitting, ONCE),
    (AnswersBeforeItWrote, WHOLE),
    (KeyWrittenLater, ONCE),
    (KeyWrittenFirst, ONCE),
    (PositionDrawnFirst, GAPLESS),
    (LinksWrittenLater, CHAINED),
]


class TestDurableStorage(StorageContract):
    abilities: ClassVar = ABILITIES

    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[Durable]:
        durable = Durable(tmp_path / "deals.db")
        yield durable
        durable.close()

    @pytest.fixture
    def stored_bytes(self, storage: Durable) -> Callable[[], bytes]:
        return storage.stored_bytes

    @pytest.fixture
    def opener(self, storage: Durable) -> Callable[[], object]:
        return storage.opener()


def test_an_asynchronous_storage_is_opened_on_a_loop_in_the_process_that_is_killed(tmp_path: Path) -> None:
    numbers = count()
    found = results(
        lambda: AsyncDurable(Durable(tmp_path / f"{next(numbers)}.db")),
        abilities={Ability.KILL, Ability.AUDIT, Ability.JOURNAL},
        opener=lambda one: partial(open_async, one.durable.path),
        close=lambda one: one.durable.close(),
        kill_points=SOON[:1],
        only={WHOLE, ONCE, GAPLESS, CHAINED},
    )
    assert [one.outcome for one in found] == [Outcome.KEPT] * 4


@pytest.mark.parametrize(("storage", "promise"), DEFECTS, ids=named)
def test_a_defect_is_caught(storage: type[Durable], promise: str, tmp_path: Path) -> None:
    numbers = count()
    (found,) = results(
        lambda: storage(tmp_path / f"{next(numbers)}.db"),
        abilities=ABILITIES,
        stored_bytes=lambda one: one.stored_bytes(),
        opener=lambda one: one.opener(),
        close=lambda one: one.close(),
        kill_points=SOON,
        only={promise},
    )
    assert found.outcome is Outcome.BROKEN
    assert not found.why.startswith(("TypeError", "NameError", "KeyError", "OperationalError")), "the seed is broken"


def test_a_process_that_cannot_open_the_store_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (found,) = results(
        lambda: Durable(tmp_path / "deals.db"),
        abilities={Ability.KILL},
        opener=lambda one: partial(Durable, tmp_path / "no such folder" / "deals.db"),
        close=lambda one: one.close(),
        only={WHOLE},
    )
    assert found.why == "a process that opened the store commits what it is given; found 0"
    assert "unable to open database file" in capfd.readouterr().err


def test_every_promise_about_kills_has_a_defect_that_breaks_it() -> None:
    assert {promise for _, promise in DEFECTS} == {name for name in vars(Killing) if name.startswith("test_")}


# The moments ----------------------------------------------------------------------------------------------------------


def test_the_moments_are_the_same_for_the_same_seed() -> None:
    assert seeded_points(seed=7, count=50) == seeded_points(seed=7, count=50)
    assert seeded_points(seed=7, count=50)[:20] == seeded_points(seed=7, count=20)
    assert seeded_points(seed=7, count=50) != seeded_points(seed=8, count=50)


def test_the_moments_are_spread_within_their_limits() -> None:
    points = seeded_points(seed=7, count=500, sets=4, seconds=0.5)
    assert {point.sets for point in points} == {0, 1, 2, 3, 4}
    assert all(0 <= point.seconds < 0.5 for point in points)
    assert max(point.seconds for point in points) > 0.45
    assert min(point.seconds for point in points) < 0.05


def test_a_report_says_what_a_storage_keeps_when_it_is_killed(tmp_path: Path) -> None:
    def make() -> Any:
        return Durable(tmp_path / f"{len(list(tmp_path.iterdir()))}.db")

    text = report(
        make,
        name="Durable",
        abilities={Ability.KILL, Ability.ERASURE, Ability.AUDIT, Ability.JOURNAL},
        stored_bytes=lambda one: one.stored_bytes(),
        opener=lambda one: one.opener(),
        close=lambda one: one.close(),
        kill_points=SOON[:1],
    )
    assert "Abilities: audit, erasure, journal, kill." in text
    assert "## A process is killed while it writes" in text
    assert "| after a kill every set is repeated and lands once | kept |" in text
    assert "## The audit chain" in text
    assert "| nothing of who was erased is found in the bytes of the store | kept |" in text
    assert "broken" not in text
