"""When it has to be paid, in how many parts, and what paying early is worth."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.deal.payment_terms import Due, DueFrom, EarlyDiscount, PaymentPart, PaymentTerms
from salesflow.errors import CurrencyMismatch, InvalidValue, WrongType
from salesflow.values.money import Money

NEW_YEAR = date(2026, 1, 1)


def eur(amount: str) -> Money:
    return Money(amount, "EUR")


class TestTheDueDay:
    @pytest.mark.parametrize("day", [0, 32, 5.0, "5"])
    def test_a_day_of_the_month_is_a_number_of_one(self, day):
        with pytest.raises(InvalidValue) as refused:
            PaymentTerms.net(0, DueFrom.THEN_DAY_OF_NEXT_MONTH, day_of_month=day)
        assert refused.value.field == "day_of_month"

    def test_all_of_it_is_due_on_one_day_where_there_are_no_parts(self):
        terms = PaymentTerms.net(10, DueFrom.THEN_DAY_OF_NEXT_MONTH, day_of_month=5)
        assert terms.due_on(date(2026, 1, 20)) == date(2026, 2, 5)
        assert PaymentTerms.net(30).due_on(date(2026, 1, 20)) == date(2026, 2, 19)

    def test_with_parts_it_is_the_latest_of_their_days(self):
        terms = PaymentTerms.in_parts([PaymentPart(Decimal("0.5"), Due(90)), PaymentPart(None, Due(30))])
        assert terms.due_on(NEW_YEAR) == date(2026, 4, 1)
        assert terms.net_days is None


class TestTheShorthand:
    @pytest.mark.parametrize(
        ("text", "terms"),
        [
            ("net 30", PaymentTerms.net(30)),
            ("n/30", PaymentTerms.net(30)),
            (" Net 45 EOM", PaymentTerms.net(45, DueFrom.END_OF_MONTH)),
            ("due on receipt", PaymentTerms()),
            ("Due on receipt", PaymentTerms()),
            ("2/10 net 30", PaymentTerms(due=Due(30), early_discount=EarlyDiscount(Decimal("0.02"), 10))),
            ("1.5/10, n/30", PaymentTerms(due=Due(30), early_discount=EarlyDiscount(Decimal("0.015"), 10))),
        ],
    )
    def test_it_is_read(self, text, terms):
        assert PaymentTerms.parse(text) == terms

    @pytest.mark.parametrize(
        "text", ["", "30", "net", "net -1", "net ٣٠", "2/ net 30", "net 30\r\nEOM", "net 1_0", "x" * 99]
    )
    def test_what_is_not_shorthand_says_what_would_be(self, text):
        with pytest.raises(InvalidValue, match="2/10 net 30"):
            PaymentTerms.parse(text)

    def test_it_is_short(self):
        assert PaymentTerms.parse("net 30".ljust(60)) == PaymentTerms.net(30)
        with pytest.raises(InvalidValue) as refused:
            PaymentTerms.parse("net 30".ljust(61))
        assert refused.value.field == "payment"

    def test_a_number_is_no_shorthand(self):
        with pytest.raises(WrongType, match="text"):
            PaymentTerms.parse(30)

    @given(
        days=st.integers(0, 3650),
        counted=st.sampled_from([DueFrom.INVOICE, DueFrom.END_OF_MONTH]),
        percent=st.none() | st.decimals("0.01", "100", places=2),
        within=st.integers(0, 3650),
    )
    def test_what_is_written_is_read_again(self, days, counted, percent, within):
        discount = None if percent is None else EarlyDiscount(percent / 100, min(within, days))
        if discount is not None and days == 0:
            discount = None
        terms = PaymentTerms(due=Due(days, counted), early_discount=discount)
        assert PaymentTerms.parse(str(terms)) == terms

    @pytest.mark.parametrize(
        ("terms", "text"),
        [
            (PaymentTerms.net(30), "net 30"),
            (PaymentTerms.net(0), "due on receipt"),
            (PaymentTerms.net(30, DueFrom.THEN_END_OF_MONTH), "net 30, then the end of that month"),
            (
                PaymentTerms.net(30, DueFrom.THEN_DAY_OF_NEXT_MONTH, day_of_month=10),
                "net 30, then day 10 of the month after",
            ),
            (PaymentTerms.in_parts([PaymentPart(None)]), "in 1 part"),
            (PaymentTerms.in_parts([PaymentPart(Decimal("0.5")), PaymentPart(None)]), "in 2 parts"),
        ],
    )
    def test_it_is_written(self, terms, text):
        assert str(terms) == text


class TestPayingEarly:
    TERMS = PaymentTerms.parse("2/10 net 30")

    @pytest.mark.parametrize(("paid_on", "due"), [(1, "98.00"), (11, "98.00"), (12, "100.00")])
    def test_two_percent_are_off_until_the_tenth_day_after_the_invoice(self, paid_on, due):
        assert self.TERMS.amount_due(eur("100"), invoiced_on=NEW_YEAR, paid_on=date(2026, 1, paid_on)) == eur(due)

    def test_paying_before_the_invoice_is_early_too(self):
        assert self.TERMS.amount_due(eur("100"), invoiced_on=NEW_YEAR, paid_on=date(2025, 12, 1)) == eur("98")

    def test_what_is_due_is_rounded_half_up(self):
        assert self.TERMS.amount_due(eur("33.25"), invoiced_on=NEW_YEAR, paid_on=NEW_YEAR) == eur("32.59")

    def test_without_a_discount_nothing_is_off(self):
        assert PaymentTerms.net(30).amount_due(eur("9"), invoiced_on=NEW_YEAR, paid_on=NEW_YEAR) == eur("9")

    def test_the_tax_is_in_the_same_currency(self):
        with pytest.raises(CurrencyMismatch):
            self.TERMS.amount_due(eur("9"), tax=Money("1", "USD"), invoiced_on=NEW_YEAR, paid_on=NEW_YEAR)

    def test_a_discount_ends_no_later_than_the_due_day(self):
        with pytest.raises(InvalidValue, match="within_days up to 5"):
            PaymentTerms.parse("2/10 net 5")

    def test_a_discount_goes_with_paying_all_at_once(self):
        with pytest.raises(InvalidValue, match="leave out the parts or the discount"):
            PaymentTerms(parts=[PaymentPart(None)], early_discount=EarlyDiscount(Decimal("0.02"), 10))

    @pytest.mark.parametrize("fraction", ["0", "1.01", "-0.1", "NaN", "Infinity", "1e-13"])
    def test_a_discount_is_a_fraction(self, fraction):
        with pytest.raises(InvalidValue, match="fraction above 0"):
            EarlyDiscount(Decimal(fraction), 10)

    def test_a_discount_may_be_small_and_all_of_it(self):
        smallest, all_of_it = Decimal("1e-12"), Decimal(1)
        assert EarlyDiscount(smallest, 0).fraction == smallest
        assert EarlyDiscount(all_of_it, 3650).fraction == all_of_it

    def test_a_discount_is_exact(self):
        with pytest.raises(WrongType, match="exactly"):
            EarlyDiscount(0.02, 10)


class TestParts:
    def test_a_deposit_and_the_rest(self):
        terms = PaymentTerms.in_parts([PaymentPart(eur("500")), PaymentPart(None, Due(30))])
        deposit, rest = terms.schedule(eur("1800"), invoiced_on=NEW_YEAR)
        assert (deposit.due_on, deposit.amount) == (NEW_YEAR, eur("500"))
        assert (rest.due_on, rest.amount) == (date(2026, 1, 31), eur("1300"))

    @pytest.mark.parametrize(
        ("sizes", "amounts"),
        [
            (["0.3", "0.7"], ["300", "700"]),
            (["0.3", None], ["300", "700"]),
            (["0.333", "0.333", "0.334"], ["333", "333", "334"]),
            ([eur("250"), "0.3", None], ["250", "300", "450"]),
            ([eur("250"), "0.5", "0.5"], ["250", "500", "250"]),
            (["0.5", "0.5", None], ["500", "500", "0"]),
            ([eur("1200"), None], ["1200", "-200"]),
        ],
    )
    def test_shares_are_of_the_whole_and_the_last_part_takes_what_is_left(self, sizes, amounts):
        parts = [PaymentPart(Decimal(size) if isinstance(size, str) else size) for size in sizes]
        schedule = PaymentTerms.in_parts(parts).schedule(eur("1000"), invoiced_on=NEW_YEAR)
        assert [one.amount for one in schedule] == [eur(amount) for amount in amounts]

    def test_without_parts_all_of_it_is_one_installment(self):
        (one,) = PaymentTerms.net(30).schedule(eur("100"), invoiced_on=NEW_YEAR)
        assert (one.due_on, one.amount) == (date(2026, 1, 31), eur("100"))

    @given(cents=st.integers(0, 10**9), shares=st.lists(st.integers(1, 1000), min_size=1, max_size=9))
    def test_they_add_up_to_the_whole_to_the_cent(self, cents, shares):
        parts = [PaymentPart(Decimal(share).scaleb(-4)) for share in shares]
        terms = PaymentTerms.in_parts([*parts, PaymentPart(None)])
        total = Money.from_minor(cents, "EUR")
        amounts = [part.amount for part in terms.schedule(total, invoiced_on=NEW_YEAR)]
        assert Money.total(amounts, currency="EUR") == total

    @pytest.mark.parametrize("shares", [["0.5", "0.4"], ["0.7", "0.4"], ["0.7", "0.4", None]])
    def test_shares_that_do_not_add_up_are_refused(self, shares):
        with pytest.raises(InvalidValue, match="add up to exactly 1"):
            PaymentTerms.in_parts([PaymentPart(share and Decimal(share)) for share in shares])

    def test_only_the_last_part_is_the_rest(self):
        with pytest.raises(InvalidValue, match="only the last part"):
            PaymentTerms.in_parts([PaymentPart(None), PaymentPart(Decimal(1))])

    @pytest.mark.parametrize(("parts", "message"), [([], "must be a part"), ([PaymentPart(None)] * 121, "at most 120")])
    def test_there_are_some_and_not_endlessly_many(self, parts, message):
        with pytest.raises(InvalidValue, match=message):
            PaymentTerms.in_parts(parts)

    def test_a_rent_of_ten_years_is_paid_month_by_month(self):
        assert len(PaymentTerms.in_parts([PaymentPart(eur("1"))] * 119 + [PaymentPart(None)]).parts) == 120

    def test_fixed_parts_alone_do_not_add_up_to_a_whole(self):
        with pytest.raises(InvalidValue, match="add up to exactly 1"):
            PaymentTerms.in_parts([PaymentPart(eur("500"))])

    def test_a_part_is_a_part(self):
        with pytest.raises(WrongType, match="PaymentPart"):
            PaymentTerms.in_parts([Decimal(1)])

    def test_a_fixed_part_is_not_negative(self):
        with pytest.raises(InvalidValue, match="not be negative"):
            PaymentPart(eur("-1"))

    def test_a_fixed_part_is_in_the_currency_of_the_whole(self):
        terms = PaymentTerms.in_parts([PaymentPart(Money("5", "USD")), PaymentPart(None)])
        with pytest.raises(CurrencyMismatch):
            terms.schedule(eur("100"), invoiced_on=NEW_YEAR)


class TestWhatPayingEarlyComesTo:
    @pytest.mark.parametrize(
        ("fraction", "said"),
        [("0.02", "2/10"), ("0.020", "2/10"), ("0.025", "2.5/10"), ("0.1", "10/10"), ("1", "100/10")],
    )
    def test_a_discount_is_said_in_percent_as_short_as_it_goes(self, fraction, said):
        assert str(EarlyDiscount(Decimal(fraction), 10)) == said

    @pytest.mark.parametrize(
        ("included", "paid_on", "due"),
        [
            (True, date(2026, 1, 11), "117.60"),
            (False, date(2026, 1, 11), "118.00"),
            (True, date(2026, 1, 12), "120.00"),
            (False, date(2026, 1, 12), "120.00"),
        ],
    )
    def test_a_discount_is_on_the_tax_too_where_it_says_so(self, included, paid_on, due):
        terms = PaymentTerms(due=Due(30), early_discount=EarlyDiscount(Decimal("0.02"), 10, tax_included=included))
        assert terms.amount_due(eur("100"), invoiced_on=NEW_YEAR, paid_on=paid_on, tax=eur("20")) == eur(due)
