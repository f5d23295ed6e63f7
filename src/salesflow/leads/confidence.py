"""Which of several records to trust most: the order in which one survives a merge, and its values win.

Leads and deals, in the order that Odoo has: one that is not lost before one that is, a deal before a lead, the one that is
further in its process, the one that is likelier to be won, and then the older one: opened earlier, or else with the lower
id. Contacts and organizations, by our own choice: the one of which most is known, then the one with the longest history,
then the one with the lower id. Numbers in an id count as numbers: ``L-2`` comes before ``L-10``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

import attrs

from salesflow.deal.deal import Deal
from salesflow.entity import Entity
from salesflow.errors import ProcessMismatch, UnknownName, WrongType
from salesflow.leads.known_values import is_known
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.processes import AnyLeadProcess, AnySalesProcess, name_of
from salesflow.outcome import Outcome
from salesflow.people.contact import Contact
from salesflow.people.fields import PEOPLE_ENGINE_FIELDS
from salesflow.people.lead import Lead
from salesflow.people.organization import Organization
from salesflow.worked import Worked

E = TypeVar("E", bound=Entity)

__all__ = ["Confidence", "by_confidence", "why_first"]


class Confidence(StrEnum):
    """Why a record is trusted more than another."""

    CHOSEN = "it was chosen"
    NOT_LOST = "it is not lost"
    IS_DEAL = "it is a deal already"
    FURTHER = "it is further in its process"
    LIKELIER = "it is likelier to be won"
    OLDER = "it was opened earlier"
    FULLER = "more is known of it"
    LONGER_HISTORY = "it has the longer history"
    LOWER_ID = "it has the lower id"


_OF_WORKED = (
    Confidence.NOT_LOST,
    Confidence.IS_DEAL,
    Confidence.FURTHER,
    Confidence.LIKELIER,
    Confidence.OLDER,
    Confidence.LOWER_ID,
)
_OF_PEOPLE = (Confidence.FULLER, Confidence.LONGER_HISTORY, Confidence.LOWER_ID)
_NUMBER = re.compile(r"([0-9]+)")

Rank = tuple[Decimal | float | tuple[str | int, ...], ...]
"""What is compared, the smaller the more trusted."""


def by_confidence(
    records: Iterable[E],
    *,
    lead_process: AnyLeadProcess | None = None,
    deal_processes: Iterable[AnySalesProcess] = (),
) -> tuple[E, ...]:
    """Records in the order of confidence, the most trusted first.

    Args:
        records: contacts, or organizations, or leads and deals.
        lead_process: the process of the leads; the standard one where it is not given.
        deal_processes: the processes of the deals, where there are any.

    Raises:
        WrongType: people and what is sold to them stand side by side.
        ProcessMismatch: a lead runs under another process.
        UnknownName: the process of a deal is not given.
    """
    given = tuple(records)
    if (
        len({isinstance(one, Worked) for one in given}) > 1
        or len({type(one).root() for one in given} - {Lead, Deal}) > 1
    ):
        raise WrongType(
            "confidence compares contacts, or organizations, or leads and deals",
            field="records",
            value=sorted({one.root().__name__ for one in given}),
        )
    leads = LeadProcess() if lead_process is None else lead_process
    processes = {name_of(process)[0]: process for process in deal_processes}
    return tuple(sorted(given, key=lambda one: _rank(one, leads, processes)))


def why_first(
    first: Entity,
    second: Entity,
    *,
    lead_process: AnyLeadProcess | None = None,
    deal_processes: Iterable[AnySalesProcess] = (),
) -> Confidence:
    """Why the first of two records is trusted more: the first thing in which they differ."""
    leads = LeadProcess() if lead_process is None else lead_process
    processes = {name_of(process)[0]: process for process in deal_processes}
    names = _OF_WORKED if isinstance(first, Worked) else _OF_PEOPLE
    ranks = zip(names, _rank(first, leads, processes), _rank(second, leads, processes), strict=True)
    return next((name for name, mine, theirs in ranks if mine != theirs), Confidence.LOWER_ID)


def _rank(record: Entity, lead_process: AnyLeadProcess, processes: Mapping[str, AnySalesProcess]) -> Rank:
    if isinstance(record, Worked):
        return _rank_of_worked(record, _process_of(record, lead_process, processes))
    if not isinstance(record, Contact | Organization):
        raise WrongType(
            "must be a lead, a contact, an organization or a deal", field="records", value=type(record).__name__
        )
    return -_known_fields(record), -record.version, _in_order(record.id)


def _process_of(
    record: Worked, lead_process: AnyLeadProcess, processes: Mapping[str, AnySalesProcess]
) -> AnyLeadProcess | AnySalesProcess:
    if isinstance(record, Deal):
        if record.process not in processes:
            raise UnknownName("process", record.process, processes, where="deal_processes")
        return processes[record.process]
    key, version = name_of(lead_process)
    if record.process != key:
        raise ProcessMismatch(
            kind="lead",
            id=record.id,
            runs_under=f"{record.process} {record.process_version}",
            process=f"{key} {version}",
            way_out="give lead_process=..., or migrate or adopt it first",
        )
    return lead_process


def _rank_of_worked(record: Worked, process: AnyLeadProcess | AnySalesProcess) -> Rank:
    stage = process.stage(record.stage)
    probability = _probability(record)
    if probability is None:
        probability = stage.probability
    return (
        record.outcome is Outcome.LOST,
        not isinstance(record, Deal),
        -process.stages.index(stage),
        -1 if probability is None else -2 - probability,
        float("inf") if record.opened_at is None else record.opened_at.timestamp(),
        _in_order(record.id),
    )


def _probability(record: Worked) -> Decimal | None:
    """The chance set by hand, or else the predicted one; a chance of 0 is one."""
    if not isinstance(record, Lead | Deal):
        return None
    return record.predicted_probability if record.probability is None else record.probability


def _known_fields(record: Entity) -> int:
    names = (field.name for field in attrs.fields(type(record)) if field.name not in PEOPLE_ENGINE_FIELDS)
    return sum(is_known(getattr(record, name)) for name in names)


def _in_order(id: str) -> tuple[str | int, ...]:
    """An id as it is put in order: text and numbers by turns."""
    return tuple(int(part) if place % 2 else part for place, part in enumerate(_NUMBER.split(id)))
