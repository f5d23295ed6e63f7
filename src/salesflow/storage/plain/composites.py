"""How values that hold other values are written: closed choices, what may be unknown, tuples, one of several types."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from salesflow.errors import InvalidValue, WrongType
from salesflow.storage.plain.form import ITEMS, JSON, Definitions, Form, Space, bound, json_kind, wrong

__all__ = [
    "ChoiceForm",
    "ListForm",
    "OneOfForm",
    "OptionalForm",
    "RowForm",
    "check_count",
]


class ChoiceForm(Form):
    """A closed choice, written by the value of its member, which is text or a whole number."""

    __slots__ = ("_members", "_type", "kind")

    def __init__(self, type_: type[Enum]) -> None:
        self._type = type_
        self._members = {member.value: member for member in type_}
        kinds = {type(value) for value in self._members}
        if kinds == {str}:
            self.kind: str = "string"
        elif kinds == {int}:
            self.kind = "integer"
        else:
            raise WrongType(
                "the values of a closed choice are all text or all whole numbers to be written",
                field=type_.__name__,
                way_out="give its members such values",
            )

    def takes(self, value: object) -> bool:
        return isinstance(value, self._type)

    def write(self, value: object, at: str) -> JSON:
        if not isinstance(value, self._type):
            raise wrong(at, f"a {self._type.__name__}", value)
        written: str | int = value.value
        return written

    def read(self, data: object, at: str) -> object:
        if (type(data) is str or type(data) is int) and data in self._members:
            return self._members[data]
        raise InvalidValue(
            f"must be one of the values of {self._type.__name__}",
            field=at or "data",
            way_out=f"they are {', '.join(map(repr, list(self._members)[:20]))}",
        )

    def writing(self, space: Space, name: str) -> str:
        return (
            f"{name}._value_ if type({name}) is {bound(space, self._type)} else {bound(space, self.write)}({name}, '')"
        )

    def reading(self, space: Space, name: str) -> str:
        if self.kind == "string":
            return f"{bound(space, self._members)}[{name}]"
        return f"{bound(space, self.read)}({name}, '')"

    def schema(self, _defs: Definitions, /) -> dict[str, JSON]:
        return {"enum": list(self._members)}


class OptionalForm(Form):
    """A value, or ``None`` where it is not known."""

    __slots__ = ("_inner", "kind")

    def __init__(self, inner: Form) -> None:
        self._inner = inner
        self.kind: str = f"{inner.kind}|null"

    def write(self, value: object, at: str) -> JSON:
        return None if value is None else self._inner.write(value, at)

    def read(self, data: object, at: str) -> object:
        return None if data is None else self._inner.read(data, at)

    def writing(self, space: Space, name: str) -> str:
        return f"(None if {name} is None else {self._inner.writing(space, name)})"

    def reading(self, space: Space, name: str) -> str:
        return f"(None if {name} is None else {self._inner.reading(space, name)})"

    def schema(self, defs: Definitions, /) -> dict[str, JSON]:
        return {"anyOf": [self._inner.schema(defs), {"type": "null"}]}


class ListForm(Form):
    """Any number of values in order: a tuple here, an array there."""

    __slots__ = ("_inner", "kind")

    def __init__(self, inner: Form) -> None:
        self._inner = inner
        self.kind: str = "array"

    def takes(self, value: object) -> bool:
        return isinstance(value, tuple)

    def write(self, value: object, at: str) -> JSON:
        if not isinstance(value, tuple):
            raise wrong(at, "a tuple", value)
        check_count(len(value), at)
        return [self._inner.write(item, f"{at}[{index}]") for index, item in enumerate(value)]

    def read(self, data: object, at: str) -> object:
        if type(data) is not list:
            raise wrong(at, "an array", data)
        check_count(len(data), at)
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

    def schema(self, defs: Definitions, /) -> dict[str, JSON]:
        return {"type": "array", "items": self._inner.schema(defs), "maxItems": ITEMS}


def check_count(count: int, at: str) -> None:
    """Refuse more items than a list may have."""
    if count > ITEMS:
        raise InvalidValue(f"must have at most {ITEMS:,} items", field=at or "data", value=count)


class RowForm(Form):
    """A fixed number of values, each of its own type."""

    __slots__ = ("_parts", "kind")

    def __init__(self, parts: Iterable[Form]) -> None:
        self._parts = tuple(parts)
        self.kind: str = "array"

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

    def schema(self, defs: Definitions, /) -> dict[str, JSON]:
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
        self.kind: str = "|".join(form.kind for form in self._forms)
        if len(self._by_kind) != len(self.kind.split("|")):
            raise WrongType(
                "a field of several types needs types that look different as JSON",
                field="type",
                value=self.kind,
                way_out="give the field one type",
            )

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

    def schema(self, defs: Definitions, /) -> dict[str, JSON]:
        return {"anyOf": [form.schema(defs) for form in self._forms]}
