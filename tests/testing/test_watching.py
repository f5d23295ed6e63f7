"""A function is watched while it runs: what it reaches for, and whether it ends."""

from __future__ import annotations

import cProfile
import gc
import io
import os
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import PurePath
from typing import Any

import pytest

from salesflow.testing.watching import DoesNotEnd, bounded, watched


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


def test_text_in_memory_and_the_names_of_paths_are_inside() -> None:
    def inside() -> object:
        text = io.StringIO()
        text.write("seats")
        return text.getvalue(), PurePath("a") / "b", os.path.join("a", "b")

    assert watched(inside).reached == ()
    assert watched(lambda: PurePath("a").name and os.getcwd()).reached == ("posix.getcwd",)


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


async def later() -> None:
    """What nobody awaits."""


def test_what_a_hook_gives_back_that_somebody_would_have_to_run_is_seen_and_closed() -> None:
    def hook() -> object:
        return later()

    assert watched(hook, hooks=[hook.__code__]).given_back == ("coroutine",)
    assert watched(lambda: hook.__code__, hooks=[hook.__code__]).given_back == ()


def spin() -> None:
    while True:
        pass


def spin_and_hide_it() -> None:
    while True:
        with suppress(Exception):
            spin()


@pytest.mark.parametrize("endless", [spin, spin_and_hide_it, lambda: sum(1 for _ in count())])
def test_what_does_not_end_is_stopped(endless: Any, free_of_tracing: None) -> None:
    assert watched(endless).is_endless
    with pytest.raises(DoesNotEnd):
        bounded(endless)


def test_what_calls_without_end_is_stopped_even_where_somebody_else_traces(free_of_tracing: None) -> None:
    def other(*_: Any) -> None:
        return None

    def calling() -> None:
        while True:
            len("")

    sys.settrace(other)
    try:
        assert watched(calling).is_endless
    finally:
        sys.settrace(None)


def test_what_takes_long_and_ends_is_let_alone() -> None:
    assert watched(lambda: sum(1 for _ in range(20_000))).value == 20_000
    assert bounded(lambda: sum(1 for _ in range(20_000))) == 20_000


def test_a_debugger_that_was_there_is_left_alone(free_of_tracing: None) -> None:
    def other(*_: Any) -> None:
        return None

    sys.settrace(other)
    try:
        assert bounded(sys.gettrace) is other
        assert sys.gettrace() is other
    finally:
        sys.settrace(None)
    assert bounded(lambda: 5) == 5
    assert sys.gettrace() is None
