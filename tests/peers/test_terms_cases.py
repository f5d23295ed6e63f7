"""Closing terms as other systems compute them; the ids are those of the cases we collected.

OD: Odoo, ``addons/account/tests/test_payment_term.py``. ER: ERPNext, the tests of Contract.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from salesflow.deal.closing_terms import AgreementStatus, ClosingTerms, TermsStatus
from salesflow.deal.payment_terms import Due, DueFrom, EarlyDiscount, PaymentPart, PaymentTerms
from salesflow.errors import InvalidValue
from salesflow.values.money import Money


@pytest.mark.parametrize(
    ("case", "terms", "invoiced_on", "due_on"),
    [
        ("OD-44", PaymentTerms.net(30), date(2022, 1, 1), date(2022, 1, 31)),
        ("OD-44", PaymentTerms.net(30), date(2022, 1, 15), date(2022, 2, 14)),
        ("OD-44", PaymentTerms.net(30), date(2022, 1, 31), date(2022, 3, 2)),
        ("OD-46", PaymentTerms.net(45, DueFrom.END_OF_MONTH), date(2019, 1, 1), date(2019, 3, 17)),
        ("OD-46", PaymentTerms.net(45, DueFrom.END_OF_MONTH), date(2019, 1, 15), date(2019, 3, 17)),
        ("OD-46", PaymentTerms.net(45, DueFrom.END_OF_MONTH), date(2019, 1, 31), date(2019, 3, 17)),
        ("OD-48", PaymentTerms.net(0, DueFrom.THEN_END_OF_MONTH), date(2019, 1, 31), date(2019, 1, 31)),
        ("OD-48", PaymentTerms.net(1, DueFrom.END_OF_MONTH), date(2019, 1, 31), date(2019, 2, 1)),
        (
            "OD-49",
            PaymentTerms.net(30, DueFrom.THEN_DAY_OF_NEXT_MONTH, day_of_month=10),
            date(2023, 12, 12),
            date(2024, 2, 10),
        ),
        (
            "OD-49",
            PaymentTerms.net(30, DueFrom.THEN_DAY_OF_NEXT_MONTH, day_of_month=31),
            date(2023, 12, 12),
            date(2024, 2, 29),
        ),
    ],
)
def test_the_due_day(case, terms, invoiced_on, due_on):
    assert terms.due_on(invoiced_on) == due_on


def test_od_51_shares_are_added_exactly():
    shares = [Decimal("0.5"), *[Decimal("0.0166")] * 20, Decimal("0.168")]
    assert len(PaymentTerms.in_parts(map(PaymentPart, shares)).parts) == 22


@pytest.mark.parametrize(
    ("sizes", "amounts"),
    [
        ([Decimal("0.7"), 200, Decimal("0.3")], ["700", "200", "100"]),
        ([Decimal("0.7"), 500, Decimal("0.3")], ["700", "500", "-200"]),
        ([Decimal("0.7"), 500, Decimal("0.3"), 200], ["700", "500", "300", "-500"]),
    ],
)
def test_od_53_the_last_part_takes_the_rest(sizes, amounts):
    parts = [PaymentPart(Money(size, "EUR") if isinstance(size, int) else size, Due(0)) for size in sizes]
    schedule = PaymentTerms.in_parts(parts).schedule(Money("1000", "EUR"), invoiced_on=date(2026, 1, 1))
    assert [part.amount for part in schedule] == [Money(amount, "EUR") for amount in amounts]


@pytest.mark.parametrize(
    ("tax_included", "paid_on", "due"),
    [
        (True, date(2026, 1, 11), "1035.00"),
        (False, date(2026, 1, 11), "1050.00"),
        (True, date(2026, 1, 12), "1150.00"),
        (False, date(2026, 1, 12), "1150.00"),
    ],
)
def test_od_54_paying_early_with_tax(tax_included, paid_on, due):
    discount = EarlyDiscount(Decimal("0.1"), 10, tax_included=tax_included)
    terms = PaymentTerms(due=Due(30), early_discount=discount)
    paid = terms.amount_due(
        Money("1000", "EUR"), tax=Money("150", "EUR"), invoiced_on=date(2026, 1, 1), paid_on=paid_on
    )
    assert paid == Money(due, "EUR")


def agreement(status: TermsStatus, starts_on: date | None, ends_on: date | None) -> ClosingTerms:
    return ClosingTerms(
        price=Money("100", "EUR"),
        status=status,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by="noa",
        proposed_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("status", "starts_on", "ends_on", "expected"),
    [
        (TermsStatus.PROPOSED, date(2026, 1, 1), date(2026, 12, 31), AgreementStatus.UNSIGNED),
        (TermsStatus.ACCEPTED, date(2026, 1, 1), date(2026, 12, 31), AgreementStatus.UNSIGNED),
        (TermsStatus.SIGNED, date(2026, 1, 1), date(2026, 6, 15), AgreementStatus.ACTIVE),
        (TermsStatus.SIGNED, None, None, AgreementStatus.ACTIVE),
        (TermsStatus.SIGNED, date(2026, 1, 1), date(2026, 6, 14), AgreementStatus.INACTIVE),
        (TermsStatus.SIGNED, date(2026, 6, 16), None, AgreementStatus.INACTIVE),
    ],
)
def test_er_04_whether_an_agreement_holds(status, starts_on, ends_on, expected):
    assert agreement(status, starts_on, ends_on).agreement_on(date(2026, 6, 15)) is expected


def test_er_04_an_agreement_does_not_end_before_it_starts():
    with pytest.raises(InvalidValue, match="must not end before it starts"):
        agreement(TermsStatus.SIGNED, date(2026, 2, 1), date(2026, 1, 31))
