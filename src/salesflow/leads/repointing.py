"""What points to a record, and how it is made to point to another one when the record is merged away.

A storage is not asked here. ``Pointer`` says which field of which kind points, so that the host can look up who does; those
that it passes are re-pointed in the same set of changes. What a lead became (``Lead.conversion``) and who signed which
terms stay as they were recorded: that is history, and the record that was merged away says where it went.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import cast

import attrs

from salesflow.changes import Change, ChangeSet
from salesflow.deal.committee import CommitteeMemberReplaced
from salesflow.deal.deal import Deal
from salesflow.entity import Entity
from salesflow.errors import OutOfOrder, UnknownName, WrongType
from salesflow.event import Event
from salesflow.leads.processes import AnySalesProcess, name_of
from salesflow.people.contact import Contact, ContactUpdated
from salesflow.people.lead import Lead
from salesflow.people.merging import Repointed
from salesflow.people.organization import Organization, OrganizationUpdated
from salesflow.values.text import is_line

__all__ = ["COMMITTEE", "Pointer", "Repointing", "changed", "changed_by", "pointers_to", "pointing_there"]

COMMITTEE = "committee"
"""The field of deals whose members are contacts."""


@attrs.frozen
class Pointer:
    """A field that points to a record by its id.

    Attributes:
        kind: the kind of entity that has it.
        field: its name; ``committee`` of a deal points by its members.
        ids: what it points to and should not any more: where to look.
    """

    kind: type[Entity]
    field: str = attrs.field(validator=is_line())
    ids: tuple[str, ...] = ()


_POINTERS: Mapping[type[Entity], tuple[Pointer, ...]] = {
    Contact: (Pointer(Deal, "contact_id"), Pointer(Deal, COMMITTEE)),
    Organization: (
        Pointer(Deal, "organization_id"),
        Pointer(Contact, "organization_id"),
        Pointer(Organization, "parent_id"),
    ),
    Lead: (Pointer(Deal, "lead_id"),),
}


def pointers_to(kind: type[Entity], ids: tuple[str, ...], own: Iterable[Pointer]) -> tuple[Pointer, ...]:
    """Which fields point to records of a kind: those of the library, then those of the host.

    Args:
        kind: contacts, organizations or leads.
        ids: the records.
        own: fields of the host's own that do.

    Raises:
        UnknownName: a class has no such field.
    """
    known = _POINTERS[kind.root()]
    for pointer in own:
        names = [field.name for field in attrs.fields(pointer.kind)]
        if pointer.field not in names:
            raise UnknownName("field", pointer.field, names, where=pointer.kind.__name__)
    return tuple(attrs.evolve(pointer, ids=ids) for pointer in (*known, *own))


def pointing_there(
    entities: Iterable[Entity], pointers: Iterable[Pointer], *, target: str, merged: Sequence[Entity]
) -> Iterator[Repointing]:
    """Those entities that point where they should not any more.

    Args:
        entities: whatever the host found; those that do not point there are passed over.
        pointers: which fields point, and to what.
        target: the record that they shall point to.
        merged: the records that are merged, the surviving one too; what becomes of their own fields is decided elsewhere.
    """
    pointers = tuple(pointers)
    merging = {(one.root(), one.id) for one in merged}
    for entity in entities:
        if not isinstance(entity, Entity):
            raise WrongType("what points is an entity", field="pointing", value=type(entity).__name__)
        if (entity.root(), entity.id) in merging or getattr(entity, "merged_into", None) is not None:
            continue
        found = [
            one for pointer in pointers if isinstance(entity, pointer.kind) for one in _found(entity, pointer, target)
        ]
        if found:
            yield Repointing(entity, tuple(found))


def _found(entity: Entity, pointer: Pointer, target: str) -> Iterator[Repointed]:
    """Where an entity points to what is merged away, by one of its fields."""
    if pointer.field == COMMITTEE and isinstance(entity, Deal):
        held = [member.contact_id for member in entity.committee]
    else:
        held = [getattr(entity, pointer.field)]
    gone = [one for one in held if one in pointer.ids]
    for place, before in enumerate(gone):
        is_united = pointer.field == COMMITTEE and (target in held or place > 0)
        yield Repointed(
            kind=entity.root().__name__, id=entity.id, field=pointer.field, before=before, is_united=is_united
        )


@attrs.frozen
class Repointing:
    """An entity that points where it should not any more.

    Attributes:
        entity: the entity.
        fields: where it points, a field each.
    """

    entity: Entity
    fields: tuple[Repointed, ...]


def changed(
    entity: Entity,
    moved: Iterable[tuple[str, str, str]],
    processes: Iterable[AnySalesProcess],
    *,
    by: str,
    at: datetime,
) -> ChangeSet:
    """The change of an entity that points elsewhere.

    Args:
        entity: a deal, a contact or an organization.
        moved: field, where it points, and where it shall point.
        processes: the processes of deals.

    Raises:
        UnknownName: the process of a deal is not given.
        WrongType: nothing is known of how such an entity is changed.
    """
    moved = tuple(moved)
    fields = tuple((name, target) for name, _before, target in moved if name != COMMITTEE)
    match entity:
        case Deal():
            return _deal(entity, moved, dict(fields), processes, by=by, at=at)
        case Contact():
            return changed_by(entity, ContactUpdated(at=at, by=by, changes=fields))
        case Organization():
            return changed_by(entity, OrganizationUpdated(at=at, by=by, changes=fields))
    raise WrongType(
        "deals, contacts and organizations are re-pointed",
        field="pointing",
        value=type(entity).__name__,
        way_out="change it in a set of your own, and commit both with |",
    )


def _deal(
    deal: Deal,
    moved: tuple[tuple[str, str, str], ...],
    fields: dict[str, str],
    processes: Iterable[AnySalesProcess],
    *,
    by: str,
    at: datetime,
) -> ChangeSet:
    known = {name_of(process)[0]: process for process in processes}
    if deal.process not in known:
        raise UnknownName("process", deal.process, known, where="deal_processes")
    sale = known[deal.process].work_on(deal, by=by, at=at)  # type: ignore[arg-type]  # the process refuses other classes
    if fields:
        sale.update(attrs.evolve(sale.deal, **fields))  # type: ignore[arg-type]  # a pointer is an id
    for name, before, target in moved:
        if name == COMMITTEE:
            sale.record(CommitteeMemberReplaced(at=at, by=by, contact_id=before, into=target))
    return sale.changes


def changed_by(entity: Entity, event: object) -> ChangeSet:
    """The change that one event makes of an entity.

    Raises:
        OutOfOrder: the event lies before the last one of the entity.
    """
    recorded = cast("Event[Entity]", event)
    if entity.changed_at is not None and recorded.at < entity.changed_at:
        raise OutOfOrder(
            kind=entity.root().__name__.lower(),
            id=entity.id,
            at=recorded.at.isoformat(),
            last=entity.changed_at.isoformat(),
        )
    return ChangeSet.of(Change(entity, (recorded,)))
