"""Objections: stated reasons not to buy, and how they were answered.

The decisive part of a sale. An objection tells what the customer worries about. It is raised, answered with the facts
at hand, and then resolved; or the customer withdraws it; or it is left standing, because both sides go on in spite of
it. Whatever was settled may be reopened. Good sellers plan ahead: an ``ObjectionPlaybook`` holds the answers that the
team has prepared, with their evidence, and suggests them by kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from salesflow.deal.children import as_it_is, find, listed, named, next_id, of_class, replaced
from salesflow.deal.desk import D, Desk
from salesflow.errors import NotNow
from salesflow.event import Event
from salesflow.values.personal import ERASED, personal
from salesflow.values.text import are_lines, is_line, is_optional_line, is_prose, line, lines, matching_key, prose

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal

__all__ = [
    "Answer",
    "Objection",
    "ObjectionAnswered",
    "ObjectionKind",
    "ObjectionLeftStanding",
    "ObjectionPlaybook",
    "ObjectionRaised",
    "ObjectionReopened",
    "ObjectionResolved",
    "ObjectionStatus",
    "ObjectionWithdrawn",
    "ObjectionsDesk",
    "PreparedAnswer",
]


class ObjectionKind(StrEnum):
    """The usual kinds of objections. A kind of your own is any short text."""

    PRICE = "price"
    NEED = "need"
    TIMING = "timing"
    TRUST = "trust"
    AUTHORITY = "authority"
    COMPETITOR = "competitor"
    PRODUCT = "product"
    SERVICE = "service"
    RISK = "risk"
    OTHER = "other"


class ObjectionStatus(StrEnum):
    """How far an objection has come."""

    RAISED = "raised"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    STANDING = "standing"
    WITHDRAWN = "withdrawn"


@attrs.frozen(kw_only=True)
class Answer:
    """What was answered to an objection.

    Attributes:
        text: the answer as it was given; up to 10,000 characters.
        evidence: the facts that it rests on: a reference, a figure, a document; a line each.
        by: who answered.
        at: when.
    """

    text: str
    evidence: tuple[str, ...] = ()
    by: str
    at: datetime


@attrs.frozen(kw_only=True)
class Objection:
    """A stated reason not to buy.

    Attributes:
        id: its number within the deal, from 1.
        kind: an ``ObjectionKind`` or a short text of your own.
        statement: what was said; up to 10,000 characters.
        raised_by: who said it: the id of a contact, where known.
        raised_at: when it was said.
        status: how far it has come.
        answers: what was answered, in order.
        settled_at: when it was resolved, left standing or withdrawn.
        note: what was noted when it was settled or reopened.
        times_reopened: how often it came back.
    """

    id: int
    kind: str
    statement: str = attrs.field(metadata=personal(ERASED))
    raised_by: str | None = attrs.field(default=None, metadata=personal())
    raised_at: datetime
    status: ObjectionStatus = ObjectionStatus.RAISED
    answers: tuple[Answer, ...] = ()
    settled_at: datetime | None = None
    note: str = attrs.field(default="", metadata=personal())
    times_reopened: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it still has to be settled."""
        return self.status in _OPEN


_OPEN = frozenset({ObjectionStatus.RAISED, ObjectionStatus.ANSWERED})


@attrs.frozen(kw_only=True)
class ObjectionRaised(Event["Deal"]):
    """The customer stated a reason not to buy."""

    objection_id: int
    kind: str = attrs.field(validator=is_line(limit=60))
    statement: str = attrs.field(validator=is_prose(), metadata=personal(ERASED))
    raised_by: str | None = attrs.field(default=None, validator=is_optional_line(personal=True), metadata=personal())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more objection."""
        raised = Objection(
            id=self.objection_id,
            kind=self.kind,
            statement=self.statement,
            raised_by=self.raised_by,
            raised_at=self.at,
        )
        return deal.changed_by(self, objections=(*deal.objections, raised))


@attrs.frozen(kw_only=True)
class _ObjectionChanged(Event["Deal"]):
    objection_id: int

    def _replace(self, deal: Deal, **changes: object) -> Deal:
        objection = find(deal.objections, self.objection_id, kind="objection")
        changed = attrs.evolve(objection, **changes)  # type: ignore[arg-type]  # the callers below name the fields
        return deal.changed_by(self, objections=replaced(deal.objections, changed))


@attrs.frozen(kw_only=True)
class ObjectionAnswered(_ObjectionChanged):
    """An objection was answered."""

    text: str = attrs.field(validator=is_prose())
    evidence: tuple[str, ...] = attrs.field(default=(), validator=are_lines(limit=1000))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more answer to this objection."""
        answer = Answer(text=self.text, evidence=self.evidence, by=self.by, at=self.at)
        earlier = find(deal.objections, self.objection_id, kind="objection").answers
        return self._replace(deal, status=ObjectionStatus.ANSWERED, answers=(*earlier, answer))


@attrs.frozen(kw_only=True)
class _ObjectionSettled(_ObjectionChanged):
    note: str = attrs.field(default="", validator=is_prose(), metadata=personal())

    def _settle(self, deal: Deal, status: ObjectionStatus) -> Deal:
        return self._replace(deal, status=status, settled_at=self.at, note=self.note)


@attrs.frozen(kw_only=True)
class ObjectionResolved(_ObjectionSettled):
    """The customer is content with the answer."""

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this objection resolved."""
        return self._settle(deal, ObjectionStatus.RESOLVED)


@attrs.frozen(kw_only=True)
class ObjectionLeftStanding(_ObjectionSettled):
    """The customer keeps the objection, and both sides go on in spite of it."""

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this objection left standing."""
        return self._settle(deal, ObjectionStatus.STANDING)


@attrs.frozen(kw_only=True)
class ObjectionWithdrawn(_ObjectionSettled):
    """The customer took the objection back."""

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this objection withdrawn."""
        return self._settle(deal, ObjectionStatus.WITHDRAWN)


@attrs.frozen(kw_only=True)
class ObjectionReopened(_ObjectionChanged):
    """A settled objection came back."""

    reason: str = attrs.field(validator=is_line(limit=1000, personal=True), metadata=personal(ERASED))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this objection open again; its answers are kept."""
        objection = find(deal.objections, self.objection_id, kind="objection")
        return self._replace(
            deal,
            status=ObjectionStatus.RAISED,
            settled_at=None,
            note=self.reason,
            times_reopened=objection.times_reopened + 1,
        )


class ObjectionsDesk(Desk[D]):
    """Where objections are raised, answered and settled: ``sale.objections``."""

    __slots__ = ()

    @property
    def open(self) -> tuple[Objection, ...]:
        """The objections that still have to be settled."""
        return tuple(objection for objection in self.deal.objections if objection.is_open)

    def raise_(
        self, statement: str, *, kind: ObjectionKind | str = ObjectionKind.OTHER, raised_by: str | None = None
    ) -> Objection:
        """Record that the customer stated a reason not to buy.

        Args:
            statement: what was said; up to 10,000 characters.
            kind: an ``ObjectionKind`` or a short text of your own.
            raised_by: the id of the contact who said it.

        Returns:
            The objection, with its number.

        Raises:
            NotNow: the deal is closed.

        Example:
            ``price = sale.objections.raise_("It costs too much", kind=ObjectionKind.PRICE)``
        """
        self._check_open("raise an objection")
        self._record(
            ObjectionRaised(
                at=self._sale.at,
                by=self._sale.by,
                objection_id=next_id(self.deal.objections),
                kind=named(kind),
                statement=statement,
                raised_by=raised_by,
            )
        )
        return self.deal.objections[-1]

    def answer(self, objection: Objection | int, text: str, *, evidence: Iterable[str] = ()) -> Objection:
        """Record what was answered.

        Args:
            objection: the objection, or its number.
            text: the answer; up to 10,000 characters.
            evidence: the facts that it rests on, a line each.

        Raises:
            NotNow: it is settled, or the deal is closed.
            UnknownName: the deal has no such objection.
        """
        found = self._unsettled(objection, "answer")
        facts = listed(evidence, field="evidence")
        self._record(
            ObjectionAnswered(at=self._sale.at, by=self._sale.by, objection_id=found.id, text=text, evidence=facts)
        )
        return self._now(found)

    def resolve(self, objection: Objection | int, *, note: str = "") -> Objection:
        """Record that the customer is content with the answer.

        Raises:
            NotNow: it was not answered yet, or it is settled, or the deal is closed.
            UnknownName: the deal has no such objection.
        """
        found = self._unsettled(objection, "resolve")
        if found.status is not ObjectionStatus.ANSWERED:
            raise NotNow(
                id=self.deal.id,
                tried=f"resolve objection {found.id}",
                because="it was not answered since it was raised",
                way_out="answer it first, or withdraw it if the customer took it back",
            )
        self._record(ObjectionResolved(at=self._sale.at, by=self._sale.by, objection_id=found.id, note=note))
        return self._now(found)

    def leave_standing(self, objection: Objection | int, *, note: str) -> Objection:
        """Record that both sides go on although the objection stands.

        Args:
            objection: the objection, or its number.
            note: why it does not stop the sale, a line of up to 1,000 characters.
        """
        found = self._unsettled(objection, "leave standing")
        why = line(note, field="note", limit=1000, personal=True)
        self._record(ObjectionLeftStanding(at=self._sale.at, by=self._sale.by, objection_id=found.id, note=why))
        return self._now(found)

    def withdraw(self, objection: Objection | int, *, note: str = "") -> Objection:
        """Record that the customer took the objection back."""
        found = self._unsettled(objection, "withdraw")
        self._record(ObjectionWithdrawn(at=self._sale.at, by=self._sale.by, objection_id=found.id, note=note))
        return self._now(found)

    def reopen(self, objection: Objection | int, *, reason: str) -> Objection:
        """Record that a settled objection came back.

        Raises:
            NotNow: it is open anyway, or the deal is closed.
        """
        self._check_open("reopen an objection")
        found = find(self.deal.objections, objection, kind="objection")
        if found.is_open:
            raise NotNow(
                id=self.deal.id,
                tried=f"reopen objection {found.id}",
                because=f"it is {found.status}",
                way_out="answer it",
            )
        self._record(ObjectionReopened(at=self._sale.at, by=self._sale.by, objection_id=found.id, reason=reason))
        return self._now(found)

    def _unsettled(self, objection: Objection | int, doing: str) -> Objection:
        self._check_open(f"{doing} an objection")
        found = find(self.deal.objections, objection, kind="objection")
        if not found.is_open:
            raise NotNow(
                id=self.deal.id,
                tried=f"{doing} objection {found.id}",
                because=f"it is {found.status}",
                way_out="reopen it first",
            )
        return found

    def _now(self, objection: Objection) -> Objection:
        return as_it_is(self.deal.objections, objection)


def _evidence(given: Iterable[str]) -> tuple[str, ...]:
    return lines(given, field="evidence", limit=1000)


def _topics(given: Iterable[str]) -> tuple[str, ...]:
    return lines(given, field="topics", limit=1000)


@attrs.frozen(kw_only=True)
class PreparedAnswer:
    """An answer that the team has ready.

    Attributes:
        kind: the kind of objection that it answers.
        text: the answer; up to 10,000 characters.
        evidence: the facts that it rests on, a line each.
        topics: words that, when they occur in the objection, make this answer fit better.
    """

    kind: str = attrs.field(validator=is_line(limit=60), converter=named)
    text: str = attrs.field(validator=is_prose())
    evidence: tuple[str, ...] = attrs.field(default=(), converter=_evidence)
    topics: tuple[str, ...] = attrs.field(default=(), converter=_topics)


def _prepared(given: Iterable[PreparedAnswer]) -> tuple[PreparedAnswer, ...]:
    answers = listed(given, field="answers")
    for answer in answers:
        of_class(PreparedAnswer, answer, field="answers")
    return answers


@attrs.frozen
class ObjectionPlaybook:
    """The answers that the team has prepared, by kind of objection.

    Attributes:
        answers: the prepared answers, in the order of preference.

    Example::

        playbook = ObjectionPlaybook([
            PreparedAnswer(kind="price", text="It pays for itself in a year", evidence=["case study 12"]),
        ])
        playbook.suggest(objection)
    """

    answers: tuple[PreparedAnswer, ...] = attrs.field(default=(), converter=_prepared)

    def suggest(self, objection: Objection) -> tuple[PreparedAnswer, ...]:
        """The prepared answers to objections of this kind that were not given yet.

        Those with the most topics mentioned in the objection come first; ties keep the playbook's order.

        Raises:
            WrongType: it is no objection.
        """
        of_class(Objection, objection, field="objection")
        said = set(matching_key(prose(objection.statement, field="statement")).split())
        given = {answer.text for answer in objection.answers}
        fitting = [answer for answer in self.answers if answer.kind == objection.kind and answer.text not in given]
        return tuple(sorted(fitting, key=lambda answer: -sum(matching_key(topic) in said for topic in answer.topics)))
