"""The doors of rooms: names that load when they are first asked for, so that importing a room costs next to nothing.

A package has such a door by a ``__getattr__`` and a ``__dir__`` of its own (PEP 562); both are made here. The library's
front door has its own, because it loads nothing at all.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType

__all__ = ["door"]


def door(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """What a package needs as its ``__getattr__`` and its ``__dir__``.

    Args:
        package: its ``__name__``. What was asked for is kept there.
        homes: in which of its modules each name is; kept there as ``_HOME_OF``.

    Example::

        if not TYPE_CHECKING:  # to type checkers, a name that there is not is a mistake
            __getattr__, __dir__ = door(__name__, _HOME_OF)
    """
    room = sys.modules[package]
    room.__class__ = _Room

    def load(name: str) -> object:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(f"{package}.{home}"), name)
        setattr(room, name, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(room), *homes})

    return load, names


class _Room(ModuleType):
    """A package in which no file takes the place of a name that is written like it.

    Importing a file makes it an attribute of its package. Without this, ``salesflow.leads.matching_keys`` would be the
    function or the file, whichever was loaded last.
    """

    _HOME_OF: Mapping[str, str]

    def __setattr__(self, name: str, value: object) -> None:
        if not (isinstance(value, ModuleType) and name in self._HOME_OF):
            super().__setattr__(name, value)
