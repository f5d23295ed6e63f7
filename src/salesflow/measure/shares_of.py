"""Shares: what part of deals has something, and how a number of deals divides over the values of something."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

import attrs

from salesflow.measure.grouping import in_order
from salesflow.measure.metric import DealMetric, DealTally, Noted
from salesflow.measure.result import Definition, Group, Groups, LeftOut, Result, quotient
from salesflow.measure.rows import DealRow

R_co = TypeVar("R_co", covariant=True)

__all__ = ["PartMetric", "PartTally", "divided", "merged", "share"]


def share(
    part: Noted,
    whole: Noted,
    definition: Definition,
    *,
    nothing: str,
    left_out: tuple[LeftOut, ...] = (),
) -> Result[Decimal]:
    """What part of a number of deals another number is.

    Args:
        part: the numerator.
        whole: the denominator.
        definition: of the result.
        nothing: why there is no value, where there is nothing to divide by.
        left_out: what was left out.
    """
    return Result(
        definition=definition,
        value=quotient(part.count, whole.count) if whole.count else None,
        undefined=None if whole.count else nothing,
        numerator=part.count,
        denominator=whole.count,
        count=whole.count,
        left_out=left_out,
        ids=whole.sorted_ids,
        numerator_ids=part.sorted_ids,
    )


def divided(
    parts: Mapping[Hashable, Noted],
    definition: Definition,
    *,
    by: str,
    nothing: str,
    left_out: tuple[LeftOut, ...] = (),
) -> Groups[Result[Decimal]]:
    """How a number of deals divides over the values of something; the whole is 1, or undefined.

    Args:
        parts: the deals of each value.
        definition: of each share.
        by: what it divides over, by name.
        nothing: why there is no value, where there is nothing to divide.
        left_out: what was left out.
    """
    whole = merged(parts.values())
    return Groups(
        by=(by,),
        groups=tuple(
            Group(key=key, result=share(parts[key], whole, definition, nothing=nothing, left_out=left_out))
            for key in sorted(parts, key=in_order)
        ),
        whole=share(whole, whole, definition, nothing=nothing, left_out=left_out),
    )


def merged(notes: Iterable[Noted]) -> Noted:
    """All notes as one."""
    whole = Noted()
    for noted in notes:
        if noted.ids is not None and whole.ids is None:
            whole.ids = []
        whole.merge(noted)
    return whole


@attrs.frozen(kw_only=True)
class PartMetric(DealMetric[R_co]):
    """A metric of what part of the deals something holds for."""

    def is_about_open(self) -> bool:
        """Whether only open deals are asked; of everything that is here, it is so."""
        return True

    def judged(self, row: DealRow) -> bool | str | None:
        """Whether it holds for a deal; text is why that cannot be said; ``None`` is a deal that is not asked."""
        raise NotImplementedError


class PartTally(DealTally[R_co]):
    """Counts the deals for which something holds, and those that were asked."""

    __slots__ = ("asked", "found", "judge")

    def __init__(self, metric: PartMetric[R_co]) -> None:
        super().__init__(metric)
        self.judge: Callable[[DealRow], bool | str | None] = metric.judged
        self.asked: Noted = metric.noted()
        self.found: Noted = metric.noted()

    def count(self, rows: Sequence[DealRow]) -> None:
        judge = self.judge
        asked, found = [], []
        for row in rows:
            verdict = judge(row)
            if verdict is None:
                continue
            if isinstance(verdict, str):
                self.leave_out(verdict, row)
                continue
            asked.append(row)
            if verdict:
                found.append(row)
        self.asked.add_all(asked)
        self.found.add_all(found)

    def merge_counts(self, other: DealTally[object]) -> None:
        assert isinstance(other, PartTally)
        self.asked.merge(other.asked)
        self.found.merge(other.found)
