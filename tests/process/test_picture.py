"""The process drawn as a picture: everything that it has, and nothing that was only named."""

from __future__ import annotations

from itertools import pairwise
from xml.etree.ElementTree import Element, fromstring

import pytest

from salesflow import Deal, Move, Outcome, SalesProcess, Stage
from salesflow.leads.lead_process import LeadProcess
from salesflow.standard import StandardProcess

SVG = "{http://www.w3.org/2000/svg}"


class First(Stage[Deal]):
    pass


class Won(Stage[Deal]):
    outcome = Outcome.WON


def titled(title: str) -> SalesProcess[Deal]:
    class Titled(Won):
        pass

    Titled.title = title

    class Process(SalesProcess[Deal]):
        first = First()
        second = First()
        won = Titled()
        fast = Move(source="first", target="won", title=title)

    return Process()


def drawn(process: StandardProcess | LeadProcess | SalesProcess[Deal]) -> Element:
    return fromstring(process.picture())


def texts(picture: Element) -> list[str]:
    return [one.text or "" for one in picture.iter(f"{SVG}text")]


def test_every_stage_is_in_the_picture_and_says_what_it_means() -> None:
    picture = drawn(StandardProcess())
    named = [one.text for one in picture.iterfind(f"{SVG}g/{SVG}title")]
    assert named == [stage.label for stage in StandardProcess().stages]
    assert (texts(picture).count("won"), texts(picture).count("lost")) == (1, 1)


def test_every_move_has_its_name_once_and_one_arrow() -> None:
    picture = drawn(StandardProcess())
    moves = [one.text for one in picture.iter(f"{SVG}text") if "sf-move" in one.attrib["class"]]
    assert sorted(filter(None, moves)) == ["Lose", "Pass over objection handling", "Win"]
    assert len(list(picture.iter(f"{SVG}polygon"))) == 5 + 3, "five to the next stage, and these three"


def test_each_stage_that_a_move_starts_from_is_joined_to_its_lane() -> None:
    picture = drawn(StandardProcess())
    assert len(list(picture.iter(f"{SVG}circle"))) == 6 + 1, "six may be lost, and one passes over a stage"


def test_the_stages_stand_from_left_to_right_and_the_lost_ones_below() -> None:
    corners = [
        (float(box.attrib["x"]), float(box.attrib["y"])) for group in drawn(StandardProcess()).iter(f"{SVG}g")
        for box in group.findall(f"{SVG}rect")[:1]
    ]  # fmt: skip
    *row, lost = corners
    assert row == sorted(row)
    assert len({y for _, y in row}) == 1
    assert lost[1] > row[0][1]


@pytest.mark.parametrize("process", [StandardProcess(), LeadProcess()], ids=["deals", "leads"])
def test_nothing_lies_outside_the_picture_and_no_two_stages_overlap(process: StandardProcess | LeadProcess) -> None:
    picture = drawn(process)
    width, height = float(picture.attrib["width"]), float(picture.attrib["height"])
    boxes = [group.findall(f"{SVG}rect")[0].attrib for group in picture.iter(f"{SVG}g")]
    places = {(box["x"], box["y"]) for box in boxes}
    assert len(places) == len(boxes)
    for line in [*picture.iter(f"{SVG}polyline"), *picture.iter(f"{SVG}polygon")]:
        for point in line.attrib["points"].split():
            x, y = map(float, point.split(","))
            assert 0 < x < width
            assert 0 < y < height


@pytest.mark.parametrize("process", [StandardProcess(), LeadProcess()], ids=["deals", "leads"])
def test_no_two_lanes_lie_over_one_another(process: StandardProcess | LeadProcess) -> None:
    lanes: dict[str, list[tuple[float, float]]] = {}
    for line in drawn(process).iter(f"{SVG}polyline"):
        (x, y), (end, end_y) = (map(float, point.split(",")) for point in line.attrib["points"].split())
        if y == end_y:
            lanes.setdefault(str(y), []).append((x, end))
    for parts in lanes.values():
        parts.sort()
        assert all(one[1] <= other[0] for one, other in pairwise(parts))


def test_a_picture_says_what_it_shows_to_those_who_cannot_see_it() -> None:
    picture = drawn(LeadProcess())
    assert picture.attrib["role"] == "img"
    assert picture.findtext(f"{SVG}title") == "Leads"
    assert "Start working: New, Nurturing, Recycled → Working" in (picture.findtext(f"{SVG}desc") or "")


def test_light_and_dark_paper_have_their_own_colors() -> None:
    style = drawn(StandardProcess()).findtext(f"{SVG}style") or ""
    assert "prefers-color-scheme:dark" in style


HOSTILE = [
    "</text><script>alert(1)</script>",
    '" onload="alert(1)',
    "&lt;b&gt; &amp; ]]>",
    "\x00\x01\x1b[31m",
    "a\u202eb\u2066c",
    "\ud800",
    "line\u2028separator\x85next\x0bline",
    "x" * 200,
    "הזמנה התקבלה",
    "受注しましたのでこれから納品します",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_what_was_named_is_text_and_nothing_else(title: str) -> None:
    plain, hostile = drawn(titled("Won")), drawn(titled(title))
    tags = [one.tag for one in plain.iter() if one.tag != f"{SVG}text"]
    assert [one.tag for one in hostile.iter() if one.tag != f"{SVG}text"] == tags
    attributes = [sorted(one.attrib) for one in plain.iter()]
    assert [one for one in map(sorted, (one.attrib for one in hostile.iter())) if one not in attributes] == []
    shown = "".join(texts(hostile))
    assert not [char for char in shown if char in "\u202e\u2066\u2028\x85" or ord(char) < 32]


def test_a_long_name_is_cut_and_stands_whole_in_its_title() -> None:
    picture = drawn(titled("a name that is much too long for any box that stands in a row"))
    assert any(text.endswith("…") for text in texts(picture))
    assert "much too long for any box" in str([one.text for one in picture.iter(f"{SVG}title")])


def test_two_moves_between_the_same_stages_are_both_drawn() -> None:
    class Process(SalesProcess[Deal]):
        first = First()
        won = Won()
        quick = Move(source="first", target="won", title="Quick")

    assert {"Win", "Quick"} <= set(texts(drawn(Process())))
