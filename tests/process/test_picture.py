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


# Lanes ----------------------------------------------------------------------------------------------------------------


def in_a_row(count: int, **moves: Move) -> SalesProcess[Deal]:
    """A process of so many stages, ``s1`` and on, before the won one."""
    stages = {f"s{number}": First() for number in range(1, count + 1)}
    made: type[SalesProcess[Deal]] = type("Process", (SalesProcess,), {**stages, "won": Won(), **moves})
    return made()


def box(picture: Element, number: int = 0) -> tuple[float, float, float, float]:
    """Where the box of a stage is, and how large."""
    found = list(picture.iter(f"{SVG}g"))[number][1].attrib
    return float(found["x"]), float(found["y"]), float(found["width"]), float(found["height"])


def lanes_above(picture: Element) -> set[float]:
    """The heights of the lanes above the row."""
    lines = [line.attrib["points"].replace(",", " ").split() for line in picture.iter(f"{SVG}polyline")]
    return {float(y) for _, y, _, end_y in lines if y == end_y and float(y) < box(picture)[1]}


@pytest.mark.parametrize(
    ("moves", "lanes"),
    [
        ([], 0),
        ([(1, 3), (4, 6)], 1),
        ([(1, 3), (4, 6), (7, 9)], 1),
        ([(1, 3), (3, 5)], 2),
        ([(1, 3), (2, 4)], 2),
        ([(4, 6), (1, 3), (4, 6)], 2),
        ([(1, 3), (4, 6), (1, 3)], 2),
        ([(1, 6), (2, 4), (5, 7)], 2),
    ],
)
def test_moves_share_a_lane_where_they_pass_over_no_stage_in_common(moves: list[tuple[int, int]], lanes: int) -> None:
    passing = {
        f"m{number}": Move(source=f"s{source}", target=f"s{target}")
        for number, (source, target) in enumerate(moves)
    }  # fmt: skip
    assert len(lanes_above(drawn(in_a_row(9, **passing)))) == lanes


def test_what_a_process_does_not_have_takes_no_room() -> None:
    picture = drawn(in_a_row(1))
    x, y, _, height = box(picture)
    assert y == x, "nothing passes above the row"
    assert float(picture.attrib["height"]) == y + height + x, "nothing is below it"
    assert not list(picture.iter(f"{SVG}circle"))


def test_a_lane_above_the_row_takes_room_above_it_alone() -> None:
    picture = drawn(in_a_row(3, fast=Move(source="s1", target="s3")))
    x, y, _, height = box(picture)
    (lane,) = lanes_above(picture)
    assert x < lane < y
    assert float(picture.attrib["height"]) == y + height + x


def test_an_advance_that_passes_over_a_stage_is_called_next_on_its_lane() -> None:
    picture = drawn(in_a_row(3, advance=Move(source=("s1", "s2"), target="s3"), begin=Move(source="s1", target="s2")))
    assert sorted(texts(picture)) == sorted(["S1", "S2", "S3", "Won", "won", "Begin", "next", "Win"])


# Names ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Communications", "Communications"),
        ("Intercontinental", "Intercontinen…"),
        ("受注しました後", "受注しました後"),
        ("受注しました後に", "受注しました後…"),
        ("ＡＢＣＤＥＦＧ", "ＡＢＣＤＥＦＧ"),
        ("ＡＢＣＤＥＦＧＨ", "ＡＢＣＤＥＦＧ…"),
        ("a\u202eb", "a\ufffdb"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
    ],
)
def test_a_name_is_cut_where_its_box_has_no_more_room_and_not_before(title: str, shown: str) -> None:
    assert shown in texts(drawn(titled(title)))


@pytest.mark.parametrize(
    ("sources", "title", "shown"),
    [
        (("s1",), "納" * 82, "納" * 82),
        (("s1",), "納" * 83, "納" * 81 + "…"),
        (("s1", "s2"), "An agreement that all of them have waited for since long", None),
    ],
)
def test_the_name_of_a_move_is_cut_where_its_lane_has_no_more_room_and_not_before(
    sources: tuple[str, ...], title: str, shown: str | None
) -> None:
    picture = drawn(in_a_row(8, far=Move(source=sources, target="s8", title=title)))
    assert (shown or title) in texts(picture)
