"""What is sent and what is answered: the library's entities, and a few attrs classes of the application's own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

import attrs

from salesflow import Deal, Money, NextMove, Recorded, Unmet
from salesflow.deal.closing_terms import Delivery
from salesflow.deal.fields import DealFields
from salesflow.storage.records import Records

from .speaking import Body, Patch, Schema, schemas_of

DEAL: Final = Deal
"""The class of the deals. One of your own goes here, registered in ``RECORDS`` below."""


# What is answered


@attrs.frozen(kw_only=True)
class DealPage:
    """A page of deals; ``cursor`` asks for the next one, and is ``None`` on the last."""

    items: tuple[Deal, ...]
    cursor: str | None


@attrs.frozen(kw_only=True)
class Explanation:
    """Where a deal stands: what is missing to go on, every move that it has, and what to do next."""

    stage: str
    blockers: tuple[Unmet, ...]
    next_moves: tuple[NextMove, ...]
    next_steps: tuple[str, ...]


@attrs.frozen(kw_only=True)
class History:
    """Everything that happened to a deal, in order."""

    events: tuple[Recorded, ...]


# What is sent


@attrs.frozen(kw_only=True)
class MoveAsked:
    """A move by its name: ``advance``, ``go_back``, ``win``, ``lose``, ``reopen``, or one that the process names."""

    move: str
    to: str | None = None
    reason: str | None = None
    note: str = ""
    competitor: str | None = None


@attrs.frozen(kw_only=True)
class Found:
    """What was found out for the qualification."""

    need: str | None = None
    budget: Money | None = None
    can_afford: bool | None = None
    authority: str | None = None
    timeline: str | None = None
    notes: str = ""


@attrs.frozen(kw_only=True)
class ObjectionStated:
    """What the customer worries about."""

    statement: str
    kind: str = "other"
    raised_by: str | None = None


@attrs.frozen(kw_only=True)
class ObjectionAnswer:
    """What was answered to an objection, and whether the customer is content with it."""

    text: str
    evidence: tuple[str, ...] = ()
    settles_it: bool = False


@attrs.frozen(kw_only=True)
class TermsOffered:
    """The terms that a deal shall close on; payment in the usual shorthand."""

    price: Money
    discount: Decimal = Decimal(0)
    payment: str = "due on receipt"
    deliveries: tuple[Delivery, ...] = ()
    valid_until: date | None = None


@attrs.frozen(kw_only=True)
class Signature:
    """Who signed the terms, by the id of the contact."""

    contact_id: str


RECORDS: Final = Records()
"""One form for all JSON: what is sent, what is answered, and what is stored."""
for _own in (
    DealPage,
    Explanation,
    History,
    MoveAsked,
    Found,
    ObjectionStated,
    ObjectionAnswer,
    TermsOffered,
    Signature,
):
    RECORDS.register(_own, name=_own.__name__, schema=1)

_ORDER_DESK: Final = DEAL(id="D-1", name="Order desk for Acme", owner="noa", amount=Money("48000", "EUR"))
_NOT_PLAIN: Final = {one.name for one in attrs.fields(Deal)} - {"id", *DealFields.__annotations__}

NEW_DEAL: Final = Body(_ORDER_DESK, RECORDS, called="NewDeal", hidden=_NOT_PLAIN)
DEAL_PATCH: Final = Patch(_ORDER_DESK, RECORDS, called="DealPatch", hidden={"id", *_NOT_PLAIN})
MOVE: Final = Body(MoveAsked(move="lose", reason="price"), RECORDS)
FOUND: Final = Body(Found(need="one place for all orders", budget=Money("50000", "EUR")), RECORDS)
OBJECTION: Final = Body(ObjectionStated(statement="It costs too much", kind="price"), RECORDS)
ANSWER: Final = Body(ObjectionAnswer(text="It pays back in a year", evidence=("case study 12",)), RECORDS)
TERMS: Final = Body(TermsOffered(price=Money("48000", "EUR"), payment="2/10 net 30"), RECORDS)
SIGNATURE: Final = Body(Signature(contact_id="C-1"), RECORDS)
BODIES: Final[tuple[Body[Any], ...]] = (NEW_DEAL, DEAL_PATCH, MOVE, FOUND, OBJECTION, ANSWER, TERMS, SIGNATURE)


def components() -> Schema:
    """The schemas of all bodies and answers, by name."""
    found: Schema = {}
    for answer in (DEAL, DealPage, Explanation, History):
        found |= schemas_of(answer, RECORDS)
    for body in BODIES:
        found |= body.schemas()
    return found
