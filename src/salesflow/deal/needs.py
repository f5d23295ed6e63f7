"""Needs and wants: what the customer is after, found out when we first meet.

A need is what they cannot do without, a want is what they would like to have. The presentation later shows,
one by one, how each of them is met; so each is recorded on its own, with who said it and how much it matters.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from salesflow.deal.children import as_it_is, chosen, find, is_a, is_told, next_id, nothing_given, replaced
from salesflow.deal.desk import D, Desk
from salesflow.errors import NotNow
from salesflow.event import Event
from salesflow.values.personal import personal
from salesflow.values.text import is_line, is_optional_line

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal

__all__ = [
    "Importance",
    "Need",
    "NeedDropped",
    "NeedKind",
    "NeedRecorded",
    "NeedRevised",
    "NeedsDesk",
    "current_needs",
]


class NeedKind(StrEnum):
    """Whether they must have it or would like to have it."""

    NEED = "need"
    WANT = "want"


class Importance(StrEnum):
    """How much it matters to the customer."""

    MUST = "must"
    SHOULD = "should"
    NICE = "nice"


@attrs.frozen(kw_only=True)
class Need:
    """Something that the customer needs or wants.

    Attributes:
        id: its number within the deal, from 1.
        text: what it is; up to 2,000 characters.
        kind: a need or a want.
        importance: how much it matters.
        stated_by: who said it: the id of a contact, where known.
        recorded_at: when it was recorded.
        recorded_by: who recorded it.
        dropped_at: when it turned out to be none, or no longer one.
        drop_reason: why.
    """

    id: int
    text: str
    kind: NeedKind = NeedKind.NEED
    importance: Importance = Importance.SHOULD
    stated_by: str | None = attrs.field(default=None, metadata=personal())
    recorded_at: datetime
    recorded_by: str
    dropped_at: datetime | None = None
    drop_reason: str | None = None

    @property
    def is_current(self) -> bool:
        """Whether it was not dropped."""
        return self.dropped_at is None


def current_needs(needs: Iterable[Need]) -> tuple[Need, ...]:
    """Those of the needs that were not dropped.

    Example:
        ``current_needs(deal.needs)``
    """
    return tuple(need for need in needs if need.is_current)


@attrs.frozen(kw_only=True)
class NeedRecorded(Event["Deal"]):
    """The customer told what they need or want."""

    need_id: int
    text: str = attrs.field(validator=is_told(limit=2000))
    kind: NeedKind = attrs.field(default=NeedKind.NEED, validator=is_a(NeedKind))
    importance: Importance = attrs.field(default=Importance.SHOULD, validator=is_a(Importance))
    stated_by: str | None = attrs.field(default=None, validator=is_optional_line(personal=True), metadata=personal())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more need."""
        need = Need(
            id=self.need_id,
            text=self.text,
            kind=self.kind,
            importance=self.importance,
            stated_by=self.stated_by,
            recorded_at=self.at,
            recorded_by=self.by,
        )
        return deal.changed_by(self, needs=(*deal.needs, need))


@attrs.frozen(kw_only=True)
class NeedRevised(Event["Deal"]):
    """A need is understood better now; this is what it is."""

    need_id: int
    text: str = attrs.field(validator=is_told(limit=2000))
    kind: NeedKind = attrs.field(validator=is_a(NeedKind))
    importance: Importance = attrs.field(validator=is_a(Importance))
    stated_by: str | None = attrs.field(default=None, validator=is_optional_line(personal=True), metadata=personal())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this need as it is understood now."""
        revised = attrs.evolve(
            find(deal.needs, self.need_id, kind="need"),
            text=self.text,
            kind=self.kind,
            importance=self.importance,
            stated_by=self.stated_by,
        )
        return deal.changed_by(self, needs=replaced(deal.needs, revised))


@attrs.frozen(kw_only=True)
class NeedDropped(Event["Deal"]):
    """A need turned out to be none, or no longer one."""

    need_id: int
    reason: str = attrs.field(validator=is_line(limit=1000))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this need kept, but dropped."""
        need = find(deal.needs, self.need_id, kind="need")
        dropped = attrs.evolve(need, dropped_at=self.at, drop_reason=self.reason)
        return deal.changed_by(self, needs=replaced(deal.needs, dropped))


class NeedsDesk(Desk[D]):
    """Where needs and wants are recorded: ``sale.needs``."""

    __slots__ = ()

    @property
    def current(self) -> tuple[Need, ...]:
        """The needs that were not dropped."""
        return current_needs(self.deal.needs)

    def record(
        self,
        text: str,
        *,
        kind: NeedKind | str = NeedKind.NEED,
        importance: Importance | str = Importance.SHOULD,
        stated_by: str | None = None,
    ) -> Need:
        """Record what the customer needs or wants.

        Args:
            text: what it is; up to 2,000 characters.
            kind: ``need`` or ``want``.
            importance: ``must``, ``should`` or ``nice``.
            stated_by: the id of the contact who said it.

        Returns:
            The need, with its number.

        Raises:
            InvalidValue: the text is blank or too long.
            UnknownName: there is no such kind or importance.
            NotNow: the deal is closed.

        Example:
            ``sale.needs.record("orders from all shops in one list", importance=Importance.MUST)``
        """
        self._check_open("record a need")
        self._record(
            NeedRecorded(
                at=self._sale.at,
                by=self._sale.by,
                need_id=next_id(self.deal.needs),
                text=text,
                kind=chosen(NeedKind, kind, kind="kind of need"),
                importance=chosen(Importance, importance, kind="importance"),
                stated_by=stated_by,
            )
        )
        return self.deal.needs[-1]

    def revise(
        self,
        need: Need | int,
        *,
        text: str | None = None,
        kind: NeedKind | str | None = None,
        importance: Importance | str | None = None,
        stated_by: str | None = None,
    ) -> Need:
        """Record that a need is understood better now. What is not given stays.

        Args:
            need: the need, or its number.
            text: what it is; up to 2,000 characters.
            kind: ``need`` or ``want``.
            importance: ``must``, ``should`` or ``nice``.
            stated_by: the id of the contact who said it.

        Raises:
            InvalidValue: nothing was given, or the text is blank or too long.
            UnknownName: the deal has no such need, or there is no such kind or importance.
            NotNow: the need was dropped, or the deal is closed.
        """
        found = self._current(need, "revise")
        if text is None and kind is None and importance is None and stated_by is None:
            raise nothing_given("need", "text", "kind", "importance", "stated_by")
        self._record(
            NeedRevised(
                at=self._sale.at,
                by=self._sale.by,
                need_id=found.id,
                text=found.text if text is None else text,
                kind=found.kind if kind is None else chosen(NeedKind, kind, kind="kind of need"),
                importance=(
                    found.importance if importance is None else chosen(Importance, importance, kind="importance")
                ),
                stated_by=found.stated_by if stated_by is None else stated_by,
            )
        )
        return as_it_is(self.deal.needs, found)

    def drop(self, need: Need | int, *, reason: str) -> Need:
        """Record that something is no need after all, or no longer one.

        Args:
            need: the need, or its number.
            reason: why; up to 1,000 characters.

        Raises:
            UnknownName: the deal has no such need.
            NotNow: it was dropped before, or the deal is closed.
        """
        found = self._current(need, "drop")
        self._record(NeedDropped(at=self._sale.at, by=self._sale.by, need_id=found.id, reason=reason))
        return as_it_is(self.deal.needs, found)

    def _current(self, need: Need | int, doing: str) -> Need:
        self._check_open(f"{doing} a need")
        found = find(self.deal.needs, need, kind="need")
        if not found.is_current:
            raise NotNow(
                id=self.deal.id,
                tried=f"{doing} need {found.id}",
                because="it was dropped",
                way_out="record it again as a new need",
            )
        return found
