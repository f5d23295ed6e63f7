"""The table of currencies."""

from __future__ import annotations

import pickle

import attrs
import pytest

from salesflow.errors import UnknownName, WrongType
from salesflow.values import CURRENCIES, Currency, currency


def test_every_currency_in_force_is_there_once():
    assert len(CURRENCIES) == 178
    assert len({one.number for one in CURRENCIES.values()}) == 178
    assert list(CURRENCIES) == sorted(CURRENCIES)


def test_every_row_is_well_formed():
    for code, one in CURRENCIES.items():
        assert (code, len(code), code.isupper()) == (one.code, 3, True)
        assert len(one.number) == 3
        assert one.number.isdecimal()
        assert one.minor_units in (None, 0, 2, 3, 4)
        assert one.name == one.name.strip() != ""


def test_a_currency_is_found_by_its_code():
    assert currency("EUR") == Currency("EUR", "978", 2, "Euro")
    assert currency("ALL").number == "008"


@pytest.mark.parametrize("withdrawn", ["DEM", "HRK", "BGN", "ANG"])
def test_a_withdrawn_currency_is_not_in_force(withdrawn):
    with pytest.raises(UnknownName):
        currency(withdrawn)


def test_a_misspelt_code_names_the_nearest():
    with pytest.raises(UnknownName) as refused:
        currency("EURO")
    assert "EUR" in refused.value.nearest


def test_codes_are_upper_case():
    with pytest.raises(UnknownName, match="upper-case; there is 'EUR'"):
        currency("eur")


def test_a_code_is_text():
    with pytest.raises(WrongType):
        currency(978)


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        CURRENCIES["XYZ"] = CURRENCIES["EUR"]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        CURRENCIES["EUR"].minor_units = 3


def test_a_currency_survives_pickling():
    assert pickle.loads(pickle.dumps(CURRENCIES["EUR"])) == CURRENCIES["EUR"]
