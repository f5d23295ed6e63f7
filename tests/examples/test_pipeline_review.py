"""The main job: real opportunities through their own process, then one deal by hand."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from pictured import Read

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
HEADER = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
WON = "A1,Moses Frase,GTX Pro,Cancity,Won,2017-01-02,2017-03-01,4821"
LOST = "A2,Moses Frase,GTX Pro,Cancity,Lost,2017-01-02,2017-03-02,0"
ENGAGING = "A3,Moses Frase,MG Special,,Engaging,2017-01-05,,"
PROSPECTING = "A4,Moses Frase,GTX Basic,Cancity,Prospecting,,,"


@pytest.fixture(scope="module")
def program() -> Iterator[ModuleType]:
    names = [path.stem for path in EXAMPLES.glob("*.py")]
    sys.path.insert(0, str(EXAMPLES))
    yield importlib.import_module("pipeline_review")
    sys.path.remove(str(EXAMPLES))
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def whole(program):
    """The review of all rows."""
    return program.review()


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """A folder with the real catalogue, accounts and teams, and these lines as opportunities."""

    def make(*lines: str, header: str = HEADER) -> Path:
        for name in ("products.csv", "accounts.csv", "sales_teams.csv"):
            shutil.copy(EXAMPLES / "data" / name, tmp_path)
        content = "".join(f"{line}\r\n" for line in (header, *lines))
        (tmp_path / "sales_pipeline.csv").write_bytes(content.encode("utf-8", errors="surrogateescape"))
        return tmp_path

    return make


def refused(result) -> dict[str, list[int]]:
    assert result.is_complete
    return result.refused


# All rows --------------------------------------------------------------------------------------------------------------


def test_every_real_opportunity_reaches_the_stage_that_the_file_has_it_in(whole):
    stages = Counter(deal.stage for deal in whole.deals)
    assert stages == {"won": 4238, "lost": 2473, "engaging": 1589, "prospecting": 500}


def test_no_real_row_is_lost_or_refused(whole):
    assert (whole.rows_in, len(whole.deals), whole.rows_refused) == (8800, 8800, 0)
    assert whole.is_complete


def test_what_was_won_adds_up_to_the_figure_that_others_published(whole):
    assert sum(deal.amount.amount for deal in whole.deals if deal.stage == "won") == 10_005_534


def test_a_lost_deal_is_worth_zero_and_an_open_one_an_unknown_amount(whole):
    assert {str(deal.amount) for deal in whole.deals if deal.stage == "lost"} == {"0.00 USD"}
    assert {deal.amount for deal in whole.deals if deal.is_open} == {None}


def test_the_dates_of_the_file_are_the_moments_of_the_moves(whole):
    deal = next(deal for deal in whole.deals if deal.id == "1C1I7A6R")
    assert (deal.opened_at.isoformat(), deal.closed_at.isoformat()) == (
        "2016-10-20T00:00:00+00:00",
        "2017-03-01T00:00:00+00:00",
    )
    assert (deal.closed_from, deal.version, deal.product, deal.region) == ("engaging", 4, "GTX Plus Basic", "Central")


def test_opportunities_without_a_date_are_opened_on_the_last_day(whole):
    assert {f"{deal.opened_at:%Y-%m-%d}" for deal in whole.deals if deal.stage == "prospecting"} == {"2017-12-31"}
    assert whole.undated.isoformat() == "2017-12-31"


def test_why_a_deal_was_lost_is_not_recorded_and_says_so(whole):
    assert {deal.loss.reason for deal in whole.deals if deal.stage == "lost"} == {"not_recorded"}


# What does not match ---------------------------------------------------------------------------------------------------


def test_a_product_that_the_catalogue_spells_otherwise_is_matched_and_reported(whole):
    found = [finding for finding in whole.findings if "'GTXPro'" in finding.what]
    assert [len(finding.lines) for finding in found] == [1480]
    assert "taken as 'GTX Pro'" in found[0].what
    assert "GTXPro" not in {deal.product for deal in whole.deals}
    assert all(deal.list_price is not None for deal in whole.deals)


@pytest.mark.parametrize(
    "expected",
    [
        "sector 'technolgy', probably 'technology', in the accounts: 12",
        "office_location 'Philipines', probably 'Philippines', in the accounts: 1",
        "15 accounts are subsidiaries of 7 others; each is counted as itself",
    ],
)
def test_oddities_of_the_accounts_are_reported(whole, expected):
    assert expected in [finding.what for finding in whole.findings]


def test_opportunities_without_an_account_are_reported(whole):
    assert {finding.what: len(finding.lines) for finding in whole.findings}["no account"] == 1425


def test_agents_without_an_opportunity_are_reported(whole):
    idle = next(finding.what for finding in whole.findings if finding.what.startswith("agents without"))
    assert ": 5 (" in idle
    assert "'Carl Lin'" in idle


def test_an_unknown_product_is_kept_as_written_and_reported(program, folder):
    result = program.review(folder(WON.replace("GTX Pro", "GTX Por")))
    assert [(deal.product, deal.list_price) for deal in result.deals] == [("GTX Por", None)]
    assert any(
        finding.what.startswith("product 'GTX Por' is not in the catalogue; kept") for finding in result.findings
    )


def test_a_name_that_fits_two_products_is_matched_with_neither(program, folder):
    data = folder(WON.replace("GTX Pro", "gtxpro"))
    (data / "products.csv").write_text("product,series,sales_price\nGTX Pro,GTX,4821\nG TXPro,GTX,1\n")
    assert [deal.product for deal in program.review(data).deals] == ["gtxpro"]


def test_unknown_accounts_and_agents_are_reported_and_kept(program, folder):
    result = program.review(folder(WON.replace("Cancity", "Cancitty").replace("Moses Frase", "M. Frase")))
    whats = [finding.what for finding in result.findings]
    assert "account 'Cancitty' is not among the accounts" in whats
    assert "agent 'M. Frase' is in no sales team" in whats
    assert [(deal.organization_id, deal.owner, deal.region) for deal in result.deals] == [
        ("Cancitty", "M. Frase", None)
    ]


def test_a_list_price_that_cannot_be_read_and_an_unknown_parent_are_reported(program, folder):
    data = folder(WON)
    (data / "products.csv").write_text("product,series,sales_price\nGTX Pro,GTX,many\n")
    (data / "accounts.csv").write_text("account,sector,office_location,subsidiary_of\nCancity,retail,Kenya,Nowhere\n")
    whats = [finding.what for finding in program.review(data).findings]
    assert "the list price of 'GTX Pro' cannot be read" in whats
    assert "parent account 'Nowhere' is not among the accounts" in whats


# Rows that are refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (WON.replace("2017-03-01", "01.03.2017"), "close_date is not a day written as 2017-03-01"),
        (WON.replace("2017-03-01", "2017-02-30"), "close_date is not a day written as 2017-03-01"),
        (WON.replace("2017-01-02", "2017-W01-1"), "engage_date is not a day written as 2017-03-01"),
        (WON.replace("2017-01-02", "２０１７-01-02"), "engage_date is not a day written as 2017-03-01"),
        (WON.replace("2017-01-02", "2017-03-02"), "close_date lies before engage_date"),
        (WON.replace("2017-01-02", ""), "Won, but no engage_date"),
        (WON.replace("2017-03-01", ""), "Won, but no close_date"),
        (WON.replace("4821", ""), "to be won it lacks: the value it closed at is known"),
        (WON.replace("Cancity", ""), "to be won it lacks: the account is known"),
        (WON.replace("4821", "-1"), "close_value is below zero"),
        (ENGAGING.replace("2017-01-05,", "2017-01-05,2017-01-06"), "Engaging, but a close_date"),
        (ENGAGING + "17", "Engaging, but a close_value"),
        (PROSPECTING.replace("Prospecting,", "Prospecting,2017-01-05"), "Prospecting, but an engage_date"),
        (WON.replace("Won", "won"), "deal_stage is none of Prospecting, Engaging, Won, Lost"),
        (WON.rpartition(",")[0], "the row has fewer values than there are columns"),
        (WON + ",1", "the row has more values than there are columns"),
        (WON.replace("Cancity", '"Cancity'), "the line is not CSV"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_reason(program, folder, row, reason):
    result = program.review(folder(LOST, row, ENGAGING))
    assert refused(result) == {reason: [3]}
    assert [deal.id for deal in result.deals] == ["A2", "A3"]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999999", "12.345", "٤٨٢١", "1_000", " 4821", "9" * 40, "0x10"])
def test_a_number_that_nobody_meant_as_one_is_refused(program, folder, value):
    result = program.review(folder(WON.replace("4821", value), LOST))
    (reason,) = refused(result)
    assert reason.startswith("close_value is no amount of money: ")
    assert value not in reason


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (WON.replace("A1", ""), "id"),
        (WON.replace("A1", "A" * 201), "id"),
        (WON.replace("Moses Frase", ""), "owner"),
        (WON.replace("Cancity", "Can\x00city"), "name"),
        (WON.replace("Cancity", "Can\u202ecity"), "name"),
        (WON.replace("Cancity", "Can\udcffcity"), "name"),
    ],
)
def test_a_hostile_text_is_refused_by_the_rule_of_its_field(program, folder, row, field):
    result = program.review(folder(row, LOST))
    (reason,) = refused(result)
    assert reason.startswith(f"{field}: ")
    assert len(result.deals) == 1


def test_an_id_that_is_taken_is_refused_and_the_first_deal_stands(program, folder):
    result = program.review(folder(WON, LOST.replace("A2", "A1"), ENGAGING))
    assert refused(result) == {"opportunity_id is taken by an earlier row": [3]}
    assert [deal.stage for deal in result.deals] == ["won", "engaging"]


def test_a_storage_that_lets_a_deal_overwrite_another_is_found_out(program, folder, monkeypatch):
    class Careless(dict):
        def commit(self, changes):
            self.update({change.id: change.after for change in changes.changes})

        def get(self, kind, id):
            return self[id]

    monkeypatch.setattr(program, "MemoryStorage", Careless)
    assert not program.review(folder(WON, LOST.replace("A2", "A1"))).is_complete


def test_a_row_that_is_refused_at_its_end_leaves_no_half_of_it(program, folder):
    result = program.review(folder(WON.replace("4821", "")))
    assert (result.rows_in, result.deals, result.rows_refused) == (1, (), 1)


def test_equal_reasons_are_counted_together(program, folder):
    rows = [WON.replace("A1", f"B{number}").replace("4821", f"x{number}") for number in range(50)]
    result = program.review(folder(*rows, WON))
    assert list(refused(result).values()) == [list(range(2, 52))]
    assert len(result.deals) == 1


@pytest.mark.parametrize("column", HEADER.split(","))
def test_without_a_column_every_row_is_refused(program, folder, column):
    result = program.review(folder(WON, LOST, header=HEADER.replace(column, "something_else")))
    assert refused(result) == {f"the file has no column {column}": [2, 3]}


def test_under_a_header_that_is_not_csv_every_row_is_refused(program, folder):
    assert refused(program.review(folder(WON, LOST, header='"' + HEADER))) == {
        "the row has more values than there are columns": [2, 3]
    }


def test_prospecting_rows_alone_give_no_day_to_open_them_on(program, folder):
    result = program.review(folder(PROSPECTING))
    assert refused(result) == {"no row has a date, so there is no day to open it on": [2]}
    assert result.undated is None


def test_blank_lines_and_an_empty_file_hold_no_rows(program, folder):
    assert [program.review(folder("", WON, "")).rows_in, program.review(folder()).rows_in] == [1, 0]


def test_a_field_longer_than_any_line_should_be_is_refused(program, folder):
    result = program.review(folder(WON.replace("Cancity", "x" * 200_000), LOST))
    assert refused(result) == {"the line is not CSV": [2]}


# The program -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(program, capsys):
    """Run the program, and give back its exit code, output and errors."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = program.main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


def test_the_program_says_that_every_row_is_accounted_for(run, folder):
    code, out, _ = run("--data", folder(WON, LOST, ENGAGING, PROSPECTING, WON, ""))
    assert code == 0
    assert "5 rows in = 4 deals committed + 1 rows refused: every row is accounted for" in out
    assert "opportunity_id is taken by an earlier row: 1 row (line 6)" in out
    assert "Won 1, lost 1, open 2, in all 4" in out


def test_the_program_prints_counts_and_amounts_by_stage(run, folder):
    _, out, _ = run("--data", folder(WON, WON.replace("A1", "A9"), LOST, ENGAGING))
    table = {line.split()[0]: line.split()[1:] for line in out.splitlines()[2:6]}
    assert table["Won"][:4] == ["2", "9,642.00", "USD", "0"]
    assert table["Lost"][:4] == ["1", "0.00", "USD", "0"]
    assert table["Engaging"] == ["1", "unknown", "1", "55.00", "USD", "0"]
    assert table["Prospecting"] == ["0", "unknown", "0", "unknown", "0"]


def test_the_program_says_what_open_deals_lack(run, folder):
    _, out, _ = run("--data", folder(ENGAGING, PROSPECTING))
    assert "1  the account is known" in out
    assert "1  the value it closed at is known" in out


def test_a_rate_of_nothing_is_undefined(run, folder):
    _, out, _ = run("--data", folder())
    assert "won of those that closed: undefined, there are none" in out


def test_the_limit_is_how_many_rows_are_read(run):
    code, out, _ = run("--limit", 25)
    assert code == 0
    assert "25 rows in = 25 deals committed + 0 rows refused" in out


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_a_limit_that_is_no_count_is_refused(run, limit):
    with pytest.raises(SystemExit, match="2"):
        run("--limit", limit)


def test_rows_that_are_not_accounted_for_fail_the_program(program, run, monkeypatch):
    lost = program.Review(
        rows_in=2, deals=(), refused={"a reason": [2]}, findings=(), undated=None, storage=program.MemoryStorage()
    )
    monkeypatch.setattr(program, "review", lambda *_args, **_options: lost)
    code, out, _ = run()
    assert code == 1
    assert "2 rows in = 0 deals committed + 1 rows refused: ROWS ARE MISSING" in out


def test_a_folder_without_the_files_is_an_error_that_names_the_file(run, tmp_path):
    code, out, err = run("--data", tmp_path)
    assert (code, out) == (2, "")
    assert "products.csv" in err


def test_the_first_lines_are_named_and_all_of_them_on_request(run, folder):
    data = folder(*(f"{ENGAGING}x".replace("A3", f"E{number}") for number in range(5)))
    assert "5 rows (lines 2, 3, 4, ...)" in run("--data", data)[1]
    assert "5 rows (lines 2, 3, 4, 5, 6)" in run("--data", data, "--all-lines")[1]


def test_progress_shows_on_a_terminal_and_only_there(run, folder, monkeypatch):
    data = folder(WON, LOST)
    assert run("--data", data)[2] == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert run("--data", data)[2].endswith("\r2 of 2 rows\n")


def test_the_deal_by_hand_is_refused_on_the_way_and_then_won(run):
    _, out, _ = run("--limit", 1)
    _, _, by_hand = out.partition("One deal by hand")
    assert "Prospecting: refused, the deal stays where it is; missing:" in by_hand
    assert "- the buyer can afford it." in by_hand
    assert "- the agreement is signed by someone with the authority." in by_hand
    assert "Prospecting > Preparation > Approach > Presentation > Objection handling > Closing > Follow-up" in by_hand
    assert "It is won at 26768.00 USD" in by_hand
    assert "- Call to make sure that the goods arrived and work, 2018-02-15" in by_hand


def test_the_program_runs_as_a_script_and_takes_names_that_a_terminal_cannot_show(folder):
    data = folder(WON.replace("GTX Pro", "GTX \u05d0"), LOST)
    environment = {"PYTHONPATH": str(EXAMPLES.parents[1] / "src"), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "pipeline_review.py"), "--data", str(data)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "product 'GTX \\u05d0' is not in the catalogue" in done.stdout


# The figures and the page ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def figures(program):
    return importlib.import_module("review_figures")


def test_the_figures_of_the_walked_deals_are_those_that_others_published(figures, whole):
    found = figures.figures_of(figures.rows_of(whole.storage))
    assert found["deals"].value == 8800
    assert found["win rate of what closed"].percent(2) == Decimal("63.15")
    assert found["win rate of all"].percent(2) == Decimal("48.16")
    assert found["revenue"].value.amount == 10_005_534
    assert found["mean cycle of won deals"].rounded(1) == Decimal("51.8")
    assert found["median cycle of won deals"].value == 57


def test_every_figure_is_printed_with_its_definition(run, folder):
    _, out, _ = run("--data", folder(WON, LOST, ENGAGING, PROSPECTING))
    assert "Win rate of what closed: 50.00 %" in out
    assert "win rate: number of won deals by number of won and lost deals; of all deals" in out
    assert "1. Moses Frase" in out


def test_figures_of_nothing_are_undefined_and_say_why(run, folder):
    code, out, _ = run("--data", folder())
    assert code == 0
    assert "Win rate of what closed: undefined" in out
    assert "Win rate of what closed: no deal was won or lost" in out


def test_the_page_shows_every_stage_of_all_deals(figures, whole):
    text = figures.review_page(whole.deals, figures.rows_of(whole.storage), last_day=whole.undated)
    shown = Read(text)
    for count in ("500", "1,589", "4,238", "2,473"):
        assert count in list(shown.inside("span"))
    assert "and 4,226 more" in list(shown.inside("p"))
    assert "the account is known" in list(shown.inside("li")) or "the account is known" in text
    assert len(text) < 300_000


def test_the_page_is_written_where_it_is_asked_for(run, folder, tmp_path):
    code, out, _ = run("--data", folder(WON, LOST, ENGAGING, PROSPECTING), "--html", tmp_path / "board.html")
    assert code == 0
    assert f"The board of 4 deals is in {tmp_path / 'board.html'}" in out
    text = (tmp_path / "board.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "As of 2017-03-03 00:00 UTC" in text


def test_a_page_of_no_deals_is_written_too(run, folder, tmp_path):
    code, _, _ = run("--data", folder(), "--html", tmp_path / "board.html")
    assert code == 0
    assert "As of 2018-01-01 00:00 UTC" in (tmp_path / "board.html").read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_is_an_error(run, folder, tmp_path):
    code, _, errors = run("--data", folder(WON), "--html", tmp_path / "no" / "board.html")
    assert code == 2
    assert "The page cannot be written" in errors


def test_hostile_names_of_the_file_do_not_get_out_of_the_page(run, folder, tmp_path):
    hostile = WON.replace("Moses Frase", "</bdi><script>alert(1)</script>").replace("Cancity", "<b>&amp;")
    code, _, _ = run("--data", folder(hostile), "--html", tmp_path / "board.html")
    assert code == 0
    read = Read((tmp_path / "board.html").read_text(encoding="utf-8"))
    assert not {"script", "b"} & set(read.tags)
    assert "GTX Pro for <b>&amp;" in list(read.inside("bdi"))
