"""Erasure: a person is forgotten, and the ledger stays.

Whoever asks to be forgotten is forgotten in what they are now and in everything that was ever recorded of them: the
history is rewritten, each personal field replaced by what its mark says (``salesflow.values.personal``). Nothing else
moves: no event goes, so versions, positions, totals and the moments of all that happened stay, and the entity is still
the fold of its history. That it happened is a fact of its own, :class:`PersonalDataErased`, which says by whom, when, and
which events were rewritten.

What to rewrite is decided here, as a value; a storage has only to write it. See ``Eraser`` in ``protocols`` for what
it promises.

What is *not* personal by its mark stays: ids, owners and actors (they are those who sell), the source, the links to
organizations and deals. Choose ids that say nothing about a person. What was written about a person in a deal (notes of
the committee, what was said in meetings) is marked in the deal; erase the deal to replace it there. A lead that became
this contact, or a record that was merged into it, is an entity of its own; erase each.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeGuard, TypeVar, cast

import attrs

from salesflow._copying import evolved
from salesflow.entity import Entity
from salesflow.errors import InvalidValue
from salesflow.event import Event, Recorded, fold
from salesflow.values.personal import is_personal, replacement

T = TypeVar("T")

__all__ = [
    "Erasure",
    "ErasurePlan",
    "PersonalDataErased",
    "personal_fields",
    "planned_erasure",
    "without_personal_data",
]


@attrs.frozen(kw_only=True)
class PersonalDataErased(Event[Entity]):
    """What was personal of somebody was erased.

    Attributes:
        versions: the versions of the events that were rewritten.
    """

    versions: tuple[int, ...] = ()

    def apply(self, entity: Entity, /) -> Entity:
        """The same entity: what was personal is gone from the events before already."""
        return entity.changed_by(self)


@attrs.frozen(kw_only=True)
class Erasure:
    """What a storage says after an erasure.

    Attributes:
        kind: the root kind of the entity ("Contact").
        id: its id.
        version: the version of the event that records the erasure.
        versions: the versions of the events that were rewritten.
    """

    kind: str
    id: str
    version: int
    versions: tuple[int, ...] = ()


@attrs.frozen(kw_only=True)
class ErasurePlan:
    """What a storage has to write so that somebody is forgotten.

    Attributes:
        erasure: what it says afterwards.
        expected_version: the version that must still be stored when it writes.
        rewritten: the events whose stored form is replaced, each under its version; the journal shows them at the
            positions that they have.
        recorded: the event to append to history and journal, or ``None`` where there is nothing to erase any more.
        before: the entity as it is stored; unique keys that ``after`` does not have are freed.
        after: the entity as it is stored from now on.
    """

    erasure: Erasure
    expected_version: int
    rewritten: tuple[Recorded, ...]
    recorded: Recorded | None
    before: Entity
    after: Entity


def planned_erasure(history: Sequence[Recorded], *, by: str, at: datetime) -> ErasurePlan:
    """What has to be written so that the personal data of an entity are erased.

    A storage calls it with the whole history, writes what it says in one transaction in which ``expected_version`` is
    compared as in a commit, and gives back ``erasure``. Where ``recorded`` is ``None`` it writes nothing.

    Args:
        history: all events of the entity, as ``Storage.history`` gives them.
        by: who erases.
        at: when; aware.

    Raises:
        InvalidValue: there is no history, a personal field does not say what replaces it, or a class refuses what
            does; the message repeats no value.

    Example::

        plan = planned_erasure(storage.history(Contact, "C-1"), by="noa", at=now)
    """
    before = fold([one.event for one in history])
    clean = [without_personal_data(one) for one in history]
    rewritten = tuple(new for old, new in zip(history, clean, strict=True) if new is not old)
    former = [one for one in history if isinstance(one.event, PersonalDataErased)]
    if former and not rewritten:
        return _plan(former[-1], len(history), rewritten=(), recorded=None, before=before, after=before)
    event = PersonalDataErased(at=at, by=by, versions=tuple(one.version for one in rewritten))
    last = history[-1]
    recorded = Recorded(kind=last.kind, id=last.id, version=len(history) + 1, event=event)
    after = fold([*(one.event for one in clean), event])
    return _plan(recorded, len(history), rewritten=rewritten, recorded=recorded, before=before, after=after)


def _plan(
    said: Recorded,
    expected_version: int,
    *,
    rewritten: tuple[Recorded, ...],
    recorded: Recorded | None,
    before: Entity,
    after: Entity,
) -> ErasurePlan:
    erased = cast("PersonalDataErased", said.event)
    return ErasurePlan(
        erasure=Erasure(kind=said.kind.root().__name__, id=said.id, version=said.version, versions=erased.versions),
        expected_version=expected_version,
        rewritten=rewritten,
        recorded=recorded,
        before=before,
        after=after,
    )


def without_personal_data(recorded: Recorded) -> Recorded:
    """A recorded event with every personal field replaced; the same object where there is none to replace.

    Doing it again changes nothing.

    Raises:
        InvalidValue: a personal field does not say what replaces it, or a class refuses what does.
    """
    event = _cleaned(recorded.event, recorded.kind)
    return recorded if event is recorded.event else attrs.evolve(recorded, event=event)


def personal_fields(cls: type) -> tuple[str, ...]:
    """The fields of a class that are marked as personal, so that a test can hold what is declared.

    Example:
        ``assert "insurance_number" in personal_fields(Patient)``
    """
    return tuple(field.name for field in _fields(cls) if is_personal(field))


def _fields(cls: type) -> tuple[attrs.Attribute[object], ...]:
    return tuple(field for field in attrs.fields(cls) if field.init)


def _cleaned(value: T, kind: type[Entity]) -> T:
    """A value with what is personal in it replaced, or the same object."""
    if isinstance(value, tuple):
        parts = tuple(_cleaned(part, kind) for part in value)
        same = all(new is old for new, old in zip(parts, value, strict=True))
        return value if same else cast("T", parts)
    if not attrs.has(type(value)):
        return value
    changed = {
        field.name: new
        for field in _fields(type(value))
        if (new := _clean_field(field, old := getattr(value, field.name), kind)) is not old
    }
    if not changed:
        return value
    try:
        return evolved(value, changed)
    except InvalidValue as error:
        raise InvalidValue(
            f"what stands in a field after an erasure passes the rules of {type(value).__name__}",
            field=error.field,
            way_out="mark the field with metadata=personal(instead=...)",
        ) from None


def _clean_field(field: attrs.Attribute[object], value: object, kind: type[Entity]) -> object:
    if _are_field_changes(value, kind):
        described = {one.name: one for one in _fields(kind)}
        pairs = tuple((name, _clean_field(described[name], new, kind)) for name, new in value)
        return value if pairs == value else pairs
    if is_personal(field, value):
        instead = replacement(field)
        return value if instead == value else instead
    return _cleaned(value, kind)


def _are_field_changes(value: object, kind: type[Entity]) -> TypeGuard[tuple[tuple[str, object], ...]]:
    """Whether these are new values by field name, as the events of an update have them."""
    return (
        isinstance(value, tuple)
        and bool(value)
        and all(isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str) for pair in value)
        and {pair[0] for pair in value} <= {field.name for field in _fields(kind)}
    )
