"""What is sent and what is answered: the library's entities, and a few attrs classes of the application's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from salesflow import Deal, Desk, Money, NextMove, Recorded, Sale, Unmet
from salesflow.deal.fields import DealFields
from salesflow.storage.records import Records

from .acts import Act, acts_at, desks_of_every_sale, the_sale
from .defaults import Schema
from .speaking import Body, Patch, schemas_of

DEAL: Final = Deal
"""The class of the deals. One of your own goes here, registered in ``RECORDS`` below."""

OWN_DESKS: Final[Mapping[str, type[Desk]]] = {}
"""Desks of your own, by what they are called in addresses."""


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


RECORDS: Final = Records()
"""One form for all JSON: what is sent, what is answered, and what is stored."""
for _own in (DealPage, Explanation, History, MoveAsked):
    RECORDS.register(_own, name=_own.__name__, schema=1)

_ORDER_DESK: Final = DEAL(id="D-1", name="Order desk for Acme", owner="noa", amount=Money("48000", "EUR"))
_NOT_PLAIN: Final = {one.name for one in attrs.fields(Deal)} - {"id", *DealFields.__annotations__}

NEW_DEAL: Final = Body(DEAL, RECORDS, called="NewDeal", hidden=_NOT_PLAIN, example=_ORDER_DESK)
DEAL_PATCH: Final = Patch(DEAL, RECORDS, called="DealPatch", hidden={"id", *_NOT_PLAIN}, example=_ORDER_DESK)
MOVE: Final = Body(MoveAsked, RECORDS, example=MoveAsked(move="lose", reason="price"))
BODIES: Final[tuple[Body[Any], ...]] = (NEW_DEAL, DEAL_PATCH, MOVE)

DESKS: Final = {**desks_of_every_sale(), **OWN_DESKS}
ACTS: Final = (
    *(Act(method, at="", reach=the_sale, records=RECORDS) for method in (Sale.hold, Sale.resume)),
    *(act for at, desk in DESKS.items() for act in acts_at(at, desk, RECORDS)),
)
"""Whatever can be done to a deal, apart from opening it, changing its fields and moving it."""


def components() -> Schema:
    """The schemas of all bodies and answers, by name."""
    found: Schema = {}
    for answer in (DEAL, DealPage, Explanation, History):
        found |= schemas_of(answer, RECORDS)
    for body in BODIES:
        found |= body.schemas()
    for act in ACTS:
        found |= act.schemas()
    return found
