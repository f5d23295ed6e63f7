"""What the contract expects, said so that a broken promise reads as a sentence.

Values are compared down to what ``==`` passes over: the class of every record, the digits of a decimal number
(``0.50`` is not ``0.5``), the offset and the named zone of a moment, a tuple against a list, ``True`` against 1.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import cast

import attrs

from salesflow.errors import SalesflowError

__all__ = ["Caught", "ContractBroken", "difference", "expect", "expect_discretion", "expect_same", "refused"]

_SQL = re.compile(
    r"\bselect\b.+\bfrom\b|\binsert\s+into\b|\bupdate\b.+\bset\b|\bdelete\s+from\b|\bconstraint\b|\bviolates\b",
    re.I | re.S,
)


class ContractBroken(AssertionError):
    """A storage did not keep a promise; the message says which, and what came instead."""


def expect(holds: bool, promise: str, *, found: object = None) -> None:
    """Check a promise.

    Args:
        holds: whether it is kept.
        promise: what a storage promises, as a sentence.
        found: what came instead.

    Raises:
        ContractBroken: it is not kept.
    """
    if not holds:
        raise ContractBroken(promise if found is None else f"{promise}; found {found!r}")


def expect_same(read: object, written: object, promise: str = "what is read is what was written") -> None:
    """Check that two values are the same in every digit, zone and class.

    Raises:
        ContractBroken: they are not; the message says where the first difference lies.
    """
    found = difference(read, written)
    if found is not None:
        raise ContractBroken(f"{promise}; {found}")


def difference(read: object, written: object, path: str = "it") -> str | None:
    """Where two values differ first, as a sentence, or ``None`` where they are the same."""
    if type(read) is not type(written):
        return f"{path} was {_named(written)} and is {_named(read)}"
    if attrs.has(type(written)):
        names = [field.name for field in attrs.fields(cast("type[attrs.AttrsInstance]", type(written)))]
        parts = ((f"{path}.{name}", getattr(read, name), getattr(written, name)) for name in names)
        return next(_differences(parts), None)
    if isinstance(read, tuple | list) and isinstance(written, tuple | list):
        if len(read) != len(written):
            return f"{path} had {len(written)} parts and has {len(read)}"
        return next(
            _differences(
                (f"{path}[{place}]", one, other) for place, (one, other) in enumerate(zip(read, written, strict=True))
            ),
            None,
        )
    if isinstance(read, Mapping) and isinstance(written, Mapping):
        return difference(list(read.items()), list(written.items()), path)
    if _exactly(read) != _exactly(written):
        return f"{path} was {_exactly(written)} and is {_exactly(read)}"
    return None


def _differences(parts: Iterator[tuple[str, object, object]]) -> Iterator[str]:
    for path, read, written in parts:
        found = difference(read, written, path)
        if found is not None:
            yield found


def _exactly(value: object) -> object:
    match value:
        case Decimal():
            return str(value)
        case datetime():
            return value.isoformat(), getattr(value.tzinfo, "key", None), value.fold
        case _:
            return value


def _named(value: object) -> str:
    return f"{value!r:.80} ({type(value).__name__})"


class Caught:
    """The error that a refusal raised.

    Attributes:
        error: it, once the block is left.
    """

    error: SalesflowError


@contextmanager
def refused(*kinds: type[SalesflowError]) -> Iterator[Caught]:
    """Check that what is done in this block is refused with one of these errors.

    Raises:
        ContractBroken: it is not refused, or with another error.
    """
    names = " or ".join(kind.__name__ for kind in kinds)
    caught = Caught()
    try:
        yield caught
    except kinds as error:
        caught.error = error
    except Exception as error:
        raise ContractBroken(f"a storage refuses this with {names}; it raised {type(error).__name__}") from error
    else:
        raise ContractBroken(f"a storage refuses this with {names}; it did not refuse it")


def expect_discretion(error: BaseException, personal: Mapping[str, str]) -> None:
    """Check that an error, with all that is shown beside it, has no personal data in it and no SQL.

    Args:
        error: the error.
        personal: what must not be said, by what it is.

    Raises:
        ContractBroken: something is said.
    """
    for shown in _shown_with(error):
        text = "".join(traceback.format_exception_only(shown)) + repr(shown) + repr(vars(shown))
        for name, value in personal.items():
            expect(value not in text, f"an error does not repeat a person's {name}", found=type(shown).__name__)
        expect(_SQL.search(text) is None, "an error has no SQL in it", found=type(shown).__name__)


def _shown_with(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those that a traceback shows with it."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
