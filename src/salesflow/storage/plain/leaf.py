"""The form of a value without parts: two functions, one that writes it and one that reads it."""

from __future__ import annotations

from collections.abc import Callable

from salesflow.errors import InvalidValue
from salesflow.storage.plain.form import JSON, Definitions, Form, Space, bound, given, wrong

__all__ = ["LeafForm", "NotInForm", "NotOfType"]


class LeafForm(Form):
    """A value without parts, written and read by two functions.

    Args:
        type_: the class of the values, exactly.
        wanted: what the data must be, for messages ("a day, as YYYY-MM-DD").
        write: the value as plain data; raises where that could not be read back.
        read: the value that plain data stands for; raises where it stands for none.
        schema: the JSON Schema.
        writing, reading: source of expressions that do the same, with ``{v}`` for the variable, ``{write}`` and
            ``{read}`` for the functions; where the value is right they avoid the call.
    """

    __slots__ = ("_read", "_reading", "_schema", "_wanted", "_write", "_writing", "kind", "type_")

    def __init__(
        self,
        type_: type,
        *,
        wanted: str,
        write: Callable[[object], JSON],
        read: Callable[[object], object],
        schema: dict[str, JSON],
        writing: str = "{write}({v})",
        reading: str = "{read}({v})",
    ) -> None:
        self.type_: type = type_
        self.kind: str = str(schema["type"])
        self._wanted = wanted
        self._write = write
        self._read = read
        self._schema = schema
        self._writing = writing
        self._reading = reading

    def takes(self, value: object) -> bool:
        return isinstance(value, self.type_)

    def write(self, value: object, at: str) -> JSON:
        try:
            return self._write(value)
        except NotOfType:
            raise wrong(at, self._wanted, value) from None
        except Exception as error:
            raise given(error, at, what=self.type_.__name__) from None

    def read(self, data: object, at: str) -> object:
        try:
            return self._read(data)
        except NotOfType:
            raise wrong(at, self._wanted, data) from None
        except NotInForm:
            raise InvalidValue(f"must be {self._wanted}", field=at or "data") from None
        except Exception as error:
            raise given(error, at, what=self.type_.__name__) from None

    def writing(self, space: Space, name: str) -> str:
        return self._writing.format(v=name, write=bound(space, self._write))

    def reading(self, space: Space, name: str) -> str:
        return self._reading.format(v=name, read=bound(space, self._read))

    def schema(self, _defs: Definitions, /) -> dict[str, JSON]:
        return dict(self._schema)


class NotOfType(Exception):
    """A value of another type than the form is for."""


class NotInForm(Exception):
    """Text that is not written as it must be."""
