"""What is carried over from a lead to one record: into which fields, and which of them have a value already.

Of a record that exists only empty fields are filled; an explicit 0 and an explicit no are values. An address is one value:
it is filled whole or not at all. The owner and the team of a deal belong together: where one is known, both stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

import attrs

from salesflow.entity import Entity
from salesflow.leads.conversion_mapping import FieldSources, QualificationSource
from salesflow.leads.framework import PLACES, Criterion
from salesflow.leads.known_values import is_known, is_same
from salesflow.people.lead import Lead

__all__ = ["Carried", "CarriedField", "carried_fields", "carried_qualification", "filled"]


class Carried(StrEnum):
    """What becomes of a value."""

    TAKEN = "taken"
    SAME = "the record has it already"
    KEPT = "the record keeps another value"


@attrs.frozen(kw_only=True)
class CarriedField:
    """A known value of a lead, and where it goes.

    Attributes:
        source: the field of the lead, or the key of the question that was answered.
        part: what it goes to: "contact", "organization", "deal" or "qualification".
        target: the field there.
        value: the value.
        result: whether it is taken, or the record that exists has the same or another one.
    """

    source: str
    part: str
    target: str
    value: object = attrs.field(repr=False)
    result: Carried


_TOGETHER = frozenset({"owner", "team"})


def carried_fields(
    lead: Lead, part: str, mapped: FieldSources, record: Entity | None, *, calling_code: str | None
) -> tuple[CarriedField, ...]:
    """What goes from the fields of a lead to one record.

    Args:
        lead: the lead.
        part: what the record is, for the answer.
        mapped: by fields of the record, the fields of the lead.
        record: the record that is filled, or ``None`` where one is made.
        calling_code: the calling code of phone numbers that have none.
    """
    found = [
        CarriedField(
            source=source,
            part=part,
            target=target,
            value=value,
            result=_result(value, None if record is None else getattr(record, target, None), calling_code),
        )
        for target, source in mapped
        if is_known(value := getattr(lead, source))
    ]
    if part == "deal" and any(is_known(getattr(record, name, None)) for name in _TOGETHER):
        return tuple(_kept(one) if one.target in _TOGETHER else one for one in found)
    return tuple(found)


def _kept(one: CarriedField) -> CarriedField:
    return attrs.evolve(one, result=Carried.KEPT) if one.result is Carried.TAKEN else one


def carried_qualification(
    lead: Lead, mapped: Iterable[tuple[str, QualificationSource]], known: object
) -> tuple[CarriedField, ...]:
    """What goes from a lead to the qualification of a deal.

    Args:
        lead: the lead, with its answers.
        mapped: by fields of the qualification, a field of the lead, or questions of which the first with an answer counts.
        known: what the deal is qualified by already, or ``None``.
    """
    found: list[CarriedField] = []
    for target, source in mapped:
        name, value = _said(lead, source)
        if is_known(value):
            result = _result(value, getattr(known, target, None), None)
            found.append(CarriedField(source=name, part="qualification", target=target, value=value, result=result))
    return tuple(found)


def _said(lead: Lead, source: QualificationSource) -> tuple[str, object]:
    """What a lead says, and where."""
    if isinstance(source, str):
        return source, getattr(lead, source)
    questions: Sequence[object] = source if isinstance(source, tuple) else (source,)
    for question in questions:
        if isinstance(question, Criterion):
            answer = question.answer(lead)
            value = None if answer is None else getattr(answer, PLACES[question.kind])
            if is_known(value):
                return question.key, value
    return "", None


def _result(value: object, there: object, calling_code: str | None) -> Carried:
    if not is_known(there):
        return Carried.TAKEN
    return Carried.SAME if is_same(value, there, calling_code=calling_code) else Carried.KEPT


def filled(carried: Iterable[CarriedField], part: str) -> dict[str, object]:
    """The values that one part takes, by field."""
    return {one.target: one.value for one in carried if one.part == part and one.result is Carried.TAKEN}
