"""Watching a function run: what it reaches for outside of its arguments, and what it leaves behind.

A requirement and a hook are pure: they look at the deal that they are given, and the hook records facts. Whoever reads a
clock, draws a random number, opens a file or counts its own calls answers differently the second time, and a decision
that was tried is no longer the decision that is made.

Two things are watched. *Reaching out* is seen through the interpreter's profiling hook, which tells every call of a
built-in function while the watched one runs; the hook that was there before is put back. *Leaving behind* is seen by
taking a fingerprint, before and after, of what the function could keep something in: its object, what it closes over, and
the containers among the globals that it names.
"""

from __future__ import annotations

import dis
import gc
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sized
from collections.abc import Set as AbstractSet
from datetime import date
from types import CodeType, FrameType, FunctionType
from typing import Generic, TypeVar

import attrs

R = TypeVar("R")

__all__ = ["Watched", "constants_of", "surroundings", "watched"]

_OUTSIDE_MODULES = frozenset({"posix", "nt", "_io", "io", "_socket", "_sqlite3", "_ssl", "_random", "_uuid"})
_CLOCKS = frozenset({"now", "utcnow", "today"})
_CLOCK_FUNCTIONS = frozenset(
    {
        "time",
        "time_ns",
        "monotonic",
        "monotonic_ns",
        "perf_counter",
        "perf_counter_ns",
        "localtime",
        "gmtime",
        "ctime",
        "strftime",
        "process_time",
        "clock_gettime",
        "sleep",
    }
)
_BUILTINS = frozenset({"open", "print", "input"})
_ENVIRONMENT = frozenset({"getenv", "__getitem__"})
_LARGE = 10_000
_DEEP = 5


@attrs.frozen(kw_only=True)
class Watched(Generic[R]):
    """How a function ran.

    Attributes:
        value: what it returned, or ``None`` where it raised.
        error: what it raised.
        reached: what it reached for outside, as ``datetime.now``; each once.
    """

    value: R | None
    error: BaseException | None
    reached: tuple[str, ...]


def watched(run: Callable[[], R]) -> Watched[R]:
    """Run something, and see what it reaches for.

    Args:
        run: what to run, in this thread. What it raises is kept, but for what ends the interpreter.
    """
    reached: dict[str, None] = {}

    def note(frame: FrameType, event: str, called: object) -> None:
        name = _outside(frame, event, called)
        if name is not None and not _is_importing(frame):
            reached[name] = None

    before = sys.getprofile()
    value: R | None = None
    error: BaseException | None = None
    is_free = before is None or isinstance(before, FunctionType)  # a profiler in C could not be put back
    collects = gc.isenabled()
    gc.disable()  # a collection would run the callbacks of others in between, and they would be taken for ours
    if is_free:
        sys.setprofile(note)
    try:
        value = run()
    except Exception as raised:
        error = raised
    finally:
        if is_free:
            sys.setprofile(before)
        if collects:
            gc.enable()
    return Watched(value=value, error=error, reached=tuple(reached))


def _outside(frame: FrameType, event: str, called: object) -> str | None:
    """What a call reaches for, or ``None`` where it stays inside."""
    if event == "call":
        is_environment = frame.f_globals.get("__name__") == "os" and frame.f_code.co_name in _ENVIRONMENT
        return "os.environ" if is_environment else None
    if event != "c_call":
        return None
    name, owner = getattr(called, "__name__", ""), getattr(called, "__self__", None)
    module = getattr(called, "__module__", None)
    if isinstance(owner, type) and issubclass(owner, date) and name in _CLOCKS:
        return f"{owner.__name__}.{name}"
    if module == "time" and name in _CLOCK_FUNCTIONS:
        return f"time.{name}"
    if any(base.__module__ == "_random" for base in inspect.getmro(type(owner))):
        return f"random.{name}"
    if module == "builtins" and name in _BUILTINS:
        return name
    home = module or type(owner).__module__
    return f"{home.lstrip('_')}.{name}" if home in _OUTSIDE_MODULES else None


def _is_importing(frame: FrameType | None) -> bool:
    """Whether a call belongs to an import: a function may import what it needs when it first runs."""
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith(("_frozen_importlib", "importlib")):
            return True
        frame = frame.f_back
    return False


def surroundings(function: Callable[..., object]) -> dict[str, object]:
    """A fingerprint of what a function could keep something in, by the name of each place.

    Args:
        function: a function or a bound method. Of anything else nothing is known, and nothing is said.
    """
    return {name: _fingerprint(value, _DEEP) for name, value in _places(function)}


def _places(function: Callable[..., object]) -> Iterator[tuple[str, object]]:
    inner = getattr(function, "__func__", function)
    owner = getattr(function, "__self__", None)
    if not isinstance(inner, FunctionType):
        return
    if owner is not None:
        yield from ((f"self.{name}", value) for name, value in getattr(owner, "__dict__", {}).items())
        for cls in type(owner).__mro__:
            yield from ((f"{cls.__name__}.{name}", value) for name, value in vars(cls).items() if _is_container(value))
    found = inspect.getclosurevars(inner)
    yield from found.nonlocals.items()
    yield from ((name, value) for name, value in found.globals.items() if _is_plain(value) or _is_container(value))


def _is_container(value: object) -> bool:
    return isinstance(value, list | dict | set | bytearray) or type(value).__module__ == "collections"


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, bool | int | float | str | bytes)


def _fingerprint(value: object, depth: int) -> object:
    """What can be compared later: plain values as they are, containers by what is in them, the rest by identity."""
    if _is_plain(value):
        return value
    if depth == 0 or (isinstance(value, Sized) and len(value) > _LARGE):
        return id(value)
    if isinstance(value, Mapping) and not isinstance(value, type):
        pairs = ((_fingerprint(key, depth - 1), _fingerprint(held, depth - 1)) for key, held in value.items())
        return ("mapping", *pairs)
    if isinstance(value, list | tuple | AbstractSet) or type(value).__module__ == "collections":
        return (type(value).__name__, *(_fingerprint(held, depth - 1) for held in value))  # type: ignore[attr-defined]  # what collections has is iterable
    if isinstance(value, bytearray):
        return bytes(value)
    return id(value)


def constants_of(function: Callable[..., object]) -> tuple[object, ...]:
    """The values that stand in the code of a function: what it compares with, among others."""
    inner = getattr(function, "__func__", function)
    return tuple(_constants(inner.__code__)) if isinstance(inner, FunctionType) else ()


def _constants(code: CodeType) -> Iterator[object]:
    # CPython 3.14 and later keep whole numbers up to 255 in the instructions.
    yield from (one.argval for one in dis.get_instructions(code) if one.opname == "LOAD_SMALL_INT")
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _constants(constant)
        elif isinstance(constant, tuple | frozenset):
            yield from constant
        else:
            yield constant
