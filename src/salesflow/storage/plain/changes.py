"""How an update of plain fields is written: each new value by the type of its field in the entity that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from salesflow.deal.deal import ENGINE_FIELDS, RECORD_FIELDS, Deal
from salesflow.entity import Entity
from salesflow.errors import InvalidValue
from salesflow.people.fields import PEOPLE_ENGINE_FIELDS
from salesflow.people.lead import LEAD_ENGINE_FIELDS, Lead
from salesflow.storage.plain.composites import check_count
from salesflow.storage.plain.form import ITEMS, JSON, Definitions, Form, below, wrong
from salesflow.storage.registry import RecordType

if TYPE_CHECKING:
    from salesflow.storage.plain.lookup import Forms

__all__ = [
    "FieldChangesForm",
]


class FieldChangesForm(Form):
    """New values by field name, each written by the type of its field in the entity that it belongs to.

    The event does not say which subclass of the entity it was recorded for. So a field that the entity itself does not
    have is written together with the name of a class that has it.
    """

    __slots__ = ("_cls", "_forms", "_found", "_owned", "kind")

    def __init__(self, forms: Forms, cls: type[Entity]) -> None:
        self._forms = forms
        self._cls = cls
        self._found: list[RecordType] | None = None  # whoever registers a class makes new forms
        self._owned = PEOPLE_ENGINE_FIELDS
        if issubclass(cls, Deal):
            self._owned = ENGINE_FIELDS | RECORD_FIELDS
        elif issubclass(cls, Lead):
            self._owned = LEAD_ENGINE_FIELDS
        self.kind: str = "array"

    def _places(self) -> list[RecordType]:
        """The entity that is meant, then what was derived from it."""
        if self._found is None:
            known = [record for record in self._forms.registry.known() if issubclass(record.cls, self._cls)]
            self._found = sorted(known, key=lambda record: record.cls is not self._cls)
        return self._found

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
        check_count(len(data), at)
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

    def schema(self, defs: Definitions, /) -> dict[str, JSON]:
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
