"""The plain fields of a deal as types, so that a misspelt one is an error in the editor."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict

from salesflow.deal.deal import ForecastCategory
from salesflow.values.money import Money

__all__ = ["DealFields", "OpeningFields"]


class OpeningFields(TypedDict, total=False):
    """What may be known of a deal when it is opened, besides its id and name."""

    organization_id: str | None
    contact_id: str | None
    lead_id: str | None
    owner: str | None
    team: str | None
    source: str | None
    amount: Money | None
    expected_close: date | None
    forecast_category: ForecastCategory | None
    probability: Decimal | None
    predicted_probability: Decimal | None


class DealFields(OpeningFields, total=False):
    """The fields that ``Sale.update`` changes."""

    name: str
