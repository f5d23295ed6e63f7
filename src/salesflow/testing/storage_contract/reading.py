"""What is read is what was written: every kind, to the last digit, letter and microsecond."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from salesflow.changes import Change, ChangeSet
from salesflow.deal.deal import Deal
from salesflow.deal.event import DealOpened
from salesflow.entity import Entity
from salesflow.errors import InvalidValue, NotFound, StorageError
from salesflow.people.contact import Contact
from salesflow.people.lead import Lead
from salesflow.people.organization import Organization
from salesflow.storage.protocols import Storage
from salesflow.testing.storage_contract.ability import Ability, needs
from salesflow.testing.storage_contract.expecting import expect, expect_same, refused
from salesflow.testing.storage_contract.samples import (
    NOW,
    SeatsDeal,
    a_contact,
    a_known_contact,
    a_lead,
    a_long_deal,
    a_lost_deal,
    a_sale,
    added,
    an_adopted_deal,
    an_organization,
    an_own_deal,
    change,
    updated,
    work_on,
)
from salesflow.values.money import Money

__all__ = ["Reading", "comes_back"]


def comes_back(store: Storage, changes: ChangeSet) -> None:
    """Commit a set and check that every entity of it, and its history, is read as it was written."""
    store.commit(changes)
    for one in changes.changes:
        expect_same(store.get(one.kind, one.id), one.after)
        _expect_history(store, one)


def _expect_history(store: Storage, one: Change[Entity]) -> None:
    events = tuple(recorded.event for recorded in store.history(one.kind, one.id))
    expect_same(events[-len(one.events) :], one.events, "an event is read as it was recorded")


class Reading:
    """Reading gives back what was written."""

    def test_a_contact_is_read_as_it_was_written(self, store: Storage) -> None:
        comes_back(store, added(a_known_contact()))

    def test_an_organization_is_read_as_it_was_written(self, store: Storage) -> None:
        comes_back(
            store,
            added(
                an_organization(
                    parent_id="O-0",
                    registration_id="0051234",
                    tax_id="IL-005",
                    website="acme.example",
                    employees=2**53 + 1,
                    notes="first line\nsecond line",
                    tags=("key", "מפתח"),
                )
            ),
        )

    def test_a_lead_is_read_as_it_was_written(self, store: Storage) -> None:
        comes_back(
            store,
            added(a_lead(organization_name="Acme", interest="an order desk", tags=("fair", "2026"), language="he")),
        )

    def test_a_lead_with_a_name_alone_is_read_as_it_was_written(self, store: Storage) -> None:
        comes_back(store, added(a_lead()))

    def test_a_new_deal_is_read_as_it_was_written(self, store: Storage) -> None:
        comes_back(store, a_sale().changes)

    def test_a_deal_that_went_through_every_stage_is_read_as_it_was_written(self, store: Storage) -> None:
        comes_back(store, a_long_deal().changes)

    def test_a_lost_deal_is_read_as_it_was_written(self, store: Storage) -> None:
        comes_back(store, a_lost_deal().changes)

    def test_an_adopted_deal_is_read_as_it_was_written(self, store: Storage) -> None:
        comes_back(store, an_adopted_deal().changes)

    @needs(Ability.OWN_KINDS)
    def test_a_deal_of_a_class_of_the_hosts_own_is_read_as_it_was_written(self, store: Storage) -> None:
        comes_back(store, an_own_deal())

    @needs(Ability.OWN_KINDS)
    def test_a_deal_of_an_own_class_is_found_as_a_deal(self, store: Storage) -> None:
        changes = an_own_deal()
        store.commit(changes)
        expect_same(store.get(Deal, "D-1"), changes.changes[0].after)

    @needs(Ability.OWN_KINDS)
    def test_a_plain_deal_is_no_deal_of_an_own_class(self, store: Storage) -> None:
        store.commit(a_sale().changes)
        with refused(NotFound):
            store.get(SeatsDeal, "D-1")

    def test_every_digit_of_a_large_amount_is_kept(self, store: Storage) -> None:
        _comes_back_or_is_refused(store, a_sale(amount=_euros("999999999999999999999999.99")).changes)

    def test_a_cent_is_kept(self, store: Storage) -> None:
        comes_back(store, a_sale(amount=_euros("0.10")).changes)

    def test_an_amount_below_zero_is_kept(self, store: Storage) -> None:
        comes_back(store, a_sale(amount=_euros("-0.01")).changes)

    def test_a_currency_without_cents_gets_none(self, store: Storage) -> None:
        comes_back(store, a_sale(amount=Money("1200", "JPY")).changes)

    def test_thirty_four_digits_of_a_probability_are_kept(self, store: Storage) -> None:
        _comes_back_or_is_refused(store, a_sale(probability=Decimal("0.1234567890123456789012345678901234")).changes)

    def test_the_zeros_at_the_end_of_a_probability_are_kept(self, store: Storage) -> None:
        comes_back(store, a_sale(probability=Decimal("0.500")).changes)

    def test_an_amount_of_zero_is_not_an_amount_that_is_not_known(self, store: Storage) -> None:
        comes_back(store, a_sale("D-1", amount=_euros("0")).changes | a_sale("D-2").changes)

    def test_a_probability_of_zero_is_not_one_that_is_not_known(self, store: Storage) -> None:
        comes_back(store, a_sale(probability=Decimal("0")).changes)

    def test_no_employees_is_not_an_unknown_number_of_them(self, store: Storage) -> None:
        comes_back(store, added(an_organization("O-1", employees=0)) | added(an_organization("O-2")))

    def test_more_than_thirty_four_digits_are_kept_or_refused(self, store: Storage) -> None:
        _comes_back_or_is_refused(store, a_sale(probability=Decimal(f"0.{'1234567890' * 5}")).changes)

    def test_the_largest_whole_number_of_64_bits_is_kept(self, store: Storage) -> None:
        comes_back(store, added(an_organization(employees=2**63 - 1)))

    def test_whole_numbers_beyond_64_bits_are_kept_or_refused(self, store: Storage) -> None:
        for place, employees in enumerate((2**63, 2**64, 10**30)):
            _comes_back_or_is_refused(store, added(an_organization(f"O-{place}", employees=employees)))

    def test_a_text_with_a_nul_is_kept_or_refused(self, store: Storage) -> None:
        _comes_back_or_is_refused(store, added(a_contact("C-1")) | _with_stage("stan\x00dard"))

    def test_half_of_a_surrogate_pair_is_kept_or_refused(self, store: Storage) -> None:
        _comes_back_or_is_refused(store, added(a_contact("C-1")) | _with_stage("stan\ud83ddard"))

    def test_a_text_that_is_empty_is_not_one_that_is_not_known(self, store: Storage) -> None:
        comes_back(store, added(a_lead("L-1", name=None, organization_name="Acme", notes="")))  # type: ignore[arg-type]
        comes_back(store, added(a_contact("C-1", notes="", likes=())))

    def test_lines_keep_their_order_and_come_as_often_as_they_were_written(self, store: Storage) -> None:
        comes_back(store, added(a_contact(likes=("tea", "coffee", "tea", "Tea"), dislikes=())))

    def test_tuples_within_records_within_tuples_are_kept(self, store: Storage) -> None:
        comes_back(store, _with_answers(("2026 study", "a call", "2026 study"), (), ("offer",)))

    def test_hebrew_and_emoji_are_kept(self, store: Storage) -> None:
        comes_back(store, added(a_contact(name="נֹעָה לֵוִי", job_title="👩🏽‍💻 קניינית", notes="שלום\n👨‍👩‍👧‍👦 𝒳")))

    def test_two_ways_to_write_a_letter_stay_two(self, store: Storage) -> None:
        comes_back(store, added(a_contact("C-1", name="Zo\u00eb")) | added(a_contact("C-2", name="Zoe\u0308")))

    def test_quotes_and_other_signs_of_query_languages_are_kept(self, store: Storage) -> None:
        hostile = "'; DROP TABLE deals; -- \" ` \\ % _ ${x} {{y}} <z>"
        comes_back(store, added(a_contact(hostile, name=hostile)))

    def test_space_around_text_is_kept(self, store: Storage) -> None:
        comes_back(store, added(a_contact(name=" Noa  Levi ", notes="\n\n one \n")))

    def test_text_that_looks_like_a_number_stays_text(self, store: Storage) -> None:
        comes_back(store, added(a_contact("007", name="1e5", owner="0")))

    def test_the_longest_text_is_kept(self, store: Storage) -> None:
        _comes_back_or_is_refused(store, added(a_contact(notes="👩" * 10_000)))

    def test_a_microsecond_is_kept(self, store: Storage) -> None:
        comes_back(store, a_sale(at=NOW.replace(microsecond=1)).changes)

    def test_the_last_microsecond_of_a_second_is_kept(self, store: Storage) -> None:
        comes_back(store, a_sale(at=NOW.replace(microsecond=999_999)).changes)

    def test_the_offset_of_a_moment_is_kept(self, store: Storage) -> None:
        offset = timezone(-timedelta(hours=3, minutes=30))
        comes_back(store, a_sale(at=datetime(2026, 11, 2, 9, 0, 0, 123456, tzinfo=offset)).changes)

    def test_the_named_zone_of_a_moment_is_kept(self, store: Storage) -> None:
        comes_back(store, a_sale(at=datetime(2026, 11, 2, 9, tzinfo=ZoneInfo("Asia/Jerusalem"))).changes)

    def test_the_hour_that_comes_twice_when_summer_time_ends_is_kept_apart(self, store: Storage) -> None:
        zone = ZoneInfo("Asia/Jerusalem")
        for fold in (0, 1):
            comes_back(store, a_sale(f"D-{fold}", at=datetime(2026, 10, 25, 1, 30, tzinfo=zone, fold=fold)).changes)

    def test_the_first_and_the_last_day_of_the_calendar_are_kept(self, store: Storage) -> None:
        first = a_sale("D-1", expected_close=date(1, 1, 1))
        _comes_back_or_is_refused(store, first.changes | a_sale("D-2", expected_close=date(9999, 12, 31)).changes)

    def test_the_first_moment_of_the_calendar_is_kept(self, store: Storage) -> None:
        _comes_back_or_is_refused(store, added(a_contact(), at=datetime(1, 1, 1, tzinfo=UTC)))

    def test_the_last_moment_of_the_calendar_is_kept(self, store: Storage) -> None:
        _comes_back_or_is_refused(store, added(a_contact(), at=datetime.max.replace(tzinfo=UTC)))

    def test_a_change_to_unknown_is_read_as_it_was_written(self, store: Storage) -> None:
        store.commit(added(a_known_contact()))
        comes_back(store, updated(store.get(Contact, "C-1"), phone=None, email=None, address=None))

    def test_what_was_read_can_be_worked_on_and_is_read_as_it_is_then(self, store: Storage) -> None:
        store.commit(a_long_deal().changes)
        sale = work_on(store.get(Deal, "D-1"))
        sale.objections.raise_("Who trains our people?", kind="need")
        comes_back(store, sale.changes)

    def test_what_was_never_stored_is_not_found(self, store: Storage) -> None:
        with refused(NotFound) as caught:
            store.get(Deal, "D-1")
        expect("D-1" in str(caught.error), "the error says which id was not found")

    def test_an_id_that_cannot_be_stored_is_not_found(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1")))
        for hostile in ("C-1\x00", "C-1\x00x", "\x00", "C-1\ud800", ""):
            for read in (store.get, store.history):
                with refused(NotFound, InvalidValue):
                    read(Contact, hostile)

    def test_kinds_do_not_share_their_ids(self, store: Storage) -> None:
        store.commit(added(a_contact("X-1")) | added(an_organization("X-1")))
        expect_same(store.get(Contact, "X-1").name, "Noa Levi")
        expect_same(store.get(Organization, "X-1").name, "Acme")
        with refused(NotFound):
            store.get(Lead, "X-1")

    def test_ids_that_differ_in_one_letters_case_are_two(self, store: Storage) -> None:
        store.commit(added(a_contact("a-1", name="one")) | added(a_contact("A-1", name="two")))
        expect_same((store.get(Contact, "a-1").name, store.get(Contact, "A-1").name), ("one", "two"))

    def test_ids_that_are_equal_as_numbers_are_two(self, store: Storage) -> None:
        store.commit(added(a_contact("7", name="one")) | added(a_contact("07", name="two")))
        expect_same((store.get(Contact, "7").name, store.get(Contact, "07").name), ("one", "two"))

    def test_ids_of_any_script_are_ids(self, store: Storage) -> None:
        comes_back(store, added(a_contact("עסקה־1")) | added(a_contact("取引-1")))


def _comes_back_or_is_refused(store: Storage, changes: ChangeSet) -> None:
    """At the limits a storage either keeps a value exactly or refuses it before anything is written."""
    try:
        store.commit(changes)
    except (StorageError, InvalidValue):
        for one in changes.changes:
            with refused(NotFound):
                store.get(one.kind, one.id)
    else:
        for one in changes.changes:
            expect_same(store.get(one.kind, one.id), one.after)
            _expect_history(store, one)


def _with_stage(stage: str) -> ChangeSet:
    """A deal in a stage of this name; nothing but a storage checks it."""
    opened = DealOpened(at=NOW, by="noa", deal=Deal(id="D-1", name="Order desk", stage=stage))
    return ChangeSet.of(change(None, opened))


def _with_answers(*evidence: tuple[str, ...]) -> ChangeSet:
    """A deal with an objection that was answered several times, with evidence for each answer."""
    sale = a_sale()
    objection = sale.objections.raise_("It costs too much", kind="price")
    for each in evidence:
        sale.objections.answer(objection, "It pays back in a year", evidence=each)
    return sale.changes


def _euros(amount: str) -> Money:
    return Money(amount, "EUR")
