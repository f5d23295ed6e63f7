"""What a function has around it: what it could keep something in, and the values that it compares with.

A requirement or a hook is a method as a rule, and may be anything that can be called: a function with arguments filled in,
an object with ``__call__``, a function wrapped by another one. Each is taken apart here into the functions that run, and
then a *place* is whatever outlives a call of them: the attributes of their object and of its class, what they close over,
the globals that they name, their defaults, and the arguments that were filled in.

A fingerprint of the places, taken before and after, shows what was left behind; the plain values in them, and in the code,
show what the function compares with.
"""

from __future__ import annotations

import dis
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import partial
from inspect import getattr_static
from operator import length_hint
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import cast

from salesflow.values.money import Money

__all__ = ["changed_in", "codes_of", "constants_of", "surroundings"]

_LARGE = 10_000
_DEEP = 5
_MOST_LOOKED_AT = 20_000
"""Of how many values a fingerprint is made at most; what lies behind them counts as it is."""

Place = tuple[str, object]


def surroundings(function: Callable[..., object]) -> dict[str, object]:
    """A fingerprint of what a function could keep something in, by the name of each place.

    Args:
        function: what is called. Of what is written in C nothing is known, and nothing is said.
    """
    fingerprints = _Fingerprints()
    found: dict[str, list[object]] = {}
    for name, value in _places(function):
        found.setdefault(name, []).append(fingerprints.of(value, _DEEP))
    return {name: tuple(prints) for name, prints in found.items()}


def changed_in(before: Mapping[str, object], function: Callable[..., object]) -> list[str]:
    """The names of the places around a function in which something changed.

    Args:
        before: its surroundings as they were.
        function: the function.
    """
    after = surroundings(function)
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def constants_of(function: Callable[..., object]) -> tuple[object, ...]:
    """The values that a function compares with, among others: those in its code, and the plain ones around it."""
    in_code = (constant for code in codes_of(function) for constant in _constants(code))
    around = (value for _, value in _places(function))
    return tuple(one for value in itertools.chain(in_code, around) for one in _spread(value))


def _constants(code: CodeType) -> Iterator[object]:
    # CPython 3.14 and later keep whole numbers up to 255 in the instructions.
    yield from (one.argval for one in dis.get_instructions(code) if one.opname == "LOAD_SMALL_INT")
    yield from code.co_consts


def codes_of(function: Callable[..., object]) -> tuple[CodeType, ...]:
    """The code that runs when it is called, the functions inside of functions included."""
    return tuple(code for part in _parts(function) if isinstance(part, FunctionType) for code in _codes(part.__code__))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _spread(value: object) -> Iterator[object]:
    if _is_plain(value) or isinstance(value, Decimal | date | Enum | Money):
        yield value
    elif isinstance(value, tuple | list | AbstractSet) and len(value) <= _LARGE:
        yield from (one for one in value if _is_plain(one) or isinstance(one, Decimal | date | Enum | Money))


# What it consists of ------------------------------------------------------------------------------------------------------


def _parts(function: Callable[..., object]) -> Iterator[object]:
    """The function itself and what it is put together of, each once: what it wraps, fills in, closes over, or calls."""
    seen: dict[int, object] = {}
    waiting: list[object] = [function]
    home = _home_of(function)
    for part in waiting:
        if id(part) not in seen:
            seen[id(part)] = part
            yield part
            waiting.extend(one for one in _inner(part, home) if _is_looked_into(one))


def _home_of(function: object) -> str:
    """The module that it was written in: a decorator's for what is decorated, but that one is looked into anyway."""
    while isinstance(function, partial):
        function = function.func
    named = function if hasattr(function, "__name__") else type(function)
    return str(getattr(named, "__module__", ""))


def _inner(part: object, home: str) -> Iterator[object]:
    if isinstance(part, partial):
        yield part.func
        yield from (*part.args, *part.keywords.values())
    elif isinstance(part, MethodType):
        yield part.__func__
        yield from _methods_called(part)
    elif isinstance(part, FunctionType):
        yield from _closed_over(part).values()
        yield from (one for one in _globals_of(part).values() if getattr(one, "__module__", None) == home)
    elif not isinstance(part, type):
        yield getattr(part, "__wrapped__", None)
        yield getattr(type(part), "__call__", None) if _is_own(type(part)) else None  # noqa: B004  # it is looked into


def _methods_called(method: MethodType) -> Iterator[FunctionType]:
    """The other methods of its object that a method names."""
    cls = method.__self__ if isinstance(method.__self__, type) else type(method.__self__)
    for name in _names_in(method.__func__):
        found: object = getattr_static(cls, name, None)
        found = getattr(found, "__func__", found) if isinstance(found, staticmethod | classmethod) else found
        if isinstance(found, FunctionType) and not _is_known(found.__module__):
            yield found


def _is_looked_into(value: object) -> bool:
    """Whether it can be called, and is no class: what a class makes is not what this function does."""
    return callable(value) and not isinstance(value, type | BuiltinFunctionType)


# Where it could keep something --------------------------------------------------------------------------------------------


def _places(function: Callable[..., object]) -> Iterator[Place]:
    for part in _parts(function):
        if isinstance(part, partial):
            yield from ((f"argument {number}", value) for number, value in enumerate(part.args, 1))
            yield from ((f"argument {name}", value) for name, value in part.keywords.items())
        elif isinstance(part, MethodType):
            yield from _of_owner(part.__self__, "self")
        elif isinstance(part, FunctionType):
            yield from _of_function(part)
        elif _is_own(type(part)):
            yield from _of_owner(part, "self" if part is function else type(part).__name__)


def _of_function(function: FunctionType) -> Iterator[Place]:
    name = function.__name__
    yield from ((f"{name}.{key}", value) for key, value in vars(function).items() if _is_kept(value))
    yield from ((f"a default of {name}", value) for value in function.__defaults__ or () if _is_container(value))
    for key, value in {**_globals_of(function), **_closed_over(function)}.items():
        if isinstance(value, type):
            yield from _of_class(value) if _is_own(value) else ()
        elif not isinstance(value, ModuleType | FunctionType):
            yield key, value


def _of_owner(owner: object, name: str) -> Iterator[Place]:
    if isinstance(owner, type):
        yield from _of_class(owner)
        return
    yield from ((f"{name}.{key}", value) for key, value in _attributes(owner).items())
    yield from _of_class(type(owner))


def _of_class(cls: type) -> Iterator[Place]:
    for one in cls.__mro__:
        if _is_own(one):
            for key, value in vars(one).items():
                if not key.startswith("__") and _is_kept(value):
                    yield f"{one.__name__}.{key}", value


def _attributes(owner: object) -> dict[str, object]:
    """What an object holds, in its dictionary or in its slots."""
    slots = (name for cls in type(owner).__mro__ for name in _slots_of(cls))
    held = {name: getattr(owner, name) for name in slots if hasattr(owner, name)}
    return {**held, **cast("dict[str, object]", getattr(owner, "__dict__", {}))}


def _slots_of(cls: type) -> tuple[str, ...]:
    named: object = vars(cls).get("__slots__", ())
    names = (named,) if isinstance(named, str) else tuple(cast("Iterable[str]", named))
    return tuple(name for name in names if name not in ("__dict__", "__weakref__"))


def _globals_of(function: FunctionType) -> dict[str, object]:
    known = function.__globals__
    return {name: known[name] for name in _names_in(function) if name in known}


def _names_in(function: Callable[..., object]) -> dict[str, None]:
    """The names of globals and attributes in the code of a function, in order."""
    codes = _codes(function.__code__) if isinstance(function, FunctionType) else ()
    return {name: None for code in codes for name in code.co_names}


def _closed_over(function: FunctionType) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # it stands in the code, and was not given a value yet
            continue
    return found


def _is_own(cls: type) -> bool:
    """Whether a class comes with whoever writes processes, and neither with Python nor with us."""
    return not _is_known(cls.__module__)


def _is_known(module: object) -> bool:
    top = str(module).partition(".")[0]
    return top == "salesflow" or top in sys.stdlib_module_names


def _is_kept(value: object) -> bool:
    return _is_plain(value) or _is_container(value)


def _is_container(value: object) -> bool:
    return isinstance(value, list | dict | set | bytearray) or type(value).__module__ == "collections"


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, bool | int | float | str | bytes)


# What can be compared later -----------------------------------------------------------------------------------------------


class _Fingerprints:
    """Plain values as they are, containers and objects by what is in them, the rest by identity."""

    def __init__(self) -> None:
        self._left = _MOST_LOOKED_AT

    def of(self, value: object, depth: int) -> object:
        self._left -= 1
        if _is_plain(value):
            return value
        if depth == 0 or self._left < 0 or isinstance(value, type | ModuleType):
            return id(value)
        if type(value).__module__ in ("builtins", "itertools") and isinstance(value, Iterator):
            return id(value), repr(value) if isinstance(value, itertools.count) else length_hint(value, -1)
        if isinstance(value, Sized) and _is_container(value) and len(value) > _LARGE:
            return id(value), len(value)
        if isinstance(value, bytearray):
            return bytes(value)
        if isinstance(value, dict):
            pairs = list(cast("dict[object, object]", value).items())
            return ("mapping", *((self.of(key, depth - 1), self.of(held, depth - 1)) for key, held in pairs))
        if _is_container(value) or isinstance(value, tuple | frozenset):
            held = list(cast("Iterable[object]", value))
            return (type(value).__name__, *(self.of(one, depth - 1) for one in held))
        return self._of_object(value, depth)

    def _of_object(self, value: object, depth: int) -> object:
        if not _is_own(type(value)) or callable(value):
            return id(value)
        attributes = _attributes(value)
        return (id(value), *((name, self.of(held, depth - 1)) for name, held in attributes.items()))
