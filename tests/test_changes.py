"""What a unit of work hands over cannot hold a deal that its events do not explain."""

from __future__ import annotations

import pickle
from datetime import timedelta
from typing import Any

import attrs
import pytest
from walks import NOW, a_sale, sale_in

from salesflow import (
    Change,
    ChangeSet,
    Contact,
    Creation,
    Deal,
    DealHeld,
    DealOpened,
    DealResumed,
    EngineOwned,
    Entity,
    Event,
    InvalidValue,
    UnknownName,
    fold,
)
from salesflow._copying import copier, evolved, maker


def held(reason: str = "budget freeze") -> DealHeld:
    return DealHeld(at=NOW, by="noa", reason=reason)


def test_a_change_is_built_from_the_deal_before_and_the_events() -> None:
    deal = a_sale().deal
    change = Change(deal, [held(), DealResumed(at=NOW, by="noa")])
    assert change.after.version == deal.version + 2
    assert (change.kind, change.id, change.expected_version) == (Deal, "D-1", 1)
    assert isinstance(change.events, tuple)


def test_a_new_deal_is_expected_to_be_stored_nowhere() -> None:
    (change,) = a_sale().changes.changes
    assert (change.before, change.expected_version, change.after.version) == (None, 0, 1)


def test_a_change_of_a_sale_is_the_one_that_its_events_give() -> None:
    (change,) = sale_in("follow_up").changes.changes
    assert Change(change.before, change.events) == change


def test_a_change_has_an_event() -> None:
    with pytest.raises(InvalidValue, match="at least one event"):
        Change(a_sale().deal, ())


def test_a_change_without_a_creation_needs_the_deal_before() -> None:
    with pytest.raises(InvalidValue, match="a history begins with the event that makes the entity"):
        Change(None, (held(),))


def test_a_deal_is_made_once() -> None:
    sale = a_sale()
    with pytest.raises(InvalidValue, match="by its first event only"):
        Change(sale.deal, sale.events)


@attrs.frozen(kw_only=True)
class Silent(Event[Deal]):
    def apply(self, deal: Deal, /) -> Deal:
        return deal


def test_each_event_raises_the_version_by_one() -> None:
    with pytest.raises(InvalidValue, match="raises the version by one"):
        Change(a_sale().deal, (Silent(at=NOW, by="noa"),))


def test_what_comes_after_cannot_be_given() -> None:
    untyped: Any = Change
    with pytest.raises(TypeError):
        untyped(None, a_sale().events, a_sale().deal)


def test_changes_land_together() -> None:
    one, two = a_sale().changes, a_sale(id="D-2").changes
    both = one | two
    assert both.changes == (*one.changes, *two.changes)
    assert (len(ChangeSet()), len(both)) == (0, 2)
    assert both.events == (*one.events, *two.events)


def test_a_set_changes_each_entity_once() -> None:
    sale = a_sale()
    with pytest.raises(InvalidValue) as refused:
        sale.changes | a_sale().changes
    assert "Deal D-1" in str(refused.value)


@attrs.frozen(kw_only=True)
class SeatDeal(Deal):
    seats: int = 0


def test_a_deal_of_a_subclass_is_the_same_entity() -> None:
    seat: Any = Change(None, (DealOpened(at=NOW, by="noa", deal=SeatDeal(id="D-1", name="x")),))
    with pytest.raises(InvalidValue):
        ChangeSet((a_sale().changes.changes[0], seat))
    assert (SeatDeal.root(), Deal.root(), Contact.root(), Entity.root()) == (Deal, Deal, Contact, Entity)


def test_two_sets_become_one_under_the_key_that_one_of_them_has() -> None:
    one, two = a_sale().changes, a_sale(id="D-2").changes
    assert (one.with_key("same") | two.with_key("same")).key == "same"
    with pytest.raises(InvalidValue, match="one key"):
        one.with_key("left") | two.with_key("right")
    assert (one | two.with_key("right")).key == "right"
    assert (one | two).key is None


@pytest.mark.parametrize("key", ["", "x" * 201, "two\nlines", 5])
def test_a_key_is_a_line(key: Any) -> None:
    with pytest.raises(InvalidValue) as refused:
        a_sale().changes.with_key(key)
    assert refused.value.field == "key"


def test_a_set_is_made_of_changes_and_sets() -> None:
    one, two, three = (a_sale(id=f"D-{number}").changes for number in (1, 2, 3))
    made = ChangeSet.of(one, two.changes[0], three.changes, key="k")
    assert [change.id for change in made.changes] == ["D-1", "D-2", "D-3"]
    assert made.key == "k"


def test_changes_are_values() -> None:
    one, two = sale_in("follow_up").changes, sale_in("follow_up").changes
    assert one == two
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        one.key = "x"  # type: ignore[misc]  # the mistake
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        one.changes[0].after = two.changes[0].after  # type: ignore[misc]  # the mistake


# Events and folding ---------------------------------------------------------------------------------------------------


def test_a_deal_is_the_fold_of_its_events_up_to_any_of_them() -> None:
    sale = sale_in("follow_up")
    for version in range(1, len(sale.events) + 1):
        assert fold(sale.events[:version]).version == version
    assert fold(sale.events) == sale.deal
    half = fold(sale.events[:7])
    assert fold(sale.events[7:], half) == sale.deal


def test_nothing_gives_nothing() -> None:
    with pytest.raises(InvalidValue):
        fold([])
    deal = a_sale().deal
    assert fold([], deal) is deal


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"at": NOW.replace(tzinfo=None)}, "at"),
        ({"at": "now"}, "at"),
        ({"by": ""}, "by"),
        ({"by": None}, "by"),
    ],
)
def test_an_event_has_a_moment_and_an_actor(facts: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        DealResumed(**{"at": NOW, "by": "noa", **facts})
    assert refused.value.field == field


def test_an_event_of_your_own_must_say_what_it_does() -> None:
    with pytest.raises(NotImplementedError):
        Event[Deal](at=NOW, by="noa").apply(a_sale().deal)
    with pytest.raises(NotImplementedError):
        Creation[Deal](at=NOW, by="noa").create()


# Entities and their copies --------------------------------------------------------------------------------------------


def test_a_changed_entity_is_one_version_later_at_the_moment_of_the_event() -> None:
    deal = SeatDeal(id="D-1", name="x", seats=2)
    event = held()
    changed = deal.changed_by(event, seats=3)
    assert type(changed) is SeatDeal
    assert changed == attrs.evolve(deal, seats=3, version=1, changed_at=NOW)
    assert deal.seats == 2
    assert hash(changed) == hash(attrs.evolve(deal, seats=3, version=1, changed_at=NOW))


def test_a_changed_entity_is_frozen_like_any_other() -> None:
    changed = SeatDeal(id="D-1", name="x").changed_by(held())
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        changed.seats = 5  # type: ignore[misc]  # the mistake
    assert pickle.loads(pickle.dumps(changed)) == changed


def test_a_changed_field_is_held_to_its_rule() -> None:
    with pytest.raises(InvalidValue):
        a_sale().deal.changed_by(held(), name="")


def test_a_field_that_does_not_exist_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownName) as refused:
        a_sale().deal.changed_by(held(), nmae="x")
    assert refused.value.nearest == ("name",)


@attrs.frozen(kw_only=True)
class TeamDeal(Deal):
    seats: int = 0
    most: int = 10

    def __attrs_post_init__(self) -> None:
        if self.seats > self.most:
            raise InvalidValue("no more seats than there are", field="seats", value=self.seats)


def test_the_check_of_the_whole_runs_after_a_change() -> None:
    deal = TeamDeal(id="D-1", name="x")
    assert deal.changed_by(held(), seats=10).seats == 10
    with pytest.raises(InvalidValue, match="no more seats than there are"):
        deal.changed_by(held(), seats=11)


@pytest.mark.parametrize("field", ["version", "changed_at"])
def test_the_version_is_not_among_the_fields_that_an_event_changes(field: str) -> None:
    untyped: Any = a_sale().deal.changed_by
    with pytest.raises(EngineOwned, match=field):
        untyped(held(), **{field: 7})


@pytest.mark.parametrize("version", [-1, True, "1", 1.0])
def test_a_version_counts_from_zero(version: Any) -> None:
    with pytest.raises(InvalidValue) as refused:
        Deal(id="D-1", name="x", version=version)
    assert refused.value.field == "version"


@attrs.frozen(kw_only=True, slots=False)
class LooseDeal(Deal):
    seats: int = 0


class PlainDeal(Deal):
    """A subclass without attrs: no fields of its own, and not slotted."""


@pytest.mark.parametrize("kind", [Deal, SeatDeal, LooseDeal, PlainDeal])
def test_a_copy_is_what_evolve_would_give(kind: type[Deal]) -> None:
    deal = kind(id="D-1", name="x", owner="noa")
    copied = copier(kind, ("name", "owner"))(deal, "y", None)
    assert copied == attrs.evolve(deal, name="y", owner=None)
    assert type(copied) is kind
    assert evolved(deal, {"name": "y", "owner": None}) == copied
    assert maker(kind)(*attrs.astuple(deal, recurse=False)) == deal


def test_a_copier_is_made_once_and_knows_its_fields() -> None:
    assert copier(Deal, ("name",)) is copier(Deal, ("name",))
    with pytest.raises(AttributeError, match="nmae"):
        copier(Deal, ("nmae",))
    assert copier(Deal, ("name",)).__name__ == "copy"


def test_moments_of_an_entity_are_aware() -> None:
    with pytest.raises(InvalidValue):
        Deal(id="D-1", name="x", changed_at=(NOW + timedelta(days=1)).replace(tzinfo=None))
