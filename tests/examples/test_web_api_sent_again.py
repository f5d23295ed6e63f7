"""Deals over HTTP: nobody overwrites what he has not seen, and what is sent again is done once."""

from __future__ import annotations

import importlib.util

import pytest

if importlib.util.find_spec("fastapi") is None:
    pytest.skip("fastapi is not installed; the dependency group 'test' brings it", allow_module_level=True)

from examples.over_http import Client

from salesflow.errors import StorageError

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
        ("POST", "/deals/D-1/objections/raise", {"statement": f"no. {n}"}, {"seen": 1, "by": f"seller {n}"})
        for n in range(8)
    ]
    answers = client.send_all(*raised)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    assert client.events() == ["DealOpened", "ObjectionRaised"]


# Sent again


def test_a_request_that_is_sent_again_gets_the_first_answer_and_changes_nothing(client: Client) -> None:
    client.opened()
    request = ("/deals/D-1/objections/raise", {"statement": "It costs too much"})
    first = client.post(*request, seen=1, key="k-1")
    client.clock.pass_(minutes=5)
    client.post("/deals/D-1/objections/raise", {"statement": "It is late"}, seen=2)
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
    client.post("/deals/D-1/objections/raise", {"statement": "It costs too much"}, seen=1, key="k-1")
    for path, body, seen in (
        ("/deals/D-1/objections/raise", {"statement": "It is late"}, 1),
        ("/deals/D-1/objections/raise", {"statement": "It costs too much"}, 2),
        ("/deals/D-1/qualification/record", {"statement": "It costs too much"}, 1),
    ):
        answer = client.post(path, body, seen=seen, key="k-1")
        assert answer.status_code == 422, answer.text
    assert client.events() == ["DealOpened", "ObjectionRaised"]


def test_keys_of_different_actors_have_nothing_to_do_with_each_other(client: Client) -> None:
    client.opened()
    for by, seen in (("noa", 1), ("dan", 2)):
        answer = client.post("/deals/D-1/objections/raise", {"statement": f"said to {by}"}, seen=seen, by=by, key="k-1")
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
        request = ("/deals/D-1/objections/raise", {"statement": "It costs too much"})
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
        client.post("/deals/D-1/objections/raise", {"statement": "It costs too much"}, seen=1, key="k-1")
    client.post("/deals/D-1/objections/raise", {"statement": "It is late"}, seen=1)
    assert (
        client.post("/deals/D-1/objections/raise", {"statement": "It costs too much"}, seen=1, key="k-1").status_code
        == 412
    )
    assert len(client.stored().objections) == 1
