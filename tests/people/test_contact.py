"""Contacts: the people we do business with."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from salesflow.errors import EngineOwned, InvalidValue, WrongType
from salesflow.event import fold
from salesflow.people import Contact, ContactAdded, ContactUpdated
from salesflow.values.contact_details import EmailAddress

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def a_contact(**fields):
    return Contact(**{"id": "C-1", "name": "Noa Levi", **fields})


def test_we_know_what_a_contact_likes_and_dislikes():
    contact = a_contact(likes=["short calls"], dislikes=("surprises",), email=EmailAddress("noa@acme.example"))
    assert (contact.likes, contact.dislikes) == (("short calls",), ("surprises",))


def test_a_contact_may_be_contacted_unless_they_asked_not_to_be():
    assert a_contact().do_not_contact is False
    assert a_contact(do_not_contact=True).do_not_contact is True


def test_whether_they_may_be_contacted_is_yes_or_no():
    with pytest.raises(WrongType, match="do_not_contact"):
        a_contact(do_not_contact="no")


@pytest.mark.parametrize("name", ["", " ", "Noa\nLevi"])
def test_a_contact_has_a_name_in_one_line(name):
    with pytest.raises(InvalidValue, match="name"):
        a_contact(name=name)


@pytest.mark.parametrize("field", ["likes", "dislikes"])
def test_one_like_is_not_taken_for_many(field):
    with pytest.raises(WrongType, match=field):
        a_contact(**{field: "short calls"})


@pytest.mark.parametrize("field", ["name", "given_name", "family_name", "job_title", "notes"])
def test_no_message_repeats_what_is_personal(field):
    with pytest.raises(InvalidValue) as refusal:
        a_contact(**{field: "Levi\u202e"})
    assert "Levi" not in str(refusal.value)


def test_a_contact_is_added_and_updated():
    contact = fold(
        [
            ContactAdded(at=AT, by="dan", contact=a_contact()),
            ContactUpdated(at=AT, by="dan", changes=(("organization_id", "O-1"), ("do_not_contact", True))),
        ]
    )
    assert (contact.organization_id, contact.do_not_contact, contact.version) == ("O-1", True, 2)


def test_what_the_engine_owns_is_not_updated_by_hand():
    with pytest.raises(EngineOwned, match="id, version"):
        ContactUpdated(at=AT, by="dan", changes=(("id", "C-2"), ("version", 9)))
