"""What not every storage can do, and how a test says that it needs it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum
from importlib.util import find_spec
from typing import TypeVar

__all__ = ["Ability", "needs", "needs_installed", "reason_to_skip"]

Test = TypeVar("Test", bound=Callable[..., None])


class Ability(StrEnum):
    """What a storage declares that it can do. The tests of what it does not declare are skipped, with a reason."""

    JOURNAL = "journal"
    """It is a ``Journal``: it gives all events in the order of their commits."""

    TENANTS = "tenants"
    """It is a ``Tenants``: it keeps the data of several tenants apart."""

    UNIQUE_KEYS = "unique keys"
    """It was made with the unique keys of ``samples.UNIQUE``."""

    OWN_KINDS = "own kinds"
    """It keeps entities and events of the host's own classes; ``samples.OWN_KINDS`` is registered where it must be."""

    REOPEN = "reopen"
    """The same store can be opened once more; the fixture ``reopen`` does it."""

    FAULTS = "faults"
    """A fault can be put into a call to what lies below; the fixture ``arm_fault`` does it."""

    ERASURE = "erasure"
    """It is an ``Eraser``: it forgets people; the fixture ``stored_bytes`` gives all that is stored, as bytes."""

    AUDIT = "audit"
    """It keeps an audit chain and was made with ``samples.CHAIN``; its journal gives ``LinkedEntry``."""

    KILL = "kill"
    """A process that writes to it can be killed; the fixture ``opener`` opens the same store in another process."""


def needs(*abilities: Ability) -> Callable[[Test], Test]:
    """Mark a test that means nothing for a storage without these abilities."""

    def mark(test: Test) -> Test:
        test.__dict__["needed_abilities"] = abilities
        return test

    return mark


def needs_installed(module: str) -> Callable[[Test], Test]:
    """Mark a test that runs only where a module is installed."""

    def mark(test: Test) -> Test:
        test.__dict__["needed_module"] = module
        return test

    return mark


def reason_to_skip(test: Callable[..., object], abilities: Collection[Ability]) -> str | None:
    """Why a test is skipped for a storage with these abilities, or ``None`` where it runs."""
    needed: tuple[Ability, ...] = getattr(test, "needed_abilities", ())
    missing = [ability.value for ability in needed if ability not in abilities]
    if missing:
        return f"the storage does not declare the ability {' and '.join(missing)}"
    module: str | None = getattr(test, "needed_module", None)
    if module is not None and find_spec(module) is None:
        return f"{module} is not installed"
    return None
