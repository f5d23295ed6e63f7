"""A function is watched while it runs: what it reaches for, and what it leaves behind."""

from __future__ import annotations

import cProfile
import gc
import sys
import time
from collections import Counter, deque
from datetime import UTC, datetime
from typing import Any

import pytest

from salesflow.testing.watching import constants_of, surroundings, watched

_seen: list[int] = []
_counted = Counter[str]()


def test_what_it_returns_and_raises_is_kept() -> None:
    assert watched(lambda: 5).value == 5
    failed = watched(lambda: 1 / 0)
    assert failed.value is None
    assert isinstance(failed.error, ZeroDivisionError)


def test_what_stays_inside_reaches_for_nothing() -> None:
    assert watched(lambda: sorted(str(datetime(2026, 1, 1, tzinfo=UTC)))).reached == ()


def test_a_clock_behind_other_functions_is_seen() -> None:
    def behind() -> float:
        return time.time()

    assert watched(lambda: behind() + behind()).reached == ("time.time",)


def test_an_import_that_waited_is_no_reaching_out() -> None:
    def late() -> object:
        import this_module_is_not_there  # type: ignore[import-not-found]

        return this_module_is_not_there

    assert watched(late).reached == ()


def test_a_collection_of_garbage_in_between_is_not_taken_for_it() -> None:
    def callback(phase: str, info: Any) -> None:
        time.perf_counter()

    gc.callbacks.append(callback)
    threshold = gc.get_threshold()
    gc.set_threshold(1)
    try:
        assert watched(lambda: [[] for _ in range(1000)]).reached == ()
        assert gc.isenabled()
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(callback)


def test_the_profiler_that_was_there_is_there_again() -> None:
    def other(*_: Any) -> None:
        return None

    before = sys.getprofile()
    sys.setprofile(other)
    try:
        watched(time.time)
        assert sys.getprofile() is other
    finally:
        sys.setprofile(before)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="from 3.12 on cProfile leaves the profiling hook to others")
def test_a_profiler_that_could_not_be_put_back_is_left_alone() -> None:
    profile = cProfile.Profile()
    profile.enable()
    try:
        assert watched(time.time).reached == ()
    finally:
        profile.disable()


class Keeper:
    kept: list[int] = []  # noqa: RUF012  # the mistake
    waiting: deque[int] = deque()  # noqa: RUF012  # the mistake

    def keep(self) -> None:
        Keeper.kept.append(1)
        self.last = 1

    def put(self) -> None:
        self.waiting.append(1)


def leave_in_a_list() -> None:
    _seen.append(1)


def leave_in_a_counter() -> None:
    _counted["calls"] += 1


@pytest.mark.parametrize("leave", [leave_in_a_list, leave_in_a_counter, Keeper().keep, Keeper().put])
def test_what_it_leaves_behind_is_seen(leave: Any) -> None:
    before = surroundings(leave)
    assert surroundings(leave) == before
    leave()
    assert surroundings(leave) != before


def test_of_what_is_no_function_nothing_is_said() -> None:
    assert surroundings(len) == {}
    assert constants_of(len) == ()


def test_the_constants_in_its_code_are_found() -> None:
    found = constants_of(lambda deal: deal.source in ("fair", "referral") and deal.seats > 40)
    assert {"fair", "referral", 40} <= set(found)
