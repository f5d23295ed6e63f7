"""Deals over HTTP: what the routes of the desks take, and what they refuse by name."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime
from typing import Any

import pytest

if importlib.util.find_spec("fastapi") is None:
    pytest.skip("fastapi is not installed; the dependency group 'test' brings it", allow_module_level=True)

from examples.over_http import Client

SECRET = "Dana Levi"


def test_what_is_left_out_of_a_body_is_left_as_it_was(client: Client) -> None:
    client.opened()
    client.post("/deals/D-1/needs/record", {"text": "no order gets lost", "importance": "must"}, seen=1)
    answer = client.post("/deals/D-1/needs/1/revise", {"stated_by": "C-1"}, seen=2)
    (need,) = answer.json()["needs"]
    assert (need["text"], need["importance"], need["stated_by"]) == ("no order gets lost", "must", "C-1")


def test_null_clears_what_can_be_unknown_and_is_refused_elsewhere(client: Client) -> None:
    client.adopted("closing")
    offered = {"price": {"amount": "48000", "currency": "EUR"}, "valid_until": "2026-12-01"}
    client.post("/deals/D-1/terms/propose", offered, seen="*")
    told = client.post("/deals/D-1/terms/counter", {"price": None}, seen="*").json()
    assert told["errors"] == [{"field": "price", "rule": "is left out where there is nothing to say", "way_out": ""}]
    countered = client.post("/deals/D-1/terms/counter", {"valid_until": None}, seen="*").json()["terms"][1]
    assert (countered["valid_until"], countered["price"]["amount"]) == (None, "48000.00")


def test_defaults_are_filled_in_at_every_depth(client: Client) -> None:
    client.adopted("closing")
    payment = {"parts": [{"size": "0.5"}, {"size": None, "due": {"days": 30}}]}
    offered = {"price": {"amount": "48000", "currency": "EUR"}, "payment": payment, "services": [{"text": "repair"}]}
    (terms,) = client.post("/deals/D-1/terms/propose", offered, seen="*").json()["terms"]
    assert [part["due"]["days"] for part in terms["payment"]["parts"]] == [0, 30]
    assert terms["services"] == [{"text": "repair", "until": None}]


@pytest.mark.parametrize("written", ["2026-11-09T10:00:00Z", "2026-11-09T10:00:00.000Z", "2026-11-09T12:00:00+02:00"])
def test_a_moment_is_taken_as_browsers_write_it(client: Client, written: str) -> None:
    client.opened()
    client.post("/deals/D-1/tasks/add", {"title": "Call", "due_at": written}, seen=1)
    due = client.stored().tasks[0].due_at
    assert due is not None
    assert due.astimezone(UTC) == datetime(2026, 11, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2026-11-09T10:00:00", "tomorrow", 1767225600, ["2026-11-09T10:00:00Z"]])
def test_a_moment_is_an_aware_one(client: Client, written: object) -> None:
    client.opened()
    told = client.post("/deals/D-1/tasks/add", {"title": "Call", "due_at": written}, seen=1).json()
    assert (told["status"], told["errors"][0]["field"]) == (422, "due_at")


def test_any_number_of_things_is_a_list(client: Client) -> None:
    client.opened()
    client.post("/deals/D-1/qualification/record", {"need": "one place", "authority": "C-1"}, seen=1)
    answer = client.post("/deals/D-1/qualification/retract", {"fields": ["need", "authority"]}, seen=2)
    assert answer.json()["qualification"]["need"] is None
    told = client.post("/deals/D-1/qualification/retract", {"fields": ["buget"]}, seen=3).json()
    assert (told["status"], told["nearest"]) == (422, ["budget"])


def test_a_text_of_ones_own_is_taken_where_the_desk_takes_it_and_refused_where_not(client: Client) -> None:
    client.opened()
    assert client.post("/deals/D-1/meetings/plan", {"purpose": "a walk"}, seen=1).status_code == 200
    told = client.post("/deals/D-1/needs/record", {"text": "speed", "importance": "msut"}, seen=2).json()
    assert (told["status"], told["nearest"]) == (422, ["must"])


@pytest.mark.parametrize("number", ["7", "-1", "1.0", "x", "9" * 5000, "%D9%A7", "0", "07"])
def test_a_record_that_is_not_there_is_not_found(client: Client, number: str) -> None:
    client.opened()
    answer = client.post(f"/deals/D-1/tasks/{number}/complete", seen=1)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "unknown-name")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("tasks/add", {}, "title"),
        ("tasks/add", None, "title"),
        ("tasks/add", {"title": "Call", "titel": SECRET}, "titel"),
        ("tasks/add", {"title": 7}, "title"),
        ("terms/accept", {"at": SECRET}, "at"),
        ("resume", {"at": SECRET}, "at"),
        ("terms/propose", {"price": {"amount": "1"}}, "price.currency"),
        ("follow-up/agree-cadence", {"cadence": {"frequency": SECRET, "anchor": "2026-12-01"}}, "cadence.frequency"),
        (
            "line-items/add",
            {"product": "x", "unit_price": {"amount": "1", "currency": "EUR"}, "quantity": 2.5},
            "quantity",
        ),
    ],
)
def test_what_a_desk_does_not_ask_for_is_refused_by_name(client: Client, path: str, body: Any, field: str) -> None:
    client.opened()
    answer = client.post(f"/deals/D-1/{path}", body, seen=1)
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, [field])
    assert SECRET not in answer.text
    assert client.events() == ["DealOpened"]


def test_a_patch_changes_something(client: Client) -> None:
    client.opened()
    assert client.send("PATCH", "/deals/D-1", {}, seen=1).json()["errors"][0]["field"] == "body"


def test_a_method_that_answers_a_question_has_no_route(client: Client) -> None:
    client.opened()
    assert client.post("/deals/D-1/follow-up/meetings-due", {}, seen=1).status_code == 404
