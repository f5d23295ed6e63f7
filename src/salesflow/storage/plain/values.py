"""How single values are written: text, numbers, amounts, and what is in ``times``.

A number with a fraction is written as text, because JSON's own numbers are binary to most readers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from salesflow.errors import InvalidValue, SalesflowError
from salesflow.storage.plain.form import JSON, Form, below, given, wrong
from salesflow.storage.plain.leaf import LeafForm, NotInForm, NotOfType
from salesflow.storage.plain.times import DAY, MOMENT, TIME
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


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise NotOfType
    plain = value if type(value) is str else str.__str__(value)
    return prose(plain, field="text", limit=TEXT, personal=True)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise NotOfType
    if not -_INT64 <= value < _INT64:
        raise InvalidValue("must fit in 64 bits", field="number")
    return int(value)


def _answer(value: object) -> bool:
    if not isinstance(value, bool):
        raise NotOfType
    return value


def _float(value: object) -> float:
    if not isinstance(value, float | int) or isinstance(value, bool):
        raise NotOfType
    number = float(value)
    if not math.isfinite(number):
        raise InvalidValue("must be a finite number", field="number")
    return number


_DECIMAL = re.compile(r"-?[0-9]{1,68}(\.[0-9]{1,134})?(E[+-][0-9]{1,3})?")


def _decimal_text(value: object) -> str:
    if not isinstance(value, Decimal):
        raise NotOfType
    return str(_bearable(value))


def _decimal(data: object) -> Decimal:
    if type(data) is not str:
        raise NotOfType
    if not _DECIMAL.fullmatch(data):
        raise NotInForm
    return _bearable(Decimal(data))


def _bearable(number: Decimal) -> Decimal:
    """A number whose digits can be written out without harm: ``1e999999`` is seven characters and takes seconds."""
    _sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise InvalidValue("must be a finite number", field="number")
    if len(digits) > DIGITS or not -_EXPONENT <= exponent <= _EXPONENT:
        raise InvalidValue(f"must have at most {DIGITS} digits, and not be out of all proportion", field="number")
    return number


_MICROSECOND = timedelta(microseconds=1)


def _duration_units(value: object) -> int:
    if not isinstance(value, timedelta):
        raise NotOfType
    return _whole(value // _MICROSECOND)


def _duration(data: object) -> timedelta:
    return timedelta(microseconds=_whole(data))


def _money_parts(value: object) -> dict[str, JSON]:
    if not isinstance(value, Money):
        raise NotOfType
    return {"amount": str(_bearable(value.amount)), "currency": value.currency}


def _money(data: object) -> Money:
    if type(data) is not dict:
        raise NotOfType
    if len(data) != 2:
        raise NotInForm
    amount, currency = data.get("amount"), data.get("currency")
    if type(amount) is not str or type(currency) is not str or not _DECIMAL.fullmatch(amount):
        raise NotInForm
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
            raise NotOfType
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
    datetime: MOMENT,
    date: DAY,
    time: TIME,
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
