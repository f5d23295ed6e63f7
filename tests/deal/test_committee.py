"""Who has a say in the purchase."""

from __future__ import annotations

import pytest

from salesflow.deal.committee import (
    BuyingRole,
    CommitteeDesk,
    CommitteeMemberAdded,
    CommitteeMemberReplaced,
    Stance,
)
from salesflow.errors import InvalidValue, NotNow, UnknownName, WrongType
from salesflow.outcome import Outcome


@pytest.fixture
def desk(at_desk):
    return at_desk(CommitteeDesk)[0]


def test_a_member_has_roles_a_stance_and_perhaps_the_right_to_sign(desk):
    member = desk.add("C-1", ["champion", BuyingRole.USER], may_sign=True, stance="supporter", note="knows us")
    assert desk.deal.committee == (member,)
    assert member.roles == (BuyingRole.CHAMPION, BuyingRole.USER)
    assert (member.may_sign, member.stance, member.note) == (True, Stance.SUPPORTER, "knows us")


def test_one_role_needs_no_list_and_the_same_role_counts_once(desk):
    assert desk.add("C-1", "legal").roles == (BuyingRole.LEGAL,)
    assert desk.add("C-2", ["user", "user"]).roles == (BuyingRole.USER,)


def test_the_first_member_is_the_primary_contact_and_later_ones_are_not(desk):
    first = desk.add("C-1", "user")
    assert not desk.add("C-2", "user").is_primary
    assert desk.primary == first


def test_the_first_member_need_not_be_the_primary_contact(desk):
    desk.add("C-1", "user", is_primary=False)
    assert desk.primary is None
    assert desk.add("C-2", "user", is_primary=True) == desk.primary


def test_a_second_primary_contact_is_refused_and_the_way_out_is_said(desk):
    first = desk.add("C-1", "user")
    with pytest.raises(NotNow, match=r"C-1 is the primary contact; .*set_primary"):
        desk.add("C-2", "user", is_primary=True)
    assert desk.deal.committee == (first,)


def test_making_another_member_primary_takes_it_from_the_one_before(desk):
    desk.add("C-1", "user")
    second = desk.add("C-2", "user")
    assert desk.set_primary(second).is_primary
    assert [member.is_primary for member in desk.deal.committee] == [False, True]


def test_the_primary_contact_is_not_made_primary_again(desk):
    with pytest.raises(NotNow, match="it already"):
        desk.set_primary(desk.add("C-1", "user"))


def test_when_the_primary_contact_leaves_there_is_none_until_one_is_set(desk):
    desk.add("C-1", "user")
    desk.add("C-2", "user")
    desk.remove("C-1", reason="left the company")
    assert desk.primary is None
    desk.add("C-3", "user")
    assert desk.primary is None
    assert desk.set_primary("C-3") == desk.primary


def test_only_those_who_may_sign_are_signers(desk):
    desk.add("C-1", "user")
    second = desk.add("C-2", "decision maker", may_sign=True)
    assert desk.signers == (second,)


def test_nobody_is_on_the_committee_twice(desk):
    desk.add("C-1", "user")
    with pytest.raises(NotNow, match="change the member instead"):
        desk.add("C-1", "legal")


def test_a_change_keeps_what_is_not_given(desk):
    desk.add("C-1", "user", may_sign=True, stance="neutral", note="n")
    desk.add("C-2", "user")
    member = desk.change("C-1", stance="opponent")
    assert (member.roles, member.may_sign, member.note) == ((BuyingRole.USER,), True, "n")
    assert (member.stance, member.is_primary) == (Stance.OPPONENT, True)


def test_everything_about_a_member_can_be_changed(desk):
    member = desk.change(desk.add("C-1", "user"), roles=["blocker"], may_sign=True, note="no")
    assert (member.roles, member.may_sign, member.note) == ((BuyingRole.BLOCKER,), True, "no")


def test_only_the_member_that_is_meant_changes(desk):
    first, second = desk.add("C-1", "user"), desk.add("C-2", "legal")
    changed = desk.change(second, note="on leave")
    assert desk.deal.committee == (first, changed)


def test_changing_nothing_is_refused(desk):
    with pytest.raises(InvalidValue, match="something to change"):
        desk.change(desk.add("C-1", "user"))


@pytest.mark.parametrize(
    "change",
    [lambda d: d.change("C-9", note="x"), lambda d: d.set_primary("C-9"), lambda d: d.remove("C-9")],
)
def test_who_is_not_on_the_committee_is_named(desk, change):
    desk.add("C-1", "user")
    with pytest.raises(UnknownName, match="no committee member 'C-9'"):
        change(desk)


def test_a_member_without_a_role_is_refused(desk):
    with pytest.raises(InvalidValue, match=r"BuyingRole\.OTHER"):
        desk.add("C-1", [])


def test_a_role_that_does_not_exist_is_refused_with_the_nearest(desk):
    with pytest.raises(UnknownName, match="did you mean 'champion'") as refused:
        desk.add("C-1", "champoin")
    assert refused.value.kind == "buying role"


@pytest.mark.parametrize("roles", [["user"], (1,), "user"])
def test_a_recorded_role_is_a_buying_role(now, roles):
    with pytest.raises(WrongType, match="buying roles"):
        CommitteeMemberAdded(at=now, by="noa", contact_id="C-1", roles=roles)


@pytest.mark.parametrize("contact_id", ["", " C-1", "x" * 201])
def test_a_member_is_known_by_a_proper_id(desk, contact_id):
    with pytest.raises(InvalidValue, match="contact_id"):
        desk.add(contact_id, "user")


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.add("C-1", "user"),
        lambda d: d.change("C-1", note="x"),
        lambda d: d.set_primary("C-1"),
        lambda d: d.remove("C-1"),
    ],
)
def test_the_committee_of_a_closed_deal_stays_as_it_was(at_desk, change):
    with pytest.raises(NotNow, match="the deal is won"):
        change(at_desk(CommitteeDesk, outcome=Outcome.WON)[0])


# When two contacts turn out to be one ----------------------------------------------------------------------------------


def replaced(desk, contact_id, into):
    event = CommitteeMemberReplaced(at=desk._sale.at, by=desk._sale.by, contact_id=contact_id, into=into)
    return event.apply(desk.deal).committee


def test_a_member_whose_record_was_merged_keeps_its_place_and_its_part(desk):
    desk.add("C-1", "user")
    desk.add("C-2", "champion", may_sign=True)
    first, second = replaced(desk, "C-1", "C-9")
    assert (first.contact_id, first.roles, first.is_primary) == ("C-9", (BuyingRole.USER,), True)
    assert second.contact_id == "C-2"


def test_two_members_who_are_one_become_one_with_the_parts_of_both(desk):
    desk.add("C-1", "user", stance="supporter", note="knows us")
    desk.add("C-2", ["champion", "user"], may_sign=True)
    (member,) = replaced(desk, "C-1", "C-2")
    assert (member.contact_id, member.roles) == ("C-2", (BuyingRole.CHAMPION, BuyingRole.USER))
    assert (member.is_primary, member.may_sign, member.stance, member.note) == (
        True,
        True,
        Stance.SUPPORTER,
        "knows us",
    )


def test_a_member_brings_its_parts_along_where_it_becomes_one_with_another(desk):
    desk.add("C-1", ["user", "legal"], may_sign=True)
    desk.add("C-2", "champion", stance="supporter", note="knows us")
    (member,) = replaced(desk, "C-1", "C-2")
    assert member.roles == (BuyingRole.CHAMPION, BuyingRole.USER, BuyingRole.LEGAL)
    assert (member.may_sign, member.stance, member.note) == (True, Stance.SUPPORTER, "knows us")


def test_who_is_no_member_is_not_replaced(desk):
    with pytest.raises(UnknownName, match="C-9"):
        replaced(desk, "C-9", "C-1")
