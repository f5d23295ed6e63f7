"""Merging, as it is recorded: which records became one, whose values were taken, and that it was undone.

What is merged, and why, is decided in ``salesflow.leads.merging``. The record that survives takes values of the others;
these stay stored, marked with the id of the one that they went into, and nothing is done with them from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import attrs

from salesflow.answer import Answer
from salesflow.entity import Entity
from salesflow.event import Event
from salesflow.people.contact import Contact
from salesflow.people.fields import PEOPLE_ENGINE_FIELDS, FieldChanges, check_changes
from salesflow.people.lead import LEAD_ENGINE_FIELDS, Disqualification, Lead
from salesflow.people.organization import Organization
from salesflow.values.text import are_lines, is_identifier, is_line

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    E = DefaultedTypeVar("E", bound=Entity, default=Entity)
else:
    E = TypeVar("E", bound=Entity)

__all__ = [
    "ContactMergeUndone",
    "ContactsMerged",
    "LeadMergeUndone",
    "LeadsMerged",
    "MergeUndone",
    "MergedAway",
    "MergedRecord",
    "OrganizationMergeUndone",
    "OrganizationsMerged",
    "RecordsMerged",
    "Repointed",
    "TakenField",
]


def _are_taken(owned: frozenset[str]) -> Callable[[object, attrs.Attribute[FieldChanges], FieldChanges], None]:
    """An attrs validator for new values by field name; a merge may bring none."""

    def check(_instance: object, _attribute: attrs.Attribute[FieldChanges], value: FieldChanges) -> None:
        if value != ():
            check_changes(value, owned=owned, way_out="a merge takes plain fields")

    return check


_PLAIN = _are_taken(PEOPLE_ENGINE_FIELDS)
_PLAIN_OF_LEADS = _are_taken(LEAD_ENGINE_FIELDS)


@attrs.frozen(kw_only=True)
class MergedRecord:
    """A record that was merged into another.

    Attributes:
        id: its id.
        version: the version that it has since then.
    """

    id: str = attrs.field(validator=is_identifier())
    version: int


@attrs.frozen(kw_only=True)
class TakenField:
    """Whose value a field has since a merge.

    Attributes:
        field: the name of the field.
        ids: the records whose value it is; several where values were united or joined.
    """

    field: str = attrs.field(validator=is_line())
    ids: tuple[str, ...] = attrs.field(validator=are_lines())


@attrs.frozen(kw_only=True)
class Repointed:
    """A record that pointed to one that was merged away, and points to the surviving one since then.

    Attributes:
        kind: its kind ("Deal").
        id: its id.
        field: the field that points ("contact_id").
        before: where it pointed before.
        is_united: whether it pointed to the surviving record too, so that two members of a committee became one.
    """

    kind: str = attrs.field(validator=is_line())
    id: str = attrs.field(validator=is_identifier())
    field: str = attrs.field(validator=is_line())
    before: str = attrs.field(validator=is_identifier())
    is_united: bool = False


@attrs.frozen(kw_only=True)
class _Merged(Event[E]):
    """Other records were merged into this one.

    Attributes:
        merged: the others.
        changes: new values by field name.
        taken: whose values these are.
        repointed: what pointed to the others, and points here since then.
    """

    merged: tuple[MergedRecord, ...]
    changes: FieldChanges = attrs.field(default=(), validator=_PLAIN)
    taken: tuple[TakenField, ...] = ()
    repointed: tuple[Repointed, ...] = ()

    def apply(self, entity: E, /) -> E:
        """The record with what it took of the others."""
        return entity.changed_by(self, **dict(self.changes))


@attrs.frozen(kw_only=True)
class _MergeUndone(Event[E]):
    """A merge was undone, on the record that had survived and on those that went into it.

    Attributes:
        changes: the values before the merge by field name; of a record that had been merged away none are needed.
    """

    changes: FieldChanges = attrs.field(default=(), validator=_PLAIN)

    def apply(self, entity: E, /) -> E:
        """The record as it was before the merge."""
        return entity.changed_by(self, **dict(self.changes), merged_into=None)


@attrs.frozen(kw_only=True)
class MergedAway(Event[Entity]):
    """A lead, a contact or an organization was merged into another one.

    Attributes:
        into: the id of that one.
    """

    into: str = attrs.field(validator=is_identifier())

    def apply(self, entity: Entity, /) -> Entity:
        """The record, marked with where it went."""
        return entity.changed_by(self, merged_into=self.into)


@attrs.frozen(kw_only=True)
class ContactsMerged(_Merged[Contact]):
    """Other contacts were merged into this one."""


@attrs.frozen(kw_only=True)
class OrganizationsMerged(_Merged[Organization]):
    """Other organizations were merged into this one."""


@attrs.frozen(kw_only=True)
class LeadsMerged(_Merged[Lead]):
    """Other leads were merged into this one.

    Attributes:
        answers: what is answered since then, where that changed.
        disqualification: why it was disqualified, where it is and did not say so itself.
    """

    changes: FieldChanges = attrs.field(default=(), validator=_PLAIN_OF_LEADS)
    answers: tuple[Answer, ...] | None = None
    disqualification: Disqualification | None = None

    def apply(self, lead: Lead, /) -> Lead:
        """The lead with what it took of the others."""
        return lead.changed_by(
            self,
            **dict(self.changes),
            answers=lead.answers if self.answers is None else self.answers,
            disqualification=self.disqualification or lead.disqualification,
        )


@attrs.frozen(kw_only=True)
class ContactMergeUndone(_MergeUndone[Contact]):
    """A merge of contacts was undone."""


@attrs.frozen(kw_only=True)
class OrganizationMergeUndone(_MergeUndone[Organization]):
    """A merge of organizations was undone."""


@attrs.frozen(kw_only=True)
class LeadMergeUndone(_MergeUndone[Lead]):
    """A merge of leads was undone.

    Attributes:
        answers: what was answered before the merge.
        disqualification: why it was disqualified before the merge.
    """

    changes: FieldChanges = attrs.field(default=(), validator=_PLAIN_OF_LEADS)
    answers: tuple[Answer, ...] = ()
    disqualification: Disqualification | None = None

    def apply(self, lead: Lead, /) -> Lead:
        """The lead as it was before the merge."""
        return lead.changed_by(
            self,
            **dict(self.changes),
            answers=self.answers,
            disqualification=self.disqualification,
            merged_into=None,
        )


RecordsMerged = ContactsMerged | OrganizationsMerged | LeadsMerged
"""The event of a record that survives a merge."""

MergeUndone = ContactMergeUndone | OrganizationMergeUndone | LeadMergeUndone
"""The event of a record whose merge was undone."""
