"""E-mail addresses, phone numbers and postal addresses."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesflow.errors import InvalidValue, WrongType
from salesflow.values import FREE_MAIL_DOMAINS, EmailAddress, PhoneNumber, PostalAddress


@pytest.mark.parametrize(
    "written",
    [
        "info@acme.example",
        "first.last+tag@mail.acme.example",
        "o'brien@acme.example",
        "נעה@דוגמה.example",
        "info@xn--bcher-kva.example",
        "info@bücher.example",
        "info@हिन्दी.example",
        "x@a-b.co",
        "l" * 64 + "@acme.example",
    ],
)
def test_an_address_is_kept_as_it_was_written(written):
    email = EmailAddress(written)
    assert email.address == str(email) == written


@pytest.mark.parametrize(
    "written",
    [
        "",
        "acme.example",
        "@acme.example",
        "info@",
        "a@b@acme.example",
        "info@acme",
        "info@.example",
        "info@acme..example",
        "info@-acme.example",
        "info@acme-.example",
        "info@ac_me.example",
        "info@127.0.0.1",
        ".info@acme.example",
        "in..fo@acme.example",
        "in fo@acme.example",
        "info@acme.example\r\nBcc: all@acme.example",
        "<info@acme.example>",
        "l" * 65 + "@acme.example",
        "info@" + "d" * 64 + ".example",
        "info@" + "d." * 130 + "example",
    ],
)
def test_what_cannot_be_an_address_is_refused_and_not_repeated(written):
    with pytest.raises(InvalidValue) as refused:
        EmailAddress(written)
    assert refused.value.value is None
    assert not written or written not in str(refused.value)


def test_an_address_is_text():
    with pytest.raises(WrongType):
        EmailAddress(None)


@pytest.mark.parametrize("text", ['"Sales" <info@ACME.example>', "Sales <info@ACME.example> ", "info@ACME.example"])
def test_the_address_is_taken_out_of_a_mail_header(text):
    assert EmailAddress.parse(text) == EmailAddress("info@ACME.example")


@pytest.mark.parametrize("text", ["Sales", "a@acme.example, b@acme.example", "<a@acme.example> <b@acme.example>", "<>"])
def test_a_header_without_exactly_one_address_is_refused(text):
    with pytest.raises(InvalidValue):
        EmailAddress.parse(text)


def test_one_mailbox_is_found_in_upper_and_lower_case():
    one, other = EmailAddress("Info@ACME.example"), EmailAddress("info@acme.example")
    assert one != other
    assert one.matching_key == other.matching_key == "info@acme.example"
    assert one.domain == "acme.example"


def test_a_domain_of_everyone_is_told_from_one_of_a_company():
    assert EmailAddress("someone@GMail.com").is_free_mail
    assert not EmailAddress("info@acme.example").is_free_mail
    assert all(domain == domain.lower() and "." in domain for domain in FREE_MAIL_DOMAINS)


@pytest.mark.parametrize(
    ("written", "digits", "extension"),
    [
        ("+1 202 555 0123", "12025550123", None),
        ("1(202)555-0123", "12025550123", None),
        ("+1 202 555 0123 ext. 5", "12025550123", "5"),
        ("202.555.0123x12", "2025550123", "12"),
        ("0531 / 123-456 #7", "0531123456", "7"),
        ("(+49) 531 123456", "49531123456", None),
        ("1234", "1234", None),
    ],
)
def test_a_phone_number_is_kept_as_written_and_its_digits_are_known(written, digits, extension):
    phone = PhoneNumber(written)
    assert str(phone) == written
    assert (phone.digits, phone.extension) == (digits, extension)


@pytest.mark.parametrize(
    "written",
    ["", "123", "1234567890123456", "call me", "+1+202 555 0123", "٠١٢٣٤٥", "123\r\n4567", "1234 x", "12_34", "1" * 60],
)
def test_what_cannot_be_a_phone_number_is_refused_and_not_repeated(written):
    with pytest.raises(InvalidValue) as refused:
        PhoneNumber(written)
    assert refused.value.value is None
    assert len(written) < 5 or written not in str(refused.value)


def test_one_line_is_found_however_it_is_written():
    keys = {
        PhoneNumber(one).matching_key
        for one in ("+1 202 555 0123", "001 202 555 0123", "1(202)555-0123", "12025550123")
    }
    assert keys == {"12025550123"}


def test_another_extension_is_another_line():
    assert PhoneNumber("1234567 x1").matching_key != PhoneNumber("1234567 x2").matching_key
    assert PhoneNumber("1234567 x1").matching_key == PhoneNumber("123-4567 ext 1").matching_key


def test_a_number_of_zeros_keeps_them():
    assert PhoneNumber("0000").matching_key == "0000"


def test_a_national_number_is_an_international_one_only_within_a_country():
    national, full = PhoneNumber("0531 123456"), PhoneNumber("+49 531 123456")
    assert national.matching_key != full.matching_key
    assert national.key_within("49") == full.key_within("49") == full.matching_key
    assert (national.is_international, full.is_international) == (False, True)
    for wrong in ("+49", "0", "1234"):
        with pytest.raises(InvalidValue):
            national.key_within(wrong)


@settings(max_examples=60)
@given(st.text(alphabet="0123456789", min_size=4, max_size=15), st.text(alphabet=" -./()", max_size=3))
def test_punctuation_never_changes_the_key_of_a_phone_number(digits, between):
    assert PhoneNumber(between.join(digits)[:50]).digits == digits[: len(PhoneNumber(between.join(digits)[:50]).digits)]
    spaced = f"{digits[:2]}{between}{digits[2:]}"
    assert PhoneNumber(spaced).matching_key == PhoneNumber(digits).matching_key


def test_nothing_need_be_known_of_a_postal_address():
    assert PostalAddress().is_empty
    assert PostalAddress().lines == ()


def test_a_postal_address_has_its_known_lines_in_order():
    address = PostalAddress(street="1 Main St", city="Haifa", country="IL")
    assert address.lines == ("1 Main St", "Haifa", "IL")
    assert str(address) == "1 Main St, Haifa, IL"
    assert not address.is_empty


def test_one_postal_address_is_found_however_it_is_written():
    one = PostalAddress(street="1 Main St.", postal_code="SW1A 1AA", city="LONDON")
    other = PostalAddress(street="1 main st", postal_code="sw1a1aa", city="London")
    assert one.matching_key == other.matching_key
    assert one.matching_key != PostalAddress(city="London").matching_key


@pytest.mark.parametrize("part", ["street", "city", "region", "postal_code", "country"])
def test_a_part_of_a_postal_address_is_one_line_and_not_repeated(part):
    with pytest.raises(InvalidValue) as refused:
        PostalAddress(**{part: "Main St\n1"})
    assert refused.value.field == part
    assert "Main" not in str(refused.value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (EmailAddress("info@Acme.example"), "EmailAddress('i***@acme.example')"),
        (PhoneNumber("+1 202 555 0123 x4"), "PhoneNumber('***23')"),
        (PostalAddress(street="1 Main St", city="Haifa"), "PostalAddress(street=***, city=***)"),
        (PostalAddress(), "PostalAddress()"),
    ],
)
def test_the_repr_of_a_personal_value_does_not_give_it_away(value, shown):
    assert repr(value) == shown
    assert pickle.loads(pickle.dumps(value)) == value
    assert len({value, value}) == 1
