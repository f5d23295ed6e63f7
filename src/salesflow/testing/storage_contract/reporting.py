"""The contract without a test runner: what a storage keeps and what not, as values or as Markdown."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Container, Iterator
from enum import StrEnum
from typing import Generic, TypeVar

import attrs

from salesflow.errors import InvalidValue
from salesflow.storage.protocols import AsyncStorage, Storage
from salesflow.testing.storage_contract.ability import Ability, reason_to_skip
from salesflow.testing.storage_contract.awaiting import Canceling, LoopThread, as_sync, is_async
from salesflow.testing.storage_contract.killing import KILL_POINTS, KillPoint, Opener
from salesflow.testing.storage_contract.promises import CHAPTERS

S = TypeVar("S", bound="Storage | AsyncStorage")
H = TypeVar("H")

__all__ = ["Outcome", "Result", "report", "results"]


class Outcome(StrEnum):
    """How a test ended."""

    KEPT = "kept"
    BROKEN = "broken"
    SKIPPED = "skipped"


@attrs.frozen(kw_only=True)
class Result:
    """What became of one promise.

    Attributes:
        chapter: what it is about, as a sentence.
        test: the name of the test.
        outcome: whether it was kept.
        why: why it was broken or skipped.
    """

    chapter: str
    test: str
    outcome: Outcome
    why: str = ""

    @property
    def promise(self) -> str:
        """The promise as a sentence."""
        return self.test.removeprefix("test_").replace("_", " ")


@attrs.frozen(kw_only=True)
class _Hooks(Generic[S]):
    make: Callable[[], S]
    reopen: Callable[[S], S] | None
    arm_fault: Callable[[S, int], Callable[[], bool]] | None
    close: Callable[[S], object] | None
    stored_bytes: Callable[[S], bytes] | None
    opener: Callable[[S], Opener] | None
    kill_points: Collection[KillPoint]


def results(
    make_storage: Callable[[], S],
    *,
    abilities: Collection[Ability] = (),
    reopen: Callable[[S], S] | None = None,
    arm_fault: Callable[[S, int], Callable[[], bool]] | None = None,
    close: Callable[[S], object] | None = None,
    stored_bytes: Callable[[S], bytes] | None = None,
    opener: Callable[[S], Opener] | None = None,
    kill_points: Collection[KillPoint] = KILL_POINTS,
    only: Container[str] | None = None,
) -> tuple[Result, ...]:
    """Run the contract and tell what became of each promise.

    Args:
        make_storage: makes a new, empty storage for each test; it may be synchronous or asynchronous.
        abilities: what it can do besides; the tests of other abilities are skipped.
        reopen: opens the store of a storage once more, for ``Ability.REOPEN``.
        arm_fault: arms a fault in the n-th call that a storage makes, for ``Ability.FAULTS``.
        close: closes a storage after its test.
        stored_bytes: gives all that a storage has stored, as bytes, for ``Ability.ERASURE``.
        opener: gives what opens the store of a storage in another process, for ``Ability.KILL``; it can be pickled. A
            program that asks for it runs its own lines under ``if __name__ == "__main__":``, for the other process
            loads them again.
        kill_points: the moments at which a process that writes is killed.
        only: the names of the tests to run; all of them where it is not given.

    Raises:
        InvalidValue: an ability needs a hook that is not given.
    """
    given = {
        Ability.REOPEN: reopen,
        Ability.FAULTS: arm_fault,
        Ability.ERASURE: stored_bytes,
        Ability.KILL: opener,
    }
    for ability, hook in given.items():
        if ability in abilities and hook is None:
            raise InvalidValue(
                "an ability whose tests need a hook comes with it",
                field="abilities",
                value=ability.value,
                way_out="give the hook, or leave the ability out",
            )
    hooks = _Hooks(
        make=make_storage,
        reopen=reopen,
        arm_fault=arm_fault,
        close=close,
        stored_bytes=stored_bytes,
        opener=opener,
        kill_points=kill_points,
    )
    return tuple(_results(hooks, abilities, only))


def report(
    make_storage: Callable[[], S],
    *,
    abilities: Collection[Ability] = (),
    reopen: Callable[[S], S] | None = None,
    arm_fault: Callable[[S, int], Callable[[], bool]] | None = None,
    close: Callable[[S], object] | None = None,
    stored_bytes: Callable[[S], bytes] | None = None,
    opener: Callable[[S], Opener] | None = None,
    kill_points: Collection[KillPoint] = KILL_POINTS,
    name: str | None = None,
) -> str:
    """Run the contract and say as Markdown what a storage keeps.

    Args:
        make_storage, abilities, reopen, arm_fault, close, stored_bytes, opener, kill_points: as for ``results``.
        name: what the storage is called; the name of its class where it is not given.

    Example:
        ``print(report(lambda: MemoryStorage(unique=UNIQUE), abilities={Ability.JOURNAL, Ability.UNIQUE_KEYS}))``
    """
    found = results(
        make_storage,
        abilities=abilities,
        reopen=reopen,
        arm_fault=arm_fault,
        close=close,
        stored_bytes=stored_bytes,
        opener=opener,
        kill_points=kill_points,
    )
    counts = {outcome: sum(one.outcome is outcome for one in found) for outcome in Outcome}
    title = name or str(getattr(make_storage, "__name__", "the storage"))
    asked = len(found) - counts[Outcome.SKIPPED]
    lines = [
        f"# What {_cell(title)} keeps",
        "",
        f"{counts[Outcome.KEPT]} of {asked} promises kept, {counts[Outcome.SKIPPED]} not asked for. "
        f"Abilities: {', '.join(sorted(abilities)) or 'none'}.",
    ]
    for chapter in dict.fromkeys(one.chapter for one in found):
        lines += ["", f"## {chapter}", "", "| promise | |", "| --- | --- |"]
        lines += [f"| {one.promise} | {_cell(_verdict(one))} |" for one in found if one.chapter == chapter]
    return "\n".join(lines) + "\n"


def _verdict(result: Result) -> str:
    return f"{result.outcome}: {result.why}" if result.why else result.outcome


def _cell(text: str) -> str:
    """Text for one cell of a table: on one line, and no longer than is bearable."""
    flat = " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return flat if len(flat) <= 300 else f"{flat[:297]}..."


def _results(hooks: _Hooks[S], abilities: Collection[Ability], only: Container[str] | None) -> Iterator[Result]:
    for chapter in (*CHAPTERS, Canceling):
        title = (inspect.getdoc(chapter) or chapter.__name__).splitlines()[0].rstrip(".")
        for test, method in vars(chapter).items():
            if test.startswith("test_") and (only is None or test in only):
                reason = reason_to_skip(method, abilities)
                if reason is None:
                    outcome, why = _tried(hooks, chapter(), test)
                else:
                    outcome, why = Outcome.SKIPPED, reason
                yield Result(chapter=title, test=test, outcome=outcome, why=why)


def _tried(hooks: _Hooks[S], chapter: object, test: str) -> tuple[Outcome, str]:
    """Run one test on a new storage."""
    loop = LoopThread()
    try:
        storage = hooks.make()
        try:
            if isinstance(chapter, Canceling) and not is_async(storage):
                return Outcome.SKIPPED, "the storage is not asynchronous"
            _run(hooks, storage, loop, getattr(chapter, test))
        finally:
            if hooks.close is not None:
                closing = hooks.close(storage)
                if inspect.iscoroutine(closing):
                    loop.run(closing)
    except AssertionError as broken:
        return Outcome.BROKEN, str(broken)
    except Exception as error:
        return Outcome.BROKEN, f"{type(error).__name__}: {error}"
    finally:
        loop.close()
    return Outcome.KEPT, ""


def _run(hooks: _Hooks[S], storage: S, loop: LoopThread, test: Callable[..., None]) -> None:
    store = as_sync(storage, loop)
    arguments: dict[str, Callable[[], object]] = {
        "store": lambda: store,
        "awaited": lambda: store,
        "opened_again": lambda: lambda: as_sync(_hook(hooks.reopen)(storage), loop),
        "arm_fault": lambda: lambda number: _hook(hooks.arm_fault)(storage, number),
        "stored_bytes": lambda: lambda: _hook(hooks.stored_bytes)(storage),
        "opener": lambda: _hook(hooks.opener)(storage),
        "kill_points": lambda: hooks.kill_points,
    }
    test(**{name: arguments[name]() for name in inspect.signature(test).parameters})


def _hook(hook: H | None) -> H:
    """A hook that was asked for before anything ran."""
    assert hook is not None
    return hook
