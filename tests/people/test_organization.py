"""Organizations: the companies, institutions and bodies we do business with."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from salesflow.errors import EngineOwned, InvalidValue, WrongType
from salesflow.event import fold
from salesflow.people import Organization, OrganizationAdded, OrganizationUpdated

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def an_organization(**fields):
    return Organization(**{"id": "O-1", "name": "Acme", **fields})


def test_an_organization_may_belong_to_another():
    assert an_organization(parent_id="O-2").parent_id == "O-2"


def test_an_organization_does_not_belong_to_itself():
    with pytest.raises(InvalidValue, match="does not belong to itself"):
        an_organization(parent_id="O-1")


def test_nobody_works_there_is_not_the_same_as_unknown():
    assert an_organization(employees=0).employees == 0
    assert an_organization().employees is None


@pytest.mark.parametrize("employees", [1.5, "40", True])
def test_employees_are_counted_in_whole_numbers(employees):
    with pytest.raises(WrongType, match="employees"):
        an_organization(employees=employees)


def test_there_are_no_fewer_than_no_employees():
    with pytest.raises(InvalidValue, match="negative"):
        an_organization(employees=-1)


def test_an_organization_is_added_and_updated():
    organization = fold(
        [
            OrganizationAdded(at=AT, by="dan", organization=an_organization()),
            OrganizationUpdated(at=AT, by="dan", changes=(("industry", "retail"), ("tags", ("key",)))),
        ]
    )
    assert (organization.industry, organization.tags, organization.version) == ("retail", ("key",), 2)


def test_an_update_does_not_make_an_organization_its_own_parent():
    with pytest.raises(InvalidValue, match="itself"):
        OrganizationUpdated(at=AT, by="dan", changes=(("parent_id", "O-1"),)).apply(an_organization())


def test_what_the_engine_owns_is_not_updated_by_hand():
    with pytest.raises(EngineOwned, match="changed_at"):
        OrganizationUpdated(at=AT, by="dan", changes=(("changed_at", None),))
