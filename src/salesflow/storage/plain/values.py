"""How single values are written: text, numbers, days and moments, amounts.

A number with a fraction is written as text, because JSON's own numbers are binary to most readers. A moment is written
as RFC 9557 has it: wall clock, offset, and the name of the time zone where it has one
(``2026-11-02T09:00:00.000001+02:00[Asia/Jerusalem]``), so that neither the microsecond nor the zone is lost, and a
program that knows only RFC 3339 can cut the bracket off.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from salesflow.errors import InvalidValue, SalesflowError
from salesflow.storage.plain.form import JSON, Definitions, Form, Space, below, bound, given, wrong
from salesflow.values.contact_details import EmailAddress, PhoneNumber
from salesflow.values.decimals import DIGITS
from salesflow.values.money import Money
from salesflow.values.text import prose

__all__ = [
    "LEAVES",
    "TEXT",
    "LeafForm",
    "written_as_text",
]

TEXT: Final = 100_000
"""How many characters one text may have; our own choice, ten times what the library's own fields take."""

_INT64: Final = 2**63
_EXPONENT: Final = 100


class LeafForm(Form):
    """A value without parts, written and read by two functions.

    Args:
        type_: the class of the values, exactly.
        wanted: what the data must be, for messages ("a day, as YYYY-MM-DD").
        write: the value as plain data; raises where that could not be read back.
        read: the value that plain data stands for; raises where it stands for none.
        schema: the JSON Schema.
        writing, reading: source of expressions that do the same, with ``{v}`` for the variable, ``{write}`` and
            ``{read}`` for the functions; where the value is right they avoid the call.
    """

    __slots__ = ("_read", "_reading", "_schema", "_wanted", "_write", "_writing", "kind", "type_")

    def __init__(
        self,
        type_: type,
        *,
        wanted: str,
        write: Callable[[object], JSON],
        read: Callable[[object], object],
        schema: dict[str, JSON],
        writing: str = "{write}({v})",
        reading: str = "{read}({v})",
    ) -> None:
        self.type_: type = type_
        self.kind: str = str(schema["type"])
        self._wanted = wanted
        self._write = write
        self._read = read
        self._schema = schema
        self._writing = writing
        self._reading = reading

    def takes(self, value: object) -> bool:
        return isinstance(value, self.type_)

    def write(self, value: object, at: str) -> JSON:
        try:
            return self._write(value)
        except _NotOfType:
            raise wrong(at, self._wanted, value) from None
        except Exception as error:
            raise given(error, at, what=self.type_.__name__) from None

    def read(self, data: object, at: str) -> object:
        try:
            return self._read(data)
        except _NotOfType:
            raise wrong(at, self._wanted, data) from None
        except _NotInForm:
            raise InvalidValue(f"must be {self._wanted}", field=at or "data") from None
        except Exception as error:
            raise given(error, at, what=self.type_.__name__) from None

    def writing(self, space: Space, name: str) -> str:
        return self._writing.format(v=name, write=bound(space, self._write))

    def reading(self, space: Space, name: str) -> str:
        return self._reading.format(v=name, read=bound(space, self._read))

    def schema(self, _defs: Definitions, /) -> dict[str, JSON]:
        return dict(self._schema)


class _NotOfType(Exception):
    """A value of another type than the form is for."""


class _NotInForm(Exception):
    """Text that is not written as it must be."""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _NotOfType
    plain = value if type(value) is str else str.__str__(value)
    return prose(plain, field="text", limit=TEXT, personal=True)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _NotOfType
    if not -_INT64 <= value < _INT64:
        raise InvalidValue("must fit in 64 bits", field="number")
    return int(value)


def _answer(value: object) -> bool:
    if not isinstance(value, bool):
        raise _NotOfType
    return value


def _float(value: object) -> float:
    if not isinstance(value, float | int) or isinstance(value, bool):
        raise _NotOfType
    number = float(value)
    if not math.isfinite(number):
        raise InvalidValue("must be a finite number", field="number")
    return number


_DECIMAL = re.compile(r"-?[0-9]{1,68}(\.[0-9]{1,134})?(E[+-][0-9]{1,3})?")


def _decimal_text(value: object) -> str:
    if not isinstance(value, Decimal):
        raise _NotOfType
    return str(_bearable(value))


def _decimal(data: object) -> Decimal:
    if type(data) is not str:
        raise _NotOfType
    if not _DECIMAL.fullmatch(data):
        raise _NotInForm
    return _bearable(Decimal(data))


def _bearable(number: Decimal) -> Decimal:
    """A number whose digits can be written out without harm: ``1e999999`` is seven characters and takes seconds."""
    _sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise InvalidValue("must be a finite number", field="number")
    if len(digits) > DIGITS or not -_EXPONENT <= exponent <= _EXPONENT:
        raise InvalidValue(f"must have at most {DIGITS} digits, and not be out of all proportion", field="number")
    return number


_ZONE = r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,3}"
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?"
    r"[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{6})?)?)"
    rf"(?:\[({_ZONE})\])?"
)
_NOTHING = timedelta()


def _moment_text(value: object) -> str:
    if not isinstance(value, datetime):
        raise _NotOfType
    zone = value.tzinfo
    if zone is None:
        raise InvalidValue("must have a time zone", field="moment")
    offset = value.utcoffset()
    if offset is None or offset.microseconds:
        raise InvalidValue("must have a time zone whose offset is in whole seconds", field="moment")
    text = datetime.isoformat(value)
    if zone is UTC or isinstance(zone, timezone):
        return text
    key = getattr(zone, "key", None)
    if isinstance(zone, ZoneInfo) and isinstance(key, str) and re.fullmatch(_ZONE, key):
        return f"{text}[{key}]"
    raise InvalidValue("must have its time zone from zoneinfo, or a fixed offset", field="moment")


def _moment(data: object) -> datetime:
    if type(data) is not str:
        raise _NotOfType
    found = _MOMENT.fullmatch(data)
    if found is None:
        raise _NotInForm
    try:
        at = datetime.fromisoformat(found[1])
    except ValueError:
        raise _NotInForm from None
    return at if found[2] is None else _in_zone(at, found[2])


def _in_zone(at: datetime, key: str) -> datetime:
    """The moment on the clock of a zone. Where its rules have changed since, the moment counts, not the wall clock."""
    try:
        zone = ZoneInfo(key)
    except Exception:  # what it raises for a key that it does not know differs from system to system
        raise InvalidValue("must be in a time zone that is known here", field="moment") from None
    for fold in (0, 1):
        there = at.replace(tzinfo=zone, fold=fold)
        if there.utcoffset() == at.utcoffset():
            return there
    return at.astimezone(zone)


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day_text(value: object) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _NotOfType
    return value.isoformat()


def _day(data: object) -> date:
    if type(data) is not str:
        raise _NotOfType
    if not _DAY.fullmatch(data):
        raise _NotInForm
    try:
        return date.fromisoformat(data)
    except ValueError:
        raise _NotInForm from None


_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?")


def _time_text(value: object) -> str:
    if not isinstance(value, time):
        raise _NotOfType
    if value.tzinfo is not None:
        raise InvalidValue("must be a time of day without a time zone", field="time")
    return value.isoformat()


def _time(data: object) -> time:
    if type(data) is not str:
        raise _NotOfType
    if not _TIME.fullmatch(data):
        raise _NotInForm
    try:
        return time.fromisoformat(data)
    except ValueError:
        raise _NotInForm from None


_MICROSECOND = timedelta(microseconds=1)


def _duration_units(value: object) -> int:
    if not isinstance(value, timedelta):
        raise _NotOfType
    return _whole(value // _MICROSECOND)


def _duration(data: object) -> timedelta:
    return timedelta(microseconds=_whole(data))


def _money_parts(value: object) -> dict[str, JSON]:
    if not isinstance(value, Money):
        raise _NotOfType
    return {"amount": str(_bearable(value.amount)), "currency": value.currency}


def _money(data: object) -> Money:
    if type(data) is not dict:
        raise _NotOfType
    if len(data) != 2:
        raise _NotInForm
    amount, currency = data.get("amount"), data.get("currency")
    if type(amount) is not str or type(currency) is not str or not _DECIMAL.fullmatch(amount):
        raise _NotInForm
    return Money(Decimal(amount), currency)


class _MoneyForm(LeafForm):
    """Money has two parts, so a fault in it is at one of them."""

    __slots__ = ()

    def read(self, data: object, at: str) -> object:
        if type(data) is not dict:
            raise wrong(at, self._wanted, data)
        for name in ("amount", "currency"):
            if name not in data:
                raise InvalidValue("is missing", field=below(at, name), way_out=f"give {self._wanted}")
            if type(data[name]) is not str:
                raise wrong(below(at, name), "text", data[name])
        if len(data) != 2:
            raise InvalidValue("must have no other fields", field=at or "data", way_out=f"give {self._wanted}")
        amount = LEAVES[Decimal].read(data["amount"], below(at, "amount"))
        assert isinstance(amount, Decimal)
        try:
            return Money(amount, data["currency"])
        except InvalidValue as error:
            raise given(error, below(at, error.field), what="Money") from None
        except SalesflowError:
            raise InvalidValue("must be an ISO 4217 code", field=below(at, "currency")) from None


def _is_short(name: str) -> str:
    return f"({{v}} if type({{v}}) is str and len({{v}}) < {TEXT} and {{v}}.isprintable() else {{{name}}}({{v}}))"


def written_as_text(type_: type, parse: Callable[[str], object], wanted: str) -> LeafForm:
    """The form of a type that ``str`` writes and ``parse`` reads.

    Args:
        type_: the class of the values.
        parse: makes a value of text; raises where it stands for none.
        wanted: what the data must be, for messages.
    """

    def write(value: object) -> str:
        if not isinstance(value, type_):
            raise _NotOfType
        return _text(str(value))

    def read(data: object) -> object:
        return parse(_text(data))

    return LeafForm(type_, wanted=wanted, write=write, read=read, schema={"type": "string"})


LEAVES: dict[object, Form] = {
    str: LeafForm(
        str,
        wanted="text",
        write=_text,
        read=_text,
        schema={"type": "string"},
        writing=_is_short("write"),
        reading=_is_short("read"),
    ),
    int: LeafForm(
        int,
        wanted="a whole number",
        write=_whole,
        read=_whole,
        schema={"type": "integer", "minimum": -_INT64, "maximum": _INT64 - 1},
        writing="({v} if type({v}) is int and -0x8000000000000000 <= {v} <= 0x7fffffffffffffff else {write}({v}))",
        reading="({v} if type({v}) is int and -0x8000000000000000 <= {v} <= 0x7fffffffffffffff else {read}({v}))",
    ),
    bool: LeafForm(
        bool,
        wanted="true or false",
        write=_answer,
        read=_answer,
        schema={"type": "boolean"},
        writing="({v} if {v} is True or {v} is False else {write}({v}))",
        reading="({v} if {v} is True or {v} is False else {read}({v}))",
    ),
    float: LeafForm(float, wanted="a number", write=_float, read=_float, schema={"type": "number"}),
    Decimal: LeafForm(
        Decimal,
        wanted="a decimal number as text",
        write=_decimal_text,
        read=_decimal,
        schema={"type": "string", "pattern": f"^{_DECIMAL.pattern}$"},
    ),
    datetime: LeafForm(
        datetime,
        wanted="a moment with its offset, such as 2026-11-02T09:00:00+02:00[Asia/Jerusalem]",
        write=_moment_text,
        read=_moment,
        schema={"type": "string", "pattern": f"^{_MOMENT.pattern}$"},
    ),
    date: LeafForm(
        date,
        wanted="a day, such as 2026-11-02",
        write=_day_text,
        read=_day,
        schema={"type": "string", "format": "date", "pattern": f"^{_DAY.pattern}$"},
    ),
    time: LeafForm(
        time,
        wanted="a time of day, such as 09:30:00",
        write=_time_text,
        read=_time,
        schema={"type": "string", "pattern": f"^{_TIME.pattern}$"},
    ),
    timedelta: LeafForm(
        timedelta,
        wanted="a whole number of microseconds",
        write=_duration_units,
        read=_duration,
        schema={"type": "integer", "description": "microseconds"},
    ),
    Money: _MoneyForm(
        Money,
        wanted='an amount, such as {"amount": "48000.00", "currency": "EUR"}',
        write=_money_parts,
        read=_money,
        schema={
            "type": "object",
            "properties": {
                "amount": {"type": "string", "pattern": f"^{_DECIMAL.pattern}$"},
                "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
            },
            "required": ["amount", "currency"],
            "additionalProperties": False,
        },
    ),
    EmailAddress: written_as_text(EmailAddress, EmailAddress, "an e-mail address"),
    PhoneNumber: written_as_text(PhoneNumber, PhoneNumber, "a phone number"),
}
"""The forms of the types that have no parts, or are always written the same way."""
