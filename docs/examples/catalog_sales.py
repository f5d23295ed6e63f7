"""The process of the seller whose data it is, from nothing, and how a row of their CRM becomes moves in it.

Their CRM knows four stages, and two moments of each opportunity: when it was engaged and when it was closed. What it
leaves open, and what is assumed here:

- Dates are days; a moment is the beginning of that day in UTC. Amounts are USD.
- Opportunities in Prospecting have no date: they are opened on a day that is stated, the last one in the rows read.
- An opportunity was opened and engaged on the same day, the engage date; nothing earlier is known of it.
- Why a deal was lost is not recorded, and that is the reason given. A value of 0 is 0; no value is unknown.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import attrs
from opportunity_file import Catalog, Row, RowRefused

from salesflow import (
    Deal,
    LossReason,
    Money,
    Outcome,
    Sale,
    SalesProcess,
    Stage,
    entry_requirement,
    exit_requirement,
)


@attrs.frozen(kw_only=True)
class CatalogDeal(Deal):
    """A deal over one product of a catalogue.

    Attributes:
        product: as the catalogue writes it, or as the file does where the catalogue has none.
        list_price: of that product, where it is known.
        region: the regional office of the agent, where it is known.
    """

    product: str
    list_price: Money | None = None
    region: str | None = None


class Prospecting(Stage[CatalogDeal]):
    """Somebody could need the product; nobody has talked to them yet."""


class Engaging(Stage[CatalogDeal]):
    """The agent talks with the customer about one product."""

    @exit_requirement("the account is known", hint="Find out who would buy.")
    def account_is_known(self, deal: CatalogDeal) -> bool:
        return deal.organization_id is not None


class Won(Stage[CatalogDeal]):
    """The customer bought."""

    outcome = Outcome.WON

    @entry_requirement("the value it closed at is known", hint="Enter what was agreed.")
    def value_is_known(self, deal: CatalogDeal) -> bool:
        return deal.amount is not None


class Lost(Stage[CatalogDeal]):
    """The customer did not buy."""

    outcome = Outcome.LOST


class CatalogProcess(SalesProcess[CatalogDeal]):
    """Prospecting, engaging, won or lost. The moves follow from the order: it is won from Engaging, lost from anywhere."""

    key = "catalog"
    title = "Catalogue sales"
    loss_reasons = (LossReason("not_recorded", "Not recorded"),)

    prospecting = Prospecting()
    engaging = Engaging()
    won = Won()
    lost = Lost()


PROCESS = CatalogProcess()
STAGES = {stage.label: stage for stage in PROCESS.stages}  # by the names that the file uses


def walk(row: Row, catalog: Catalog, *, undated: date | None) -> list[Sale[CatalogDeal]]:
    """The units of work that a row stands for, decided but not committed, so that a row goes in whole or not at all.

    Args:
        row: an opportunity of the file.
        catalog: what it refers to.
        undated: the day on which opportunities without a date are opened, where one is known.

    Raises:
        RowRefused: the row contradicts itself.
        SalesflowError: a rule of the process or of the library says no.
    """
    stage = STAGES.get(row.stage)
    if stage is None:
        raise RowRefused(f"deal_stage is none of {', '.join(STAGES)}")
    _check_dates(row, stage)
    opened_on = row.engaged_on or undated
    if opened_on is None:
        raise RowRefused("no row has a date, so there is no day to open it on")
    sale = PROCESS.open(_draft(row, catalog), by=row.agent, at=_moment(opened_on))
    if stage is PROCESS.prospecting:
        return [sale]
    sale.advance()
    if row.closed_on is None:
        return [sale]
    closing = PROCESS.work_on(sale.deal, by=row.agent, at=_moment(row.closed_on))
    if row.value is not None:
        closing.update(amount=row.value)
    if stage is PROCESS.won:
        closing.win()
    else:
        closing.lose(reason="not_recorded")
    return [sale, closing]


def _check_dates(row: Row, stage: Stage[CatalogDeal]) -> None:
    """Hold the dates and the value of a row to what its stage says of them."""
    if (row.engaged_on is None) != (stage is PROCESS.prospecting):
        raise RowRefused(f"{stage.label}, but {'no' if row.engaged_on is None else 'an'} engage_date")
    if (row.closed_on is None) != stage.is_open:
        raise RowRefused(f"{stage.label}, but {'no' if row.closed_on is None else 'a'} close_date")
    if row.value is not None and stage.is_open:
        raise RowRefused(f"{stage.label}, but a close_value")


def _draft(row: Row, catalog: Catalog) -> CatalogDeal:
    product = catalog.product(row.product)
    name = row.product if product is None else product.name
    return CatalogDeal(
        id=row.id,
        name=f"{name} for {row.account or 'an account not yet known'}",
        organization_id=row.account,
        owner=row.agent,
        product=name,
        list_price=None if product is None else product.list_price,
        region=catalog.regions.get(row.agent),
    )


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
