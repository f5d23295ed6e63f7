"""What people do at the desks of a deal, or with a lead, as actions whose details are drawn.

Each action is a function of the unit of work and of ``draw``, which draws a value from a strategy. What it tries may be
refused: there may be no objection to answer, and a closed deal has no open tasks. That is meant; a refusal has to leave
everything as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from salesflow.deal.cadence import Cadence, Frequency
from salesflow.deal.payment_terms import PaymentTerms
from salesflow.leads.frameworks import NeedAndMeans
from salesflow.testing.strategies.texts import hostile_text, lines
from salesflow.testing.strategies.values import amounts, days, shares

if TYPE_CHECKING:
    from typing import Protocol, TypeVar

    from hypothesis.strategies import SearchStrategy

    T = TypeVar("T")

    class Draw(Protocol):
        """Draws a value."""

        def __call__(self, strategy: SearchStrategy[T], /) -> T: ...


DeskWork = Callable[[Any, "Draw"], object]
"""Something that is done with a unit of work, with details that are drawn."""

__all__ = ["LEAD_WORK", "SALE_WORK", "DeskWork"]

_TEXT = st.one_of(lines(), lines(), lines(), hostile_text())
_NUMBER = st.integers(1, 3)
_KIND = st.sampled_from(["price", "trust", "timing"])
_HOURS = st.integers(-5, 200).map(lambda number: timedelta(hours=number))

SALE_WORK: Mapping[str, DeskWork] = {
    "rename": lambda sale, draw: sale.update(name=draw(_TEXT)),
    "revalue": lambda sale, draw: sale.update(amount=draw(st.none() | amounts())),
    "expect": lambda sale, draw: sale.update(expected_close=draw(st.none() | days())),
    "hand over": lambda sale, draw: sale.update(owner=draw(st.sampled_from(["noa", "ben", None]))),
    "forge the stage": lambda sale, draw: sale.update(stage=draw(lines())),
    "hold": lambda sale, draw: sale.hold(reason=draw(_TEXT)),
    "resume": lambda sale, _: sale.resume(),
    "qualify": lambda sale, draw: sale.qualification.record(need=draw(_TEXT), budget=draw(amounts(currency="EUR"))),
    "record a need": lambda sale, draw: sale.needs.record(draw(_TEXT)),
    "drop a need": lambda sale, draw: sale.needs.drop(draw(_NUMBER), reason=draw(_TEXT)),
    "add a product": lambda sale, draw: sale.briefing.add_product(draw(_TEXT)),
    "set a pitch": lambda sale, draw: sale.briefing.set_pitch(draw(_TEXT)),
    "note a competitor": lambda sale, draw: sale.briefing.add_competitor(draw(_TEXT), offer=draw(_TEXT)),
    "plan a meeting": lambda sale, draw: sale.meetings.plan(draw(_TEXT), planned_for=sale.at + draw(_HOURS)),
    "hold a meeting": lambda sale, draw: sale.meetings.hold(draw(_NUMBER), summary=draw(_TEXT)),
    "record a meeting": lambda sale, draw: sale.meetings.record(draw(_TEXT), summary=draw(_TEXT)),
    "show": lambda sale, draw: sale.presentation.show(draw(_NUMBER), how=draw(_TEXT)),
    "raise an objection": lambda sale, draw: sale.objections.raise_(draw(_TEXT), kind=draw(_KIND)),
    "answer an objection": lambda sale, draw: sale.objections.answer(draw(_NUMBER), draw(_TEXT)),
    "resolve an objection": lambda sale, draw: sale.objections.resolve(draw(_NUMBER)),
    "leave an objection": lambda sale, draw: sale.objections.leave_standing(draw(_NUMBER), note=draw(_TEXT)),
    "withdraw an objection": lambda sale, draw: sale.objections.withdraw(draw(_NUMBER)),
    "notice a signal": lambda sale, draw: sale.signals.notice(draw(_TEXT)),
    "propose terms": lambda sale, draw: sale.terms.propose(
        draw(amounts(currency="EUR")), discount=draw(shares()), payment=draw(st.none() | st.just(PaymentTerms.net(30)))
    ),
    "counter terms": lambda sale, draw: sale.terms.counter(discount=draw(shares())),
    "accept terms": lambda sale, _: sale.terms.accept(),
    "sign terms": lambda sale, draw: sale.terms.sign(f"C-{draw(_NUMBER)}"),
    "reject terms": lambda sale, draw: sale.terms.reject(draw(_TEXT)),
    "withdraw terms": lambda sale, draw: sale.terms.withdraw(draw(_TEXT)),
    "add to the committee": lambda sale, draw: sale.committee.add(
        f"C-{draw(_NUMBER)}", "decision maker", may_sign=draw(st.booleans())
    ),
    "remove from the committee": lambda sale, draw: sale.committee.remove(f"C-{draw(_NUMBER)}"),
    "add a line": lambda sale, draw: sale.line_items.add(
        draw(_TEXT), unit_price=draw(amounts(currency="EUR", most=1000)), quantity=Decimal(draw(_NUMBER))
    ),
    "remove a line": lambda sale, draw: sale.line_items.remove(draw(_NUMBER)),
    "check the delivery": lambda sale, draw: sale.follow_up.check_delivery(arrived=draw(st.booleans())),
    "agree on a cadence": lambda sale, draw: sale.follow_up.agree_cadence(
        Cadence(frequency=Frequency.WEEKLY, anchor=draw(days()), count=draw(_NUMBER))
    ),
    "record feedback": lambda sale, draw: sale.follow_up.record_feedback(draw(_TEXT)),
    "add a task": lambda sale, draw: sale.tasks.add(draw(_TEXT), due_at=sale.at + draw(_HOURS)),
    "complete a task": lambda sale, draw: sale.tasks.complete(draw(_NUMBER)),
    "cancel a task": lambda sale, draw: sale.tasks.cancel(draw(_NUMBER), reason=draw(_TEXT)),
}
"""What is done with deals, at the desks that every sale has."""

LEAD_WORK: Mapping[str, DeskWork] = {
    "rename": lambda work, draw: work.update(name=draw(_TEXT)),
    "assign": lambda work, draw: work.update(owner=draw(st.sampled_from(["noa", "ben", None]))),
    "take notes": lambda work, draw: work.update(notes=draw(_TEXT)),
    "tag": lambda work, draw: work.update(tags=tuple(draw(st.lists(_TEXT, max_size=2)))),
    "forge the stage": lambda work, draw: work.update(stage=draw(lines())),
    "answer the need": lambda work, draw: work.qualifying.answer(NeedAndMeans.need, draw(_TEXT)),
    "answer the means": lambda work, draw: work.qualifying.answer(NeedAndMeans.can_afford, draw(st.booleans())),
}
"""What is done with leads, at the desks that every unit of work on one has."""
