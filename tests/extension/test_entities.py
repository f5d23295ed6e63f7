"""Contacts, leads and organizations with fields of your own."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

import attrs
import pytest

from salesflow import ChangeSet, Contact, Entity, Event, Lead, MemoryStorage, Organization, UnknownName, fold
from salesflow.changes import Change
from salesflow.people.contact import ContactAdded, ContactUpdated
from salesflow.people.lead import LeadCaptured, LeadUpdated
from salesflow.people.organization import OrganizationAdded, OrganizationUpdated

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


class Diet(StrEnum):
    """What a guest eats."""

    ANYTHING = "anything"
    VEGAN = "vegan"


@attrs.frozen(kw_only=True)
class Guest(Contact):
    """A contact whom we invite to dinner."""

    diet: Diet = attrs.field(default=Diet.ANYTHING, converter=Diet)


@attrs.frozen(kw_only=True)
class FairLead(Lead):
    """A lead who stood at our booth."""

    booth: int = attrs.field(validator=attrs.validators.ge(1))


@attrs.frozen(kw_only=True)
class School(Organization):
    """An organization that teaches."""

    pupils: int | None = None


@attrs.frozen(kw_only=True)
class PupilsCounted(Event[School]):
    """Somebody counted the pupils."""

    pupils: int

    def apply(self, school: School, /) -> School:
        return school.changed_by(self, pupils=self.pupils)


def test_a_contact_of_your_own_is_added_and_changed() -> None:
    added = ContactAdded(at=NOW, by="noa", contact=Guest(id="C-1", name="Visitor"))
    changed = ContactUpdated(at=NOW, by="noa", changes=(("diet", "vegan"),))
    guest = fold([added, changed])
    assert isinstance(guest, Guest)
    assert (guest.diet, guest.version) == (Diet.VEGAN, 2)


def test_a_lead_of_your_own_keeps_the_rules_of_a_lead_and_its_own() -> None:
    captured = LeadCaptured(at=NOW, by="noa", lead=FairLead(id="L-1", organization_name="Acme", booth=4))
    assert isinstance(fold([captured]), FairLead)
    with pytest.raises(ValueError, match="booth"):
        FairLead(id="L-1", organization_name="Acme", booth=0)
    with pytest.raises(ValueError, match="something to know it by"):
        FairLead(id="L-1", booth=4)
    with pytest.raises(ValueError, match="booth"):
        fold([captured, LeadUpdated(at=NOW, by="noa", changes=(("booth", 0),))])


def test_a_fact_of_your_own_changes_an_organization_of_your_own() -> None:
    added = OrganizationAdded(at=NOW, by="noa", organization=School(id="O-1", name="Harbor school"))
    change = Change[Entity](None, (added, PupilsCounted(at=NOW, by="noa", pupils=300)))
    assert isinstance(change.after, School)
    assert (change.after.pupils, change.after.version) == (300, 2)


def test_a_misspelt_own_field_is_told_with_the_nearest_name() -> None:
    added = OrganizationAdded(at=NOW, by="noa", organization=School(id="O-1", name="Harbor school"))
    with pytest.raises(UnknownName, match="pupils"):
        fold([added, OrganizationUpdated(at=NOW, by="noa", changes=(("pupil", 300),))])


@pytest.mark.parametrize(("kind", "root"), [(Guest, Contact), (FairLead, Lead), (School, Organization)])
def test_it_stays_the_kind_of_entity_that_it_extends(kind: type[Entity], root: type[Entity]) -> None:
    assert kind.root() is root


def test_entities_of_your_own_land_together_and_are_read_as_what_they_are() -> None:
    storage = MemoryStorage()
    storage.commit(
        ChangeSet.of(
            Change[Entity](
                None, (ContactAdded(at=NOW, by="noa", contact=Guest(id="1", name="Visitor", diet="vegan")),)
            ),
            Change[Entity](
                None, (LeadCaptured(at=NOW, by="noa", lead=FairLead(id="1", organization_name="Acme", booth=4)),)
            ),
            Change[Entity](None, (OrganizationAdded(at=NOW, by="noa", organization=School(id="1", name="Harbor")),)),
        )
    )
    assert storage.get(Guest, "1").diet is Diet.VEGAN
    assert storage.get(FairLead, "1").booth == 4
    assert storage.get(School, "1").pupils is None
    assert storage.get(Contact, "1") == storage.get(Guest, "1")


def test_an_entity_of_your_own_is_frozen() -> None:
    guest = Guest(id="C-1", name="Visitor")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        guest.diet = Diet.VEGAN  # type: ignore[misc]  # the mistake
