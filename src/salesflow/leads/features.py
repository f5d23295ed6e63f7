"""What of a lead a score is learned from: the fields that a host declares, and how a lead is read.

A lead is anything that the host scores: one of our entities, one of its own classes, or a plain mapping from names to
values, as rows of a database are. Of an entity a field is read by its name or by a pure function; of a mapping always by
its name, and the stage under ``"stage"``.

A value is one of a few kinds: a country, a source, a size class. Numbers and dates have to be put into classes first
("11 to 50 people"), because a number that occurs once says nothing about the next lead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

import attrs

from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.values.text import identifier, line, lines
from salesflow.worked import Worked

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.entity import Entity

    L = DefaultedTypeVar("L", default=Entity)
    L_contra = DefaultedTypeVar("L_contra", default=Entity, contravariant=True)
else:
    L = TypeVar("L")
    L_contra = TypeVar("L_contra", contravariant=True)

__all__ = ["STAGE", "L", "ScoredField", "ScoredFields", "stage_of"]

STAGE = "stage"
"""The name under which a mapping holds the stage, and the counts hold those of the stages."""

_UNSET = ("",)
_LARGEST = 10**24
_EVERY_LEAD = ("",)
"""Stands for the stages where none are declared, so that all leads are always those of the first stage."""


def _is_field_name(_instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    if identifier(value, field=attribute.name) == STAGE:
        raise InvalidValue(
            "the stage is a kind of its own",
            field=attribute.name,
            value=value,
            way_out="leave it out here and declare the stages",
        )


def _is_reader(_instance: object, attribute: attrs.Attribute[Callable[[L], object] | None], value: object) -> None:
    if value is not None and not callable(value):
        raise WrongType(
            "a field is read by a function",
            field=attribute.name,
            value=value,
            way_out="give a function of the lead, or nothing to read the attribute of that name",
        )


@attrs.frozen
class ScoredField(Generic[L_contra]):
    """A field that a score is learned from.

    Attributes:
        name: what it is called; the attribute of an entity and the key of a mapping.
        read: how an entity is read, where it has no attribute of that name; pure. Not asked for a mapping.
        several: whether a lead may have several values, as with tags. Each counts by itself, and one on fewer than
            fifty leads is left out.
        counts_unset: whether "not set" counts as a value, as for the quality of an e-mail address; otherwise a field
            that is not set is left out.

    Raises:
        InvalidValue: the name is "stage", which is declared apart, or no line of text.
        WrongType: the reader is no function.

    Example:
        ``ScoredField("country", read=lambda lead: lead.address and lead.address.country)``
    """

    name: str = attrs.field(validator=_is_field_name)
    read: Callable[[L_contra], object] | None = attrs.field(default=None, kw_only=True, validator=_is_reader)
    several: bool = attrs.field(default=False, kw_only=True)
    counts_unset: bool = attrs.field(default=False, kw_only=True)

    def read_entity(self, lead: L_contra, /) -> object:
        """What an entity has in this field.

        Raises:
            UnknownName: it has no such attribute, and there is no function to read it.
        """
        if self.read is not None:
            return self.read(lead)
        try:
            value: object = getattr(lead, self.name)
        except AttributeError:
            known = [name for name in dir(lead) if not name.startswith("_")]
            raise UnknownName("field", self.name, known, where=type(lead).__name__) from None
        return value

    def values(self, value: object, /) -> tuple[str, ...]:
        """A value as it is counted: as text, none where it is not set, several for a field of several.

        Raises:
            WrongType: it is a number with a fraction, a date, or whatever else is no kind; or one value where there
                may be several, or several where there is one.
            InvalidValue: it is no line of up to 200 characters.
        """
        if self.several:
            return self._each(value)
        text = _kind(value, field=self.name)
        if text:
            return (text,)
        return _UNSET if self.counts_unset else ()

    def _each(self, value: object) -> tuple[str, ...]:
        if value is None:
            return _UNSET if self.counts_unset else ()
        if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
            raise WrongType("may have several values", field=self.name, way_out="give a list or tuple, even for one")
        found = {_kind(one, field=self.name) for one in value} - {""}
        return tuple(sorted(found)) or (_UNSET if self.counts_unset else ())


def _kind(value: object, *, field: str) -> str:
    """One value as text; ``""`` where it is not set."""
    if type(value) is str:
        return line(value, field=field, personal=True) if value and not value.isspace() else ""
    if value is None:
        return ""
    if isinstance(value, Enum):
        return _kind(value.value, field=field)
    if isinstance(value, str):
        return _kind(str(value), field=field)
    if isinstance(value, int) and -_LARGEST < value < _LARGEST:
        return str(value)
    raise WrongType(
        "a value is one of a few kinds: text, a whole number, yes or no, or an Enum",
        field=field,
        way_out=f"put a {type(value).__name__} into classes first, such as '11 to 50'",
    )


def stage_of(lead: object, /) -> str | None:
    """The stage that an open lead or deal is in, or that a closed one was closed from.

    Raises:
        WrongType: it is something else; then the host says how its stage is read.
    """
    if isinstance(lead, Worked):
        return lead.stage if lead.is_open else lead.closed_from
    raise WrongType(
        "it is not known how the stage of this is read",
        field=STAGE,
        way_out=f"declare read_stage for a {type(lead).__name__}",
    )


def _fields(fields: Iterable[ScoredField[L]]) -> tuple[ScoredField[L], ...]:
    return tuple(fields)


def _stages(stages: Iterable[str]) -> tuple[str, ...]:
    return lines(stages, field="stages")


@attrs.frozen
class ScoredFields(Generic[L]):
    """What scores are learned from: the fields of a lead, and the stages that it goes through.

    Declare it once; every worker learns from the same declaration.

    Attributes:
        fields: what is learned from, beside the stage.
        stages: the keys of the stages in their order, up to the last one that a lead can be in; may be left out where
            leads have none.
        read_stage: how the stage of an entity is read; of our leads and deals, the one that they are in or were
            closed from.

    Raises:
        InvalidValue: a field or a stage is declared twice.
        WrongType: something that is no ``ScoredField`` is declared as one.

    Example:
        ``ScoredFields([ScoredField("source"), ScoredField("tags", several=True)], stages=["new", "qualified"])``
    """

    fields: tuple[ScoredField[L], ...] = attrs.field(default=(), converter=_fields)
    stages: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=_stages)
    read_stage: Callable[[L], str | None] = attrs.field(default=stage_of, kw_only=True)
    names: frozenset[str] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        for field in self.fields:
            if not isinstance(field, ScoredField):
                raise WrongType("is made of ScoredField", field="fields", value=field, way_out="give ScoredField(name)")
        names = [field.name for field in self.fields]
        for what, given in (("fields", names), ("stages", list(self.stages))):
            twice = [name for name in given if given.count(name) > 1]
            if twice:
                raise InvalidValue("is declared once", field=what, value=twice[0], way_out="leave one out")
        object.__setattr__(self, "names", frozenset([*names, STAGE]))

    @property
    def counted_stages(self) -> tuple[str, ...]:
        """The stages that are counted; one that stands for every lead where none are declared."""
        return self.stages or _EVERY_LEAD

    def read(self, lead: L | Mapping[str, object], /) -> tuple[str | None, list[object]]:
        """The stage of a lead, or ``None`` where it has none, and what it has in each field, not checked yet.

        Raises:
            UnknownName: a mapping has a name that is not declared, or the stage is none of the stages.
            WrongType: the stage is no text.
        """
        if type(lead) is not dict and not isinstance(lead, Mapping):
            stage = self.read_stage(lead) if self.stages else None
            return self._stage(stage), [field.read_entity(lead) for field in self.fields]
        if not lead.keys() <= self.names:
            unknown = min(map(str, lead.keys() - self.names))
            raise UnknownName("field", unknown, sorted(self.names), where="the declared fields")
        return self._stage(lead.get(STAGE)), [lead.get(field.name) for field in self.fields]

    def _stage(self, value: object) -> str | None:
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise WrongType("a stage is given by its key", field=STAGE, value=value, way_out="give text")
        if value not in self.stages:
            raise UnknownName("stage", value, self.stages, where="the declared stages")
        return value
