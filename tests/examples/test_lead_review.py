"""The review of leads: every row is accounted for, and nothing of a person is printed."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from salesflow.deal.deal import Deal
from salesflow.people.contact import Contact
from salesflow.people.lead import Lead
from salesflow.people.organization import Organization
from salesflow.storage.query import Query

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
DATA = EXAMPLES / "data"


@pytest.fixture(scope="module")
def program() -> Iterator[ModuleType]:
    names = [path.stem for path in EXAMPLES.glob("*.py")]
    sys.path.insert(0, str(EXAMPLES))
    yield importlib.import_module("lead_review")
    sys.path.remove(str(EXAMPLES))
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def whole(program):
    """The review of all rows."""
    return program.review()


@pytest.fixture
def folder(tmp_path):
    """A copy of the data that a test may spoil."""
    for name in ("salesforce_apex_recipes", "salesforce_devorg_sample"):
        shutil.copytree(DATA / name, tmp_path / name)
    return tmp_path


def reasons(result):
    return Counter(one.reason for one in result.refused)


def test_every_row_becomes_a_record_or_is_refused_with_its_line(whole):
    assert whole.is_complete
    assert (whole.rows_in, len(whole.taken), len(whole.refused)) == (289, 280, 9)
    kinds = Counter(type(one.record) for one in whole.taken)
    assert kinds == {Organization: 60, Contact: 160, Lead: 60}
    assert [(one.row.file, one.row.line) for one in whole.refused if "stage" not in one.reason] == [
        ("Opportunities.csv", 51)
    ]


def test_what_is_hostile_is_refused_and_what_only_looks_it_is_kept(whole):
    said = {one.record.interest for one in whole.taken if isinstance(one.record, Lead)}
    assert "<img src=x onerror=alert('hi') />" in said
    assert "1;DROP TABLE users" in said
    assert "../../../../../../../../../../../etc/passwd%00" in said
    assert not any("\u202a" in text for text in said)
    assert reasons(whole)["it is in a stage that is none"] == 8


def test_a_header_that_states_a_wrong_total_is_found(whole):
    assert whole.findings == ("Opportunity.json says that it holds 10 records, and holds 9",)


def test_what_is_stored_is_what_was_taken_and_what_became_of_it(whole):
    leads = [lead for lead in everything(whole.storage, Lead) if lead.conversion is not None]
    assert len(leads) == len(whole.converted) == len(everything(whole.storage, Deal)) == 39
    assert len(everything(whole.storage, Organization)) == 60
    deals = {deal.lead_id: deal for deal in everything(whole.storage, Deal)}
    assert all(lead.conversion.deal_id == deals[lead.id].id for lead in leads)
    assert sum(deal.amount is not None for deal in deals.values()) == 39


def everything(storage, kind):
    found, cursor = [], None
    while True:
        page = storage.find(Query(kind, limit=100).next(cursor) if cursor else Query(kind, limit=100))
        found += page.items
        cursor = page.cursor
        if cursor is None:
            return found


def test_no_two_companies_whose_names_differ_by_a_number_are_one(whole):
    pairs = {(hit.entity.id, hit.other.id) for hit in whole.duplicates}
    assert pairs == {
        ("O-devorg-135", "O-devorg-208"),
        ("O-devorg-208", "O-devorg-229"),
        ("O-devorg-135", "O-devorg-229"),
    }
    assert whole.merges == ()


def test_every_open_lead_is_ranked_and_every_tie_is_decided(whole):
    numbers = [place.number for place in whole.places]
    assert len(numbers) == 49
    assert numbers == sorted(numbers)
    assert whole.places[0].lead.score == 80


def test_a_lead_that_waits_says_what_is_missing(whole):
    assert len(whole.waiting) == 10
    assert all(plan.missing for plan in whole.waiting)


def test_the_report_names_lines_and_nothing_of_a_person(program, whole, capsys):
    program.print_review(whole, most=None)
    printed = capsys.readouterr().out
    assert "Rows in: 289; records out: 280 (160 contacts, 60 leads, 60 organizations); rows refused: 9" in printed
    assert "Opportunities.csv line 51" in printed
    for one in whole.taken:
        if isinstance(one.record, Contact):
            assert one.record.name not in printed
            assert str(one.record.email) not in printed


SPOILT = [
    (
        "Contacts.csv",
        '"Cannan","Bibby","no address","@AccountRef1","x","1"',
        "email: an e-mail address has exactly one @",
    ),
    (
        "Contacts.csv",
        '"Cannan","Bibby","b@x.example","@AccountRef1","x","1"',
        "phone: a phone number has 4 to 15 digits",
    ),
    ("Contacts.csv", '"","Bibby","b@x.example","@AccountRef1","x","5624081052"', "lastname is missing"),
    ("Contacts.csv", '"C\u202e","B","b@x.example","@AccountRef1","x","5624081052"', "name: must be one line"),
    (
        "Contacts.csv",
        '"C","B","b@x.example","@AccountRef99","x","5624081052"',
        "it names an account that was not taken",
    ),
    ("Contacts.csv", '"C","B","b@x.example","@AccountRef1","x","5624081052","more"', "too many cells"),
    ("Opportunities.csv", '"1e999999","","x","y","Qualification","@AccountRef1"', "amount"),
    ("Opportunities.csv", '"NaN","","x","y","Qualification","@AccountRef1"', "amount"),
]


@pytest.mark.parametrize(("file", "row", "reason"), SPOILT)
def test_a_spoilt_row_is_refused_and_the_others_are_taken(program, folder, file, row, reason):
    path = folder / "salesforce_apex_recipes" / file
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = row
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = program.review(folder)
    assert result.is_complete
    (found,) = [one for one in result.refused if one.row.line == 2 and one.row.file == file]
    assert reason in found.reason
    assert "Bibby" not in found.reason


@pytest.mark.parametrize("spoil", [lambda lead: lead.update(Phone=8506444200), lambda lead: lead.update(Email=["x"])])
def test_a_json_value_of_another_type_is_refused(program, folder, spoil):
    path = folder / "salesforce_devorg_sample" / "Lead.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    spoil(found["records"][0])
    path.write_text(json.dumps(found, indent=4), encoding="utf-8")
    result = program.review(folder)
    assert result.is_complete
    assert any(one.row.file == "Lead.json" and "is no text" in one.reason for one in result.refused)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("salesforce_devorg_sample/Lead.json", ""),
        ("salesforce_devorg_sample/Lead.json", "{}"),
        ("salesforce_devorg_sample/Lead.json", '{"records": {}}'),
        ("salesforce_devorg_sample/Lead.json", '{"records": [NaN]}'),
        ("salesforce_apex_recipes/Contacts.csv", 'lastName,firstName\n"never closed'),
    ],
)
def test_a_file_that_is_not_what_its_name_says_ends_the_program(program, folder, capsys, file, text):
    (folder / file).write_text(text, encoding="utf-8")
    assert program.main(["--data", str(folder)]) == 2
    assert "The data cannot be read" in capsys.readouterr().err


def test_the_program_runs_by_itself_from_anywhere(tmp_path):
    ran = subprocess.run(
        [sys.executable, str(EXAMPLES / "lead_review.py"), "--all"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Converted: 39" in ran.stdout
