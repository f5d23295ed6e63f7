"""Merging records that are one: first a preview, as a value, and then one set of changes.

::

    preview = preview_merge([contact, *others], pointing=deals, deal_processes=[process])
    preview.survivor, preview.because     # who stays, and why
    preview.fields, preview.lost          # whose value wins in each field, and what is lost
    preview.pointers                      # where else somebody may point to those who go
    storage.commit(preview.apply(by="dan", at=now))

Leads, contacts and organizations are merged; deals never are: two deals that look alike are two sales. A record that was
merged away stays stored, marked with where it went, and nothing is done with it any more. As long as nothing has changed
since, ``undo_merge`` takes it back (``salesflow.leads.unmerging``).

The library knows no tenants: a storage keeps them apart (``Tenants``), and a set of changes goes to the storage of one of
them, where the versions of another tenant's records do not hold. Whoever has records of several tenants at hand says by
``tenant_of`` whose each of them is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import attrs

from salesflow._copying import evolved
from salesflow.changes import ChangeSet
from salesflow.deal.deal import Deal
from salesflow.entity import Entity
from salesflow.errors import InvalidValue, NotNow, UnknownName, WrongType
from salesflow.leads.confidence import Confidence, by_confidence, why_first
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.merge_fields import (
    STANDARD_MERGE_RULES,
    FieldMerge,
    LostValue,
    MergeRules,
    merged_fields,
    plain_fields,
)
from salesflow.leads.merge_leads import lead_fields
from salesflow.leads.merge_records import merge_event, recorded_on
from salesflow.leads.processes import AnyLeadProcess, AnySalesProcess
from salesflow.leads.repointing import Pointer, Repointing, changed, pointers_to, pointing_there
from salesflow.outcome import Outcome
from salesflow.people.contact import Contact
from salesflow.people.fields import check_not_merged
from salesflow.people.lead import Lead
from salesflow.people.merging import MergedAway, MergedRecord, Repointed
from salesflow.people.organization import Organization

E = TypeVar("E", bound=Entity)

__all__ = ["MOST_AT_ONCE", "Excluded", "MergePreview", "preview_merge"]

MOST_AT_ONCE = 5
"""How many records are merged at once; Odoo's figure. Whoever has more should look at the result in between."""


@attrs.frozen(kw_only=True)
class Excluded:
    """A record that is not merged.

    Attributes:
        id: its id.
        because: why not, in words.
    """

    id: str
    because: str


@attrs.frozen(kw_only=True)
class _Asked(Generic[E]):
    """What a preview was asked for."""

    records: tuple[E, ...]
    survivor: str | None
    chosen: tuple[tuple[str, str], ...]
    rules: MergeRules
    include_lost: bool
    pointing: tuple[Entity, ...]
    own_pointers: tuple[Pointer, ...]
    lead_process: AnyLeadProcess
    deal_processes: tuple[AnySalesProcess, ...]


@attrs.frozen(kw_only=True)
class MergePreview(Generic[E]):
    """What a merge would do.

    Attributes:
        survivor: the record that stays, as it is now.
        because: why it does.
        merged: the records that would be merged into it, in the order of confidence.
        excluded: those that are left out, with the reason.
        fields: what each field would have, whose value that is, and why.
        lost: the values that the surviving record would not have.
        pointers: which fields of which kinds point to records, with the ids to look for; the host looks them up.
        repointed: what of the records that the host passed points there, and would point to the survivor.
    """

    survivor: E
    because: Confidence
    merged: tuple[E, ...]
    excluded: tuple[Excluded, ...]
    fields: tuple[FieldMerge, ...]
    lost: tuple[LostValue, ...]
    pointers: tuple[Pointer, ...]
    repointed: tuple[Repointed, ...]
    _asked: _Asked[E] = attrs.field(alias="asked", repr=False, eq=False)

    @property
    def after(self) -> E:
        """The surviving record as it would be, at the version that it has now."""
        return evolved(self.survivor, {one.field: one.value for one in self.fields if one.is_changed})

    def field(self, name: str) -> FieldMerge:
        """What becomes of one field.

        Raises:
            UnknownName: there is no such field.
        """
        known = {one.field: one for one in self.fields}
        if name not in known:
            raise UnknownName("field", name, known, where=type(self.survivor).__name__)
        return known[name]

    def with_survivor(self, which: E | str, /) -> MergePreview[E]:
        """The same merge with another record staying; values win in the order of confidence behind it."""
        return _preview(attrs.evolve(self._asked, survivor=_id(which)))

    def taking(self, field: str, *, of: E | str) -> MergePreview[E]:
        """The same merge with the value of one record in a field.

        Args:
            field: the name of the field.
            of: the record whose value it shall have, or its id.

        Raises:
            UnknownName: there is no such field, or no such record among those that are merged.
        """
        chosen = dict(self._asked.chosen) | {field: _id(of)}
        return _preview(attrs.evolve(self._asked, chosen=tuple(chosen.items())))

    def apply(self, *, by: str, at: datetime) -> ChangeSet:
        """The merge as one set of changes, which lands as a whole or not at all.

        Args:
            by: who merges.
            at: when; aware, and not before the last event of any of the records.

        Raises:
            OutOfOrder: ``at`` lies before the last event of a record.
            PolicyRefused: this actor may not.
            InvalidValue: a field would break its rule.
        """
        asked, process = self._asked, self._asked.lead_process
        away = [recorded_on(one, MergedAway(at=at, by=by, into=self.survivor.id), process) for one in self.merged]
        merged = tuple(
            MergedRecord(id=change.id, version=change.after.version) for one in away for change in one.changes
        )
        event = merge_event(self.survivor, self.fields, merged, self.repointed, by=by, at=at)
        moved = [self._repointed(one, by=by, at=at) for one in _pointing(asked, self.survivor, self.merged)]
        return ChangeSet.of(recorded_on(self.survivor, event, process), *away, *moved)

    def _repointed(self, one: Repointing, *, by: str, at: datetime) -> ChangeSet:
        there = [(field.field, field.before, self.survivor.id) for field in one.fields]
        return changed(one.entity, there, self._asked.deal_processes, by=by, at=at)


def preview_merge(
    records: Iterable[E],
    *,
    survivor: E | str | None = None,
    include_lost: bool = False,
    pointing: Iterable[Entity] = (),
    own_pointers: Iterable[Pointer] = (),
    rules: MergeRules = STANDARD_MERGE_RULES,
    lead_process: AnyLeadProcess | None = None,
    deal_processes: Iterable[AnySalesProcess] = (),
    tenant_of: Callable[[E], object] | None = None,
) -> MergePreview[E]:
    """What a merge of records that are one would do. Nothing is changed.

    Args:
        records: two to five leads, contacts or organizations, of one class. Leads that were converted are left out.
        survivor: which of them stays, where it is not the most trusted one (see ``by_confidence``).
        include_lost: whether leads that were disqualified are merged too.
        pointing: whatever may point to the records: deals, contacts, organizations. Those that do are re-pointed in the
            same set; ``pointers`` of the preview says what to look for.
        own_pointers: fields of your own classes that point to such records.
        rules: what is done with which field.
        lead_process: the process of the leads; the standard one where it is not given.
        deal_processes: the processes of the deals in ``pointing``.
        tenant_of: whose a record is; records of two tenants are not merged.

    Raises:
        WrongType: they are deals, or of more than one class.
        InvalidValue: fewer than two or more than five, one of them twice, of several tenants; or an organization would
            belong to itself.
        NotNow: one of them is a draft or was merged before, or none would be left to merge.
        UnknownName: the survivor is none of them, or a rule names no field.
        ProcessMismatch: a lead runs under another process.

    Example:
        ``preview_merge([first, second]).apply(by="dan", at=now)``
    """
    given = tuple(records)
    _check(given, tenant_of)
    rules.check(type(given[0]))
    return _preview(
        _Asked(
            records=given,
            survivor=None if survivor is None else _id(survivor),
            chosen=(),
            rules=rules,
            include_lost=include_lost,
            pointing=tuple(pointing),
            own_pointers=tuple(own_pointers),
            lead_process=LeadProcess() if lead_process is None else lead_process,
            deal_processes=tuple(deal_processes),
        )
    )


def _preview(asked: _Asked[E]) -> MergePreview[E]:
    excluded, ordered = _left(asked)
    survivor = _survivor(asked, ordered)
    merged = tuple(one for one in ordered if one is not survivor)
    records = (survivor, *merged)
    _check_choices(asked, records)
    fields, lost = merged_fields(records, rules=asked.rules, chosen=dict(asked.chosen))
    more, lost_too = lead_fields(records)
    repointed = tuple(field for one in _pointing(asked, survivor, merged) for field in one.fields)
    preview = MergePreview(
        survivor=survivor,
        because=Confidence.CHOSEN
        if asked.survivor
        else why_first(survivor, merged[0], lead_process=asked.lead_process),
        merged=merged,
        excluded=excluded,
        fields=(*fields, *more),
        lost=(*lost, *lost_too),
        pointers=_pointers(asked, merged),
        repointed=repointed,
        asked=asked,
    )
    if isinstance(survivor, Organization):
        _check_parents(preview.field("parent_id").value, records, asked.pointing)
    return preview


# What is refused ------------------------------------------------------------------------------------------------------


def _check(records: Sequence[E], tenant_of: Callable[[E], object] | None) -> None:
    """Refuse records that can never be merged."""
    for record in records:
        if isinstance(record, Deal):
            raise WrongType(
                "deals are never merged",
                field="records",
                way_out="lose one of them, with the reason that it was a duplicate",
            )
        if not isinstance(record, Lead | Contact | Organization):
            raise WrongType("leads, contacts or organizations are merged", field="records", value=type(record).__name__)
    classes = {type(record).__name__ for record in records}
    if len({type(record) for record in records}) > 1:
        raise WrongType("records of one class are merged", field="records", value=sorted(classes))
    if tenant_of is not None and len({tenant_of(record) for record in records}) > 1:
        raise InvalidValue("records of one tenant are merged", field="records", way_out="merge within each tenant")
    ids = [record.id for record in records]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise InvalidValue(
            "a record is not merged with itself", field="records", value=twice, way_out="give each of them once"
        )
    if not 2 <= len(records) <= MOST_AT_ONCE:
        raise InvalidValue(
            f"two to {MOST_AT_ONCE} records are merged at once",
            field="records",
            value=len(records),
            way_out="merge a few, look at the result, and go on with it",
        )
    for record in records:
        check_not_merged(record, tried="merge it")
        if record.version == 0:
            raise NotNow(
                kind=record.root().__name__.lower(),
                id=record.id,
                tried="merge it",
                because="it is a draft",
                way_out="record its first event first",
            )


def _left(asked: _Asked[E]) -> tuple[tuple[Excluded, ...], tuple[E, ...]]:
    """Who is left out, and who is left to merge, in the order of confidence."""
    because = {record.id: _why_not(record, include_lost=asked.include_lost) for record in asked.records}
    excluded = tuple(Excluded(id=one, because=why) for one, why in because.items() if why)
    left = by_confidence((one for one in asked.records if not because[one.id]), lead_process=asked.lead_process)
    if len(left) < 2:
        raise NotNow(
            kind=asked.records[0].root().__name__.lower(),
            id=left[0].id if left else None,
            tried="merge",
            because="; ".join(f"{one.id} {one.because}" for one in excluded),
            way_out="nothing is left to merge it with",
        )
    return excluded, left


def _why_not(record: Entity, *, include_lost: bool) -> str:
    if not isinstance(record, Lead) or record.outcome is Outcome.OPEN:
        return ""
    if record.outcome is Outcome.WON:
        return "was converted, and what it became goes on"
    return "" if include_lost else "was disqualified; it is merged with include_lost=True"


def _survivor(asked: _Asked[E], ordered: Sequence[E]) -> E:
    if asked.survivor is None:
        return ordered[0]
    for record in ordered:
        if record.id == asked.survivor:
            return record
    raise UnknownName("record", asked.survivor, [one.id for one in ordered], where="the records that are merged")


def _check_choices(asked: _Asked[E], records: Sequence[Entity]) -> None:
    known, ids = plain_fields(type(records[0])), [record.id for record in records]
    for name, whose in asked.chosen:
        if name not in known:
            raise UnknownName("field", name, known, where=type(records[0]).__name__)
        if whose not in ids:
            raise UnknownName("record", whose, ids, where="the records that are merged")


def _check_parents(parent: object, records: Sequence[Entity], others: Iterable[Entity]) -> None:
    """Refuse a merge after which an organization belongs to itself, as far as its parents are known.

    Args:
        parent: what the organization that survives would belong to.
        records: the organizations, the one that survives first.
        others: among which more parents are found.
    """
    survivor, ids = records[0].id, {record.id for record in records}
    parents: dict[str, object] = {one.id: one.parent_id for one in others if isinstance(one, Organization)}
    parents[survivor] = parent
    way = [survivor]
    while isinstance(above := parents.get(way[-1]), str):
        way.append(survivor if above in ids else above)
        if way[-1] == survivor:
            raise InvalidValue(
                "an organization does not belong to itself, not even by way of others",
                field="parent_id",
                value=" > ".join(way),
                way_out="take parent_id of another record, or correct a parent first",
            )
        if way.count(way[-1]) > 1:
            return


# What points there ----------------------------------------------------------------------------------------------------


def _pointers(asked: _Asked[E], merged: Sequence[E]) -> tuple[Pointer, ...]:
    return pointers_to(type(merged[0]), tuple(one.id for one in merged), asked.own_pointers)


def _pointing(asked: _Asked[E], survivor: E, merged: Sequence[E]) -> tuple[Repointing, ...]:
    pointers = _pointers(asked, merged)
    return tuple(pointing_there(asked.pointing, pointers, target=survivor.id, merged=(survivor, *merged)))


def _id(which: Entity | str) -> str:
    return which.id if isinstance(which, Entity) else which
