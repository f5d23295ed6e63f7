"""How records are written as plain data: classes of attrs, field by field, and what holds several of them.

For each class two functions are generated, one that writes and one that reads, with a line for each field: a deal has
some forty, and looking each up by name would cost more than all the rest. They go straight through data that is
right. Where anything is not, they give up, and the same forms are asked once more step by step, to say where the
fault is.
"""

from __future__ import annotations

import functools
import json
import types
import typing
from collections.abc import Callable, Iterable
from typing import Annotated, Generic, TypeVar, Union, cast, get_args, get_origin

import attrs

from salesflow.deal.deal import ENGINE_FIELDS, RECORD_FIELDS, Deal
from salesflow.entity import Entity
from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.event import Event
from salesflow.people.fields import ENTITY_FIELDS
from salesflow.people.lead import LEAD_ENGINE_FIELDS, Lead
from salesflow.storage.json_values import (
    ITEMS,
    JSON,
    LEAVES,
    ChoiceForm,
    Form,
    Space,
    below,
    bound,
    given,
    json_kind,
    wrong,
)
from salesflow.storage.registry import RecordType, Registry
from salesflow.values.text import prose

__all__ = ["Forms", "TaggedForm", "is_keeping", "with_unknown_fields"]

Definitions = dict[str, JSON]

_FIELD_CHANGES = tuple[tuple[str, object], ...]
_KEPT_DEPTH = 20
_KEPT = "unknown_fields"


# What was not known and is kept -----------------------------------------------------------------------------------


@functools.cache
def _keeping(cls: type) -> type:
    """A subclass that also holds the fields of the data that the class does not know.

    It is a field like any other, so it goes along when an event makes the next version of an entity.
    """
    kept = {_KEPT: attrs.field(default=(), kw_only=True, repr=False)}
    made = attrs.make_class(cls.__name__, kept, bases=(cls,), frozen=True, slots=True)
    made.__qualname__, made.__module__, made.__doc__ = cls.__qualname__, cls.__module__, cls.__doc__
    made.__reduce__ = _reduced
    return cast("type", made)


def _reduced(value: object) -> tuple[object, ...]:
    cls = type(value)
    names = [field.name for field in attrs.fields(cls)]
    return _revived, (cls.__bases__[0], {name: getattr(value, name) for name in names})


def _revived(cls: type, fields: dict[str, object]) -> object:
    made = object.__new__(_keeping(cls))
    for name, value in fields.items():
        object.__setattr__(made, name, value)
    return made


def is_keeping(cls: type) -> bool:
    """Whether instances of this class hold fields that the class they stand for does not know."""
    return cls.__dict__.get("__reduce__") is _reduced


def known_class(value: object) -> type:
    """The class of a value as it was written by its author."""
    cls = type(value)
    return cls.__bases__[0] if is_keeping(cls) else cls


def with_unknown_fields(cls: type, values: dict[str, object], unknown: dict[str, JSON]) -> object:
    """An instance that keeps what is unknown, as immutable text."""
    kept = tuple((name, json.dumps(data, ensure_ascii=False, separators=(",", ":"))) for name, data in unknown.items())
    return _keeping(cls)(**values, **{_KEPT: kept})


def _check_kept(data: object, at: str, depth: int) -> None:
    if depth > _KEPT_DEPTH:
        raise InvalidValue(f"must not be nested deeper than {_KEPT_DEPTH} levels to be kept", field=at)
    if isinstance(data, dict):
        for name, part in data.items():
            LEAVES[str].read(name, at)
            _check_kept(part, at, depth + 1)
    elif isinstance(data, list):
        for part in data:
            _check_kept(part, at, depth + 1)
    elif type(data) is float:
        LEAVES[float].read(data, at)
    elif data is not None and type(data) not in (bool, int, str):
        raise wrong(at, "plain data", data)
    else:
        form = LEAVES.get(type(data))
        if form is not None:
            form.read(data, at)


# Composite forms --------------------------------------------------------------------------------------------------


class OptionalForm(Form):
    """A value, or ``None`` where it is not known."""

    __slots__ = ("_inner", "kind")

    def __init__(self, inner: Form) -> None:
        self._inner = inner
        self.kind = f"{inner.kind}|null"

    def takes(self, value: object) -> bool:
        return value is None or self._inner.takes(value)

    def write(self, value: object, at: str) -> JSON:
        return None if value is None else self._inner.write(value, at)

    def read(self, data: object, at: str) -> object:
        return None if data is None else self._inner.read(data, at)

    def writing(self, space: Space, name: str) -> str:
        return f"(None if {name} is None else {self._inner.writing(space, name)})"

    def reading(self, space: Space, name: str) -> str:
        return f"(None if {name} is None else {self._inner.reading(space, name)})"

    def schema(self, defs: Definitions) -> dict[str, JSON]:
        return {"anyOf": [self._inner.schema(defs), {"type": "null"}]}


class ListForm(Form):
    """Any number of values in order: a tuple here, an array there."""

    __slots__ = ("_inner", "kind")

    def __init__(self, inner: Form) -> None:
        self._inner = inner
        self.kind = "array"

    def takes(self, value: object) -> bool:
        return isinstance(value, tuple)

    def write(self, value: object, at: str) -> JSON:
        if not isinstance(value, tuple):
            raise wrong(at, "a tuple", value)
        _check_count(len(value), at)
        return [self._inner.write(item, f"{at}[{index}]") for index, item in enumerate(value)]

    def read(self, data: object, at: str) -> object:
        if type(data) is not list:
            raise wrong(at, "an array", data)
        _check_count(len(data), at)
        return tuple(self._inner.read(item, f"{at}[{index}]") for index, item in enumerate(data))

    def writing(self, space: Space, name: str) -> str:
        item = f"{name}i"
        again = f"{bound(space, self.write)}({name}, '')"
        whole = f"[{self._inner.writing(space, item)} for {item} in {name}]"
        return f"({whole} if type({name}) is tuple and len({name}) <= {ITEMS} else {again})"

    def reading(self, space: Space, name: str) -> str:
        item = f"{name}i"
        again = f"{bound(space, self.read)}({name}, '')"
        whole = f"(tuple([{self._inner.reading(space, item)} for {item} in {name}]) if {name} else ())"
        return f"({whole} if type({name}) is list and len({name}) <= {ITEMS} else {again})"

    def schema(self, defs: Definitions) -> dict[str, JSON]:
        return {"type": "array", "items": self._inner.schema(defs), "maxItems": ITEMS}


def _check_count(count: int, at: str) -> None:
    if count > ITEMS:
        raise InvalidValue(f"must have at most {ITEMS:,} items", field=at or "data", value=count)


class RowForm(Form):
    """A fixed number of values, each of its own type."""

    __slots__ = ("_parts", "kind")

    def __init__(self, parts: Iterable[Form]) -> None:
        self._parts = tuple(parts)
        self.kind = "array"

    def takes(self, value: object) -> bool:
        return isinstance(value, tuple)

    def write(self, value: object, at: str) -> JSON:
        if not isinstance(value, tuple) or len(value) != len(self._parts):
            raise wrong(at, f"a tuple of {len(self._parts)}", value)
        return [form.write(item, f"{at}[{i}]") for i, (form, item) in enumerate(zip(self._parts, value, strict=True))]

    def read(self, data: object, at: str) -> object:
        if type(data) is not list or len(data) != len(self._parts):
            raise wrong(at, f"an array of {len(self._parts)}", data)
        parts = zip(self._parts, data, strict=True)
        return tuple(form.read(item, f"{at}[{i}]") for i, (form, item) in enumerate(parts))

    def schema(self, defs: Definitions) -> dict[str, JSON]:
        return {
            "type": "array",
            "prefixItems": [form.schema(defs) for form in self._parts],
            "items": False,
            "minItems": len(self._parts),
        }


class OneOfForm(Form):
    """A value of one of several types, told apart by what JSON calls their data."""

    __slots__ = ("_by_kind", "_forms", "kind")

    def __init__(self, forms: Iterable[Form]) -> None:
        self._forms = tuple(forms)
        self._by_kind = {kind: form for form in self._forms for kind in form.kind.split("|")}
        self.kind = "|".join(form.kind for form in self._forms)
        if len(self._by_kind) != len(self.kind.split("|")):
            raise WrongType(
                "a field of several types needs types that look different as JSON",
                field="type",
                value=self.kind,
                way_out="give the field one type",
            )

    def takes(self, value: object) -> bool:
        return any(form.takes(value) for form in self._forms)

    def write(self, value: object, at: str) -> JSON:
        for form in self._forms:
            if form.takes(value):
                return form.write(value, at)
        raise wrong(at, f"one of {self.kind.replace('|', ', ')}", value)

    def read(self, data: object, at: str) -> object:
        form = self._by_kind.get(json_kind(data))
        if form is None:
            raise wrong(at, f"one of {self.kind.replace('|', ', ')}", data)
        return form.read(data, at)

    def schema(self, defs: Definitions) -> dict[str, JSON]:
        return {"anyOf": [form.schema(defs) for form in self._forms]}


class KindForm(Form):
    """A kind of entity, by its name."""

    __slots__ = ("_registry", "kind")

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.kind = "string"

    def takes(self, value: object) -> bool:
        return isinstance(value, type)

    def write(self, value: object, at: str) -> JSON:
        record = self._registry.of(value) if isinstance(value, type) else None
        if record is None:
            raise wrong(at, "a registered kind of entity", value)
        return record.name

    def read(self, data: object, at: str) -> object:
        record = self._registry.named(data) if type(data) is str else None
        if record is None or not issubclass(record.cls, Entity):
            raise InvalidValue("must be the name of a registered kind of entity", field=at or "data")
        return record.cls

    def schema(self, defs: Definitions) -> dict[str, JSON]:
        return {"enum": [record.name for record in self._registry.known() if issubclass(record.cls, Entity)]}


class ClassForm(Form):
    """An instance of one attrs class, field by field.

    Args:
        forms: where the forms of the fields are found.
        cls: the class.
        record: what the record says about itself, where it says anything.
    """

    __slots__ = ("_fields", "_forms", "_reader", "_record", "_tags", "_writer", "cls", "kind")

    def __init__(self, forms: Forms, cls: type, record: RecordType | None) -> None:
        self.cls = cls
        self.kind = "object"
        self._forms = forms
        self._record = record
        self._fields: dict[str, tuple[str, Form]] | None = None
        self._reader: Callable[[object], object] | None = None
        self._writer: Callable[[object], JSON] | None = None
        self._tags: dict[str, JSON] = {}
        if record is not None:
            self._tags = {"type": record.name, "schema": record.schema}
            extended = forms.registry.extended(record)
            if extended:
                self._tags["extends"] = {base.name: base.schema for base in extended}

    @property
    def fields(self) -> dict[str, tuple[str, Form]]:
        """By the name of each field that is given to the constructor: what it is called there, and its form."""
        if self._fields is None:
            self._fields = {
                field.name: (field.alias or field.name, form)
                for field, form in self._forms.of_fields(self.cls)
                if field.init
            }
        return self._fields

    def takes(self, value: object) -> bool:
        return isinstance(value, self.cls)

    # Step by step, with the path

    def write(self, value: object, at: str) -> JSON:
        if known_class(value) is not self.cls:
            return self._write_other(value, at)
        data: dict[str, JSON] = self._own_tags()
        for name, (_alias, form) in self.fields.items():
            data[name] = form.write(getattr(value, name), below(at, name))
        for name, text in getattr(value, _KEPT, ()) if is_keeping(type(value)) else ():
            data[name] = json.loads(text)
        return data

    def _own_tags(self) -> dict[str, JSON]:
        return {name: dict(tag) if isinstance(tag, dict) else tag for name, tag in self._tags.items()}

    def _write_other(self, value: object, at: str) -> JSON:
        """A value of a class derived from this one, which has to say which it is."""
        if self._record is None and isinstance(value, self.cls):
            return self._forms.tagged(self.cls).write(value, at)
        raise wrong(at, f"of class {self.cls.__name__}", value)

    def read(self, data: object, at: str) -> object:
        if type(data) is not dict:
            raise wrong(at, "an object", data)
        if self._record is not None:
            data = self._forms.registry.up_to_date(self._record, data, at)
        elif "type" in data and "type" not in self.fields:
            return self._forms.tagged(self.cls).read(data, at)
        values: dict[str, object] = {}
        for name, (alias, form) in self.fields.items():
            if name not in data:
                raise InvalidValue(
                    "is missing",
                    field=below(at, name),
                    way_out="data of an older shape has a lower schema number and an upcaster that fills it in",
                )
            values[alias] = form.read(data[name], below(at, name))
        unknown = {name: part for name, part in data.items() if name not in self.fields}
        try:
            return self._keep(values, unknown, at) if unknown else self.cls(**values)
        except InvalidValue as error:
            if error.field in self.fields:
                at = below(at, error.field)
            raise given(error, at, what=self.cls.__name__) from None
        except Exception as error:
            raise given(error, at, what=self.cls.__name__) from None

    def _keep(self, values: dict[str, object], unknown: dict[str, JSON], at: str) -> object:
        for name, part in unknown.items():
            if not self._forms.keeps_unknown:
                shown = name if type(name) is str and name.isidentifier() and len(name) <= 60 else "a field"
                raise InvalidValue(
                    f"{self.cls.__name__} has no such field",
                    field=below(at, shown),
                    way_out="remove it, or read with unknown='keep'",
                )
            prose(name, field="name", limit=200, personal=True)
            _check_kept(part, at, 0)
        return with_unknown_fields(self.cls, values, unknown)

    # Straight through

    @property
    def writer(self) -> Callable[[object], JSON]:
        """Writes an instance; where it cannot, it raises something."""
        if self._writer is None:
            self._writer = lambda value: self.write(value, "")  # for classes that hold themselves
            self._writer = self._compiled_writer()
        return self._writer

    @property
    def reader(self) -> Callable[[object], object]:
        """Reads an instance; where it cannot, it raises something."""
        if self._reader is None:
            self._reader = lambda data: self.read(data, "")
            self._reader = self._compiled_reader()
        return self._reader

    def _compiled_writer(self) -> Callable[[object], JSON]:
        space: Space = {"cls": self.cls, "again": self.write}
        lines = ["if type(value) is not cls: return again(value, '')"]
        items = [f"{name!r}: {tag!r}" for name, tag in self._tags.items()]
        for index, (name, (_alias, form)) in enumerate(self.fields.items()):
            lines.append(f"f{index} = value.{name}")
            items.append(f"{name!r}: {form.writing(space, f'f{index}')}")
        lines.append(f"return {{{', '.join(items)}}}")
        return cast("Callable[[object], JSON]", _compiled(f"write {self.cls.__name__}", "value", lines, space))

    def _compiled_reader(self) -> Callable[[object], object]:
        space: Space = {"cls": self.cls, "again": self.read}
        count = len(self.fields) + len(self._tags)
        checks = [f"type(data) is not dict or len(data) != {count}"]
        checks += [f"data[{name!r}] != {tag!r}" for name, tag in self._tags.items()]
        lines = [f"if {' or '.join(checks)}: return again(data, '')"]
        arguments = []
        for index, (name, (alias, form)) in enumerate(self.fields.items()):
            lines.append(f"f{index} = data[{name!r}]")
            arguments.append(f"{alias}={form.reading(space, f'f{index}')}")
        lines.append(f"return cls({', '.join(arguments)})")
        return _compiled(f"read {self.cls.__name__}", "data", lines, space)

    def writing(self, space: Space, name: str) -> str:
        return f"{bound(space, self.writer)}({name})"

    def reading(self, space: Space, name: str) -> str:
        return f"{bound(space, self.reader)}({name})"

    def schema(self, defs: Definitions) -> dict[str, JSON]:
        name = self._forms.name_of(self.cls)
        if name not in defs:
            properties: dict[str, JSON] = {}
            defs[name] = {
                "type": "object",
                "properties": properties,
                "required": [*self._tags, *self.fields],
                "additionalProperties": self._forms.keeps_unknown,
            }
            properties.update({tag: {"const": value} for tag, value in self._own_tags().items()})
            properties.update({name: form.schema(defs) for name, (_alias, form) in self.fields.items()})
        return {"$ref": f"#/$defs/{name}"}


def _compiled(name: str, argument: str, lines: list[str], space: Space) -> Callable[[object], object]:
    source = "\n    ".join([f"def made({argument}):", *lines])
    exec(compile(source, f"<salesflow {name}>", "exec"), space)
    return cast("Callable[[object], object]", space["made"])


class TaggedForm(Form):
    """A record of a class or of one derived from it, which says which it is."""

    __slots__ = ("_base", "_forms", "_readers", "_writers", "kind")

    def __init__(self, forms: Forms, base: type) -> None:
        self._base = base
        self._forms = forms
        self._readers: dict[object, Callable[[object], object]] = {}
        self._writers: dict[type, Callable[[object], JSON]] = {}
        self.kind = "object"

    def takes(self, value: object) -> bool:
        return isinstance(value, self._base)

    def write(self, value: object, at: str) -> JSON:
        cls = known_class(value)
        record = self._forms.registry.of(cls)
        if record is None:
            raise InvalidValue(
                "a class must be registered to be written",
                field=at or "data",
                value=cls.__name__,
                way_out=f'call records.register({cls.__name__}, name="{cls.__name__}", schema=1)',
            )
        if not issubclass(cls, self._base):
            raise wrong(at, f"of class {self._base.__name__}", value)
        return self._forms.record(record).write(value, at)

    def read(self, data: object, at: str) -> object:
        if type(data) is not dict:
            raise wrong(at, "an object", data)
        name = data.get("type")
        if type(name) is not str:
            raise InvalidValue("says which record it is", field=below(at, "type"), way_out='give {"type": "Deal", ...}')
        record = self._forms.registry.named(name)
        if record is None:
            raise InvalidValue(
                "no record is registered under this name",
                field=below(at, "type"),
                value=name if name.isidentifier() and len(name) <= 60 else None,
                way_out=f"register its class: records.register({name if name.isidentifier() else 'Yours'}, ...)"[:120],
            )
        if not issubclass(record.cls, self._base):
            raise InvalidValue(f"must be a record of {self._base.__name__}", field=below(at, "type"), value=record.name)
        return self._forms.record(record).read(data, at)

    def straight_write(self, value: object) -> JSON:
        """Writes a value, or raises something."""
        cls = type(value)
        writer = self._writers.get(cls)
        if writer is None:
            record = self._forms.registry.of(cls)
            if record is None or not issubclass(cls, self._base):
                return self.write(value, "")
            writer = self._writers[cls] = self._forms.record(record).writer
        return writer(value)

    def straight_read(self, data: dict[str, object]) -> object:
        """Reads a value, or raises something."""
        name = data["type"]
        reader = self._readers.get(name)
        if reader is None:
            record = self._forms.registry.named(name) if type(name) is str else None
            if record is None or not issubclass(record.cls, self._base):
                return self.read(data, "")
            reader = self._forms.record(record).reader
            if name == record.name:
                self._readers[name] = reader
        return reader(data)

    def writing(self, space: Space, name: str) -> str:
        return f"{bound(space, self.straight_write)}({name})"

    def reading(self, space: Space, name: str) -> str:
        return f"{bound(space, self.straight_read)}({name})"

    def schema(self, defs: Definitions) -> dict[str, JSON]:
        known = [record for record in self._forms.registry.known() if issubclass(record.cls, self._base)]
        choices: list[JSON] = [self._forms.record(record).schema(defs) for record in known]
        return {"anyOf": choices}


class FieldChangesForm(Form):
    """New values by field name, each written by the type of its field in the entity that it belongs to.

    The event does not say which subclass of the entity it was recorded for. So a field that the entity itself does not
    have is written together with the name of a class that has it.
    """

    __slots__ = ("_cls", "_forms", "_owned", "kind")

    def __init__(self, forms: Forms, cls: type[Entity]) -> None:
        self._forms = forms
        self._cls = cls
        self._owned = ENTITY_FIELDS
        if issubclass(cls, Deal):
            self._owned = ENGINE_FIELDS | RECORD_FIELDS
        elif issubclass(cls, Lead):
            self._owned = LEAD_ENGINE_FIELDS
        self.kind = "array"

    def takes(self, value: object) -> bool:
        return isinstance(value, tuple)

    def _places(self) -> list[RecordType]:
        """The entity that is meant, then what was derived from it."""
        known = [record for record in self._forms.registry.known() if issubclass(record.cls, self._cls)]
        return sorted(known, key=lambda record: record.cls is not self._cls)

    def _check_name(self, name: str, seen: set[str], at: str) -> None:
        if name in self._owned:
            raise InvalidValue("is written by the engine only", field=below(at, name))
        if name in seen:
            raise InvalidValue("a field is changed once in one update", field=below(at, name))
        seen.add(name)

    def write(self, value: object, at: str) -> JSON:
        if not isinstance(value, tuple):
            raise wrong(at, "a tuple of pairs", value)
        seen: set[str] = set()
        changes: list[JSON] = []
        for name, new in value:
            self._check_name(name, seen, at)
            changes.append(self._write_one(name, new, at))
        return changes

    def _write_one(self, name: str, new: object, at: str) -> dict[str, JSON]:
        refused: InvalidValue | None = None
        for record in self._places():
            found = self._forms.record(record).fields.get(name)
            if found is None:
                continue
            try:
                written = found[1].write(new, below(at, name))
            except InvalidValue as error:
                refused = refused or error
                continue
            if record.cls is self._cls:
                return {"field": name, "value": written}
            return {"field": name, "of": record.name, "value": written}
        raise refused or InvalidValue(
            f"neither {self._cls.__name__} nor a registered class derived from it has this field",
            field=below(at, name),
            way_out="register the class that has it",
        )

    def read(self, data: object, at: str) -> object:
        if type(data) is not list:
            raise wrong(at, "an array", data)
        _check_count(len(data), at)
        seen: set[str] = set()
        return tuple(self._read_one(one, seen, f"{at}[{index}]") for index, one in enumerate(data))

    def _read_one(self, data: object, seen: set[str], at: str) -> tuple[str, object]:
        if type(data) is not dict:
            raise wrong(at, "an object", data)
        name, of = data.get("field"), data.get("of", self._forms.name_of(self._cls))
        if type(name) is not str or "value" not in data or not data.keys() <= {"field", "of", "value"}:
            raise InvalidValue('must be {"field": ..., "value": ...}', field=at)
        record = self._forms.registry.named(of) if type(of) is str else None
        if record is None or not issubclass(record.cls, self._cls):
            raise InvalidValue(f"must be the name of a registered {self._cls.__name__}", field=below(at, "of"))
        found = self._forms.record(record).fields.get(name)
        if found is None:
            raise InvalidValue(f"{record.name} has no such field", field=below(at, "field"))
        self._check_name(name, seen, at)
        return name, found[1].read(data["value"], below(at, "value"))

    def schema(self, defs: Definitions) -> dict[str, JSON]:
        choices: list[JSON] = []
        for record in self._places():
            for name, (_alias, form) in self._forms.record(record).fields.items():
                is_base = record.cls is self._cls
                if name in self._owned or (not is_base and name in {field.name for field in attrs.fields(self._cls)}):
                    continue
                properties: dict[str, JSON] = {"field": {"const": name}, "value": form.schema(defs)}
                if not is_base:
                    properties["of"] = {"const": record.name}
                choices.append(
                    {
                        "type": "object",
                        "properties": properties,
                        "required": list(properties),
                        "additionalProperties": False,
                    }
                )
        return {"type": "array", "items": {"anyOf": choices}, "maxItems": ITEMS}


# Which form a type has --------------------------------------------------------------------------------------------


class Forms:
    """The forms of all types, made when they are first needed.

    Args:
        registry: the classes that can be written.
        own_leaves: forms of types of your own.
        keeps_unknown: whether fields that a class does not have are kept; otherwise they are refused.
    """

    def __init__(self, registry: Registry, own_leaves: dict[object, Form], *, keeps_unknown: bool) -> None:
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
            hints = typing.get_type_hints(cls, include_extras=True)
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
            return FieldChangesForm(self, _entity_of(cls))
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
        if origin is Annotated:
            return self.of(arguments[0])
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
        if issubclass(cls, Entity | Event) or self.registry.of(cls) is not None:
            return self.tagged(cls)
        if issubclass(cls, types.NoneType):
            return None
        if hasattr(cls, "__members__"):
            return ChoiceForm(cls)
        if not attrs.has(cls):
            return None
        if cls not in self._values:
            self._values[cls] = ClassForm(self, cls, None)
        return self._values[cls]


def _entity_of(cls: type[Event]) -> type[Entity]:
    """The kind of entity that an event is about: the ``Deal`` of ``Event[Deal]``."""
    for base in cls.__mro__:
        for generic in base.__dict__.get("__orig_bases__", ()):
            origin, arguments = get_origin(generic), get_args(generic)
            if origin is Generic or not (isinstance(origin, type) and issubclass(origin, Event)):
                continue
            if isinstance(arguments[0], type) and issubclass(arguments[0], Entity):
                return arguments[0]
    raise UnknownName("kind of entity", cls.__name__, ["Event[Deal]", "Event[Contact]"], where="the bases of the event")
