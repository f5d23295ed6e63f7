"""Approvals: who else has to agree before closing terms bind us.

A seller may give a discount; a large one, or a large amount, somebody else has to approve. The process says where the
limits are. Approvals belong to one revision of the terms: whoever changes the price asks again. And they take four eyes:
nobody approves what they recorded themselves. That last rule is our own choice.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Protocol

import attrs

from salesflow.deal.children import is_optional_a
from salesflow.errors import InvalidValue, WrongType
from salesflow.values.money import Money
from salesflow.values.personal import personal
from salesflow.values.text import is_line

__all__ = ["Approval", "ApprovalRule"]


@attrs.frozen(kw_only=True)
class Approval:
    """Somebody agreed to terms that are over a limit.

    Attributes:
        key: the key of the rule that asked for it.
        by: who approved.
        at: when.
        note: what was said with it.
    """

    key: str
    by: str
    at: datetime
    note: str = attrs.field(default="", metadata=personal())


class _Priced(Protocol):
    @property
    def discount(self) -> Decimal: ...

    @property
    def net_price(self) -> Money: ...


def _is_limit(_instance: object, attribute: attrs.Attribute[Decimal | None], value: object) -> None:
    if value is None:
        return
    if type(value) is not Decimal:
        raise WrongType(
            "a discount is a fraction, exactly", field=attribute.name, value=value, way_out="give Decimal('0.2')"
        )
    if not (value.is_finite() and 0 <= value < 1):
        raise InvalidValue(
            "a limit of discounts is a fraction from 0 to below 1",
            field=attribute.name,
            value=value,
            way_out="give Decimal('0.2') for 20 %",
        )


@attrs.frozen(kw_only=True)
class ApprovalRule:
    """When closing terms need an approval. A process owns any number of them.

    Attributes:
        key: what the approval is called in code ("sales_lead"), a line of at most 60 characters.
        title: what it is called among people.
        discount_over: it is needed for any discount above this fraction.
        amount_over: it is needed for any net price above this amount, and for any in another currency, because that cannot
            be compared.

    Raises:
        InvalidValue: there is no limit, or one is out of range.

    Example:
        ``ApprovalRule(key="sales_lead", title="the sales lead", discount_over=Decimal("0.2"))``
    """

    key: str = attrs.field(validator=is_line(limit=60))
    title: str = attrs.field(validator=is_line())
    discount_over: Decimal | None = attrs.field(default=None, validator=_is_limit)
    amount_over: Money | None = attrs.field(default=None, validator=is_optional_a(Money))

    def __attrs_post_init__(self) -> None:
        if self.discount_over is None and self.amount_over is None:
            raise InvalidValue(
                "an approval is asked for over some limit",
                field="discount_over",
                way_out="give discount_over, amount_over or both",
            )

    def asks_for(self, terms: _Priced) -> bool:
        """Whether terms of this price and discount need the approval: either limit alone is enough."""
        if self.discount_over is not None and terms.discount > self.discount_over:
            return True
        if self.amount_over is None:
            return False
        price = terms.net_price
        return price.currency != self.amount_over.currency or price > self.amount_over
