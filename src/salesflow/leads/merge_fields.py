"""What becomes of each field when records are merged: whose value wins and why, and what is lost.

The records come in the order of confidence. Where nothing else is said the first known value wins, field by field. An
address is taken whole, from the record that has the fullest. Fields that belong together are taken together. Lists are
united, and texts of several lines joined, so that nothing of them is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import attrs

from salesflow.entity import Entity
from salesflow.errors import UnknownName
from salesflow.leads.known_values import is_known, is_same
from salesflow.people.fields import PEOPLE_ENGINE_FIELDS
from salesflow.people.lead import LEAD_ENGINE_FIELDS, Lead
from salesflow.values.contact_details import PostalAddress
from salesflow.values.text import are_lines

__all__ = ["STANDARD_MERGE_RULES", "FieldMerge", "LostValue", "MergeRules", "Why", "merged_fields", "plain_fields"]

_MOST = 10_000
"""How long a joined text may be, in characters: what the notes of a record may have."""


class Why(StrEnum):
    """Why a field has the value that it has after a merge."""

    ONLY_VALUE = "no other record has a value"
    FIRST_VALUE = "the most trusted record that has a value"
    CHOSEN = "it was chosen"
    FULLEST_ADDRESS = "the fullest address, taken whole"
    TOGETHER = "taken together with the fields that it belongs to"
    UNITED = "the values of all"
    JOINED = "the texts of all"
    ANY_YES = "one of them says so"
    UNKNOWN = "no record has a value"


@attrs.frozen(kw_only=True)
class FieldMerge:
    """A field of the record that survives.

    Attributes:
        field: the name of the field.
        value: what it has after the merge.
        ids: the records whose value it is, the most trusted first.
        why: why it has this value.
        is_changed: whether that is not what it had before.
    """

    field: str
    value: object = attrs.field(repr=False)
    ids: tuple[str, ...]
    why: Why
    is_changed: bool


@attrs.frozen(kw_only=True)
class LostValue:
    """A value that the record that survives does not have; it stays on the record that was merged away.

    Attributes:
        field: the name of the field.
        id: the record whose value it is.
        value: the value.
        because: why it is lost, in words.
    """

    field: str
    id: str
    value: object = attrs.field(repr=False)
    because: str


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return names if isinstance(names, str) else tuple(names)  # type: ignore[return-value]  # refused by the validator


def _groups(groups: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(map(_names, groups))


@attrs.frozen(kw_only=True)
class MergeRules:
    """What is done with which field, where the first known value shall not win.

    Tuples are always united, and a ``PostalAddress`` is always taken whole.

    Attributes:
        joined: fields with texts of several lines, of up to 10,000 characters together.
        together: fields that are taken from one record, as a group; by Odoo's rule the owner and the team of a lead.
        any_yes: fields that are true as soon as one of the records says so.

    Example:
        ``MergeRules(joined=[*STANDARD_MERGE_RULES.joined, "background"])``
    """

    joined: tuple[str, ...] = attrs.field(default=("interest", "notes"), converter=_names, validator=are_lines())
    together: tuple[tuple[str, ...], ...] = attrs.field(default=(("owner", "team"),), converter=_groups)
    any_yes: tuple[str, ...] = attrs.field(default=("do_not_contact",), converter=_names, validator=are_lines())

    def check(self, kind: type[Entity]) -> None:
        """Refuse names that are fields of no kind of record that is merged.

        Raises:
            UnknownName: a field that is not among the standard ones is not one of this kind.
        """
        standard = {*_STANDARD.joined, *_STANDARD.any_yes, *(name for group in _STANDARD.together for name in group)}
        known = plain_fields(kind)
        for name in (*self.joined, *self.any_yes, *(name for group in self.together for name in group)):
            if name not in known and name not in standard:
                raise UnknownName("field", name, known, where=kind.__name__)


STANDARD_MERGE_RULES = MergeRules()
"""Notes and interest are joined, owner and team belong together, and whoever asked not to be contacted is not."""

_STANDARD = STANDARD_MERGE_RULES


def plain_fields(kind: type[Entity]) -> tuple[str, ...]:
    """The fields of leads, contacts or organizations that a merge decides on, in order."""
    owned = LEAD_ENGINE_FIELDS if issubclass(kind, Lead) else PEOPLE_ENGINE_FIELDS
    return tuple(field.name for field in attrs.fields(kind) if field.init and field.name not in owned)


Known = Sequence[tuple[str, object]]
"""The known values of a field with the id of the record that each is of, the most trusted first."""


class _Decision(NamedTuple):
    value: object
    ids: Sequence[str]
    why: Why


def merged_fields(
    records: Sequence[Entity], *, rules: MergeRules, chosen: Mapping[str, str]
) -> tuple[tuple[FieldMerge, ...], tuple[LostValue, ...]]:
    """What becomes of each plain field, and what is lost.

    Args:
        records: of one class, in the order of confidence, the one that survives first.
        rules: what is done with which field.
        chosen: the id of the record whose value shall win, by field.
    """
    fields: list[FieldMerge] = []
    lost: list[LostValue] = []
    for name in plain_fields(type(records[0])):
        known = _known(records, name)
        decision = _decided(records, name, known, rules, chosen)
        before = getattr(records[0], name)
        fields.append(
            FieldMerge(
                field=name,
                value=decision.value,
                ids=tuple(decision.ids),
                why=decision.why,
                is_changed=decision.value != before,
            )
        )
        lost += _lost(name, known, decision)
    return tuple(fields), tuple(lost)


def _known(records: Sequence[Entity], name: str) -> Known:
    """The known values of a field; that one of the records belongs to another of them says nothing any more."""
    ids = {record.id for record in records} if name == "parent_id" else set()
    values = ((record.id, getattr(record, name)) for record in records)
    return [(whose, value) for whose, value in values if is_known(value) and value not in ids]


def _decided(
    records: Sequence[Entity], name: str, known: Known, rules: MergeRules, chosen: Mapping[str, str]
) -> _Decision:
    """Whose value a field has."""
    if name in chosen:
        (record,) = (one for one in records if one.id == chosen[name])
        return _Decision(getattr(record, name), [record.id], Why.CHOSEN)
    group = next((group for group in rules.together if name in group), ())
    if group:
        return _together(records, name, group)
    if not known:
        own = getattr(records[0], name)
        return _Decision(None if is_known(own) else own, [], Why.UNKNOWN)
    if name in rules.any_yes:
        return _any_yes(known)
    if all(isinstance(value, tuple) for _, value in known):
        return _united(known)
    if name in rules.joined and all(isinstance(value, str) for _, value in known):
        return _joined(known)
    if all(isinstance(value, PostalAddress) for _, value in known):
        return _fullest(known)
    return _first(known)


def _first(known: Known) -> _Decision:
    whose, value = known[0]
    return _Decision(value, [whose], Why.ONLY_VALUE if len(known) == 1 else Why.FIRST_VALUE)


def _together(records: Sequence[Entity], name: str, group: Sequence[str]) -> _Decision:
    """The value of the most trusted record in which any field of the group is known, whether this one is or not."""
    names = [one for one in group if hasattr(records[0], one)]
    for record in records:
        if any(is_known(getattr(record, one)) for one in names):
            return _Decision(getattr(record, name), [record.id], Why.TOGETHER)
    return _Decision(getattr(records[0], name), [], Why.UNKNOWN)


def _any_yes(known: Known) -> _Decision:
    yes = [whose for whose, value in known if value is True]
    return _Decision(True, yes, Why.ANY_YES) if yes else _first(known)


def _fullest(known: Known) -> _Decision:
    """The address with the most parts; of two alike, that of the more trusted record."""
    whose, address = max(
        known, key=lambda one: len(getattr(one[1], "lines", ()))
    )  # max() gives the first of the greatest
    return _Decision(address, [whose], Why.ONLY_VALUE if len(known) == 1 else Why.FULLEST_ADDRESS)


def _united(known: Known) -> _Decision:
    values: list[object] = []
    ids: list[str] = []
    for whose, value in known:
        new = [one for one in _parts(value) if not any(is_same(one, other) for other in values)]
        values += new
        ids += [whose] if new else []
    return _Decision(tuple(values), ids, Why.UNITED if len(known) > 1 else Why.ONLY_VALUE)


def _parts(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _joined(known: Known) -> _Decision:
    """All texts, a blank line between two of them, as long as they are not longer together than they may be."""
    text = ""
    ids: list[str] = []
    for whose, value in known:
        said = str(value)
        if said.strip() in text:
            continue
        longer = f"{text}\n\n{said}" if text else said
        if len(longer) <= _MOST:
            text = longer
            ids.append(whose)
    return _Decision(text, ids, Why.JOINED if len(known) > 1 else Why.ONLY_VALUE)


def _lost(name: str, known: Known, decision: _Decision) -> Iterator[LostValue]:
    """The known values that the winner does not hold; a no is none where any yes counts."""
    for whose, value in known:
        is_outvoted = decision.why is Why.ANY_YES and value is False
        if whose not in decision.ids and not is_outvoted and not _holds(decision, value):
            yield LostValue(field=name, id=whose, value=value, because=_why_lost(decision))


def _holds(decision: _Decision, value: object) -> bool:
    winner = decision.value
    if isinstance(winner, tuple):
        return all(any(is_same(one, other) for other in winner) for one in _parts(value))
    if decision.why is Why.JOINED:
        return str(value).strip() in str(winner)
    return is_same(winner, value)


def _why_lost(decision: _Decision) -> str:
    if decision.why is Why.JOINED:
        return f"the texts together would have more than {_MOST:,} characters"
    return f"{', '.join(decision.ids)} wins: {decision.why}"
