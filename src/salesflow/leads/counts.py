"""How often each value was seen on what was won and on what was lost.

A row counts for one value of one field, and begins at 0.1 when the value is first seen, so that a value which only ever
lost still leaves a chance: one win and two losses read 1.1 and 2.1. A value that was never seen has no row, and reads
0 and 0. That is how Odoo counts, and with it the published figures come out to the digit.

All counts are whole tenths in integers. So they neither drift nor depend on the order in which leads were learned, and
counts of several workers can be joined in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import attrs

from salesflow.errors import InvalidValue
from salesflow.values.decimals import EXACT, HALF_UP, exact_decimal

__all__ = ["LEAST_LEADS_OF_A_TAG", "CountRow", "FieldCounts", "Row", "joined", "pooled", "without_starts"]

Row = tuple[int, int]
"""Won and lost, in tenths."""

LEAST_LEADS_OF_A_TAG = 50
"""A tag on fewer leads than this says nothing yet and is left out (Odoo)."""

_START = 1
_ONE = 10
_NONE: Row = (0, 0)
_TENTH = Decimal("0.1")
_ENOUGH = LEAST_LEADS_OF_A_TAG * _ONE


def _count(value: Decimal | int | str, *, field: str) -> Decimal:
    number = exact_decimal(value, field=field)
    if number < 0 or HALF_UP.remainder(number, _TENTH):
        raise InvalidValue(
            "a count is zero or more, in tenths",
            field=field,
            value=number,
            way_out="give a count as it was stored, such as '2.1'",
        )
    return number


def _won(value: Decimal | int | str) -> Decimal:
    return _count(value, field="won")


def _lost(value: Decimal | int | str) -> Decimal:
    return _count(value, field="lost")


@attrs.frozen(kw_only=True)
class CountRow:
    """How often one value of one field was won and lost by one team: what a host stores of a predictive scoring.

    Attributes:
        team: whose leads they were; ``None`` for leads without a team.
        field: the name of the field; ``"stage"`` for the stage.
        value: the value as text; ``""`` where the field was not set and that counts as a value.
        won: how often it was won, in tenths from 0 up; 0.1 of it is the start.
        lost: how often it was lost.

    Raises:
        WrongType: a count is a ``float`` or no number.
        InvalidValue: a count is negative, not finite, or has more than one place after the point.
    """

    team: str | None = None
    field: str
    value: str
    won: Decimal = attrs.field(converter=_won)
    lost: Decimal = attrs.field(converter=_lost)

    @classmethod
    def of_tenths(cls, team: str | None, field: str, value: str, row: Row) -> CountRow:
        """The row of these tenths."""
        won, lost = (EXACT.scaleb(Decimal(count), -1) for count in row)
        return cls(team=team, field=field, value=value, won=won, lost=lost)

    @property
    def tenths(self) -> Row:
        """Both counts in tenths."""
        return int(self.won.scaleb(1, HALF_UP)), int(self.lost.scaleb(1, HALF_UP))


@attrs.frozen
class FieldCounts:
    """The rows of one field, with their totals; never changed once made.

    Attributes:
        rows: won and lost by value.
        needs_enough: whether a value on fewer than fifty leads is left out, as tags are.
        won: the sum of won over the values that count.
        lost: the same of lost.
    """

    rows: Mapping[str, Row]
    needs_enough: bool
    won: int
    lost: int

    @classmethod
    def of(cls, rows: Mapping[str, Row], *, needs_enough: bool = False) -> FieldCounts:
        """The counts with these rows."""
        counting = [row for row in rows.values() if not needs_enough or sum(row) >= _ENOUGH]
        return cls(rows, needs_enough, sum(won for won, _lost in counting), sum(lost for _won, lost in counting))

    def counts(self, row: Row) -> bool:
        """Whether a row is on enough leads to count."""
        return not self.needs_enough or row[0] + row[1] >= _ENOUGH

    @property
    def totals(self) -> Row:
        """Won and lost over all values that count."""
        return self.won, self.lost

    def learned(self, leads: Mapping[str, Row]) -> FieldCounts:
        """The counts with more leads, given as numbers of leads won and lost by value."""
        return self.with_rows({value: _more(self.rows.get(value, _NONE), more) for value, more in leads.items()})

    def unlearned(self, leads: Mapping[str, Row]) -> FieldCounts | None:
        """The counts with leads taken back, or ``None`` where that would make one negative.

        A value keeps its row: it was seen.
        """
        rows = {value: _less(self.rows.get(value, _NONE), less) for value, less in leads.items()}
        kept = {value: row for value, row in rows.items() if row is not None}
        return self.with_rows(kept) if len(kept) == len(rows) else None

    def with_rows(self, changed: Mapping[str, Row]) -> FieldCounts:
        """The counts with these rows in place of those of the same values.

        The totals follow what changed, so that learning one lead takes no sum over all values.
        """
        won, lost = self.won, self.lost
        for value, row in changed.items():
            before = self.rows.get(value, _NONE)
            if self.counts(before):
                won, lost = won - before[0], lost - before[1]
            if self.counts(row):
                won, lost = won + row[0], lost + row[1]
        return FieldCounts({**self.rows, **changed}, self.needs_enough, won, lost)


def _more(row: Row, leads: Row) -> Row:
    return max(row[0], _START) + _ONE * leads[0], max(row[1], _START) + _ONE * leads[1]


def _less(row: Row, leads: Row) -> Row | None:
    won, lost = row[0] - _ONE * leads[0], row[1] - _ONE * leads[1]
    return None if won < 0 or lost < 0 else (max(won, _START), max(lost, _START))


def joined(counts: Iterable[FieldCounts]) -> FieldCounts:
    """The counts of several workers who each learned a part of the same leads, as if one had learned all.

    A start of 0.1 is kept once. The result does not depend on the order, nor on who is joined first.
    """
    parts = list(counts)
    rows: dict[str, Row] = {}
    for part in parts:
        for value, (won, lost) in part.rows.items():
            had = rows.get(value, _NONE)
            rows[value] = _joined(had[0], won), _joined(had[1], lost)
    return FieldCounts.of(rows, needs_enough=parts[0].needs_enough)


def _joined(one: int, other: int) -> int:
    """A count of 0 has no start; any other has one, which is not counted twice."""
    return one + other - _START if one and other else one + other


def pooled(counts: Iterable[FieldCounts]) -> FieldCounts:
    """What all teams together saw, for leads of no team: rows are added as they stand, each with its start (Odoo).

    A tag that is on too few leads of a team is left out of that team's part.
    """
    rows: dict[str, Row] = {}
    for part in counts:
        for value, row in part.rows.items():
            if part.counts(row):
                had = rows.get(value, _NONE)
                rows[value] = had[0] + row[0], had[1] + row[1]
    return FieldCounts.of(rows)


def without_starts(counts: FieldCounts, added: FieldCounts) -> FieldCounts:
    """The counts of a dissolved team added to those of no team (Odoo).

    Where both have a row, whole leads are added, rounded half up, which drops the starts: 10 and 0.1 are 10. What has
    no row yet is taken over as it is. A row of nothing but its start is void and not carried over.
    """
    rows = dict(counts.rows)
    for value, row in added.rows.items():
        if max(row) > _START:
            had = rows.get(value)
            rows[value] = row if had is None else (_whole(had[0], row[0]), _whole(had[1], row[1]))
    return FieldCounts.of(rows, needs_enough=counts.needs_enough)


def _whole(one: int, other: int) -> int:
    return max(_START, sum(_ONE * ((count + _ONE // 2) // _ONE) for count in (one, other)))
