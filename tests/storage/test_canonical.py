"""One form of bytes for each record, and the fingerprint of a set."""

from __future__ import annotations

import hashlib
import hmac
import subprocess
import sys
from decimal import Decimal

import pytest

from salesflow import InvalidValue
from salesflow.storage.canonical import canonical, digest, fingerprint
from salesflow.testing.storage_contract import RECORDS
from salesflow.testing.storage_contract.samples import a_contact, a_long_deal, a_sale, added, an_own_deal

SECRET = b"thirty-two bytes from the vault!"


def test_the_canonical_form_does_not_depend_on_the_order_of_fields_or_on_white_space() -> None:
    data = canonical(a_contact(name="נועה 👩🏽‍💻"))
    assert data.startswith(b'{"address":null,"changed_at":null,"dislikes":[]')
    assert "נועה 👩🏽‍💻".encode() in data
    assert digest(data) == digest(canonical(a_contact(name="נועה 👩🏽‍💻")))


def test_a_fingerprint_tells_sets_apart_and_says_nothing_of_what_is_in_them() -> None:
    one, same, other = added(a_contact(notes="one")), added(a_contact(notes="one")), added(a_contact(notes="two"))
    assert fingerprint(one) == fingerprint(same)
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(one) != fingerprint(one.with_key("request 1"))
    assert fingerprint(one) != fingerprint(one, secret=SECRET)
    assert len(fingerprint(one)) == 64


def test_a_number_with_other_digits_has_another_form() -> None:
    one, other = (a_sale(probability=Decimal(digits)).changes for digits in ("0.5", "0.50"))
    assert one == other
    assert canonical(one) != canonical(other)


def test_a_digest_is_sha_256_and_with_a_secret_its_hmac() -> None:
    assert digest(b"deal") == hashlib.sha256(b"deal").hexdigest()
    assert digest(b"deal", secret=SECRET) == hmac.new(SECRET, b"deal", hashlib.sha256).hexdigest()


def test_own_classes_have_a_form_where_they_are_registered() -> None:
    assert len(fingerprint(an_own_deal(), records=RECORDS)) == 64
    with pytest.raises(InvalidValue, match="register"):
        fingerprint(an_own_deal())


def test_a_fingerprint_is_the_same_in_every_process() -> None:
    code = (
        "from salesflow.storage.canonical import fingerprint\n"
        "from salesflow.testing.storage_contract.samples import a_long_deal\n"
        "print(fingerprint(a_long_deal().changes))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == fingerprint(a_long_deal().changes)
