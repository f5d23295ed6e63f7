"""Undoing a merge, as long as none of the records has changed since.

::

    history = storage.history(Contact, "C-1")
    storage.commit(undo_merge(history, merged=[storage.get(Contact, "C-2")], by="dan", at=now))

Everything that is needed stands in the history of the record that survived: what it was before, who was merged into it,
and what was re-pointed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from salesflow.changes import ChangeSet
from salesflow.deal.deal import Deal
from salesflow.entity import Entity
from salesflow.errors import InvalidValue, NotNow, WrongType
from salesflow.event import Event, Recorded, fold
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.merge_records import recorded_on, undoing_event
from salesflow.leads.processes import AnyLeadProcess, AnySalesProcess
from salesflow.leads.repointing import COMMITTEE, changed
from salesflow.people.merging import ContactsMerged, LeadsMerged, OrganizationsMerged, RecordsMerged, Repointed

__all__ = ["undo_merge"]

E = TypeVar("E", bound=Entity)


def undo_merge(
    history: Sequence[Recorded],
    *,
    merged: Iterable[Entity],
    pointing: Iterable[Entity] = (),
    lead_process: AnyLeadProcess | None = None,
    deal_processes: Iterable[AnySalesProcess] = (),
    by: str,
    at: datetime,
) -> ChangeSet:
    """The set of changes after which every record is as it was before a merge.

    What was re-pointed points back, unless somebody made it point elsewhere since. Two members of a committee who had
    become one stay one. What came to point to the surviving record since stays with it.

    Args:
        history: the history of the record that survived, as ``storage.history`` gives it.
        merged: the records that were merged into it, as they are stored.
        pointing: what was re-pointed, as it is stored; the event ``...Merged`` at the end of the history names it.
        lead_process: the process of the leads; the standard one where it is not given.
        deal_processes: the processes of the deals in ``pointing``.
        by: who undoes it.
        at: when; aware.

    Raises:
        NotNow: the merge is not the last thing that happened to one of the records.
        InvalidValue: records that belong to the merge are not given, or others are.
        OutOfOrder: ``at`` lies before the last event of a record.

    Example:
        ``undo_merge(storage.history(Contact, "C-1"), merged=[other], by="dan", at=now)``
    """
    process = LeadProcess() if lead_process is None else lead_process
    event = _merge(history)
    events = [one.event for one in history]
    survivor, before = fold(events), fold(events[:-1])
    changes = tuple((name, getattr(before, name)) for name, _value in event.changes)
    back = [
        recorded_on(one, undoing_event(one, (), by=by, at=at), process) for one in _merged_away(event, survivor, merged)
    ]
    moved = [
        changed(entity, [(one.field, survivor.id, one.before) for one in fields], deal_processes, by=by, at=at)
        for entity, fields in _pointing_here(event, survivor, pointing)
    ]
    return ChangeSet.of(recorded_on(survivor, undoing_event(before, changes, by=by, at=at), process), *back, *moved)


def _merge(history: Sequence[Recorded]) -> RecordsMerged:
    """The merge at the end of a history."""
    if not history:
        raise InvalidValue("a history has at least one event", field="history", way_out="give all events of the record")
    last = history[-1]
    event: Event = last.event
    if isinstance(event, ContactsMerged | OrganizationsMerged | LeadsMerged):
        return event
    was_merged = any(isinstance(one.event, ContactsMerged | OrganizationsMerged | LeadsMerged) for one in history)
    raise NotNow(
        kind=last.kind.root().__name__.lower(),
        id=last.id,
        tried="undo the merge",
        because="it has changed since" if was_merged else "nothing was merged into it",
        way_out="change what is wrong by an update" if was_merged else "give the history of the record that survived",
    )


def _merged_away(event: RecordsMerged, survivor: Entity, given: Iterable[Entity]) -> list[Entity]:
    """The records that were merged away, in their order, where they are as the merge left them."""
    records = {(type(one).root(), one.id): one for one in given}
    wanted = {(survivor.root(), one.id): one.version for one in event.merged}
    if records.keys() != wanted.keys():
        raise InvalidValue(
            "the records that were merged are given, each once, and no others",
            field="merged",
            value=sorted(record.id for record in records.values()),
            way_out=f"give {', '.join(one.id for one in event.merged)}",
        )
    for name, version in wanted.items():
        record = records[name]
        if record.version != version or getattr(record, "merged_into", None) != survivor.id:
            raise NotNow(
                kind=record.root().__name__.lower(),
                id=record.id,
                tried="undo the merge",
                because="it has changed since",
                way_out="give it as it is stored, or leave the merge as it is",
            )
    return [records[name] for name in wanted]


def _pointing_here(
    event: RecordsMerged, survivor: Entity, given: Iterable[Entity]
) -> list[tuple[Entity, list[Repointed]]]:
    """What was re-pointed, where it still points to the record that survived."""
    entities: dict[tuple[str, str], Entity] = {}
    for one in given:
        if not isinstance(one, Entity):
            raise WrongType("what points is an entity", field="pointing", value=type(one).__name__)
        entities[one.root().__name__, one.id] = one
    missing = [f"{one.kind} {one.id}" for one in event.repointed if (one.kind, one.id) not in entities]
    if missing:
        raise InvalidValue(
            "what was re-pointed is given, so that it can point back",
            field="pointing",
            way_out=f"give {', '.join(dict.fromkeys(missing))}",
        )
    found: dict[tuple[str, str], list[Repointed]] = {}
    for was in event.repointed:
        if not was.is_united and _points_to(entities[was.kind, was.id], was.field, survivor.id):
            found.setdefault((was.kind, was.id), []).append(was)
    return [(entities[name], fields) for name, fields in found.items()]


def _points_to(entity: Entity, field: str, id: str) -> bool:
    if field == COMMITTEE and isinstance(entity, Deal):
        return any(member.contact_id == id for member in entity.committee)
    return bool(getattr(entity, field) == id)
