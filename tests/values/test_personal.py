"""The mark of a field that says something about a person."""

from __future__ import annotations

import attrs
import pytest

from salesflow import EmailAddress, InvalidValue, PhoneNumber
from salesflow.values.contact_details import PostalAddress
from salesflow.values.personal import ERASED, is_personal, personal, replacement


@attrs.frozen(kw_only=True)
class Guest:
    name: str = attrs.field(metadata=personal(ERASED))
    nickname: str | None = attrs.field(default="none", metadata=personal())
    wishes: tuple[str, ...] = attrs.field(factory=tuple, metadata=personal())
    badge: str = attrs.field(metadata=personal())
    greeting: str = attrs.field(
        default=attrs.Factory(lambda guest: f"Hello {guest.name}", takes_self=True), metadata=personal()
    )
    table: int = 1
    address: PostalAddress | None = None


FIELDS = attrs.fields_dict(Guest)


def test_a_field_is_personal_where_it_is_marked() -> None:
    assert [name for name, field in FIELDS.items() if is_personal(field)] == [
        "name", "nickname", "wishes", "badge", "greeting",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        EmailAddress("noa@acme.example"),
        PhoneNumber("+1 202 555 0123"),
        PostalAddress(city="Haifa", country="IL"),
        (PhoneNumber("+1 202 555 0123"),),
        (("home", EmailAddress("noa@acme.example")),),
    ],
    ids=lambda value: type(value).__name__,
)
def test_contact_details_are_personal_wherever_they_are(value: object) -> None:
    assert is_personal(FIELDS["table"], value)
    assert not is_personal(FIELDS["table"], 7)


@pytest.mark.parametrize(
    ("name", "instead"), [("name", ERASED), ("nickname", "none"), ("wishes", ()), ("address", None)]
)
def test_what_stands_instead_is_said_by_the_mark_or_is_the_default(name: str, instead: object) -> None:
    assert replacement(FIELDS[name]) == instead


@pytest.mark.parametrize("name", ["badge", "greeting"])
def test_a_field_of_which_nobody_says_what_stands_instead_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue, match=rf"{name}: .*instead="):
        replacement(FIELDS[name])


def test_none_can_stand_instead() -> None:
    @attrs.frozen
    class Unknown:
        name: str | None = attrs.field(metadata=personal(None))

    assert replacement(attrs.fields(Unknown).name) is None
