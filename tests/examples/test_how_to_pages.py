"""The how-to pages of the examples quote what is really there, and what they tell to change works as told."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from storage.databases import schema

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs" / "how-to"
PAGES = ("serve-over-http", "embed-in-django", "run-a-worker", "use-on-the-command-line")
QUOTE = re.compile(r"<!-- not run: quoted from (?P<file>\S+) -->\n```python\n(?P<body>.*?)```", re.DOTALL)
COMMAND = re.compile(r"^uv run --group examples (?:--with \S+ )?(docs/\S+)", re.MULTILINE)


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_quotes_is_there_word_for_word(name: str) -> None:
    quotes = list(QUOTE.finditer((HOW_TO / f"{name}.md").read_text("utf-8")))
    assert quotes
    for quote in quotes:
        assert quote["body"] in (ROOT / quote["file"]).read_text("utf-8"), quote["body"]


@pytest.mark.parametrize("name", PAGES)
def test_the_programs_that_a_page_runs_are_there(name: str) -> None:
    programs = COMMAND.findall((HOW_TO / f"{name}.md").read_text("utf-8"))
    assert programs
    assert [program for program in programs if not (ROOT / program).exists()] == []


TRIED = """
import asyncio, json, sys
import httpx
from openapi_spec_validator import validate
from saas import SaaSProcess
from web_api.app import create_app

WON = [
    ("qualification/record", {"need": "one place", "can_afford": True}), "advance",
    "advance", ("patch", {"seats": 40}), "advance",
    ("briefing/add-product", {"text": "Seats"}), ("briefing/set-pricing", {"text": "12 a seat"}),
    ("briefing/note-no-competition", {}), ("briefing/set-pitch", {"text": "It saves a day"}), "advance",
    ("meetings/record", {"purpose": "first meeting", "summary": "They share one login"}),
    ("needs/record", {"text": "a login for each"}), "advance",
    ("presentation/1/show", {"how": "in a trial"}), "advance",
    "advance", ("security/pass", {"contact_id": "C-2"}), "advance", "advance",
    ("terms/propose", {"price": {"amount": "480", "currency": "EUR"}}), ("terms/accept", {}),
    ("committee/add", {"contact_id": "C-1", "roles": ["decision maker"], "may_sign": True}),
    ("terms/sign", {"contact_id": "C-1"}), "advance",
]

async def main():
    app = create_app(sys.argv[1], process=SaaSProcess())
    transport = httpx.ASGITransport(app)
    who = {"x-actor": "noa", "if-match": "*"}
    told = []
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://x", headers=who) as http:
        opened = await http.post("/deals", json={"id": "D-1", "name": "Order desk", "contact_id": "C-1"})
        for step in WON:
            if step == "advance":
                answer = (await http.post("/deals/D-1/moves", json={"move": "advance"})).json()
                told.append(answer.get("stage") or [one["requirement"] for one in answer["unmet"]])
            elif step[0] == "patch":
                (await http.patch("/deals/D-1", json=step[1])).raise_for_status()
            else:
                (await http.post(f"/deals/D-1/{step[0]}", json=step[1])).raise_for_status()
        deal = (await http.get("/deals/D-1")).json()
        (await http.get("/deals/D-1/history")).raise_for_status()
        described = (await http.get("/openapi.json")).json()
    validate(described)
    schemas = described["components"]["schemas"]
    seats = [name for name in ("NewDeal", "DealPatch", "SaaSDeal") if "seats" in schemas[name]["properties"]]
    own = schemas["SecurityPass"]["properties"]["contact_id"]["description"]
    print(json.dumps([told, [deal[name] for name in ("type", "outcome", "seats", "reviewed_by")], seats, own]))

asyncio.run(main())
"""


@pytest.mark.skipif(
    importlib.util.find_spec("fastapi") is None, reason="fastapi is not installed; the group 'test' brings it"
)
def test_a_deal_of_a_process_of_your_own_is_won_over_http_after_the_changes_that_the_page_tells(
    example_server: str, tmp_path: Path
) -> None:
    page = (HOW_TO / "serve-over-http.md").read_text("utf-8")
    own, change = re.findall(r"```python\n((?:from decimal|from saas).*?)```", page, re.DOTALL)
    (tmp_path / "saas.py").write_text(own, "utf-8")
    shutil.copytree(ROOT / "docs/examples/web_api", tmp_path / "web_api")
    shutil.copy(ROOT / "docs/examples/storage/psycopg_storage.py", tmp_path)
    change_lines(tmp_path / "web_api" / "shapes.py", change)
    (tmp_path / "tried.py").write_text(TRIED, "utf-8")
    with schema(example_server, "own_process") as address:
        command = [sys.executable, "-W", "error", str(tmp_path / "tried.py"), address]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    told, deal, seats, own = json.loads(ran.stdout)
    assert told == [
        "scoping",
        ["seats_are_known"],
        "preparation",
        "approach",
        "presentation",
        "security_review",
        ["review_is_passed"],
        "objection_handling",
        "closing",
        "follow_up",
    ]
    assert deal == ["SaaSDeal", "won", 40, "C-2"]
    assert seats == ["NewDeal", "DealPatch", "SaaSDeal"]
    assert own == "who of them, by the id of the contact."


def change_lines(file: Path, change: str) -> None:
    """What the page says: an import more, and three lines that are others."""
    imported, *changed = filter(None, change.splitlines())
    text = file.read_text("utf-8").replace("import attrs\n", f"import attrs\n{imported}\n", 1)
    assert len(changed) == 3
    for line in changed:
        name = line.partition(" = ")[0]
        text, found = re.subn(rf"^{re.escape(name)} = .*$", lambda _, new=line: new, text, flags=re.MULTILINE)
        assert found == 1, f"there is no one line {name!r}"
    file.write_text(text, "utf-8")
