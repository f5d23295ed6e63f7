"""Assertions about sales, with a difference that can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Never, TypeVar

import attrs

from salesflow.deal.deal import Deal
from salesflow.event import Event
from salesflow.process.move import Move
from salesflow.process.position import Position
from salesflow.process.requirement import Unmet
from salesflow.sale import Sale
from salesflow.work import Work
from salesflow.worked import Worked

W = TypeVar("W", bound=Worked)

Expected = type[Event[Never]] | Event[Never]
"""What is expected of an event: its class, or the event itself, apart from its moment and actor."""

__all__ = ["Expected", "assert_blocked", "assert_events", "assert_free", "assert_moves_to"]


def assert_blocked(
    work: Work[W], /, *, by: str, move: Move[W] | str | None = None, missing: str | None = None
) -> Unmet:
    """A requirement stands in the way.

    Args:
        work: a sale, or the work on a lead.
        by: the name of the requirement.
        move: of which move; of the one that leads on where it is not given.
        missing: what it says that is missing, or a part of it.

    Returns:
        What is unmet, to look further.

    Raises:
        AssertionError: it does not stand in the way; the message says what does.
    """
    unmet = work.blockers(move)
    for one in unmet:
        if one.requirement == by:
            if missing is not None and not any(missing in text for text in one.missing):
                raise AssertionError(f"{by} is unmet, but misses {list(one.missing)} and not {missing!r}")
            return one
    found = ", ".join(one.requirement for one in unmet) or "nothing"
    raise AssertionError(f"not blocked by {by!r}; in the way stands {found} ({_where(work)})")


def assert_free(work: Work[W], /, *, move: Move[W] | str | None = None) -> None:
    """Nothing stands in the way.

    Args:
        work: a sale, or the work on a lead.
        move: of which move; of the one that leads on where it is not given.

    Raises:
        AssertionError: something does; the message says what.
    """
    unmet = work.blockers(move)
    if unmet:
        told = "; ".join(f"{one.requirement}: {one}" for one in unmet)
        raise AssertionError(f"blocked by {told} ({_where(work)})")


def assert_moves_to(sale: Sale[Deal], stage: str | Position[Never], /) -> None:
    """Advancing the deal leads to this stage. It is tried, and the sale stays as it was.

    Raises:
        AssertionError: it leads elsewhere, or is refused; the message says why.
    """
    key = stage if isinstance(stage, str) else stage.key
    tried = sale.dry_run(lambda trial: trial.advance())
    if tried.refusal is not None:
        raise AssertionError(f"it does not move to {key}: {tried.refusal}") from tried.refusal
    if tried.after.stage != key:
        raise AssertionError(f"it moves to {tried.after.stage}, not to {key}")


def assert_events(work: Work[Worked], /, *expected: Expected) -> None:
    """Exactly these events were recorded, in this order.

    Args:
        work: a sale, or the work on a lead.
        *expected: classes of events, or events; of an event everything but its moment and actor is compared.

    Raises:
        AssertionError: others were; the message sets both side by side.
    """
    lines = list(_compared(work.events, expected))
    if any(not line.startswith("  ") for line in lines):
        raise AssertionError("other events were recorded (- expected, + recorded):\n" + "\n".join(lines))


def _compared(recorded: Sequence[Event[Never]], expected: Sequence[Expected]) -> Iterator[str]:
    for found, wanted in zip_longest(recorded, expected):
        if found is not None and wanted is not None and _fits(found, wanted):
            yield f"  {_shown(found)}"
            continue
        if wanted is not None:
            yield f"- {_shown(wanted)}"
        if found is not None:
            yield f"+ {_shown(found)}"


def _fits(found: Event[Never], wanted: Expected) -> bool:
    if isinstance(wanted, type):
        return isinstance(found, wanted)
    return type(found) is type(wanted) and attrs.evolve(found, at=wanted.at, by=wanted.by) == wanted


def _shown(one: Expected) -> str:
    if isinstance(one, type):
        return one.__name__
    told = [
        f"{field.name}={getattr(one, field.name)!r}"
        for field in attrs.fields(type(one))
        if field.name not in ("at", "by") and getattr(one, field.name) != field.default
    ]
    return f"{type(one).__name__}({', '.join(told)})"


def _where(work: Work[W]) -> str:
    return f"{type(work._entity).root().__name__.lower()} {work._entity.id} in {work._entity.stage}"
