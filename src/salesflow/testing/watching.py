"""Watching a function run: what it reaches for outside of its arguments, and whether it ends.

A requirement and a hook are pure: they look at the deal that they are given, and the hook records facts. Whoever reads a
clock, draws a random number or opens a file answers differently the second time, and a decision that was tried is no
longer the decision that is made. This is seen through the interpreter's profiling hook, which tells every call of a
built-in function while the watched one runs; the hook that was there before is put back.

That it ends nobody can know. It is taken for endless after so many lines of code that no answer about one deal needs
them. Lines are counted by the interpreter's tracing hook; where a debugger or a measurement of coverage has that one, it
is left alone, and only calls are counted.
"""

from __future__ import annotations

import gc
import inspect
import sys
from collections.abc import Callable, Collection, Coroutine, Generator
from datetime import date
from types import CodeType, FrameType, FunctionType
from typing import Generic, TypeVar

import attrs

R = TypeVar("R")

__all__ = ["MOST_LINES", "DoesNotEnd", "Watched", "bounded", "watched"]

MOST_LINES = 100_000
"""How many lines of code may run for one answer, or one move; our own choice. The standard process needs 100."""

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
_INSIDE = frozenset({"fspath", "_path_normpath", "_path_splitroot", "_path_splitroot_ex"})
_IN_MEMORY = frozenset({"StringIO", "BytesIO"})
"""What belongs to a module that reaches outside, and does not."""
_BUILTINS = frozenset({"open", "print", "input"})
_ENVIRONMENT = frozenset({"getenv", "__getitem__"})


class DoesNotEnd(BaseException):
    """More lines ran than any answer needs. It is no ``Exception``, so that what is watched does not catch it."""


@attrs.frozen(kw_only=True)
class Watched(Generic[R]):
    """How a function ran.

    Attributes:
        value: what it returned, or ``None`` where it raised.
        error: what it raised.
        reached: what it reached for outside, as ``datetime.now``; each once.
        given_back: what the hooks in it gave back that somebody would have to run, as ``coroutine``.
    """

    value: R | None
    error: BaseException | None
    reached: tuple[str, ...]
    given_back: tuple[str, ...] = ()

    @property
    def is_endless(self) -> bool:
        """Whether it was stopped, because it would not have ended."""
        return isinstance(self.error, DoesNotEnd)


def bounded(run: Callable[[], R], *, lines: int = MOST_LINES) -> R:
    """Run something that may not end, and stop it where it does not.

    Args:
        run: what to run, in this thread.
        lines: how many lines of code it may take.

    Raises:
        DoesNotEnd: it took more.
    """
    if sys.gettrace() is not None:
        return run()
    left = lines

    def step(*_: object) -> object:
        nonlocal left
        left -= 1
        if left < 0:
            raise DoesNotEnd
        return step

    sys.settrace(step)  # type: ignore[arg-type]  # a function that gives itself back has no type that can be written
    try:
        return run()
    finally:
        sys.settrace(None)


def watched(run: Callable[[], R], *, hooks: Collection[CodeType] = (), lines: int = MOST_LINES) -> Watched[R]:
    """Run something, and see what it reaches for.

    Args:
        run: what to run, in this thread. What it raises is kept, but for what ends the interpreter.
        hooks: code of which is seen what it gives back.
        lines: how many lines of code it may take.
    """
    reached: dict[str, None] = {}
    given_back: dict[str, None] = {}
    left = lines

    def note(frame: FrameType, event: str, called: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise DoesNotEnd
        if event == "return":
            if frame.f_code in hooks and isinstance(called, Coroutine | Generator):
                called.close()  # nobody else will
                given_back[type(called).__name__] = None
            return
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
        value = bounded(run, lines=lines)
    except (Exception, SystemExit, DoesNotEnd) as raised:
        error = raised
    finally:
        if is_free:
            sys.setprofile(before)
        if collects:
            gc.enable()
    return Watched(value=value, error=error, reached=tuple(reached), given_back=tuple(given_back))


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
    if name in _INSIDE or type(owner).__name__ in _IN_MEMORY:
        return None
    home = module or type(owner).__module__
    return f"{home.lstrip('_')}.{name}" if home in _OUTSIDE_MODULES else None


def _is_importing(frame: FrameType | None) -> bool:
    """Whether a call belongs to an import: a function may import what it needs when it first runs."""
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith(("_frozen_importlib", "importlib")):
            return True
        frame = frame.f_back
    return False
