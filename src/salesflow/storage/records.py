"""Records: every entity, event and change set as plain data, and back, with nothing lost.

A storage keeps rows or documents, a queue carries bytes, an export is a file: none of them knows a ``Deal``. Between
the two stands plain data, what JSON can say. It is exact to the last digit and microsecond; it says what it is
(``{"type": "Deal", "schema": 1, ...}``) by names that do not change when code moves; and what was written by an older
version of the program is brought up to date when it is read. What is read is treated as hostile: it is of the right
types and within limits, passes every validator of the classes, or is refused with the path to what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from sys import modules
from typing import TYPE_CHECKING, Final, Literal, TypeVar, cast, overload

from salesflow.errors import InvalidValue, MissingExtra
from salesflow.storage.plain.form import JSON, Form
from salesflow.storage.plain.lookup import Forms
from salesflow.storage.plain.values import LEAVES, written_as_text
from salesflow.storage.registry import RecordType, Registry, Upcaster

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["JSON", "Records", "Upcaster"]

T = TypeVar("T")
U = TypeVar("U")

BYTES: Final = 16 * 2**20
"""How much JSON is read at once, in bytes; our own choice, some thousand times a well-worked deal."""


class Records:
    """Writes records as plain data and reads them back.

    The library's own entities, events and change sets are known. Register classes of your own before the first use;
    from then on it can be shared between threads.

    Args:
        unknown: what is done with a field that a class does not have. ``"refuse"`` is an error. With ``"keep"`` it is
            carried along, also through later changes of the entity, and written again; an object that carries such
            fields is of a subclass and does not equal one without.
        max_bytes: how much JSON ``from_json`` reads at once.

    Raises:
        InvalidValue: ``unknown`` is neither of the two.

    Example::

        records = Records().register(SaaSDeal, name="SaaSDeal", schema=1)
        row = records.to_json(deal)
        assert records.from_json(row, expect=SaaSDeal) == deal
    """

    def __init__(self, *, unknown: Literal["refuse", "keep"] = "refuse", max_bytes: int = BYTES) -> None:
        if unknown not in ("refuse", "keep"):
            raise InvalidValue("unknown fields are refused or kept", field="unknown", value=unknown)
        self._keeps_unknown = unknown == "keep"
        self._max_bytes = max_bytes
        self._registry = Registry()
        self._leaves: dict[object, Form] = {}
        self._forms = self._new_forms()

    def _new_forms(self) -> Forms:
        return Forms(self._registry, self._leaves, keeps_unknown=self._keeps_unknown)

    def register(
        self,
        cls: type,
        *,
        name: str,
        schema: int,
        upcasters: Mapping[int, Upcaster] | None = None,
        formerly: tuple[str, ...] = (),
    ) -> Records:
        """Make a class of your own known: an entity, an event, or any other attrs class.

        Args:
            cls: the class. Its fields hold text, numbers, ``Decimal``, ``Money``, days and moments, ``Enum``, attrs
                classes, tuples of these, or ``None``.
            name: what it is called in stored data, for ever; a line of at most 60 characters.
            schema: the number of its shape, from 1. Raise it with every change of its fields, or of a class in them.
            upcasters: for every number below ``schema``, the function that turns fields of that schema into fields of
                the next. Of a subclass of ``Deal`` it sees the fields of ``Deal`` already up to date.
            formerly: names that it was stored under before.

        Returns:
            The same ``Records``, so that calls can be chained.

        Raises:
            InvalidValue: a name is taken, the class is registered already or is none of attrs, a field is called
                ``type``, ``schema`` or ``extends``, or an upcaster is missing.

        Example:
            ``Records().register(SeatsAgreed, name="SeatsAgreed", schema=2, upcasters={1: lambda f: f | {"seats": 1}})``
        """
        record = RecordType(cls=cls, name=name, schema=schema, upcasters=dict(upcasters or {}))
        self._registry.add(record, tuple(formerly))
        self._forms = self._new_forms()
        return self

    def write_as_text(self, cls: type[T], *, parse: Callable[[str], T]) -> Records:
        """Let fields of your own classes hold values of a type that ``str`` writes and a function reads, ``UUID`` say.

        Args:
            cls: the type.
            parse: makes a value from the text that ``str`` gave; raises where the text stands for none.

        Example:
            ``Records().write_as_text(UUID, parse=UUID)``
        """
        if cls in LEAVES:
            raise InvalidValue("the library knows how to write this type", field="cls", value=cls.__name__)
        self._leaves[cls] = written_as_text(cls, parse, f"a {cls.__name__} as text")
        self._forms = self._new_forms()
        return self

    def dump(self, value: object, /) -> dict[str, JSON]:
        """A record as plain data.

        Args:
            value: an entity, an event, a change set, a ``Recorded``, a ``Receipt``, a ``JournalEntry``, or an instance of a
                registered class.

        Raises:
            InvalidValue: its class is not registered, or it holds something that could not be read back: a number of
                more than 34 digits, an integer of more than 64 bits, text with a NUL, a time zone that is neither
                from ``zoneinfo`` nor a fixed offset. ``field`` is the path to it.
        """
        form = self._forms.tagged(object)
        return cast("dict[str, JSON]", _in_one_go(form.straight_write, form.write, value))

    @overload
    def load(self, data: object, /) -> object: ...
    @overload
    def load(self, data: object, /, *, expect: type[T]) -> T: ...
    def load(self, data: object, /, *, expect: type = object) -> object:
        """The record that plain data stands for. Every type, limit and validator is checked.

        Args:
            data: a dict, as ``dump`` gives it. It is not changed.
            expect: the class that it must be of, or be derived from.

        Raises:
            InvalidValue: it stands for no such record; ``field`` is the path to what is wrong, such as
                ``events[2].deal.amount.currency``. No value is repeated.
        """
        form = self._forms.tagged(expect)
        return _in_one_go(form.straight_read, form.read, data)

    def to_json(self, value: object, /) -> bytes:
        """A record as JSON in UTF-8, compact, its fields in the order of the class.

        Raises:
            InvalidValue: as for :meth:`dump`.
            MissingExtra: the extra ``records`` is not installed.
        """
        written: bytes = _msgspec().json.encode(self.dump(value))
        return written

    @overload
    def from_json(self, data: bytes | str, /) -> object: ...
    @overload
    def from_json(self, data: bytes | str, /, *, expect: type[T]) -> T: ...
    def from_json(self, data: bytes | str, /, *, expect: type = object) -> object:
        """The record that JSON stands for.

        Raises:
            InvalidValue: it is no JSON (``NaN`` is none), or too large, or as for :meth:`load`.
            MissingExtra: the extra ``records`` is not installed.
        """
        msgspec = _msgspec()
        if len(data) > self._max_bytes:
            raise InvalidValue(
                f"must be at most {self._max_bytes:,} bytes", field="data", value=len(data), way_out="raise max_bytes"
            )
        try:
            plain = msgspec.json.decode(data)
        except RecursionError:
            raise InvalidValue("must not be nested this deep", field="data") from None
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise InvalidValue("must be JSON", field="data", way_out=type(error).__name__) from None
        return self.load(plain, expect=expect)

    def schema(self, cls: type, /) -> dict[str, JSON]:
        """The JSON Schema (2020-12) of a record.

        Args:
            cls: a class that can be written, or a base of several, such as ``Event``.

        Raises:
            InvalidValue: no class that can be written is or derives from it.

        Example:
            ``json.dumps(records.schema(Deal), indent=2)``
        """
        defs: dict[str, JSON] = {}
        record = self._registry.of(cls)
        if record is not None:
            root = self._forms.record(record).schema(defs)
        else:
            root = self._forms.tagged(cls).schema(defs)
            if not root["anyOf"]:
                raise InvalidValue(
                    "a class must be registered to have a schema",
                    field="cls",
                    value=cls.__name__,
                    way_out=f'call records.register({cls.__name__}, name="{cls.__name__}", schema=1)',
                )
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": cls.__name__ if record is None else record.name,
            **root,
            "$defs": defs,
        }

    @property
    def names(self) -> tuple[str, ...]:
        """What the known records are called in stored data."""
        return tuple(record.name for record in self._registry.known())


def _in_one_go(straight: Callable[[T], U], step_by_step: Callable[[T, str], U], given: T) -> U:
    """Go straight through; where that fails, once more step by step, which says where the fault is."""
    # What failed on the straight way may quote values. So it is left behind before the error with the path is raised.
    try:  # every record goes this way, and suppress() takes as long as a small one
        return straight(given)
    except Exception:
        pass
    try:
        return step_by_step(given, "")
    except RecursionError:
        raise InvalidValue("must not be nested this deep", field="data") from None


def _msgspec() -> ModuleType:
    loaded = modules.get("msgspec")
    if loaded is not None:
        return loaded
    try:
        return import_module("msgspec")
    except ImportError:
        raise MissingExtra("records", needed_for="records as JSON bytes") from None
