"""Which field of a lead goes where when it is converted: declared once, and checked when it is declared.

::

    mapping = ConversionMapping(
        lead_type=OurLead,
        contact_type=OurContact,
        contact=dict(STANDARD_MAPPING.contact) | {"badge": "badge"},
    )

A mapping says for each field of the record that is made or filled from which field of the lead its value comes. A name that
does not exist, and a value that the field could not take, are found here and not when the first lead is converted.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Final, get_args, get_origin

import attrs

from salesflow.deal.deal import ENGINE_FIELDS, RECORD_FIELDS, Deal
from salesflow.deal.qualification import Qualification
from salesflow.entity import Entity
from salesflow.errors import UnknownName, WrongType
from salesflow.leads.framework import AnyCriterion, Criterion
from salesflow.leads.frameworks import BANT, NeedAndMeans
from salesflow.people.contact import Contact
from salesflow.people.fields import PEOPLE_ENGINE_FIELDS
from salesflow.people.lead import Lead
from salesflow.people.organization import Organization

__all__ = ["STANDARD_MAPPING", "ConversionMapping", "FieldSources", "QualificationSource"]

QualificationSource = str | AnyCriterion | tuple[AnyCriterion, ...]
"""Where a field of a deal's qualification comes from: a field of the lead, or the first question that has an answer."""

FieldSources = tuple[tuple[str, str], ...]
"""By fields of what a lead becomes, in order, the fields of the lead."""


_SET_BY_CONVERSION: Final = {"organization_id", "contact_id", "lead_id"}
_OWNED: Final[Mapping[str, frozenset[str]]] = {
    "contact": PEOPLE_ENGINE_FIELDS | {"organization_id"},
    "organization": PEOPLE_ENGINE_FIELDS,
    "deal": ENGINE_FIELDS | RECORD_FIELDS | _SET_BY_CONVERSION,
    "qualification": frozenset({"evidence", "recorded_at", "recorded_by"}),
}

_STANDARD_CONTACT: Final = {
    name: name
    for name in ("name", "email", "phone", "mobile", "address", "job_title", "language", "owner", "source", "notes")
}
_STANDARD_ORGANIZATION: Final = {
    "name": "organization_name",
    "website": "website",
    "address": "address",
    "owner": "owner",
    "source": "source",
}
_STANDARD_DEAL: Final = {"owner": "owner", "team": "team", "source": "source"}
_STANDARD_QUALIFICATION: Final[Mapping[str, QualificationSource]] = {
    "need": (NeedAndMeans.need, BANT.need),
    "can_afford": NeedAndMeans.can_afford,
    "budget": BANT.budget,
    "authority": BANT.authority,
    "timeline": BANT.timing,
    "notes": "interest",
}


def _fields(given: Mapping[str, str] | Iterable[tuple[str, str]]) -> FieldSources:
    return tuple(dict(given).items())


def _questions(
    given: Mapping[str, QualificationSource] | Iterable[tuple[str, QualificationSource]],
) -> tuple[tuple[str, QualificationSource], ...]:
    return tuple(dict(given).items())


@attrs.frozen(kw_only=True)
class ConversionMapping:
    """From which field of a lead each field of what it becomes is filled.

    Each part is given as a dict, and kept as pairs; what it does not name is not filled.

    Attributes:
        contact: by fields of the contact, the fields of the lead.
        organization: by fields of the organization, the fields of the lead.
        deal: by fields of the deal, the fields of the lead.
        qualification: by fields of the deal's qualification, a field of the lead, a question, or several questions of
            which the first with an answer counts.
        lead_type, contact_type, organization_type: the classes, where the host has its own; records are made of them.
        deal_type: the class of the deals; they are made by the process.

    Raises:
        UnknownName: a field does not exist; the error names the nearest ones.
        WrongType: values do not fit, or the conversion itself sets a field; the error lists every such fault.

    Example:
        ``ConversionMapping(organization=dict(STANDARD_MAPPING.organization) | {"notes": "interest"})``
    """

    contact: FieldSources = attrs.field(default=tuple(_STANDARD_CONTACT.items()), converter=_fields)
    organization: FieldSources = attrs.field(default=tuple(_STANDARD_ORGANIZATION.items()), converter=_fields)
    deal: FieldSources = attrs.field(default=tuple(_STANDARD_DEAL.items()), converter=_fields)
    qualification: tuple[tuple[str, QualificationSource], ...] = attrs.field(
        default=tuple(_STANDARD_QUALIFICATION.items()), converter=_questions
    )
    lead_type: type[Lead] = Lead
    contact_type: type[Contact] = Contact
    organization_type: type[Organization] = Organization
    deal_type: type[Deal] = Deal

    def __attrs_post_init__(self) -> None:
        targets: tuple[tuple[str, type, Sequence[tuple[str, QualificationSource]]], ...] = (
            ("contact", self.contact_type, self.contact),
            ("organization", self.organization_type, self.organization),
            ("deal", self.deal_type, self.deal),
            ("qualification", Qualification, self.qualification),
        )
        sources = _types_of(self.lead_type)
        faults = [
            fault for part, cls, mapped in targets for fault in _faults(part, cls, mapped, sources, self.lead_type)
        ]
        if faults:
            raise WrongType(
                "a mapping leads to fields that take the values", field="mapping", way_out="; ".join(faults)
            )


def _types_of(cls: type) -> dict[str, object]:
    """The fields of a class with their types."""
    try:
        hints = typing.get_type_hints(cls)
    except Exception as error:
        raise WrongType(
            f"the types of its fields must be known where the class is defined ({type(error).__name__})",
            field=cls.__name__,
            way_out="import the types in its module, outside of TYPE_CHECKING",
        ) from None
    return {field.name: hints[field.name] for field in attrs.fields(cls)}


def _faults(
    part: str,
    cls: type,
    mapped: Iterable[tuple[str, QualificationSource]],
    sources: Mapping[str, object],
    lead_type: type[Entity],
) -> Iterator[str]:
    """What is wrong with one part of a mapping.

    Raises:
        UnknownName: a field does not exist.
    """
    targets = _types_of(cls)
    for target, source in mapped:
        if target not in targets:
            raise UnknownName("field", target, targets, where=cls.__name__)
        if target in _OWNED[part]:
            yield f"{part}.{target} is set by the conversion itself"
        for one in source if isinstance(source, tuple) else (source,):
            yield from _fault(f"{part}.{target}", targets[target], one, sources, lead_type)


def _fault(
    target: str, wanted: object, source: object, sources: Mapping[str, object], lead_type: type[Entity]
) -> Iterator[str]:
    """What is wrong with one source of a field."""
    if isinstance(source, Criterion):
        given: object = source.kind
        name = source.key
    elif isinstance(source, str):
        if source not in sources:
            raise UnknownName("field", source, sources, where=lead_type.__name__)
        given, name = sources[source], source
    else:
        yield f"{target} comes from a field of the lead by name, not from {type(source).__name__}"
        return
    if not _fits(given, wanted):
        yield f"{target} takes {_told(wanted)}, and {name} is {_told(given)}"


def _fits(given: object, wanted: object) -> bool:
    """Whether every known value of one type is a value of the other; what is not known is not carried over."""
    return all(any(_is_one(one, other) for other in _members(wanted)) for one in _members(given))


def _members(hint: object) -> tuple[object, ...]:
    """The types that a value can have, apart from ``None``."""
    if get_origin(hint) in (typing.Union, UnionType):
        return tuple(one for one in get_args(hint) if one is not NoneType)
    return (hint,)


def _is_one(given: object, wanted: object) -> bool:
    if given == wanted or wanted is object:
        return True
    if isinstance(given, type) and isinstance(wanted, type):
        is_other_in_meaning = (given is bool and wanted is int) or (given is datetime and wanted is date)
        return issubclass(given, wanted) and not is_other_in_meaning
    mine, theirs = get_args(given), get_args(wanted)
    return (
        get_origin(given) is not None
        and get_origin(given) is get_origin(wanted)
        and len(mine) == len(theirs)
        and all(_fits(one, other) for one, other in zip(mine, theirs, strict=True))
    )


def _told(hint: object) -> str:
    """A type for a message."""
    return " or ".join(
        one.__name__ if isinstance(one, type) and not get_args(one) else str(one) for one in _members(hint)
    )


STANDARD_MAPPING = ConversionMapping()
"""Name, means of contact, address, language and notes go to the contact, name and website of the organization to the
organization, the source and who is responsible to all; what was answered goes to the qualification of the deal, and the
interest to its notes."""
