"""The contract without a test runner: what a storage keeps and what not, as values or as Markdown."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Container, Iterator
from enum import StrEnum
from typing import Generic, TypeVar, cast

import attrs

from salesflow.errors import InvalidValue
from salesflow.storage.protocols import AsyncStorage, Storage
from salesflow.testing.storage_contract.ability import Ability, reason_to_skip
from salesflow.testing.storage_contract.awaiting import Canceling, LoopThread, as_sync, is_async
from salesflow.testing.storage_contract.promises import CHAPTERS

S = TypeVar("S", bound="Storage | AsyncStorage")

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


def results(
    make_storage: Callable[[], S],
    *,
    abilities: Collection[Ability] = (),
    reopen: Callable[[S], S] | None = None,
    arm_fault: Callable[[S, int], Callable[[], bool]] | None = None,
    close: Callable[[S], object] | None = None,
    only: Container[str] | None = None,
) -> tuple[Result, ...]:
    """Run the contract and tell what became of each promise.

    Args:
        make_storage: makes a new, empty storage for each test; it may be synchronous or asynchronous.
        abilities: what it can do besides; the tests of other abilities are skipped.
        reopen: opens the store of a storage once more, for ``Ability.REOPEN``.
        arm_fault: arms a fault in the n-th call that a storage makes, for ``Ability.FAULTS``.
        close: closes a storage after its test.
        only: the names of the tests to run; all of them where it is not given.

    Raises:
        InvalidValue: an ability needs a hook that is not given.
    """
    for ability, hook in ((Ability.REOPEN, reopen), (Ability.FAULTS, arm_fault)):
        if ability in abilities and hook is None:
            raise InvalidValue(
                "an ability whose tests need a hook comes with it",
                field="abilities",
                value=ability.value,
                way_out="give the hook, or leave the ability out",
            )
    hooks = _Hooks(make=make_storage, reopen=reopen, arm_fault=arm_fault, close=close)
    return tuple(_results(hooks, abilities, only))


def report(
    make_storage: Callable[[], S],
    *,
    abilities: Collection[Ability] = (),
    reopen: Callable[[S], S] | None = None,
    arm_fault: Callable[[S, int], Callable[[], bool]] | None = None,
    close: Callable[[S], object] | None = None,
    name: str | None = None,
) -> str:
    """Run the contract and say as Markdown what a storage keeps.

    Args:
        make_storage, abilities, reopen, arm_fault, close: as for ``results``.
        name: what the storage is called; the name of its class where it is not given.

    Example:
        ``print(report(lambda: MemoryStorage(unique=UNIQUE), abilities={Ability.JOURNAL, Ability.UNIQUE_KEYS}))``
    """
    found = results(make_storage, abilities=abilities, reopen=reopen, arm_fault=arm_fault, close=close)
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
    arguments: dict[str, object] = {
        "store": store,
        "awaited": store,
        "opened_again": lambda: as_sync(cast("Callable[[S], S]", hooks.reopen)(storage), loop),
        "arm_fault": lambda number: cast("Callable[[S, int], Callable[[], bool]]", hooks.arm_fault)(storage, number),
    }
    test(**{name: arguments[name] for name in inspect.signature(test).parameters})
