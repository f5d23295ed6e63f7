"""Closing signals: what the customer says or does that tells it is time to close.

Somebody who asks when it can be delivered has half decided to buy. Good sellers notice, and stop presenting.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from salesflow.deal.children import named, next_id
from salesflow.deal.desk import D, Desk
from salesflow.event import Event
from salesflow.values.personal import personal
from salesflow.values.text import is_line, is_optional_line, is_prose

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal

__all__ = ["ClosingSignal", "ClosingSignalNoticed", "SignalKind", "SignalsDesk"]


class SignalKind(StrEnum):
    """The usual closing signals. A kind of your own is any short text."""

    ASKS_PRICE = "asks for the price"
    ASKS_DELIVERY = "asks for the delivery"
    ASKS_TERMS = "asks for the terms"
    COMPARES_DETAILS = "compares details"
    AGREES_REPEATEDLY = "agrees repeatedly"
    INTRODUCES_DECIDER = "introduces the decider"
    OTHER = "other"


@attrs.frozen(kw_only=True)
class ClosingSignal:
    """Something that tells that the customer is ready to buy.

    Attributes:
        id: its number within the deal, from 1.
        kind: a ``SignalKind`` or a short text of your own.
        quote: what was said or done; up to 2,000 characters.
        given_by: who gave it: the id of a contact, where known.
        noticed_at: when it was noticed.
        noticed_by: who noticed it.
    """

    id: int
    kind: str
    quote: str = attrs.field(default="", metadata=personal())
    given_by: str | None = attrs.field(default=None, metadata=personal())
    noticed_at: datetime
    noticed_by: str


@attrs.frozen(kw_only=True)
class ClosingSignalNoticed(Event["Deal"]):
    """The customer gave a sign of being ready to buy."""

    signal_id: int
    kind: str = attrs.field(validator=is_line(limit=60))
    quote: str = attrs.field(default="", validator=is_prose(limit=2000), metadata=personal())
    given_by: str | None = attrs.field(default=None, validator=is_optional_line(personal=True), metadata=personal())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more closing signal."""
        noticed = ClosingSignal(
            id=self.signal_id,
            kind=self.kind,
            quote=self.quote,
            given_by=self.given_by,
            noticed_at=self.at,
            noticed_by=self.by,
        )
        return deal.changed_by(self, signals=(*deal.signals, noticed))


class SignalsDesk(Desk[D]):
    """Where closing signals are noticed: ``sale.signals``."""

    __slots__ = ()

    def notice(self, kind: SignalKind | str, *, quote: str = "", given_by: str | None = None) -> ClosingSignal:
        """Record a sign that the customer is ready to buy.

        Args:
            kind: a ``SignalKind`` or a short text of your own; up to 60 characters.
            quote: what was said or done; up to 2,000 characters.
            given_by: the id of the contact who gave it.

        Returns:
            The signal, with its number.

        Raises:
            InvalidValue: a text is too long or holds characters that are refused.
            NotNow: the deal is closed.

        Example:
            ``sale.signals.notice(SignalKind.ASKS_DELIVERY, quote="Could we have it by March?")``
        """
        self._check_open("notice a closing signal")
        self._record(
            ClosingSignalNoticed(
                at=self._sale.at,
                by=self._sale.by,
                signal_id=next_id(self.deal.signals),
                kind=named(kind),
                quote=quote,
                given_by=given_by,
            )
        )
        return self.deal.signals[-1]
