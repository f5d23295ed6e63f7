"""Copies of frozen attrs values, with some fields changed, at the speed that a move needs.

``attrs.evolve`` runs every validator again and looks every field up by name: for a deal with its forty fields that
is forty times the cost of the move itself. Here one function is generated per class and set of changed fields. It
fills an instance of a *twin*, a subclass that adds nothing but permission to assign, and then turns the twin into
the frozen class. Plain slot assignment is what the interpreter is best at: measured on forty fields, the copy costs
a sixth of a loop over ``object.__setattr__`` and a twentieth of ``attrs.evolve`` (docs/decisions/0003).

Nothing is validated here. Callers that bring values from outside validate them first (``Entity.changed_by`` does).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar, cast

import attrs

T = TypeVar("T")

__all__ = ["built", "copier", "evolved", "maker"]


@functools.cache
def _twin(cls: type) -> type:
    """A subclass of ``cls`` with the same layout whose instances can be assigned to."""
    assignable = {
        "__slots__": (),
        "__init__": object.__init__,
        "__setattr__": object.__setattr__,
        "__delattr__": object.__delattr__,
    }
    return type(cls)(f"_{cls.__name__}Draft", (cls,), assignable)


def _names(cls: type) -> list[str]:
    return [field.name for field in attrs.fields(cls)]


def _compiled(name: str, cls: type, parameters: list[str], lines: list[str]) -> Callable[..., object]:
    source = "\n    ".join(
        [
            f"def {name}({', '.join(parameters)}):",
            "made = twin()",
            *lines,
            "made.__class__ = cls",
            "return made",
        ]
    )
    space: dict[str, object] = {"twin": _twin(cls), "cls": cls}
    exec(compile(source, f"<salesflow {name} of {cls.__name__}>", "exec"), space)
    return cast("Callable[..., object]", space[name])


class _CopierOf(Protocol):
    def __call__(self, cls: type[T], changed: tuple[str, ...], /) -> Callable[..., T]:
        """The function ``copy(old, *values)``: an instance of ``cls`` like ``old`` but for the fields in ``changed``.

        Args:
            cls: a frozen attrs class.
            changed: names of its fields; the values are passed in this order.

        Raises:
            AttributeError: ``cls`` has no such field.
        """
        ...


class _MakerOf(Protocol):
    def __call__(self, cls: type[T], /) -> Callable[..., T]:
        """The function ``make(*values)``: an instance of ``cls`` from all its fields in order, not validated."""
        ...


def _copier(cls: type, changed: tuple[str, ...]) -> Callable[..., object]:
    names = _names(cls)
    for name in changed:
        if name not in names:
            raise AttributeError(name)
    lines = [f"made.{name} = {f'_{name}' if name in changed else f'old.{name}'}" for name in names]
    return _compiled("copy", cls, ["old", *(f"_{name}" for name in changed)], lines)


def _maker(cls: type) -> Callable[..., object]:
    names = _names(cls)
    return _compiled("make", cls, [f"_{name}" for name in names], [f"made.{name} = _{name}" for name in names])


copier = cast("_CopierOf", functools.lru_cache(maxsize=1024)(_copier))
maker = cast("_MakerOf", functools.cache(_maker))


def evolved(value: T, fields: Mapping[str, object]) -> T:
    """Like ``attrs.evolve``, for fields whose names are known only at run time: everything is validated."""
    evolve = cast("Callable[..., T]", attrs.evolve)
    return evolve(value, **_by_alias(type(value), fields))


def built(cls: type[T], fields: Mapping[str, object]) -> T:
    """An instance of an attrs class from fields whose names are known only at run time: everything is validated."""
    return cast("Callable[..., T]", cls)(**_by_alias(cls, fields))


def _by_alias(cls: type, fields: Mapping[str, object]) -> dict[str, object]:
    """The fields under the names that the constructor has for them: ``_margin`` is ``margin`` there."""
    aliases = {field.name: field.alias or field.name for field in attrs.fields(cls)}
    return {aliases[name]: value for name, value in fields.items()}
