"""The process drawn as SVG: its stages from left to right, and its moves as lines between them.

The open and won stages stand in one row, the lost ones below it. A move to the next stage is an arrow. Every other move has
a lane of its own, above the row or between the rows: the stages that it starts from are joined to the lane by dots, and
its one arrow points to where it leads. Going back and reopening are left out, as every stage has them.

The picture is a tree that the standard library writes, so what users named can never be more than text. How wide a text is
only the reader's machine knows; here it is estimated on the wide side, and the whole of it is in the titles.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar
from xml.etree.ElementTree import Element, SubElement, tostring

import attrs

from salesflow.outcome import Outcome
from salesflow.worked import Worked

if TYPE_CHECKING:
    from typing import Never

    from salesflow.process.engine import Process
    from salesflow.process.position import Position

E = TypeVar("E", bound=Worked)

__all__ = ["svg"]

_QUIET = ("go_back", "reopen")
_WIDTH, _HEIGHT, _GAP, _LANE, _EDGE, _TYPE = 124, 64, 40, 28, 20, 14
"""In units of the picture: a stage, the room between two, between two lanes, at the edge; the size of the type."""

_STYLE = """
.sf-process{--paper:#fff;--ink:#1c2024;--line:#5b626b;--fill:#eef3f8;--won:#e3f2e7;--lost:#f8e9e6}
@media (prefers-color-scheme:dark){
.sf-process{--paper:#14171a;--ink:#edebe5;--line:#a9b0b8;--fill:#22303c;--won:#1f3527;--lost:#3c2622}}
.sf-paper{fill:var(--paper)}
.sf-stage{fill:var(--fill);stroke:var(--line);stroke-width:1.5}
.sf-won{fill:var(--won)}.sf-lost{fill:var(--lost);stroke-dasharray:5 3}
.sf-way{fill:none;stroke:var(--line);stroke-width:1.5}.sf-tip{fill:var(--line)}
text{fill:var(--ink);font:14px system-ui,sans-serif;text-anchor:middle;unicode-bidi:plaintext}
.sf-name{font-weight:600}.sf-small{font-size:12px}.sf-move{paint-order:stroke;stroke:var(--paper);stroke-width:5px}
"""


@attrs.frozen
class _Way:
    """One move to one stage.

    Attributes:
        title: of the move; empty for the one to the next stage.
        sources: the places of the stages that it starts from.
        target: the place of the stage that it leads to.
    """

    title: str
    sources: tuple[int, ...]
    target: int

    @property
    def ends(self) -> tuple[int, ...]:
        return (*self.sources, self.target)


@attrs.frozen
class _Lane:
    """A way that has a height of its own; ``y`` is where it runs, ``above`` says whether it is over the row."""

    way: _Way
    y: float
    above: bool


def svg(process: Process[E]) -> str:
    """The process as an SVG picture that stands for itself, readable on light and on dark paper.

    Args:
        process: any process, of deals or of leads.

    Returns:
        The text of the picture. It has a title and a description, loads nothing and runs nothing.

    Example::

        Path("process.svg").write_text(svg(process), encoding="utf-8")
    """
    stages = tuple(process.stages)
    row = [place for place, stage in enumerate(stages) if stage.outcome is not Outcome.LOST]
    below = [place for place, stage in enumerate(stages) if stage.outcome is Outcome.LOST]
    straight, over, between = _sorted_ways(process, row)
    over_y, between_y = _heights(over), _heights(between)
    top = _EDGE + (_LANE * (max(over_y.values()) + 1) if over else 0)
    bottom = top + _HEIGHT + (_LANE * (max(between_y.values()) + 1.5) if between else 0)
    gaps = [_gap(straight, pair) for pair in pairwise(row)]
    corners = _corners(row, below, gaps, top, bottom)
    lanes = [_Lane(way, top - _LANE * height, above=True) for way, height in over_y.items()]
    lanes += [_Lane(way, top + _HEIGHT + _LANE * height, above=False) for way, height in between_y.items()]
    width = max(x for x, _ in corners.values()) + _WIDTH + _EDGE
    root = _sheet(process, stages, width, bottom + (_HEIGHT if below else 0) + _EDGE)
    for way in straight:
        _draw_arrow(root, way, corners)
    points = _points(lanes, corners, below)
    for lane in lanes:
        _draw_lane(root, lane, points[lane])
    for lane in lanes:
        _name_lane(root, lane, points[lane], corners)
    for place, stage in enumerate(stages):
        _draw_stage(root, stage, *corners[place])
    return tostring(root, encoding="unicode") + "\n"


# Which way goes where -------------------------------------------------------------------------------------------------


def _sorted_ways(process: Process[E], row: Sequence[int]) -> tuple[list[_Way], list[_Way], list[_Way]]:
    """Arrows to the next stage, ways with a lane above the row, and ways between the rows."""
    straight: dict[tuple[int, ...], _Way] = {}
    over, between = [], []
    following = set(pairwise(row))
    for way in _ways(process):
        if not set(way.ends) <= set(row):
            between.append(way)
        elif way.ends in following and way.ends not in straight:
            straight[way.ends] = way
        else:
            over.append(way)
    return list(straight.values()), over, between


def _ways(process: Process[E]) -> Iterator[_Way]:
    places = {stage.key: place for place, stage in enumerate(process.stages)}
    found: dict[tuple[str, str], list[int]] = {}
    for route in process.routes:
        if route.move not in _QUIET:
            title = "" if route.move == "advance" else _readable(route.title)
            found.setdefault((route.target, title), []).append(places[route.source])
    for (target, title), sources in found.items():
        yield _Way(title, tuple(dict.fromkeys(sources)), places[target])


def _heights(ways: Sequence[_Way]) -> dict[_Way, int]:
    """On which lane each way runs: short ones next to the row, and no two on one lane over the same stage."""
    taken: list[set[int]] = []
    found: dict[_Way, int] = {}
    for way in sorted(ways, key=lambda one: max(one.ends) - min(one.ends)):
        reach = set(range(min(way.ends), max(way.ends) + 1))
        height = next((lane for lane, stages in enumerate(taken) if not stages & reach), len(taken))
        if height == len(taken):
            taken.append(set())
        taken[height] |= reach
        found[way] = height + 1
    return {way: found[way] for way in ways}


def _gap(straight: Iterable[_Way], pair: tuple[int, int]) -> float:
    return max([_GAP, *(_wide(way.title) + 26 for way in straight if way.ends == pair and way.title)])


def _corners(
    row: Sequence[int], below: Sequence[int], gaps: Sequence[float], top: float, bottom: float
) -> dict[int, tuple[float, float]]:
    """Where the left upper corner of each stage is; the lost ones stand under the end of the row."""
    found: dict[int, tuple[float, float]] = {}
    x: float = _EDGE
    for place, gap in zip(row, [*gaps, 0], strict=True):
        found[place] = (x, top)
        x += _WIDTH + gap
    x = max(_EDGE, x - len(below) * (_WIDTH + _GAP) + _GAP)
    for place in below:
        found[place] = (x, bottom)
        x += _WIDTH + _GAP
    return found


def _points(
    lanes: Sequence[_Lane], corners: dict[int, tuple[float, float]], below: Sequence[int]
) -> dict[_Lane, dict[int, tuple[float, float]]]:
    """Where each way touches its stages: side by side, so that no two lie over one another."""
    sides: dict[tuple[int, bool], list[_Lane]] = {}
    for lane in lanes:
        for place in dict.fromkeys(lane.way.ends):
            sides.setdefault((place, lane.above or place in below), []).append(lane)
    found: dict[_Lane, dict[int, tuple[float, float]]] = {lane: {} for lane in lanes}
    for (place, is_top), touching in sides.items():
        x, y = corners[place]
        for number, lane in enumerate(sorted(touching, key=lambda one: _center(one.way, corners)), 1):
            found[lane][place] = (x + _WIDTH * number / (len(touching) + 1), y if is_top else y + _HEIGHT)
    return found


def _center(way: _Way, corners: dict[int, tuple[float, float]]) -> float:
    return sum(corners[place][0] for place in way.ends) / len(way.ends)


# Drawing --------------------------------------------------------------------------------------------------------------


def _sheet(process: Process[E], stages: Sequence[Position[Never]], width: float, height: float) -> Element:
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "sf-process",
            "viewBox": f"0 0 {width:g} {height:g}",
            "width": f"{width:g}",
            "height": f"{height:g}",
            "role": "img",
        },
    )
    SubElement(root, "title").text = _readable(process.title)
    told = (f"{way.title or 'next'}: {_told(way, stages)}" for way in _ways(process))
    SubElement(root, "desc").text = "; ".join(told)
    SubElement(root, "style").text = _STYLE
    SubElement(root, "rect", {"class": "sf-paper", "width": f"{width:g}", "height": f"{height:g}"})
    return root


def _told(way: _Way, stages: Sequence[Position[Never]]) -> str:
    sources = ", ".join(_readable(stages[place].label) for place in way.sources)
    return f"{sources} → {_readable(stages[way.target].label)}"


def _draw_stage(root: Element, stage: Position[Never], x: float, y: float) -> None:
    group = SubElement(root, "g")
    SubElement(group, "title").text = _readable(stage.label)
    kind = {"class": f"sf-stage sf-{stage.outcome.value}", "rx": "10"}
    _rect(group, x, y, 0, kind)
    if stage.outcome is Outcome.WON:
        _rect(group, x, y, 4, {**kind, "rx": "7"})
    lines = _in_lines(_readable(stage.label), _WIDTH - 14, most=2)
    closed = () if stage.is_open else (stage.outcome.value,)
    first = y + _HEIGHT / 2 - 9 * (len(lines) + len(closed) - 1) + 5
    for number, line in enumerate([*lines, *closed]):
        class_ = "sf-name" if number < len(lines) else "sf-small"
        _text(group, line, x + _WIDTH / 2, first + 18 * number, class_)


def _draw_arrow(root: Element, way: _Way, corners: dict[int, tuple[float, float]]) -> None:
    (x, y), (end, _) = corners[way.sources[0]], corners[way.target]
    middle = y + _HEIGHT / 2
    _line(root, [(x + _WIDTH, middle), (end, middle)])
    _tip(root, [(end, middle), (end - 9, middle - 5), (end - 9, middle + 5)])
    if way.title:
        _text(root, way.title, (x + _WIDTH + end) / 2, middle - 8, "sf-move sf-small")


def _draw_lane(root: Element, lane: _Lane, points: dict[int, tuple[float, float]]) -> None:
    ends = sorted(x for x, _ in points.values())
    x, y = points[lane.way.target]
    _line(root, [(ends[0], lane.y), (ends[-1], lane.y)])
    for place in lane.way.sources:
        source_x, source_y = points[place]
        _line(root, [(source_x, source_y), (source_x, lane.y)])
        SubElement(root, "circle", {"class": "sf-tip", "cx": f"{source_x:g}", "cy": f"{lane.y:g}", "r": "3"})
    back = -9 if y > lane.y else 9
    _line(root, [(x, lane.y), (x, y)])
    _tip(root, [(x, y), (x - 5, y + back), (x + 5, y + back)])


def _name_lane(
    root: Element, lane: _Lane, points: dict[int, tuple[float, float]], corners: dict[int, tuple[float, float]]
) -> None:
    """The name of the move over the longest part of its lane that nothing joins."""
    ends = sorted(x for x, _ in points.values())
    start, end = max(pairwise(ends), key=lambda part: part[1] - part[0])
    (line,) = _in_lines(lane.way.title or "next", max(ends[-1] - ends[0], _WIDTH), most=1)
    half = _wide(line) / 2
    right = max(corner for corner, _ in corners.values()) + _WIDTH
    _text(root, line, min(max((start + end) / 2, half), right - half), lane.y - 6, "sf-move sf-small")


def _rect(parent: Element, x: float, y: float, inset: float, attributes: dict[str, str]) -> None:
    size = {"width": f"{_WIDTH - 2 * inset:g}", "height": f"{_HEIGHT - 2 * inset:g}"}
    SubElement(parent, "rect", {**attributes, "x": f"{x + inset:g}", "y": f"{y + inset:g}", **size})


def _line(parent: Element, points: Iterable[tuple[float, float]]) -> None:
    SubElement(parent, "polyline", {"class": "sf-way", "points": _listed(points)})


def _tip(parent: Element, points: Iterable[tuple[float, float]]) -> None:
    SubElement(parent, "polygon", {"class": "sf-tip", "points": _listed(points)})


def _listed(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _text(parent: Element, text: str, x: float, y: float, class_: str) -> None:
    SubElement(parent, "text", {"class": class_, "x": f"{x:g}", "y": f"{y:g}"}).text = text


# Text -----------------------------------------------------------------------------------------------------------------


def _readable(text: str) -> str:
    """The text on one line, with U+FFFD for what cannot be seen, turns its neighbors round or is no character."""
    shown = (char if char.isprintable() or char in "\u200c\u200d" else "\ufffd" for char in " ".join(text.split()))
    return "".join(shown)


def _wide(text: str) -> float:
    return sum(_TYPE * (1.0 if unicodedata.east_asian_width(char) in "WF" else 0.56) for char in text)


def _in_lines(text: str, room: float, *, most: int) -> list[str]:
    """The text on at most so many lines, broken between words; the last one is cut where more would follow."""
    found: list[str] = [""]
    for word in text.split(" "):
        longer = f"{found[-1]} {word}".strip()
        if found[-1] and len(found) < most and _wide(longer) > room:
            found.append(word)
        else:
            found[-1] = longer
    return [_cut(line, room) for line in found]


def _cut(line: str, room: float) -> str:
    if _wide(line) <= room:
        return line
    while line and _wide(f"{line}…") > room:
        line = line[:-1]
    return f"{line.rstrip()}…"
