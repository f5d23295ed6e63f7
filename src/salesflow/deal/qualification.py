"""Qualification: whether the buyer has a need or a want that we can meet, and can afford it.

It is what prospecting is for: it leaves out those with little potential early, before much work went into
them. What is known comes in bit by bit, so each recording adds to the one before. What nobody asked yet is
unknown, which is not no: a budget of 0 is an answer, a budget of ``None`` is a question.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import attrs

from salesflow.deal.children import is_optional_a, listed, nothing_given
from salesflow.deal.desk import D, Desk
from salesflow.errors import NotNow, UnknownName
from salesflow.event import Event
from salesflow.values.money import Money
from salesflow.values.personal import personal
from salesflow.values.text import are_lines, is_optional_line, is_prose

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal

__all__ = ["Qualification", "QualificationDesk", "QualificationRecorded", "QualificationRetracted"]

_RETRACTABLE = ("need", "budget", "can_afford", "reason", "authority", "timeline", "notes", "evidence")


@attrs.frozen(kw_only=True)
class Qualification:
    """What is known about whether this can become a sale at all.

    Attributes:
        need: the need or want that we can meet, in a line of up to 1,000 characters; ``None`` is not known.
        budget: what the buyer can spend; ``None`` is not known, an amount of 0 is a budget of nothing.
        can_afford: whether they can afford it, where the seller found out; it counts before the budget.
        reason: what that answer rests on.
        authority: who decides on the buyer's side.
        timeline: when they want to have it.
        notes: what else there is to say; up to 10,000 characters.
        evidence: where the answers come from, a line each.
        recorded_at: when it was last added to.
        recorded_by: who did.
    """

    need: str | None = None
    budget: Money | None = None
    can_afford: bool | None = None
    reason: str | None = None
    authority: str | None = attrs.field(default=None, metadata=personal())
    timeline: str | None = None
    notes: str = attrs.field(default="", metadata=personal())
    evidence: tuple[str, ...] = ()
    recorded_at: datetime
    recorded_by: str

    @property
    def has_need(self) -> bool:
        """Whether a need or want is known that we can meet."""
        return self.need is not None

    def is_affordable(self, amount: Money | None) -> bool | None:
        """Whether the buyer can afford this amount, or ``None`` where that is not known.

        The seller's own answer (``can_afford``) counts first. Without one, the budget must reach the amount;
        where there is no amount yet, the budget must be more than 0. A budget in another currency says
        nothing, because nothing is converted here.

        Args:
            amount: what the deal would cost, or ``None`` where that is not known yet.
        """
        if self.can_afford is not None:
            return self.can_afford
        if self.budget is None:
            return None
        if amount is None:
            return self.budget.amount > 0
        if self.budget.currency != amount.currency:
            return None
        return self.budget.amount >= amount.amount


@attrs.frozen(kw_only=True)
class QualificationRecorded(Event["Deal"]):
    """Something was found out about the need, the budget, or who decides. ``None`` leaves what was known."""

    need: str | None = attrs.field(default=None, validator=is_optional_line(limit=1000))
    budget: Money | None = attrs.field(
        default=None, validator=is_optional_a(Money, way_out="give Money('50000', 'EUR')")
    )
    can_afford: bool | None = attrs.field(
        default=None, validator=is_optional_a(bool, way_out="give True, False, or None for not known")
    )
    reason: str | None = attrs.field(default=None, validator=is_optional_line(limit=1000))
    authority: str | None = attrs.field(
        default=None, validator=is_optional_line(limit=1000, personal=True), metadata=personal()
    )
    timeline: str | None = attrs.field(default=None, validator=is_optional_line(limit=1000))
    notes: str = attrs.field(default="", validator=is_prose(), metadata=personal())
    evidence: tuple[str, ...] = attrs.field(default=(), validator=are_lines(limit=1000))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this added to its qualification."""
        known = deal.qualification or Qualification(recorded_at=self.at, recorded_by=self.by)
        new = tuple(dict.fromkeys(fact for fact in self.evidence if fact not in known.evidence))
        merged = Qualification(
            need=known.need if self.need is None else self.need,
            budget=known.budget if self.budget is None else self.budget,
            can_afford=known.can_afford if self.can_afford is None else self.can_afford,
            reason=known.reason if self.reason is None else self.reason,
            authority=known.authority if self.authority is None else self.authority,
            timeline=known.timeline if self.timeline is None else self.timeline,
            notes=self.notes or known.notes,
            evidence=known.evidence + new,
            recorded_at=self.at,
            recorded_by=self.by,
        )
        return deal.changed_by(self, qualification=merged)


@attrs.frozen(kw_only=True)
class QualificationRetracted(Event["Deal"]):
    """Something that was recorded turned out to be wrong, and is unknown again."""

    fields: tuple[str, ...] = attrs.field(validator=are_lines())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with these answers unknown again."""
        if deal.qualification is None:
            raise UnknownName("qualification", " and ".join(self.fields), (), where="the deal")
        kept = {name: getattr(deal.qualification, name) for name in _RETRACTABLE if name not in self.fields}
        left = Qualification(recorded_at=self.at, recorded_by=self.by, **kept)
        return deal.changed_by(self, qualification=left)


class QualificationDesk(Desk[D]):
    """Where what is found out about need and budget is recorded: ``sale.qualification``."""

    __slots__ = ()

    @property
    def current(self) -> Qualification | None:
        """What is known so far, or ``None`` where nothing was recorded."""
        return self.deal.qualification

    def record(
        self,
        *,
        need: str | None = None,
        budget: Money | None = None,
        can_afford: bool | None = None,
        reason: str | None = None,
        authority: str | None = None,
        timeline: str | None = None,
        notes: str = "",
        evidence: Iterable[str] = (),
    ) -> Qualification:
        """Record what was found out. What is not given stays as it is known.

        Args:
            need: the need or want that we can meet; up to 1,000 characters.
            budget: what the buyer can spend; ``Money("0", "EUR")`` says that there is nothing.
            can_afford: whether they can afford it, where that was found out; it counts before the budget.
            reason: what that answer rests on.
            authority: who decides on the buyer's side.
            timeline: when they want to have it.
            notes: replaces the notes before; up to 10,000 characters.
            evidence: where the answers come from, a line each; added to the evidence before.

        Returns:
            All that is known now.

        Raises:
            InvalidValue: nothing was given, or a value breaks the rule of its field.
            NotNow: the deal is closed.

        Example:
            ``sale.qualification.record(need="one place for all orders", budget=Money("50000", "EUR"))``
        """
        self._check_open("record a qualification")
        event = QualificationRecorded(
            at=self._sale.at,
            by=self._sale.by,
            need=need,
            budget=budget,
            can_afford=can_afford,
            reason=reason,
            authority=authority,
            timeline=timeline,
            notes=notes,
            evidence=listed(evidence, field="evidence"),
        )
        answers = (need, budget, can_afford, reason, authority, timeline)
        if all(answer is None for answer in answers) and not notes and not event.evidence:
            raise nothing_given("qualification", *_RETRACTABLE)
        self._record(event)
        return self._known()

    def retract(
        self,
        *fields: Literal["need", "budget", "can_afford", "reason", "authority", "timeline", "notes", "evidence"],
    ) -> Qualification:
        """Record that answers turned out to be wrong: they are unknown again.

        Args:
            *fields: which answers, by their names.

        Raises:
            UnknownName: there is no such answer.
            NotNow: nothing was recorded yet, or the deal is closed.

        Example:
            ``sale.qualification.retract("budget")``
        """
        self._check_open("retract a qualification")
        self._known()
        if not fields:
            raise nothing_given("qualification", *_RETRACTABLE)
        for name in fields:
            if name not in _RETRACTABLE:
                raise UnknownName("answer", name, _RETRACTABLE, where="the qualification")
        self._record(QualificationRetracted(at=self._sale.at, by=self._sale.by, fields=fields))
        return self._known()

    def _known(self) -> Qualification:
        known = self.deal.qualification
        if known is None:
            raise NotNow(
                id=self.deal.id,
                tried="retract a qualification",
                because="nothing was recorded yet",
                way_out="record what is known first",
            )
        return known
