"""The funnel, the waterfall, the forecast, goals and figures: what was measured is what is shown."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictured import AT, PROCESS, Read, a_row, a_standing, board_of, every_view
from walks import NOW

from salesflow import InvalidValue, Money, Period, UnknownName, WrongType
from salesflow.board import (
    ENGLISH,
    HEBREW,
    Chart,
    ChartLine,
    ChartView,
    Language,
    Tone,
    View,
    figures_view,
    forecast_view,
    funnel_view,
    goals_view,
    page,
    waterfall_view,
)
from salesflow.board.chart import Scale
from salesflow.measure import CategoryForecast, Funnel, SalesCycle, TotalAmount, WinRate
from salesflow.measure.attainment import Standing
from salesflow.measure.target import Target
from salesflow.measure.waterfall import waterfall_of

SVG = "{http://www.w3.org/2000/svg}"


def euros(amount: int) -> Money:
    return Money(amount, "EUR")


def lines_of(view: ChartView, language: Language = ENGLISH) -> dict[str, tuple[str, ...]]:
    chart = view.chart(language)
    return {line.label: tuple(cell.replace("\u00a0", " ") for cell in line.cells) for line in chart.lines}


def parts_of(view: ChartView) -> dict[str, tuple[tuple[float, float, Tone], ...]]:
    return {
        line.label: tuple((round(a, 3), round(b, 3), tone) for a, b, tone in line.parts)
        for line in view.chart(ENGLISH).lines
    }


def notes_of(view: ChartView) -> list[str]:
    return [": ".join(filter(None, (note.of, note.text, note.count))) for note in view.chart(ENGLISH).notes]


# The funnel ------------------------------------------------------------------------------------------------------------


def test_a_funnel_shows_how_many_came_how_far():
    rows = [a_row(id="D-1"), a_row(id="D-2", stage="closing"), a_row(id="D-3", stage="closing", outcome="lost")]
    view = funnel_view(Funnel(stages=PROCESS).of(rows), PROCESS)
    assert lines_of(view)["Prospecting"] == ("3", "100.0 %", "66.7 %", "1", "0", "0")
    assert lines_of(view)["Closing"] == ("2", "66.7 %", "0.0 %", "1", "1", "0")
    assert lines_of(view)["Follow-up"][2] == "–"
    assert parts_of(view)["Closing"] == ((0.0, 0.667, Tone.ACCENT),)


def test_an_empty_funnel_says_why_it_is_undefined_and_shows_no_percentage():
    view = funnel_view(Funnel(stages=PROCESS).of([]), PROCESS)
    assert lines_of(view)["Prospecting"][:3] == ("0", "undefined", "undefined")
    assert notes_of(view) == ["undefined: there are no deals in the funnel"]
    assert "%" not in view.text()


def test_a_stage_that_the_process_does_not_have_is_shown_by_its_key():
    view = funnel_view(Funnel(stages=["closing", "delivery"]).of([a_row(stage="closing")]), PROCESS)
    assert list(lines_of(view)) == ["Closing", "delivery"]


# The waterfall ---------------------------------------------------------------------------------------------------------


def a_waterfall():
    before = [a_row(id=f"D-{one}", amount=euros(100)) for one in range(1, 5)]
    after = [
        attrs.evolve(before[0], outcome="won", stage="follow_up", closed_at=AT),
        attrs.evolve(before[1], outcome="lost", stage="lost", closed_at=AT),
        attrs.evolve(before[2], amount=euros(300)),
        before[3],
        a_row(id="D-5", amount=euros(100)),
    ]
    return waterfall_view(waterfall_of(before, after), start=NOW, end=AT, zone="UTC")


def test_each_bar_begins_where_the_one_before_ended():
    view = a_waterfall()
    assert lines_of(view) == {
        "Opening pipeline": ("400 EUR", "4"),
        "New": ("+100 EUR", "1"),
        "Increased": ("+200 EUR", "1"),
        "Lost": ("−100 EUR", "1"),
        "Won": ("−100 EUR", "1"),
        "Closing pipeline": ("500 EUR", "3"),
    }
    assert parts_of(view) == {
        "Opening pipeline": ((0.0, 0.571, Tone.ACCENT),),
        "New": ((0.571, 0.714, Tone.GOOD),),
        "Increased": ((0.714, 1.0, Tone.GOOD),),
        "Lost": ((0.857, 1.0, Tone.BAD),),
        "Won": ((0.714, 0.857, Tone.ACCENT),),
        "Closing pipeline": ((0.0, 0.714, Tone.ACCENT),),
    }


def test_a_waterfall_of_several_currencies_says_that_it_is_undefined_and_draws_nothing():
    rows = [a_row(id="D-1", amount=euros(1)), a_row(id="D-2", amount=Money(1, "USD"))]
    view = waterfall_view(waterfall_of([], rows), start=NOW, end=AT, zone="UTC")
    assert lines_of(view)["New"] == ("undefined", "2")
    assert not any(parts_of(view).values())
    assert "EUR, USD" in notes_of(view)[0]


def test_a_waterfall_says_between_which_moments():
    assert a_waterfall().chart(ENGLISH).below == "From 2026-11-02 09:00 UTC to 2026-11-12 09:00 UTC"
    with pytest.raises(InvalidValue):
        waterfall_view(waterfall_of([], []), start=datetime(2026, 1, 1), end=AT, zone="UTC")


# The forecast ----------------------------------------------------------------------------------------------------------


def test_the_lines_of_a_forecast_stand_one_behind_the_other():
    rows = [
        a_row(id="D-1", outcome="won", stage="follow_up", closed_at=AT, amount=euros(100)),
        a_row(id="D-2", amount=euros(200), forecast_category="commit", expected_close=AT.date()),
        a_row(id="D-3", amount=euros(100), forecast_category="pipeline", expected_close=AT.date()),
        a_row(id="D-4", forecast_category="commit", expected_close=AT.date()),
        a_row(id="D-5", amount=euros(50), forecast_category="omitted"),
    ]
    view = forecast_view(CategoryForecast().of(rows))
    assert parts_of(view)["Closed"] == ((0.0, 0.25, Tone.GOOD),)
    assert parts_of(view)["Commit"] == ((0.25, 0.75, Tone.ACCENT),)
    assert parts_of(view)["Pipeline"] == ((0.75, 1.0, Tone.QUIET),)
    assert parts_of(view)["Commit forecast"] == ((0.0, 0.75, Tone.ACCENT),)
    assert lines_of(view)["Omitted"] == ("50 EUR", "1")
    assert "Commit: the amount is not known: 1" in notes_of(view)
    assert "No category" not in lines_of(view)


def test_a_forecast_of_nothing_is_undefined_and_not_zero():
    view = forecast_view(CategoryForecast().of([]))
    assert lines_of(view)["Closed"][0] == "undefined"
    assert "0 EUR" not in view.text()


# Goals -----------------------------------------------------------------------------------------------------------------


def test_goals_show_attainment_beside_what_is_expected_by_now():
    view = goals_view(
        {"noa": a_standing("200", "100"), "dan": a_standing("100", "125")}, at=datetime(2026, 7, 2, 12, tzinfo=UTC)
    )
    shown = lines_of(view)
    assert shown["noa"] == ("50.0 %", "100 EUR", "200 EUR", "100.3 %", "100 EUR")
    assert shown["dan"] == ("125.0 %", "125 EUR", "100 EUR", "250.7 %", "✓ met")
    assert parts_of(view) == {"noa": ((0.0, 0.4, Tone.ACCENT),), "dan": ((0.0, 1.0, Tone.GOOD),)}
    marks = [line.mark for line in view.chart(ENGLISH).lines]
    assert marks == [pytest.approx(182 / 365 / 1.25, abs=1e-3)] * 2


def test_a_target_of_nothing_is_not_attained_by_a_percentage():
    view = goals_view({"lea": a_standing("0", "0")}, at=AT)
    assert lines_of(view)["lea"][0] == "undefined"
    assert "lea: the target is nothing" in notes_of(view)


def test_goals_may_count_deals():
    target = Target(period=Period.year(2026, UTC), count=8)
    view = goals_view({"noa": Standing(target=target, achieved=Decimal("2.5"))}, at=AT)
    assert lines_of(view)["noa"][1:3] == (f"2.5 {target.unit}", f"8 {target.unit}")


def test_no_goals_are_said_to_be_none():
    view = goals_view({}, at=AT)
    assert view.shown_at == AT
    assert "No deals" in view.text()
    assert "No deals" in view.html()


# Figures ---------------------------------------------------------------------------------------------------------------


def test_figures_stand_beside_what_they_mean():
    rows = [a_row(id="D-1", outcome="won", closed_at=AT, amount=euros(100)), a_row(id="D-2", outcome="lost")]
    view = figures_view([WinRate().of(rows), SalesCycle().of(rows).mean, TotalAmount().of(rows)])
    shown = lines_of(view)
    assert shown["Win rate"][0] == "50.00 %"
    assert shown["Mean sales cycle"][0] == "10 days"
    assert shown["Total amount"][0] == "100 EUR"
    assert shown["Win rate"][1] == str(WinRate().of(rows).definition)


def test_an_undefined_figure_says_why():
    view = figures_view({"Win rate, dan": WinRate().of([])})
    assert lines_of(view)["Win rate, dan"][0] == "undefined"
    assert notes_of(view) == ["Win rate, dan: no deal was won or lost"]


# All of them -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [ENGLISH, HEBREW], ids=lambda language: language.code)
@pytest.mark.parametrize("view", every_view(), ids=lambda view: type(view).__name__)
def test_every_view_can_be_had_in_every_form(view, language):
    root = ElementTree.fromstring(view.svg(language=language))
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}title").text
    assert root.find(f"{SVG}desc").text
    assert root.get("direction") == language.direction
    part = Read(view.html(language=language))
    assert part.tags[:3] == ["div", "style", "section"]
    assert not {"script", "link", "img", "iframe"} & set(part.tags)
    assert view.text(language=language).endswith("\n")


@pytest.mark.parametrize("view", every_view(), ids=lambda view: type(view).__name__)
def test_a_notebook_shows_a_view_by_itself(view):
    assert view._repr_html_() == view.html()


@pytest.mark.parametrize("view", every_view(), ids=lambda view: type(view).__name__)
def test_a_picture_stays_on_its_sheet(view):
    for language in (ENGLISH, HEBREW):
        root = ElementTree.fromstring(view.svg(language=language))
        width, height = float(root.get("width")), float(root.get("height"))
        for one in root.iter():
            if one.tag in (f"{SVG}text", f"{SVG}rect"):
                x, y = float(one.get("x", 0)), float(one.get("y", 0))
                assert -0.1 <= x <= x + float(one.get("width", 0)) <= width + 0.1
                assert -0.1 <= y <= y + float(one.get("height", 0)) <= height + 0.1


@pytest.mark.parametrize("view", every_view(), ids=lambda view: type(view).__name__)
def test_the_style_of_a_part_of_a_page_stays_below_its_class(view):
    style = next(Read(view.html()).inside("style"))
    selectors = [
        one
        for rule in re.findall(r"(?:^|[{}])([^{}@]+)\{", re.sub(r"@[^{]+\{", "{", style))
        for one in rule.split(",")
        if ":" not in one or one.startswith(".sf")
    ]
    assert len(selectors) > 50
    assert [one for one in selectors if not one.startswith(".sf")] == []


def test_a_page_holds_nothing_from_elsewhere():
    text = page(*every_view())
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    assert "url(" not in text
    assert "@import" not in text
    assert text.startswith("<!DOCTYPE html>\n<html")


def test_a_page_is_called_as_the_host_says_or_as_its_first_view():
    board = board_of()
    assert list(Read(page(board)).inside("title")) == ["Standard sales process"]
    assert list(Read(page(board, title="Monday")).inside("title")) == ["Monday"]
    assert list(Read(page(a_waterfall())).inside("title")) == ["How the pipeline changed"]


def test_a_page_says_of_which_moment_it_is():
    assert "As of 2026-11-12 09:00 UTC" in page(board_of())
    assert "As of 2026-11-12 09:00 UTC" in page(a_waterfall())
    assert "As of" not in page(figures_view([WinRate().of([])]))
    assert "Week 46" in page(board_of(), note="Week 46")


def test_a_page_of_nothing_and_one_of_what_is_no_view_are_refused():
    with pytest.raises(InvalidValue):
        page()
    with pytest.raises(WrongType):
        page(board_of(), "text")


class Ages(ChartView):
    """A view of a host's own."""

    def title(self, language):
        return "Ages & such"

    def chart(self, language):
        return Chart(title="Ages & such", columns=("Who", "Days"), lines=(ChartLine(label="noa", cells=("3",)),))


def test_a_view_of_your_own_says_its_lines_and_has_every_form():
    view = Ages()
    assert "noa" in view.text()
    assert "Ages &amp; such" in view.svg()
    assert "Ages &amp; such" in page(view)


def test_a_view_that_says_nothing_is_not_finished():
    for ask in (View().text, View().svg, View().html):
        with pytest.raises(NotImplementedError):
            ask()
    with pytest.raises(NotImplementedError):
        ChartView().text()


def test_an_unknown_zone_is_refused():
    with pytest.raises(UnknownName):
        waterfall_view(waterfall_of([], []), start=NOW, end=AT, zone="Nowhere/Here")


@given(st.lists(st.floats(-1e12, 1e12), min_size=2))
def test_a_scale_holds_what_it_was_made_for(numbers):
    scale = Scale.over(*numbers)
    for number in numbers:
        assert 0 <= scale.place(number) <= 1
    start, end = scale.span(numbers[0], numbers[1])
    assert start <= end


def test_what_is_longer_than_a_phrase_is_said_and_not_cut_in_the_description():
    name = "Warehouse scanners for the whole of the northern region and its depots"
    root = ElementTree.fromstring(board_of(a_row(name)).svg())
    assert any(one.text.startswith(f"{name}. ") for one in root.iter(f"{SVG}title"))


def test_time_passes_the_day_over_a_deal_that_rots():
    card = board_of(a_row(entered_at=NOW, stage="closing"), at=NOW + timedelta(days=14, hours=5))
    assert "Rotting since today" in card.text()
