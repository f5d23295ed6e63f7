"""How instances of attrs classes are written, field by field; and records, which say what they are.

For each class two functions are generated, one that writes and one that reads, with a line for each field: a deal has
some forty, and looking each up by name would cost more than all the rest. They go straight through data that is right.
Where anything is not, they give up, and the same forms are asked once more step by step, to say where the fault is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from salesflow.entity import Entity
from salesflow.errors import InvalidValue
from salesflow.storage.plain.form import JSON, Definitions, Form, Space, below, bound, given, wrong
from salesflow.storage.plain.unknown import check_kept, known_class, unknown_fields, with_unknown_fields
from salesflow.storage.registry import RecordType, Registry
from salesflow.values.text import prose

if TYPE_CHECKING:
    from salesflow.storage.plain.lookup import Forms

__all__ = [
    "ClassForm",
    "KindForm",
    "TaggedForm",
]


class KindForm(Form):
    """A kind of entity, by its name."""

    __slots__ = ("_registry", "kind")

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.kind: str = "string"

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

    def schema(self, _defs: Definitions, /) -> dict[str, JSON]:
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
        self.cls: type = cls
        self.kind: str = "object"
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
        return data | unknown_fields(value)

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
        self._check_unknown(unknown, at)
        try:
            return with_unknown_fields(self.cls, values, unknown) if unknown else self.cls(**values)
        except InvalidValue as error:
            if error.field in self.fields:
                at = below(at, error.field)
            raise given(error, at, what=self.cls.__name__) from None
        except Exception as error:
            raise given(error, at, what=self.cls.__name__) from None

    def _check_unknown(self, unknown: dict[str, JSON], at: str) -> None:
        for name, part in unknown.items():
            shown = name if type(name) is str and name.isidentifier() and len(name) <= 60 else "a field"
            if not self._forms.keeps_unknown:
                raise InvalidValue(
                    f"{self.cls.__name__} has no such field",
                    field=below(at, shown),
                    way_out="remove it, or read with unknown='keep'",
                )
            prose(name, field=below(at, shown), limit=200, personal=True)
            check_kept(part, below(at, shown))

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
        checks += ["type(data['schema']) is not int"] if self._tags else []  # True equals 1
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

    def schema(self, defs: Definitions, /) -> dict[str, JSON]:
        name = self._forms.name_of(self.cls)
        if self._record is None and self._forms.registry.of(self.cls) is not None:
            name += ".value"  # inside another record, where its class is known from the field
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
        self.kind: str = "object"

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
                way_out="register its class under this name with records.register",
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

    def straight_read(self, data: object) -> object:
        """Reads a value, or raises something."""
        name = data["type"]  # type: ignore[index]  # what is no dict has no such item, and is asked step by step
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

    def schema(self, defs: Definitions, /) -> dict[str, JSON]:
        known = [record for record in self._forms.registry.known() if issubclass(record.cls, self._base)]
        choices: list[JSON] = [self._forms.record(record).schema(defs) for record in known]
        return {"anyOf": choices}
