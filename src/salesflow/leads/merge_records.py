"""The events of a merge, and how they are recorded on each kind of record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from salesflow.answer import Answer
from salesflow.changes import ChangeSet
from salesflow.entity import Entity
from salesflow.event import Event
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.merge_fields import FieldMerge
from salesflow.leads.processes import AnyLeadProcess
from salesflow.leads.repointing import changed_by
from salesflow.people.contact import Contact
from salesflow.people.lead import Disqualification, Lead
from salesflow.people.merging import (
    ContactMergeUndone,
    ContactsMerged,
    LeadMergeUndone,
    LeadsMerged,
    MergedAway,
    MergedRecord,
    MergeUndone,
    OrganizationMergeUndone,
    OrganizationsMerged,
    RecordsMerged,
    Repointed,
    TakenField,
)

__all__ = ["merge_event", "recorded_on", "undoing_event"]

_OF_LEADS_ALONE = ("answers", "disqualification")


def recorded_on(record: Entity, event: RecordsMerged | MergedAway | MergeUndone, process: AnyLeadProcess) -> ChangeSet:
    """The change that an event of a merge makes of a record. Leads are changed in a unit of work, where a policy is asked.

    Raises:
        OutOfOrder: the event lies before the last one of the record.
        PolicyRefused: this actor may not.
        WrongType: the process works on leads of another class.
    """
    if not isinstance(record, Lead):
        return changed_by(record, event)
    leads = cast("LeadProcess", process)
    leads._check_workable(record)
    work = leads._lead_work(by=event.by, at=event.at, lead=record)
    leads._take_over(work, record)
    work._append(cast("Event[Lead]", event))
    return work.changes


def merge_event(
    survivor: Entity,
    fields: Iterable[FieldMerge],
    merged: tuple[MergedRecord, ...],
    repointed: tuple[Repointed, ...],
    *,
    by: str,
    at: datetime,
) -> RecordsMerged:
    """The event of the record that survives, with what it takes of the others and whose that is."""
    new = {one.field: one for one in fields if one.is_changed}
    changes = tuple((name, one.value) for name, one in new.items() if name not in _OF_LEADS_ALONE)
    taken = tuple(TakenField(field=name, ids=one.ids) for name, one in new.items() if one.ids)
    if isinstance(survivor, Lead):
        answers = cast("tuple[Answer, ...] | None", new["answers"].value if "answers" in new else None)
        reason = cast("Disqualification | None", new["disqualification"].value if "disqualification" in new else None)
        return LeadsMerged(
            at=at,
            by=by,
            merged=merged,
            changes=changes,
            taken=taken,
            repointed=repointed,
            answers=answers,
            disqualification=reason,
        )
    kind = ContactsMerged if isinstance(survivor, Contact) else OrganizationsMerged
    return kind(at=at, by=by, merged=merged, changes=changes, taken=taken, repointed=repointed)


def undoing_event(before: Entity, changes: tuple[tuple[str, object], ...], *, by: str, at: datetime) -> MergeUndone:
    """The event that gives a record what it had before a merge.

    Args:
        before: the record as it was before the merge, or one that was merged away, as it is.
        changes: the values before the merge by field name.
    """
    if isinstance(before, Lead):
        return LeadMergeUndone(
            at=at, by=by, changes=changes, answers=before.answers, disqualification=before.disqualification
        )
    kind = ContactMergeUndone if isinstance(before, Contact) else OrganizationMergeUndone
    return kind(at=at, by=by, changes=changes)
