"""What a form is: how the values of one type are written as plain data, and read back.

Plain data is what JSON can say: ``None``, ``bool``, ``int``, ``float``, ``str``, lists, and dicts with text for keys. What
could not be read back is refused before it is written, by the same rules. What is read is hostile until it was checked;
no message repeats a value.

Each form can be used in two ways. ``read`` and ``write`` say where in the data a fault is. ``reading`` and ``writing`` give
the source of an expression for the functions that are generated per class: these say only that there is a fault, so
that the path need not be kept on the way that nearly every record takes.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from salesflow.errors import InvalidValue, SalesflowError, WrongType

__all__ = [
    "ITEMS",
    "JSON",
    "Definitions",
    "Form",
    "Space",
    "below",
    "bound",
    "given",
    "json_kind",
    "wrong",
]

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
"""Plain data, as ``json`` reads and writes it."""

Definitions: TypeAlias = "dict[str, JSON]"
"""The ``$defs`` of a JSON Schema."""

Space = dict[str, object]
"""The names that a generated function can use."""

ITEMS: Final = 100_000
"""How many items one list may have; our own choice."""


def below(at: str, name: str) -> str:
    """The path of a part: ``below("deal", "amount")`` is ``deal.amount``."""
    return f"{at}.{name}" if at else name


def json_kind(data: object) -> str:
    """What a piece of plain data is, in the words of JSON."""
    if data is None:
        return "null"
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(data, kind):
            return name
    return "object" if isinstance(data, dict) else type(data).__name__


def wrong(at: str, wanted: str, data: object) -> WrongType:
    """The error for data of the wrong kind; it says which kind, never the value."""
    return WrongType(f"must be {wanted}", field=at or "data", way_out=f"this is of kind {json_kind(data)}")


def given(error: Exception, at: str, *, what: str) -> InvalidValue:
    """An error of a value's own rules, as one that says where in the data it is and repeats no value."""
    field = at or "data"
    if isinstance(error, InvalidValue):
        # The way out of a rule may quote what it would accept; the rule alone never does.
        return InvalidValue(error.rule, field=field)
    if isinstance(error, SalesflowError):
        return InvalidValue(f"is refused by {what} ({type(error).__name__})", field=field)
    return InvalidValue(f"is refused by {what}, which raised {type(error).__name__}", field=field)


class Form:
    """How the values of one type are written as plain data, and read back."""

    __slots__ = ()

    kind: str
    """What the data is, in the words of JSON; several, joined by a bar, where it varies."""

    def takes(self, value: object) -> bool:
        """Whether a value is of this form's type; asked of the forms that one field may have several of."""
        raise NotImplementedError

    def write(self, value: object, at: str) -> JSON:
        """The value as plain data.

        Raises:
            InvalidValue: it could not be read back; ``field`` is the path ``at``.
        """
        raise NotImplementedError

    def read(self, data: object, at: str) -> object:
        """The value that plain data stands for.

        Raises:
            InvalidValue: the data stands for none; ``field`` is the path.
        """
        raise NotImplementedError

    def writing(self, space: Space, name: str) -> str:
        """The source of an expression that writes the variable ``name``."""
        return f"{bound(space, self.write)}({name}, '')"

    def reading(self, space: Space, name: str) -> str:
        """The source of an expression that reads the variable ``name``."""
        return f"{bound(space, self.read)}({name}, '')"

    def schema(self, defs: Definitions, /) -> dict[str, JSON]:
        """The JSON Schema of the data; what it refers to is put into ``defs``."""
        raise NotImplementedError


def bound(space: Space, value: object) -> str:
    """A name for a value in the space of a generated function."""
    name = f"_{len(space)}"
    space[name] = value
    return name
