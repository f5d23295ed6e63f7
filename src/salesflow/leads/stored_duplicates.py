"""Likely duplicates in a storage: looked up by index, a page for each key, never all pairs.

A host that wants this keeps matching keys with its records, each in a field of its own with an index on it, and says
which field holds which kind of key. A kind of which a record has several (``phone``, ``part``) may have several::

    @attrs.frozen(kw_only=True)
    class OurContact(Contact):
        email_key: str | None = None
        phone_key: str | None = None
        name_key: str | None = None

    FIELDS = {"email_key": KeyKind.EMAIL, "phone_key": KeyKind.PHONE, "name_key": KeyKind.NAME}
    stored_keys(contact, FIELDS)  # pairs, as an update takes them
    find_stored_duplicates(lead, storage, {OurContact: FIELDS})

An asynchronous host, or one that keeps keys in a table of their own, takes the queries from
:func:`duplicate_queries` (or the keys from ``matching_keys``), reads what they find, and passes that to
``find_duplicates``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

import attrs

from salesflow.entity import Entity
from salesflow.errors import InvalidValue
from salesflow.leads.duplicates import Duplicates, find_duplicates
from salesflow.leads.matching_keys import KeyKind, kind_of, matching_keys
from salesflow.leads.matching_rules import MatchingRules
from salesflow.people.fields import FieldChanges
from salesflow.storage.protocols import Storage
from salesflow.storage.query import MAX_LIMIT, Query, eq

__all__ = ["KeyQuery", "duplicate_queries", "find_stored_duplicates", "stored_keys"]

E = TypeVar("E", bound=Entity)

_PLAIN = MatchingRules()


@attrs.frozen(kw_only=True)
class KeyQuery(Generic[E]):
    """A query for the records that have one key, in one field.

    Attributes:
        key: the key.
        query: the query; its page holds one record more than may share the key, so that a full one tells.
    """

    key: str = attrs.field(repr=False)
    query: Query[E] = attrs.field(repr=False)


def stored_keys(entity: Entity, fields: Mapping[str, KeyKind], *, rules: MatchingRules = _PLAIN) -> FieldChanges:
    """What the key fields of a record are to hold, as pairs of a field and its key, ``None`` where there is no such key.

    Keys of one kind go to the fields of that kind in order; those that no field is left for are not stored, and a record
    is not found by them.

    Args:
        entity: a lead, a contact or an organization.
        fields: the kind of key of each field.
        rules: the lists and the country of the host; the same as when asking.

    Raises:
        WrongType: it is of another kind, such as a deal.

    Example:
        ``ContactUpdated(at=at, by="noa", changes=(("email", email), *stored_keys(changed, FIELDS)))``
    """
    keys = matching_keys(entity, rules=rules)
    left = {kind: iter([key for key in keys if kind_of(key) is kind]) for kind in fields.values()}
    return tuple((field, next(left[kind], None)) for field, kind in fields.items())


def duplicate_queries(
    entity: Entity, kind: type[E], fields: Mapping[str, KeyKind], *, rules: MatchingRules = _PLAIN
) -> tuple[KeyQuery[E], ...]:
    """The queries that find who shares a key with a record: one for each key and each field that may hold it.

    Args:
        entity: a lead, a contact or an organization.
        kind: the class of the records that are looked through, with the fields.
        fields: the kind of key of each of its fields.
        rules: the lists and the country of the host; the same as when the keys were stored.

    Raises:
        WrongType: the record is of another kind, such as a deal.
        UnknownName: the class has no such field.
        InvalidValue: more records may share a key than a page holds.
    """
    most = max(rules.most_shared, rules.most_alike)
    if most + 2 > MAX_LIMIT:
        raise InvalidValue(
            "as many records may share a key as one page of a query holds, less two",
            field="most_shared",
            value=most,
            way_out=f"give at most {MAX_LIMIT - 2}",
        )
    return tuple(
        KeyQuery(key=key, query=Query(kind, where=[eq(field, key)], limit=rules.most_for(kind_of(key)) + 2))
        for key in matching_keys(entity, rules=rules)
        for field, stored in fields.items()
        if kind_of(key) is stored
    )


def find_stored_duplicates(
    entity: Entity,
    storage: Storage,
    kinds: Mapping[type[E], Mapping[str, KeyKind]],
    *,
    rules: MatchingRules = _PLAIN,
) -> Duplicates[E]:
    """The likely duplicates of a record among those that a storage holds.

    Only records are read that share a key, and of a key that too many share only one page, to know that they are
    too many; the answer says so.

    Args:
        entity: a lead, a contact or an organization, stored or not.
        storage: where the others are.
        kinds: the classes that are looked through, each with its key fields and their kinds.
        rules: lists, country and thresholds; the same as when the keys were stored.

    Raises:
        WrongType: the record is of another kind, such as a deal.
        UnknownName: a class has no such field.
        MissingExtra: nearly equal names are asked for without the extra ``fuzzy``.
    """
    holders: dict[str, dict[tuple[type[Entity], str], E]] = {}
    for kind, fields in kinds.items():
        for one in duplicate_queries(entity, kind, fields, rules=rules):
            found = holders.setdefault(one.key, {})
            for other in storage.find(one.query).items:
                found[other.root(), other.id] = other
    own = (entity.root(), entity.id)
    shared_by = {key: len(found.keys() - {own}) + 1 for key, found in holders.items()}
    candidates = {
        name: other
        for key, found in holders.items()
        if shared_by[key] <= rules.most_for(kind_of(key))
        for name, other in found.items()
    }
    return find_duplicates(entity, among=candidates.values(), rules=rules, shared_by=shared_by)
