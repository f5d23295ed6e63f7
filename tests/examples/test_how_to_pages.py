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

async def main():
    app = create_app(sys.argv[1], process=SaaSProcess())
    transport = httpx.ASGITransport(app)
    who = {"x-actor": "noa", "if-match": "*"}
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://x", headers=who) as http:
        await http.post("/deals", json={"id": "D-1", "name": "Order desk"})
        await http.post("/deals/D-1/qualification/record", json={"need": "one place", "can_afford": True})
        moved = await http.post("/deals/D-1/moves", json={"move": "advance"})
        refused = await http.post("/deals/D-1/moves", json={"move": "advance"})
        patched = await http.patch("/deals/D-1", json={"seats": 40})
        again = await http.post("/deals/D-1/moves", json={"move": "advance"})
        described = (await http.get("/openapi.json")).json()
    validate(described)
    schemas = described["components"]["schemas"]
    seats = [name for name in ("NewDeal", "DealPatch", "SaaSDeal") if "seats" in schemas[name]["properties"]]
    unmet = [one["requirement"] for one in refused.json()["unmet"]]
    print(json.dumps([moved.json()["stage"], unmet, patched.json()["seats"], again.json()["stage"], seats]))

asyncio.run(main())
"""


@pytest.mark.skipif(
    importlib.util.find_spec("fastapi") is None, reason="fastapi is not installed; the group 'test' brings it"
)
def test_a_process_of_your_own_is_served_after_the_changes_that_the_page_tells(
    example_server: str, tmp_path: Path
) -> None:
    page = (HOW_TO / "serve-over-http.md").read_text("utf-8")
    own, change = re.findall(r"```python\n((?:from decimal|from saas).*?)```", page, re.DOTALL)
    (tmp_path / "saas.py").write_text(own, "utf-8")
    shutil.copytree(ROOT / "docs/examples/web_api", tmp_path / "web_api")
    shutil.copy(ROOT / "docs/examples/storage/psycopg_storage.py", tmp_path)
    shapes = (tmp_path / "web_api" / "shapes.py").read_text("utf-8")
    line_of_import, deal, records = (line for line in change.splitlines() if line)
    for before, after in (
        ("from salesflow import Deal,", f"{line_of_import}\nfrom salesflow import Deal,"),
        ("DEAL: Final = Deal\n", f"{deal}\n"),
        ("RECORDS: Final = Records()\n", f"{records}\n"),
    ):
        assert shapes.count(before) == 1
        shapes = shapes.replace(before, after)
    (tmp_path / "web_api" / "shapes.py").write_text(shapes, "utf-8")
    (tmp_path / "tried.py").write_text(TRIED, "utf-8")
    with schema(example_server, "own_process") as address:
        command = [sys.executable, "-W", "error", str(tmp_path / "tried.py"), address]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [
        "scoping",
        ["seats_are_known"],
        40,
        "preparation",
        ["NewDeal", "DealPatch", "SaaSDeal"],
    ]
