"""Deals over HTTP: what the application of ``docs/examples/web_api`` does and refuses, on a real PostgreSQL."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest
from storage.databases import schema

if importlib.util.find_spec("fastapi") is None:
    pytest.skip("fastapi is not installed; the dependency group 'test' brings it", allow_module_level=True)

from examples.over_http import Client, serving
from web_api.shapes import RECORDS

from salesflow import Deal, Event
from salesflow.testing.storage_contract import LoopThread

SECRET = "Dana Levi"


# One deal, from the first request to the last


def test_a_deal_is_opened_and_read_as_it_is_stored(client: Client) -> None:
    answer = client.post(
        "/deals", {"id": "D-1", "name": "Order desk", "amount": {"amount": "48000", "currency": "EUR"}}
    )
    assert (answer.status_code, answer.headers["location"], answer.headers["etag"]) == (201, "/deals/D-1", '"1"')
    read = client.get("/deals/D-1")
    assert read.content == answer.content
    assert RECORDS.from_json(read.content, expect=Deal) == client.stored()
    assert client.stored().opened_at == client.clock()


def test_a_deal_is_qualified_and_advances(client: Client) -> None:
    client.opened()
    found = {"need": "one place for all orders", "budget": {"amount": "50000", "currency": "EUR"}}
    qualified = client.post("/deals/D-1/qualification/record", found, seen=1)
    moved = client.post("/deals/D-1/moves", {"move": "advance"}, seen=qualified.headers["etag"])
    assert (moved.json()["stage"], moved.headers["etag"]) == ("preparation", '"3"')
    assert client.events() == ["DealOpened", "QualificationRecorded", "StageChanged"]


def test_an_objection_is_raised_answered_and_settled(client: Client) -> None:
    client.opened()
    client.post("/deals/D-1/objections/raise", {"statement": "It costs too much", "kind": "price"}, seen=1)
    given = {"text": "It pays back in a year", "evidence": ["case study 12"]}
    client.post("/deals/D-1/objections/1/answer", given, seen=2)
    answer = client.post("/deals/D-1/objections/1/resolve", seen=3)
    (objection,) = answer.json()["objections"]
    assert (objection["status"], objection["answers"][0]["evidence"]) == ("resolved", ["case study 12"])


def test_terms_are_proposed_and_accepted_and_signed_only_by_who_may(client: Client) -> None:
    client.adopted("closing")
    payment = {"due": {"days": 30}, "early_discount": {"fraction": "0.02", "within_days": 10}}
    offered = {"price": {"amount": "48000", "currency": "EUR"}, "payment": payment}
    answer = client.post("/deals/D-1/terms/propose", offered, seen="*")
    assert answer.status_code == 200, answer.text
    assert client.post("/deals/D-1/terms/accept", seen="*").status_code == 200
    refused = client.post("/deals/D-1/terms/sign", {"contact_id": "C-9"}, seen="*").json()
    assert (refused["status"], refused["way_out"]) == (409, "add who may sign to the committee, with may_sign=True")
    blocked = client.get("/deals/D-1/explanation").json()["blockers"]
    assert [one["requirement"] for one in blocked] == ["agreement_is_signed"]


def test_a_deal_is_lost_with_a_reason_and_reopened(client: Client) -> None:
    client.opened()
    lost = client.post("/deals/D-1/moves", {"move": "lose", "reason": "price"}, seen=1)
    assert (lost.json()["outcome"], lost.json()["loss"]["reason"]) == ("lost", "price")
    again = client.post("/deals/D-1/moves", {"move": "reopen", "reason": "they called"}, seen=2)
    assert again.json()["outcome"] == "open"


def test_plain_fields_change_and_the_others_stay(client: Client) -> None:
    client.opened(owner="noa")
    answer = client.send("PATCH", "/deals/D-1", {"expected_close": "2026-12-24", "owner": None}, seen=1)
    assert (answer.json()["expected_close"], answer.json()["owner"], answer.json()["name"]) == (
        "2026-12-24",
        None,
        "Order desk for Acme",
    )


def test_the_history_says_who_did_what_and_when(client: Client) -> None:
    client.opened()
    client.clock.pass_(days=1)
    client.post("/deals/D-1/moves", {"move": "lose", "reason": "price"}, seen=1, by="dan")
    events = client.get("/deals/D-1/history").json()["events"]
    assert [(one["event"]["type"], one["event"]["by"], one["event"]["at"][:10]) for one in events] == [
        ("DealOpened", "noa", "2026-11-02"),
        ("DealLost", "dan", "2026-11-03"),
    ]


def test_the_explanation_says_what_is_missing_and_which_moves_there_are(client: Client) -> None:
    client.opened()
    told = client.get("/deals/D-1/explanation").json()
    assert [one["requirement"] for one in told["blockers"]] == ["need_is_known", "buyer_can_afford_it"]
    assert [(one["move"], bool(one["unmet"]), one["needs_reason"]) for one in told["next_moves"]] == [
        ("advance", True, False),
        ("lose", False, True),
    ]
    assert told["next_steps"][0].startswith("Ask what they need")
    assert client.events() == ["DealOpened"]


# Lists


def test_pages_hold_every_deal_once_in_the_order_asked_for(client: Client) -> None:
    for number in range(5):
        client.opened(f"D-{number}", expected_close=f"2026-12-0{5 - number}", owner="noa" if number else "dan")
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/deals?owner=noa&order=expected_close&limit=2{cursor and f'&cursor={cursor}'}").json()
        found += [deal["id"] for deal in page["items"]]
        cursor = page["cursor"]
    assert found == ["D-4", "D-3", "D-2", "D-1"]


def test_deals_are_narrowed_down_by_stage_and_day(client: Client) -> None:
    client.opened("D-1", expected_close="2026-12-01")
    client.opened("D-2", expected_close="2027-01-01")
    client.post("/deals/D-1/moves", {"move": "lose", "reason": "price"}, seen=1)
    ids = [
        [deal["id"] for deal in client.get(f"/deals?{query}").json()["items"]]
        for query in ("stage=prospecting", "stage=lost&stage=prospecting", "expected_from=2027-01-01")
    ]
    assert ids == [["D-2"], ["D-1", "D-2"], ["D-2"]]


@pytest.mark.parametrize(
    ("query", "kind", "nearest"),
    [("stage=clsing", "stage", ["closing"]), ("order=-ammount", "order", ["amount"])],
)
def test_a_misspelt_stage_or_order_comes_back_with_what_was_meant(
    client: Client, query: str, kind: str, nearest: list[str]
) -> None:
    told = client.get(f"/deals?{query}").json()
    assert (told["status"], told["kind"], told["nearest"]) == (422, kind, nearest)


def test_a_cursor_of_another_query_is_refused(client: Client) -> None:
    for number in range(2):
        client.opened(f"D-{number}")
    cursor = client.get("/deals?limit=1").json()["cursor"]
    told = client.get(f"/deals?limit=1&order=stage&cursor={cursor}").json()
    assert (told["status"], told["errors"][0]["field"]) == (422, "cursor")


# What is refused, as a problem that a form can be built from


def test_a_refused_move_lists_everything_that_is_missing(client: Client) -> None:
    client.opened()
    answer = client.post("/deals/D-1/moves", {"move": "advance"}, seen=1)
    told = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert (told["type"].rpartition("/")[2], told["move"], told["target"]) == ("move-refused", "advance", "preparation")
    assert [(one["stage"], one["requirement"], one["kind"], bool(one["hint"])) for one in told["unmet"]] == [
        ("prospecting", "need_is_known", "exit", True),
        ("prospecting", "buyer_can_afford_it", "exit", True),
    ]
    assert client.events() == ["DealOpened"]


def test_a_requirement_says_what_exactly_is_missing(client: Client) -> None:
    client.adopted("preparation")
    told = client.post("/deals/D-1/moves", {"move": "advance"}, seen="*").json()
    assert told["unmet"][0]["missing"] == [
        "product descriptions",
        "pricing",
        "what the competition offers",
        "opening pitch",
    ]


@pytest.mark.parametrize(
    ("path", "body", "status", "name", "nearest"),
    [
        ("moves", {"move": "advnace"}, 422, "unknown-name", ["advance"]),
        ("moves", {"move": "lose", "reason": "prize"}, 422, "unknown-name", ["price"]),
        ("moves", {"move": "go_back", "reason": "too early"}, 409, "move-not-allowed", None),
        ("moves", {"move": "lose", "reason": "other"}, 422, "invalid-value", None),
        ("objections/7/answer", {"text": "It pays back"}, 404, "unknown-name", []),
        ("terms/accept", None, 409, "not-now", None),
    ],
)
def test_each_refusal_has_its_own_status_and_type(
    client: Client, path: str, body: Any, status: int, name: str, nearest: Any
) -> None:
    client.opened()
    answer = client.post(f"/deals/D-1/{path}", body, seen=1)
    told = answer.json()
    assert (answer.status_code, told["status"], told["type"].rpartition("/")[2]) == (status, status, name)
    assert told.get("nearest") == nearest
    assert client.events() == ["DealOpened"]


def test_a_deal_that_is_not_there_is_not_found(client: Client) -> None:
    for answer in (
        client.get("/deals/D-9"),
        client.get("/deals/D-9/history"),
        client.post("/deals/D-9/moves", {"move": "win"}),
    ):
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "not-found")


def test_a_wrong_name_that_a_deal_happens_to_have_is_a_wrong_name(client: Client) -> None:
    client.opened("prize")
    assert client.post("/deals/prize/moves", {"move": "lose", "reason": "prize"}, seen=1).status_code == 422


def test_an_id_that_is_taken_is_a_conflict(client: Client) -> None:
    client.opened()
    answer = client.post("/deals", {"id": "D-1", "name": "Another"})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "duplicate-key")


def test_a_field_of_the_engine_is_refused_by_name(client: Client) -> None:
    client.opened()
    told = client.send("PATCH", "/deals/D-1", {"stage": "closing", "name": "Mine"}, seen=1).json()
    assert (told["status"], [one["field"] for one in told["errors"]]) == (422, ["stage"])
    assert client.post("/deals", {"id": "D-2", "name": "x", "stage": "closing"}).status_code == 422
    assert client.stored().stage == "prospecting"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"id": "D-2", "name": "Dana Levi"', "body"),
        ('["Dana Levi"]', "body"),
        ("[" * 100_000, "body"),
        ('{"name": "Dana Levi"}', "id"),
        ('{"id": "D-2", "name": ["Dana Levi"]}', "name"),
        ('{"id": "D-2", "name": "Dana\\nLevi"}', "name"),
        ('{"id": "D-2", "name": "Dana\\u0000Levi"}', "name"),
        ('{"id": "D-2", "name": "x", "amount": 48000.5}', "amount"),
        ('{"id": "D-2", "name": "x", "amount": {"amount": "Dana Levi", "currency": "EUR"}}', "amount.amount"),
        ('{"id": "D-2", "name": "x", "amount": {"amount": "NaN", "currency": "EUR"}}', "amount.amount"),
        ('{"id": "D-2", "name": "x", "expected_close": "Dana Levi"}', "expected_close"),
        ('{"id": "D-2", "name": "x", "nmae": "Dana Levi"}', "nmae"),
        ('{"id": "D-2", "name": "x", "Dana Levi": 1}', "a field"),
        ('{"id": "D-2", "name": "x", "type": "Lead"}', "type"),
    ],
)
def test_a_hostile_body_is_refused_with_its_field_and_not_repeated(client: Client, body: str, field: str) -> None:
    answer = client.post("/deals", body)
    told = answer.json()
    assert (answer.status_code, [one["field"] for one in told["errors"]]) == (422, [field])
    assert "Dana" not in answer.text


def test_a_body_is_json_and_has_an_end(client: Client) -> None:
    assert client.post("/deals", "id=D-1", content_type="application/x-www-form-urlencoded").status_code == 415
    assert client.post("/deals", '{"id": "' + "x" * 2**20).status_code == 413


def test_a_query_that_cannot_be_read_names_the_field_and_does_not_repeat_it(client: Client) -> None:
    answer = client.get(f"/deals?limit={SECRET}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "limit")
    assert SECRET not in answer.text


@pytest.mark.parametrize("given", ["0", "1767225600", "20270101", "2027-02-30", "2027-W01-1", SECRET])
def test_a_day_is_written_as_a_day(client: Client, given: str) -> None:
    answer = client.get(f"/deals?expected_from={given}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "expected_from")
    assert SECRET not in answer.text


def test_an_id_is_one_that_an_address_can_have(client: Client) -> None:
    for id in ("A/1", ".", ".."):
        told = client.post("/deals", {"id": id, "name": "Order desk"}).json()
        assert (told["status"], told["errors"][0]["field"]) == (422, "id")
    answer = client.post("/deals", {"id": "ה 1?", "name": "Order desk"})
    assert client.get(answer.headers["location"]).json()["id"] == "ה 1?"


def test_nobody_in_particular_may_do_nothing(client: Client) -> None:
    for answer in (client.get("/deals", by=None), client.post("/deals", {"id": "D-1", "name": "x"}, by=None)):
        assert (answer.status_code, answer.json()["status"]) == (401, 401)


def test_an_address_that_leads_nowhere_is_a_problem_document_too(client: Client) -> None:
    answer = client.get("/delas")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_policy_of_the_host_forbids(example_server: str, loop: LoopThread) -> None:
    class OnlyNoa:
        def refusal(self, event: Event, deal: Deal) -> str | None:
            return None if event.by == "noa" else "deals are opened by noa"

    with schema(example_server, "policy") as address, serving(address, loop, policy=OnlyNoa()) as client:
        answer = client.post("/deals", {"id": "D-1", "name": "x"}, by="dan")
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "policy-refused")
