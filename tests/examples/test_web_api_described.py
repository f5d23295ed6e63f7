"""Deals over HTTP: OpenAPI says what is really taken, given and refused."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

if any(importlib.util.find_spec(name) is None for name in ("fastapi", "openapi_spec_validator")):
    pytest.skip("fastapi is not installed; the dependency group 'test' brings it", allow_module_level=True)

from examples.over_http import Client
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from web_api.shapes import BODIES


@pytest.fixture(scope="module")
def described(served: tuple[str, Client]) -> Any:
    return served[1].get("/openapi.json").json()


def checked(described: Any, name: str, value: object) -> None:
    root = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    Draft202012Validator(root).validate(value)


def test_openapi_is_valid_and_every_reference_leads_somewhere(described: Any) -> None:
    validate(described)
    assert described["openapi"].startswith("3.1")


def routes(described: Any) -> Iterator[tuple[str, str, Any]]:
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            yield method, path, route


def test_every_route_says_what_it_gives_and_refuses_with(described: Any) -> None:
    for _, path, route in routes(described):
        refs = [str(answer.get("content")) for answer in route["responses"].values()]
        assert any("Problem" in one for one in refs), path
        assert any("#/components/schemas/" in one for one in refs if "Problem" not in one), path


def test_every_change_names_its_body_where_it_has_one(described: Any) -> None:
    without = {path.rpartition("/")[2] for method, path, route in routes(described) if "requestBody" not in route}
    assert without - {"deals", "{id}", "explanation", "history"} == {
        "resume",
        "note-no-competition",
        "accept",
        "expire",
        "set-primary",
        "remove",
    }
    for _, path, route in routes(described):
        if "requestBody" in route:
            assert "$ref" in route["requestBody"]["content"]["application/json"]["schema"], path


def test_every_part_of_an_address_is_described(described: Any) -> None:
    for _, path, route in routes(described):
        named = [one["name"] for one in route["parameters"] if one["in"] == "path"]
        assert sorted(named) == sorted(re.findall(r"{(\w+)}", path)), path


def test_every_change_says_with_which_headers_it_is_made_and_answered(described: Any) -> None:
    for method, path, route in routes(described):
        if method != "get":
            assert {"x-actor", "if-match", "idempotency-key"} <= {one["name"] for one in route["parameters"]}, path
            done = next(answer for status, answer in route["responses"].items() if status.startswith("2"))
            assert "ETag" in done["headers"], path


def test_every_route_has_a_name_of_its_own(described: Any) -> None:
    names = [route["operationId"] for _, _, route in routes(described)]
    assert len(set(names)) == len(names)
    assert {"find_deals", "move_deal", "deal_hold", "objections_answer", "line_items_add"} <= set(names)


def test_a_body_says_what_each_field_means_and_what_is_usual(described: Any) -> None:
    raised = described["components"]["schemas"]["ObjectionsRaise"]
    assert raised["required"] == ["statement"]
    assert raised["properties"]["statement"]["description"].startswith("what was said")
    assert "price" in raised["properties"]["kind"]["examples"]


def test_null_is_offered_only_where_it_means_something(described: Any) -> None:
    countered = described["components"]["schemas"]["TermsCounter"]["properties"]
    assert [name for name, part in countered.items() if {"type": "null"} in part.get("anyOf", [])] == [
        "valid_until",
        "starts_on",
        "ends_on",
    ]


def test_in_a_body_defaults_may_be_left_out_and_in_an_answer_nothing_is(described: Any) -> None:
    schemas = described["components"]["schemas"]
    assert schemas["Cadence.given"]["required"] == ["frequency", "anchor"]
    assert "week_start" in schemas["Cadence"]["required"]


def test_every_example_is_what_its_schema_says(described: Any) -> None:
    for body in BODIES:
        content = body.openapi["requestBody"]["content"]["application/json"]
        checked(described, body.called, content["example"])


def test_what_is_usual_in_a_field_is_what_its_schema_says(described: Any) -> None:
    examples = 0
    for schema in described["components"]["schemas"].values():
        for part in schema.get("properties", {}).values():
            for example in part.get("examples", ()):
                root = {**part, "components": described["components"]}
                Draft202012Validator(root).validate(example)
                examples += 1
    assert examples > 50


def test_bodies_offer_what_may_be_sent_and_nothing_of_the_engine(described: Any) -> None:
    new = described["components"]["schemas"]["NewDeal"]
    assert new["required"] == ["id", "name"]
    assert not {"stage", "version", "objections", "type", "schema"} & set(new["properties"])


def test_answers_and_problems_are_what_openapi_says(client: Client, described: Any) -> None:
    checked(described, "Deal", client.opened())
    checked(described, "Problem", client.post("/deals/D-1/moves", {"move": "advance"}, seen=1).json())
    client.post("/deals/D-1/objections/raise", {"statement": "It costs too much"}, seen=1)
    checked(described, "Deal", client.get("/deals/D-1").json())
    checked(described, "DealPage", client.get("/deals").json())
    checked(described, "Explanation", client.get("/deals/D-1/explanation").json())
    checked(described, "History", client.get("/deals/D-1/history").json())
    checked(described, "Problem", client.post("/deals/D-1/moves", {"move": "advnace"}, seen=2).json())


def test_the_library_does_not_import_pydantic() -> None:
    code = "import sys, salesflow.storage.records as r; r.Records().schema(__import__('salesflow').Deal); print('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
