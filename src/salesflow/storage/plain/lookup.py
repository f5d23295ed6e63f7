"""Which form a type has, as it stands in the annotation of a field."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import TypeVar, Union, get_args, get_origin

import attrs

from salesflow.entity import Entity
from salesflow.errors import WrongType
from salesflow.event import Event
from salesflow.storage.plain.changes import FieldChangesForm
from salesflow.storage.plain.classes import ClassForm, KindForm, TaggedForm
from salesflow.storage.plain.composites import ChoiceForm, ListForm, OneOfForm, OptionalForm, RowForm
from salesflow.storage.plain.form import Form
from salesflow.storage.plain.values import LEAVES
from salesflow.storage.registry import RecordType, Registry

__all__ = [
    "Forms",
]

_FIELD_CHANGES = tuple[tuple[str, object], ...]


class Forms:
    """The forms of all types, made when they are first needed.

    Args:
        registry: the classes that can be written.
        own_leaves: forms of types of your own.
        keeps_unknown: whether fields that a class does not have are kept; otherwise they are refused.
    """

    def __init__(self, registry: Registry, own_leaves: Mapping[object, Form], *, keeps_unknown: bool) -> None:
        self.registry = registry
        self.keeps_unknown = keeps_unknown
        self._leaves = {**LEAVES, **own_leaves}
        self._tagged: dict[type, TaggedForm] = {}
        self._records: dict[type, ClassForm] = {}
        self._values: dict[type, ClassForm] = {}
        self._names: dict[str, type] = {}

    def tagged(self, base: type) -> TaggedForm:
        """The form of a record of a class or of one derived from it."""
        if base not in self._tagged:
            self._tagged[base] = TaggedForm(self, base)
        return self._tagged[base]

    def record(self, record: RecordType) -> ClassForm:
        """The form of a registered class itself."""
        if record.cls not in self._records:
            self._records[record.cls] = ClassForm(self, record.cls, record)
        return self._records[record.cls]

    def name_of(self, cls: type) -> str:
        """What a class is called in a schema: by its registered name, or by its own."""
        record = self.registry.of(cls)
        name = cls.__name__ if record is None else record.name
        while self._names.setdefault(name, cls) is not cls:
            name += "_"
        return name

    def of_fields(self, cls: type) -> list[tuple[attrs.Attribute[object], Form]]:
        """The fields of a class with their forms.

        Raises:
            WrongType: a type cannot be resolved, or has no form.
        """
        try:
            hints = typing.get_type_hints(cls)
        except Exception as error:
            raise WrongType(
                f"the types of its fields must be known where the class is defined ({type(error).__name__})",
                field=cls.__name__,
                way_out="import the types in its module, outside of TYPE_CHECKING",
            ) from None
        return [
            (field, self._of_field(cls, field, hints.get(field.name, field.type)))
            for field in attrs.fields(cls)
            if field.init
        ]

    def _of_field(self, cls: type, field: attrs.Attribute[object], hint: object) -> Form:
        if hint == _FIELD_CHANGES and issubclass(cls, Event):
            return FieldChangesForm(self, self._entity_of(cls))
        try:
            return self.of(hint)
        except WrongType as error:
            raise WrongType(
                error.rule, field=f"{cls.__name__}.{field.name}", value=error.value, way_out=error.way_out
            ) from None

    def of(self, hint: object) -> Form:
        """The form of a type, as it stands in an annotation.

        Raises:
            WrongType: it has none.
        """
        if hint in self._leaves:
            return self._leaves[hint]
        if isinstance(hint, TypeVar):
            return self.of(hint.__bound__ or object)
        if isinstance(hint, typing.NewType):
            return self.of(hint.__supertype__)
        origin, arguments = get_origin(hint), get_args(hint)
        if origin in (Union, types.UnionType):
            return self._of_union(arguments)
        if origin is tuple:
            if len(arguments) == 2 and arguments[1] is Ellipsis:
                return ListForm(self.of(arguments[0]))
            return RowForm(map(self.of, arguments))
        if origin is type and isinstance(arguments[0], type) and issubclass(arguments[0], Entity):
            return KindForm(self.registry)
        found = self._of_class(origin or hint)
        if found is None:
            raise WrongType(
                "there is no way to write values of this type",
                field="type",
                value=hint,
                way_out="use text, numbers, Decimal, Money, moments, Enum, attrs classes and tuples of them, "
                "or give the type to Records.write_as_text",
            )
        return found

    def _of_union(self, arguments: tuple[object, ...]) -> Form:
        forms = [self.of(one) for one in arguments if one is not type(None)]
        form = forms[0] if len(forms) == 1 else OneOfForm(forms)
        return OptionalForm(form) if type(None) in arguments else form

    def _of_class(self, cls: object) -> Form | None:
        if not isinstance(cls, type):
            return None
        if issubclass(cls, Entity | Event):
            return self.tagged(cls)
        if issubclass(cls, Enum):
            return ChoiceForm(cls)
        if not attrs.has(cls):
            return None
        if cls not in self._values:
            self._values[cls] = ClassForm(self, cls, None)
        return self._values[cls]

    def _entity_of(self, cls: type[Event]) -> type[Entity]:
        """The kind of entity that an event is about: the ``Deal`` of ``Event[Deal]``, or of ``Event["Deal"]``."""
        for generic in (one for base in cls.__mro__ for one in base.__dict__.get("__orig_bases__", ())):
            about = next(iter(get_args(generic)), None)
            if isinstance(about, typing.ForwardRef):
                record = self.registry.named(about.__forward_arg__)
                about = None if record is None else record.cls
            if isinstance(about, type) and issubclass(about, Entity):
                return about
        raise WrongType(
            "an event that updates fields says what it is about",
            field=cls.__name__,
            way_out="derive it from Event[Deal], say",
        )
