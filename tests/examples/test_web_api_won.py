"""Deals over HTTP alone: a client that knows nothing but what the API says takes a deal through all seven stages."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from typing import Any

import pytest

if importlib.util.find_spec("fastapi") is None:
    pytest.skip("fastapi is not installed; the dependency group 'test' brings it", allow_module_level=True)

from examples.over_http import Client

PRICE = {"amount": "48000", "currency": "EUR"}
Requests = Iterator[tuple[str, Any]]


# What a client does about each requirement that a refusal names; it sees the deal and the refusal, as JSON


def resume(_deal: Any, _unmet: Any) -> Requests:
    yield "resume", None


def find_out_the_need(_deal: Any, _unmet: Any) -> Requests:
    yield "qualification/record", {"need": "one place for all orders"}


def find_out_the_budget(_deal: Any, _unmet: Any) -> Requests:
    yield "qualification/record", {"budget": {"amount": "50000", "currency": "EUR"}}


def brief(_deal: Any, unmet: Any) -> Requests:
    parts = {
        "product descriptions": ("briefing/add-product", {"text": "Order desk: all orders in one place"}),
        "pricing": ("briefing/set-pricing", {"text": "48,000 a year"}),
        "what the competition offers": ("briefing/note-no-competition", None),
        "opening pitch": ("briefing/set-pitch", {"text": "What takes a day takes an hour"}),
    }
    for part in unmet["missing"]:
        yield parts[part]


def meet(_deal: Any, _unmet: Any) -> Requests:
    planned = {"purpose": "first meeting", "planned_for": "2026-11-02T09:00:00Z", "attendees": ["C-1"]}
    yield "meetings/plan", planned
    yield "meetings/1/hold", {"summary": "They lose orders", "next_step": "a demo"}


def ask_what_they_need(_deal: Any, _unmet: Any) -> Requests:
    yield "needs/record", {"text": "no order gets lost", "importance": "must"}
    yield "needs/record", {"text": "see the day's orders at once", "kind": "want"}


def show_the_rest(deal: Any, unmet: Any) -> Requests:
    for need in deal["needs"]:
        if need["text"] in unmet["missing"]:
            yield f"presentation/{need['id']}/show", {"how": "the order desk", "reaction": "convinced"}


def settle_objections(deal: Any, _unmet: Any) -> Requests:
    for objection in deal["objections"]:
        number = objection["id"]
        yield f"objections/{number}/answer", {"text": "It pays back in a year", "evidence": ["case study 12"]}
        yield f"objections/{number}/resolve", None


def agree(_deal: Any, _unmet: Any) -> Requests:
    yield "signals/notice", {"kind": "asks about delivery"}
    yield (
        "terms/propose",
        {"price": PRICE, "payment": {"due": {"days": 30}}, "deliveries": [{"what": "order desk", "on": "2026-12-01"}]},
    )
    yield "terms/counter", {"discount": "0.05"}
    yield "terms/accept", None


def let_them_sign(_deal: Any, _unmet: Any) -> Requests:
    yield "committee/add", {"contact_id": "C-1", "roles": ["decision maker"], "may_sign": True}
    yield "terms/sign", {"contact_id": "C-1"}


WHAT_TO_DO: dict[str, Callable[[Any, Any], Requests]] = {
    "not_on_hold": resume,
    "need_is_known": find_out_the_need,
    "buyer_can_afford_it": find_out_the_budget,
    "briefing_is_complete": brief,
    "customer_was_met": meet,
    "needs_are_known": ask_what_they_need,
    "needs_are_answered": show_the_rest,
    "objections_are_settled": settle_objections,
    "terms_are_accepted": agree,
    "agreement_is_signed": let_them_sign,
}


class Seller:
    """A client that sees a deal as JSON, and changes it on the version that it has seen."""

    def __init__(self, client: Client, id: str = "D-1") -> None:
        self.client = client
        self.address = f"/deals/{id}"

    def does(self, path: str, body: Any = None) -> Any:
        answer = self.tries(path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def tries(self, path: str, body: Any = None) -> Any:
        etag = self.client.get(self.address).headers["etag"]
        return self.client.post(f"{self.address}/{path}", body, seen=etag)

    def moves_on(self) -> list[str]:
        """Advance, doing what the refusal says is missing; gives the requirements that were named."""
        answer = self.tries("moves", {"move": "advance"})
        if answer.status_code == 200:
            return []
        assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
        named = [unmet["requirement"] for unmet in answer.json()["unmet"]]
        for unmet in answer.json()["unmet"]:
            for path, body in WHAT_TO_DO[unmet["requirement"]](self.deal, unmet):
                self.does(path, body)
        self.does("moves", {"move": "advance"})
        return named

    @property
    def deal(self) -> Any:
        return self.client.get(self.address).json()


@pytest.fixture
def seller(client: Client) -> Seller:
    client.opened(contact_id="C-1", amount=PRICE)
    return Seller(client)


@pytest.fixture
def winner(seller: Seller) -> Seller:
    while seller.deal["outcome"] == "open":
        seller.moves_on()
    return seller


def test_a_deal_is_won_over_http_alone_by_doing_what_the_refusals_say(seller: Seller) -> None:
    stages = []
    named: list[str] = []
    while (deal := seller.deal)["outcome"] == "open":
        stages.append(deal["stage"])
        if deal["stage"] == "objection_handling":
            seller.does("objections/raise", {"statement": "It costs too much", "kind": "price"})
        named += seller.moves_on()
    assert [*stages, deal["stage"]] == [
        "prospecting",
        "preparation",
        "approach",
        "presentation",
        "objection_handling",
        "closing",
        "follow_up",
    ]
    assert named == [name for name in WHAT_TO_DO if name != "not_on_hold"]
    assert (deal["outcome"], deal["amount"]) == ("won", {"amount": "45600.00", "currency": "EUR"})
    assert deal["objections"][0]["status"] == "resolved"
    assert seller.client.stored().outcome == "won"


def test_after_the_win_the_delivery_is_checked_and_the_customer_is_kept(winner: Seller) -> None:
    (call,) = winner.deal["tasks"]
    assert call["due_at"] == "2026-12-04T09:00:00+00:00"
    winner.does("follow-up/check-delivery", {"arrived": True, "works": True})
    winner.does(f"tasks/{call['id']}/complete", {"note": "all there"})
    winner.does("follow-up/agree-cadence", {"cadence": {"frequency": "monthly", "every": 3, "anchor": "2026-12-01"}})
    winner.does("follow-up/record-feedback", {"text": "It works", "satisfaction": 5, "recommendation": 9})
    winner.does("follow-up/note-opening", {"text": "They open a shop in Haifa"})
    winner.client.opened("D-2")
    winner.does("follow-up/1/link-opening", {"deal_id": "D-2"})
    kept = winner.deal["follow_up"]
    assert (kept["cadence"]["every"], kept["openings"][0]["deal_id"]) == (3, "D-2")
    assert winner.deal["tasks"][0]["status"] == "done"


def test_what_belongs_to_an_open_deal_is_refused_after_the_win(winner: Seller) -> None:
    told = winner.tries("objections/raise", {"statement": "It costs too much"}).json()
    assert (told["status"], told["because"], told["way_out"]) == (409, "the deal is won", "reopen it first")


def test_a_deal_that_waits_moves_on_after_it_is_resumed(seller: Seller) -> None:
    seller.moves_on()
    held = seller.does("hold", {"reason": "their budget comes in spring", "until": "2027-03-01"})
    assert held["hold"]["until"] == "2027-03-01"
    assert seller.moves_on() == ["not_on_hold", "briefing_is_complete"]
    assert (seller.deal["stage"], seller.deal["hold"]) == ("approach", None)
    assert seller.tries("resume").status_code == 409


def test_a_deal_is_lost_late_reopened_where_it_was_and_won_after_all(seller: Seller) -> None:
    while seller.deal["stage"] != "closing":
        seller.moves_on()
    lost = seller.does("moves", {"move": "lose", "reason": "competitor", "competitor": "Bolt"})
    assert (lost["outcome"], lost["loss"]["competitor"]) == ("lost", "Bolt")
    assert seller.does("moves", {"move": "reopen", "reason": "Bolt could not deliver"})["stage"] == "closing"
    seller.moves_on()
    assert seller.deal["outcome"] == "won"


def test_a_deal_goes_back_with_a_reason(seller: Seller) -> None:
    seller.moves_on()
    assert seller.does("moves", {"move": "go_back", "reason": "the budget was cut"})["stage"] == "prospecting"


def test_what_can_be_done_next_is_answered_without_trying(seller: Seller) -> None:
    told = seller.client.get("/deals/D-1/explanation").json()
    advance = next(one for one in told["next_moves"] if one["move"] == "advance")
    refused = seller.tries("moves", {"move": "advance"}).json()
    assert advance["unmet"] == refused["unmet"]
