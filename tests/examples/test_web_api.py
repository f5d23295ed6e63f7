"""Deals over HTTP: the application of ``docs/examples/web_api`` on a real PostgreSQL."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from storage.databases import schema

if any(importlib.util.find_spec(name) is None for name in ("fastapi", "httpx", "openapi_spec_validator")):
    pytest.skip("fastapi is not installed; the dependency group 'test' brings it", allow_module_level=True)

import psycopg
from examples.over_http import Client, serving
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from web_api.shapes import BODIES, RECORDS

from salesflow import Deal, Event
from salesflow.errors import StorageError
from salesflow.testing.storage_contract import LoopThread

SECRET = "Dana Levi"


@pytest.fixture(scope="module")
def loop() -> Iterator[LoopThread]:
    loop = LoopThread()
    yield loop
    loop.close()


@pytest.fixture(scope="module")
def served(example_server: str, loop: LoopThread) -> Iterator[tuple[str, Client]]:
    with schema(example_server, "web_api") as address, serving(address, loop) as client:
        yield address, client


@pytest.fixture
def client(served: tuple[str, Client]) -> Client:
    """The client of an application whose tables are empty."""
    address, client = served
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("truncate entities, events, taken, requests, journals, asked_requests")
    client.clock.__init__()  # type: ignore[misc]
    return client


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
    qualified = client.post("/deals/D-1/qualification", found, seen=1)
    moved = client.post("/deals/D-1/moves", {"move": "advance"}, seen=qualified.headers["etag"])
    assert (moved.json()["stage"], moved.headers["etag"]) == ("preparation", '"3"')
    assert client.events() == ["DealOpened", "QualificationRecorded", "StageChanged"]


def test_an_objection_is_raised_answered_and_settled(client: Client) -> None:
    client.opened()
    client.post("/deals/D-1/objections", {"statement": "It costs too much", "kind": "price"}, seen=1)
    given = {"text": "It pays back in a year", "evidence": ["case study 12"], "settles_it": True}
    answer = client.post("/deals/D-1/objections/1/answers", given, seen=2)
    (objection,) = answer.json()["objections"]
    assert (objection["status"], objection["answers"][0]["evidence"]) == ("resolved", ["case study 12"])


def test_terms_are_proposed_and_accepted_and_signed_only_by_who_may(client: Client) -> None:
    client.adopted("closing")
    offered = {"price": {"amount": "48000", "currency": "EUR"}, "payment": "2/10 net 30"}
    answer = client.post("/deals/D-1/terms", offered, seen="*")
    assert answer.status_code == 200, answer.text
    assert client.post("/deals/D-1/terms/acceptance", seen="*").status_code == 200
    refused = client.post("/deals/D-1/terms/signature", {"contact_id": "C-9"}, seen="*").json()
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
        ("objections/7/answers", {"text": "It pays back"}, 404, "unknown-name", []),
        ("terms/acceptance", None, 409, "not-now", None),
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


# Which version was seen


def test_what_was_not_seen_is_not_changed(client: Client) -> None:
    client.opened()
    move = {"move": "lose", "reason": "price"}
    statuses = [client.post("/deals/D-1/moves", move, seen=seen).status_code for seen in (None, 7, 'W/"1"')]
    assert statuses == [428, 412, 412]
    assert client.post("/deals/D-1/moves", move, seen='"6", "1"').status_code == 200


def test_a_deal_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    client.opened()
    answer = client.get("/deals/D-1", if_none_match='W/"1"')
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"1"')
    assert client.get("/deals/D-1", if_none_match='"0"').status_code == 200


def test_of_two_who_write_at_the_same_time_one_is_told_to_read_again(client: Client) -> None:
    client.opened()
    raised = [
        ("POST", "/deals/D-1/objections", {"statement": f"no. {n}"}, {"seen": 1, "by": f"seller {n}"}) for n in range(8)
    ]
    answers = client.send_all(*raised)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    assert client.events() == ["DealOpened", "ObjectionRaised"]


# Sent again


def test_a_request_that_is_sent_again_gets_the_first_answer_and_changes_nothing(client: Client) -> None:
    client.opened()
    request = ("/deals/D-1/objections", {"statement": "It costs too much"})
    first = client.post(*request, seen=1, key="k-1")
    client.clock.pass_(minutes=5)
    client.post("/deals/D-1/objections", {"statement": "It is late"}, seen=2)
    again = client.post(*request, seen=1, key="k-1")
    assert (again.status_code, again.content, again.headers["etag"]) == (200, first.content, '"2"')
    assert client.events() == ["DealOpened", "ObjectionRaised", "ObjectionRaised"]


def test_a_deal_is_opened_once_however_often_it_is_asked_for(client: Client) -> None:
    request = ("POST", "/deals", {"id": "D-1", "name": "Order desk"}, {"key": "k-1"})
    answers = client.send_all(*[request] * 6)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    client.clock.pass_(days=1)
    assert client.post("/deals", {"id": "D-1", "name": "Order desk"}, key="k-1").content == answers[0].content
    assert client.events() == ["DealOpened"]


def test_a_key_stands_for_one_request(client: Client) -> None:
    client.opened()
    client.post("/deals/D-1/objections", {"statement": "It costs too much"}, seen=1, key="k-1")
    for path, body, seen in (
        ("/deals/D-1/objections", {"statement": "It is late"}, 1),
        ("/deals/D-1/objections", {"statement": "It costs too much"}, 2),
        ("/deals/D-1/qualification", {"statement": "It costs too much"}, 1),
    ):
        answer = client.post(path, body, seen=seen, key="k-1")
        assert answer.status_code == 422, answer.text
    assert client.events() == ["DealOpened", "ObjectionRaised"]


def test_keys_of_different_actors_have_nothing_to_do_with_each_other(client: Client) -> None:
    client.opened()
    for by, seen in (("noa", 1), ("dan", 2)):
        answer = client.post("/deals/D-1/objections", {"statement": f"said to {by}"}, seen=seen, by=by, key="k-1")
        assert answer.status_code == 200


def test_a_request_whose_answer_was_lost_is_finished_when_it_is_sent_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.opened()
    asked_at = client.clock()

    async def fail(*_given: object) -> None:
        raise StorageError("the database went away")

    with monkeypatch.context() as broken:
        broken.setattr(type(client.storage), "commit", fail)
        request = ("/deals/D-1/objections", {"statement": "It costs too much"})
        assert client.post(*request, seen=1, key="k-1").status_code == 503
    client.clock.pass_(minutes=5)
    answer = client.post(*request, seen=1, key="k-1")
    assert answer.status_code == 200
    assert client.stored().objections[0].raised_at == asked_at


def test_a_request_that_never_took_place_does_not_overtake_those_that_did(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.opened()

    async def fail(*_given: object) -> None:
        raise StorageError("the database went away")

    with monkeypatch.context() as broken:
        broken.setattr(type(client.storage), "commit", fail)
        client.post("/deals/D-1/objections", {"statement": "It costs too much"}, seen=1, key="k-1")
    client.post("/deals/D-1/objections", {"statement": "It is late"}, seen=1)
    assert (
        client.post("/deals/D-1/objections", {"statement": "It costs too much"}, seen=1, key="k-1").status_code == 412
    )
    assert len(client.stored().objections) == 1


# OpenAPI


@pytest.fixture(scope="module")
def described(served: tuple[str, Client]) -> Any:
    return served[1].get("/openapi.json").json()


def checked(described: Any, name: str, value: object) -> None:
    root = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    Draft202012Validator(root).validate(value)


def test_openapi_is_valid_and_every_reference_leads_somewhere(described: Any) -> None:
    validate(described)
    assert described["openapi"].startswith("3.1")


def test_every_route_says_what_it_takes_gives_and_refuses_with(described: Any) -> None:
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            refs = [str(answer.get("content")) for answer in route["responses"].values()]
            assert any("Problem" in one for one in refs), path
            assert any("#/components/schemas/" in one for one in refs if "Problem" not in one), path
            if method != "get" and path != "/deals/{id}/terms/acceptance":
                assert "$ref" in route["requestBody"]["content"]["application/json"]["schema"], path


def test_every_example_is_what_its_schema_says(described: Any) -> None:
    for body in BODIES:
        content = body.openapi["requestBody"]["content"]["application/json"]
        checked(described, body.called, content["example"])


def test_bodies_offer_what_may_be_sent_and_nothing_of_the_engine(described: Any) -> None:
    new = described["components"]["schemas"]["NewDeal"]
    assert new["required"] == ["id", "name"]
    assert not {"stage", "version", "objections", "type", "schema"} & set(new["properties"])


def test_answers_and_problems_are_what_openapi_says(client: Client, described: Any) -> None:
    checked(described, "Deal", client.opened())
    checked(described, "Problem", client.post("/deals/D-1/moves", {"move": "advance"}, seen=1).json())
    client.post("/deals/D-1/objections", {"statement": "It costs too much"}, seen=1)
    checked(described, "Deal", client.get("/deals/D-1").json())
    checked(described, "DealPage", client.get("/deals").json())
    checked(described, "Explanation", client.get("/deals/D-1/explanation").json())
    checked(described, "History", client.get("/deals/D-1/history").json())
    checked(described, "Problem", client.post("/deals/D-1/moves", {"move": "advnace"}, seen=2).json())


def test_the_library_does_not_import_pydantic() -> None:
    code = "import sys, salesflow.storage.records as r; r.Records().schema(__import__('salesflow').Deal); print('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
