"""What a method asks for, as its signature and its docstring say it: by whom it is written, it is written once."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, TypeGuard, Union, get_args, get_origin, get_type_hints

import attrs


@attrs.frozen(kw_only=True)
class Parameter:
    """Something that a method asks for.

    Attributes:
        name: what it is called.
        type: what is read for it: of the types that the method takes, the one that JSON can say.
        is_record: whether it is a record of the deal, which is told by its number or its id.
        is_required: whether it has no default.
        is_nullable: whether ``None`` means something.
        is_spread: whether the method takes any number of them.
        examples: what is usual where any text is taken, and what there is where it is not.
        text: what the docstring says of it.
    """

    name: str
    type: Any
    is_record: bool
    is_required: bool
    is_nullable: bool
    is_spread: bool
    examples: tuple[object, ...]
    text: str


@attrs.frozen(kw_only=True)
class Signature:
    """What a method asks for.

    Attributes:
        summary: what it does, a line.
        description: what else there is to say.
        parameters: what it asks for, in order, without ``self``.
    """

    summary: str
    description: str
    parameters: tuple[Parameter, ...]


def signature_of(method: Callable[..., object]) -> Signature:
    """What a method asks for. Every parameter has an annotation whose names can be resolved."""
    told = _Told.of(inspect.getdoc(method) or "")
    hints = get_type_hints(method)
    _self, *given = inspect.signature(method).parameters.values()
    return Signature(
        summary=told.summary,
        description=told.description,
        parameters=tuple(_parameter(one, hints[one.name], told.arguments.get(one.name, "")) for one in given),
    )


def changes_something(method: Callable[..., object]) -> bool:
    """Whether a method does something: it gives back the record that it worked on, or nothing. Others answer a question."""
    answer = get_type_hints(method)["return"]
    return answer is type(None) or _is_record(answer)


def parts_of(hint: object) -> tuple[object, ...]:
    """The types of a union, or the one that it is."""
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _parameter(given: inspect.Parameter, hint: object, text: str) -> Parameter:
    parts = parts_of(hint)
    is_spread = given.kind is inspect.Parameter.VAR_POSITIONAL
    read, examples = _read(parts)
    if is_spread:
        read, examples = tuple[read, ...], tuple([one] for one in examples)  # type: ignore[valid-type]  # made as it runs
    return Parameter(
        name=given.name,
        type=read,
        is_record=any(map(_is_record, parts)) and bool({int, str} & set(parts)),
        is_required=given.default is inspect.Parameter.empty,
        is_nullable=type(None) in parts,
        is_spread=is_spread,
        examples=examples,
        text=text,
    )


def _read(parts: Iterable[object]) -> tuple[Any, tuple[object, ...]]:
    """Which of the types is read from JSON, and what is usual for it."""
    said = [one for one in parts if one is not type(None) and not _is_marker(one)]
    for one in said:
        origin = get_origin(one)
        if isinstance(origin, type) and issubclass(origin, Iterable):
            read, examples = _read(parts_of(get_args(one)[0]))
            return tuple[read, ...], tuple([example] for example in examples)  # type: ignore[valid-type]
    if Decimal in said:
        return Decimal, ()
    if str in said or all(get_origin(one) is Literal for one in said):
        return str, tuple(_texts(said))
    return int if int in said else said[0], ()


def _texts(said: Iterable[object]) -> Iterator[str]:
    """The texts that are usual, of those that may be given."""
    for one in said:
        if get_origin(one) is Literal:
            yield from get_args(one)
        elif isinstance(one, type) and issubclass(one, Enum):
            yield from (str(member.value) for member in one)


def _is_marker(hint: object) -> bool:
    """Whether it stands for an argument that is not given."""
    return get_origin(hint) is Literal and any(isinstance(one, Enum) for one in get_args(hint))


def _is_record(hint: object) -> TypeGuard[type[attrs.AttrsInstance]]:
    return isinstance(hint, type) and attrs.has(hint)


_SECTION = re.compile(r"^(?:Args|Returns|Raises|Example|Examples):.*", re.MULTILINE | re.DOTALL)
_ARGUMENTS = re.compile(r"^Args:\n((?:[ ]{4}.*\n?|\n)*)", re.MULTILINE)
_ARGUMENT = re.compile(r"^[ ]{4}\*{0,2}(\w+): (.*(?:\n[ ]{8}.*)*)", re.MULTILINE)


@attrs.frozen(kw_only=True)
class _Told:
    """What a docstring says: of the whole, and of each argument."""

    summary: str
    description: str
    arguments: dict[str, str]

    @classmethod
    def of(cls, doc: str) -> _Told:
        summary, _, more = _SECTION.sub("", doc).partition("\n\n")
        listed = _ARGUMENTS.search(doc)
        arguments = _ARGUMENT.findall(listed[1]) if listed else []
        return cls(
            summary=_one_line(summary),
            description=more.strip().replace("``", "`"),
            arguments={name: _one_line(text) for name, text in arguments},
        )


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("``", "`")
