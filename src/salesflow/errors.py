"""Everything that can go wrong, as one tree.

::

    SalesflowError
    ├── ProcessDefinitionError (TypeError)   whoever wrote the process made a mistake; lists every fault
    ├── InvalidValue (ValueError)            a value breaks a rule of its field
    │   ├── WrongType (TypeError)            it is not even of the right kind (a float amount, say)
    │   └── CurrencyMismatch                 two amounts of different currencies were mixed
    ├── UnknownName (LookupError)            no such stage, move, field, reason or record; says the nearest names
    ├── Refused                              the rules of the sale say no; nothing has changed
    │   ├── MoveRefused                      requirements are not met; ``unmet`` holds all of them
    │   ├── MoveNotAllowed                   there is no such move from this stage
    │   ├── PolicyRefused                    this actor may not do this
    │   ├── NotNow                           the deal or the record is in no condition for it
    │   ├── EngineOwned                      a field that only the engine writes
    │   ├── OutOfOrder                       a moment before the last recorded one
    │   └── ProcessMismatch                  the deal runs under another process or version
    ├── StorageError
    │   ├── NotFound (LookupError)
    │   ├── StaleVersion                     somebody else was faster; read again and retry
    │   ├── DuplicateKey                     the id or a unique key is taken
    │   ├── KeyReused                        the idempotency key came with other content
    │   └── StorageClosed
    └── MissingExtra (ImportError)           an optional dependency is not installed; says which extra brings it

Every message states the rule, what was tried, and the way out; the same facts are attributes of the error.
All errors can be pickled. None repeats the value of a personal field (names, addresses, phones, notes).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from salesflow.process.requirement import Unmet

__all__ = [
    "CurrencyMismatch",
    "DuplicateKey",
    "EngineOwned",
    "InvalidValue",
    "KeyReused",
    "MissingExtra",
    "MoveNotAllowed",
    "MoveRefused",
    "NotFound",
    "NotNow",
    "OutOfOrder",
    "PolicyRefused",
    "ProcessDefinitionError",
    "ProcessMismatch",
    "Refused",
    "SalesflowError",
    "StaleVersion",
    "StorageClosed",
    "StorageError",
    "UnknownName",
    "WrongType",
]


def _rebuild(kind: type[SalesflowError], args: tuple[object, ...], facts: dict[str, object]) -> SalesflowError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(facts)
    return error


def _sentence(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def one_of(names: Iterable[str]) -> str:
    """The allowed names as text for a message: ``'a', 'b' or 'c'``, at most twenty of them."""
    shown = [repr(name) for name in names]
    if len(shown) > 20:
        shown = [*shown[:20], f"{len(shown) - 20} more"]
    if len(shown) < 2:
        return "".join(shown) or "nothing"
    return f"{', '.join(shown[:-1])} or {shown[-1]}"


class SalesflowError(Exception):
    """The root: catch it to catch whatever this library raises on purpose."""

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


class ProcessDefinitionError(SalesflowError, TypeError):
    """A process, stage, requirement or move is defined wrongly.

    Attributes:
        process: the name of the class that was being defined.
        faults: every fault that was found, a sentence each.
    """

    def __init__(self, process: str, faults: Sequence[str]) -> None:
        self.process = process
        self.faults: tuple[str, ...] = tuple(faults)
        super().__init__(f"{process} cannot be used: " + "; ".join(self.faults))


class InvalidValue(SalesflowError, ValueError):
    """A value breaks the rule of its field.

    Attributes:
        field: which field, as the caller names it.
        rule: the rule, as a sentence.
        value: the offending value as text, shortened, or ``None`` where it is personal.
        way_out: what would be accepted.
    """

    def __init__(self, rule: str, *, field: str, value: object = None, way_out: str = "") -> None:
        self.field = field
        self.rule = rule
        self.value: str | None = None if value is None else _shown(value)
        self.way_out = way_out
        got = "" if self.value is None else f"got {self.value}"
        super().__init__(f"{field}: {_sentence(rule, got, way_out)}")


class WrongType(InvalidValue, TypeError):
    """A value of the wrong kind: a float where money must be exact, text where a moment is meant."""


class CurrencyMismatch(InvalidValue):
    """Two amounts of different currencies were added or compared.

    Attributes:
        left: the currency code on the left.
        right: the currency code on the right.
    """

    def __init__(self, left: str, right: str, *, doing: str) -> None:
        self.left = left
        self.right = right
        super().__init__(
            f"amounts can only be {doing} within one currency",
            field="currency",
            value=f"{left} and {right}",
            way_out="convert one of them with a dated rate first",
        )


def _shown(value: object) -> str:
    """A value for a message: its repr, never longer than 80 characters, never an error of its own."""
    if isinstance(value, str):
        return repr(value) if len(value) <= 60 else f"{value[:57]!r}... ({len(value)} characters)"
    try:
        text = repr(value)
    except Exception:
        return f"<{type(value).__name__}>"
    return text if len(text) <= 80 else f"{text[:77]}..."


class UnknownName(SalesflowError, LookupError):
    """There is no such stage, move, field, reason or record.

    Attributes:
        kind: what was looked for, in one word ("stage").
        name: the name that was tried.
        known: the names that exist.
        nearest: those of them that resemble the one tried.
    """

    def __init__(self, kind: str, name: object, known: Iterable[object], *, where: str = "") -> None:
        self.kind = kind
        self.name: str = name if isinstance(name, str) else str(name)
        self.known: tuple[str, ...] = tuple(str(one) for one in known)
        self.nearest: tuple[str, ...] = tuple(difflib.get_close_matches(self.name[:200], self.known, n=3))
        meant = f"did you mean {one_of(self.nearest)}?" if self.nearest else f"there is {one_of(self.known)}"
        place = f" in {where}" if where else ""
        super().__init__(f"no {kind} {_shown(self.name)}{place}; {meant}")


class Refused(SalesflowError):
    """The rules of the sale say no. Nothing has changed.

    Attributes:
        kind: what was worked on, in one word ("deal", "lead").
        id: which of them, or ``None`` where it is not known.
        tried: what was tried, as a phrase ("advance", "raise an objection").
    """

    kind: str
    id: str | None
    tried: str

    def __init__(self, message: str, *, tried: str, id: str | None = None, kind: str = "deal") -> None:
        self.tried = tried
        self.id = id
        self.kind = kind
        super().__init__(message)

    @property
    def deal_id(self) -> str | None:
        """Which deal, or ``None`` where it is no deal."""
        return self.id if self.kind == "deal" else None


class MoveRefused(Refused):
    """Requirements of a move are not met.

    Attributes:
        move: the move that was tried.
        source: the stage that it is in, and stays in.
        target: the stage that it was to go to.
        unmet: every requirement that does not hold, with its reason.
    """

    def __init__(
        self, *, id: str, move: str, source: str, target: str, unmet: Iterable[Unmet], kind: str = "deal"
    ) -> None:
        self.move = move
        self.source = source
        self.target = target
        self.unmet: tuple[Unmet, ...] = tuple(unmet)
        missing = "; ".join(str(one) for one in self.unmet)
        super().__init__(
            f"{kind} {id} cannot {move.replace('_', ' ')} from {source} to {target} yet: {missing}",
            tried=move,
            id=id,
            kind=kind,
        )


class MoveNotAllowed(Refused):
    """The process has no such move from the stage that the deal, or the lead, is in.

    Attributes:
        move: the move that was tried.
        source: the stage that it is in.
        target: the stage asked for, if one was.
        allowed: the moves that the stage has, each as ``move -> target``.
    """

    def __init__(
        self,
        *,
        id: str,
        move: str,
        source: str,
        allowed: Iterable[str],
        target: str | None = None,
        kind: str = "deal",
    ) -> None:
        self.move = move
        self.source = source
        self.target = target
        self.allowed: tuple[str, ...] = tuple(allowed)
        to = f" to {target}" if target else ""
        super().__init__(
            f"{kind} {id} cannot {move.replace('_', ' ')}{to} from {source}; "
            f"from there it can: {', '.join(self.allowed) or 'nothing'}",
            tried=move,
            id=id,
            kind=kind,
        )


class PolicyRefused(Refused):
    """The policy of the host does not let this actor do this.

    Attributes:
        by: the actor.
        event: the name of the event that would have been recorded.
        reason: why not, in the policy's words.
    """

    def __init__(self, *, id: str | None, by: str, event: str, reason: str, kind: str = "deal") -> None:
        self.by = by
        self.event = event
        self.reason = reason
        super().__init__(f"{by} may not record {event} on {kind} {id}: {reason}", tried=event, id=id, kind=kind)


class NotNow(Refused):
    """The deal or the lead, or a record in it, is in no condition for what was tried.

    Attributes:
        because: the condition that it is in.
        way_out: what can be done instead.
    """

    def __init__(self, *, id: str | None, tried: str, because: str, way_out: str, kind: str = "deal") -> None:
        self.because = because
        self.way_out = way_out
        where = f"{kind} {id}: " if id else ""
        super().__init__(f"{where}cannot {tried}: {because}; {way_out}", tried=tried, id=id, kind=kind)


class EngineOwned(Refused):
    """A field that only the engine writes was to be changed by hand.

    Attributes:
        fields: the names of those fields.
    """

    def __init__(self, *, id: str | None, fields: Iterable[str], way_out: str, kind: str = "deal") -> None:
        self.fields: tuple[str, ...] = tuple(fields)
        super().__init__(
            f"{', '.join(self.fields)}: changed by the engine alone, never by update; {way_out}",
            tried="update",
            id=id,
            kind=kind,
        )


class OutOfOrder(Refused):
    """A moment that lies before the last recorded one.

    Attributes:
        at: the moment that was given, in ISO 8601.
        last: the last recorded moment, in ISO 8601.
    """

    def __init__(self, *, id: str | None, at: str, last: str, kind: str = "deal") -> None:
        self.at = at
        self.last = last
        super().__init__(
            f"{kind} {id}: history is recorded in order; {at} lies before the last event at {last}; "
            "give a moment at or after it",
            tried="work on the past",
            id=id,
            kind=kind,
        )


class ProcessMismatch(Refused):
    """A deal or a lead runs under another process, or another version of it.

    Attributes:
        runs_under: process key and version that it runs under ("standard 1").
        process: process key and version that was asked to work on it.
    """

    def __init__(self, *, id: str, runs_under: str, process: str, way_out: str, kind: str = "deal") -> None:
        self.runs_under = runs_under
        self.process = process
        super().__init__(
            f"{kind} {id} runs under process {runs_under} and cannot be worked under {process}; {way_out}",
            tried=f"work on the {kind}",
            id=id,
            kind=kind,
        )


class StorageError(SalesflowError):
    """A storage could not keep its promise; nothing was written."""


class NotFound(StorageError, LookupError):
    """Nothing is stored under this kind and id.

    Attributes:
        kind: the kind of entity ("Deal").
        id: the id that was asked for.
    """

    def __init__(self, kind: str, id: str) -> None:
        self.kind = kind
        self.id = id
        super().__init__(f"no {kind} with id {_shown(id)} is stored")


class StaleVersion(StorageError):
    """The stored version is not the one that the change was made from.

    Attributes:
        kind: the kind of entity.
        id: its id.
        expected: the version that the change was made from.
        found: the version that is stored, where the storage knows it.
    """

    def __init__(self, kind: str, id: str, *, expected: int, found: int | None = None) -> None:
        self.kind = kind
        self.id = id
        self.expected = expected
        self.found = found
        now = "another" if found is None else f"version {found}"
        super().__init__(
            f"{kind} {_shown(id)} was changed from version {expected} but {now} is stored; "
            "read it again, decide again, commit again"
        )


class DuplicateKey(StorageError):
    """An id, or a key that must be unique, is already taken.

    Attributes:
        kind: the kind of entity.
        key: the name of the key ("id", "email"); its value may be personal and is not repeated.
    """

    def __init__(self, kind: str, key: str) -> None:
        self.kind = kind
        self.key = key
        super().__init__(f"{kind}: its {key} must be unique and is taken; use the stored one or another {key}")


class KeyReused(StorageError):
    """An idempotency key was used before, with another content.

    Attributes:
        key: the idempotency key.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(
            f"the idempotency key {_shown(key)} was used for another change set; use a new key for new content"
        )


class StorageClosed(StorageError):
    """The storage was closed and takes no more calls."""


class MissingExtra(SalesflowError, ImportError):
    """An optional dependency is not installed.

    Attributes:
        extra: the extra of salesflow that brings it.
    """

    def __init__(self, extra: str, *, needed_for: str) -> None:
        self.extra = extra
        super().__init__(f"{needed_for} needs an optional dependency: pip install 'salesflow[{extra}]'")
