"""Strategies for Hypothesis: valid values, entities, events, records, sales and histories; hostile ones on request.

Importing this module registers the public types, so that ``st.from_type(Money)`` and ``st.from_type(Deal)`` draw valid
ones. Classes of your own are registered with :func:`register`, and drawn with :func:`of_class` or by their type::

    from hypothesis import given, strategies as st
    from salesflow.testing.strategies import register, sales

    register(SaaSDeal, SeatsAgreed)

    @given(st.from_type(SaaSDeal))
    def test_a_deal_has_a_name(deal): ...

    @given(sales(SaaSProcess))
    def test_no_sale_is_without_an_owner(sale): ...

It needs the extra ``testing``.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast, get_origin

from salesflow.deal.deal import Deal
from salesflow.errors import MissingExtra
from salesflow.people.lead import Lead

try:
    from hypothesis import strategies as st
except ImportError as _error:
    raise MissingExtra("testing", needed_for="salesflow.testing.strategies") from _error

from salesflow.testing.strategies.building import SPECIAL, of_class, of_type, special
from salesflow.testing.strategies.catalog import catalog, drafts, drafts_of_leads
from salesflow.testing.strategies.desk_work import LEAD_WORK, SALE_WORK
from salesflow.testing.strategies.hostile import hostile_fields
from salesflow.testing.strategies.sales import change_sets, deal_rows, histories, lead_works, sales
from salesflow.testing.strategies.texts import hostile_text, identifiers, lines, proses
from salesflow.testing.strategies.values import (
    amounts,
    currencies,
    days,
    email_addresses,
    hours,
    moments,
    numbers,
    periods,
    phone_numbers,
    postal_addresses,
    shares,
    zones,
)

T = TypeVar("T")

__all__ = [
    "LEAD_WORK",
    "SALE_WORK",
    "amounts",
    "change_sets",
    "currencies",
    "days",
    "deal_rows",
    "drafts",
    "drafts_of_leads",
    "email_addresses",
    "histories",
    "hostile_fields",
    "hostile_text",
    "hours",
    "identifiers",
    "lead_works",
    "lines",
    "moments",
    "numbers",
    "of_class",
    "of_type",
    "periods",
    "phone_numbers",
    "postal_addresses",
    "proses",
    "register",
    "sales",
    "shares",
    "zones",
]


def register(*classes: type) -> None:
    """Let ``st.from_type`` draw classes of your own.

    Args:
        *classes: attrs classes: deals, leads, events, records.

    Raises:
        WrongType: one of them is no attrs class.

    Example:
        ``register(SaaSDeal)``
    """
    for cls in classes:
        of_class(cls)  # says so where it is none
        st.register_type_strategy(cls, _drawn)


def _drawn(asked: type[T]) -> st.SearchStrategy[T]:
    """What a type is drawn from, made when it is first asked for; ``Change[Deal]`` is drawn as ``Change``."""
    cls: type[Any] = get_origin(asked) or asked
    if cls in SPECIAL:
        drawn: st.SearchStrategy[object] = special(cls)
    elif issubclass(cls, Deal):
        drawn = drafts(cls)
    elif issubclass(cls, Lead):
        drawn = drafts_of_leads(cls)
    else:
        drawn = of_class(cls)
    return cast("st.SearchStrategy[T]", drawn)


for _cls in dict.fromkeys(catalog()):
    st.register_type_strategy(_cls, _drawn)
