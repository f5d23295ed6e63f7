"""The pipeline board as a picture: the columns beside each other, each with its first cards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from salesflow.board.card import Card
from salesflow.board.drawing import Sheet, cut, in_lines
from salesflow.board.elements import element
from salesflow.board.labels import Label
from salesflow.board.language import Language
from salesflow.board.pipeline import Column, PipelineBoard
from salesflow.board.signs import STATES, signs_of, state_label
from salesflow.values.money import Money

__all__ = ["pipeline_picture"]

MARGIN, GAP, WIDE = 32, 18, 188
TOP, HEAD, CARD, CARD_GAP, LINE = 96, 132, 96, 10, 17
MOST_CARDS = 4
"""How many cards a column of a picture has at most; there is no scrolling in a picture."""


def pipeline_picture(board: PipelineBoard, language: Language) -> Element:
    """The board as an ``svg`` element."""
    most = max((min(len(column.cards), MOST_CARDS) for column in board), default=0)
    amounts = LINE * max((len(lines) for column in board for _, lines in _worth(column, language)), default=1) + 6
    width = max(2 * MARGIN + len(board.columns) * (WIDE + GAP) - GAP, 420)
    cards_at = TOP + HEAD + 2 * amounts
    height = cards_at + most * (CARD + CARD_GAP) + 28 + MARGIN
    sheet = Sheet(width=width, height=height, language=language)
    heading = board.subject(language)
    root = sheet.root(title=heading, description=". ".join(_said(column, language) for column in board))
    root.append(sheet.text(cut(heading, width - 2 * MARGIN, 20), MARGIN, 46, class_="sf-heading"))
    as_of = language.label(Label.AS_OF, moment=language.moment(board.shown_at))
    root.append(sheet.text(as_of, MARGIN, 68, class_="sf-small sf-text-quiet"))
    for place, column in enumerate(board):
        root.append(_column(column, MARGIN + place * (WIDE + GAP), amounts, sheet))
    return root


def _said(column: Column, language: Language) -> str:
    states = ", ".join(f"{state_label(state, language)} {count}" for state, count in column.states.items())
    amounts = ", ".join(language.money(amount) for amount in column.amounts)
    deals = f"{language.label(Label.DEALS)} {language.number(column.count)}"
    return f"{language.own(column.title)}: {', '.join(part for part in (deals, amounts, states) if part)}"


def _column(column: Column, x: float, amounts: int, sheet: Sheet) -> Element:
    """A column; its amounts have the same room in all columns."""
    group = element("g")
    group.extend(_head(column, x, amounts, sheet))
    cards = column.cards[:MOST_CARDS]
    top = TOP + HEAD + 2 * amounts
    for place, card in enumerate(cards):
        group.append(_card(card, x, top + place * (CARD + CARD_GAP), sheet))
    more = column.count - len(cards)
    if more:
        text = sheet.language.label(Label.AND_MORE, count=sheet.language.number(more))
        y = top + len(cards) * (CARD + CARD_GAP) + 18
        group.append(sheet.text(text, x, y, class_="sf-small sf-text-quiet"))
    return group


def _head(column: Column, x: float, amounts: int, sheet: Sheet) -> Iterator[Element]:
    language = sheet.language
    tone = {"won": "good", "lost": "quiet"}.get(column.outcome.value, "accent")
    yield sheet.rect(x, TOP, WIDE, 3, class_=f"sf-fill-{tone}")
    count = language.number(column.count)
    title = cut(language.own(column.title), WIDE - 15 * len(count) - 8, 14)
    yield sheet.text(title, x, TOP + 32, class_="sf-strong")
    yield sheet.text(count, x + WIDE, TOP + 34, anchor="end", class_="sf-large")
    for block, (label, lines) in enumerate(_worth(column, language)):
        y = TOP + 62 + block * amounts
        yield sheet.text(language.label(label), x, y, class_="sf-small sf-text-quiet")
        for place, text in enumerate(lines):
            yield sheet.text(text, x + WIDE, y + LINE * place, anchor="end", class_="sf-small")
    yield from _tasks(column, x, TOP + 56 + 2 * amounts, sheet)


def _worth(column: Column, language: Language) -> tuple[tuple[Label, tuple[str, ...]], ...]:
    """What the deals of a column are worth, plainly and weighted, as lines."""
    return (
        (Label.AMOUNT, tuple(_amounts(column.amounts, column.amount_unknown, language))),
        (Label.WEIGHTED, tuple(_amounts(column.weighted, column.weighted_unknown, language))),
    )


def _amounts(amounts: Sequence[Money], unknown: int, language: Language) -> Iterator[str]:
    """At most three lines, so that nothing is left unsaid: two amounts, or one and how many more, and what is not known."""
    shown = amounts if len(amounts) <= 2 else amounts[:1]
    yield from (language.money(amount) for amount in shown)
    if len(amounts) > len(shown):
        yield language.label(Label.AND_MORE, count=language.number(len(amounts) - len(shown)))
    if unknown:
        yield f"{language.label(Label.UNKNOWN)}: {language.number(unknown)}"
    elif not amounts:
        yield "–"


def _tasks(column: Column, x: float, y: float, sheet: Sheet) -> Iterator[Element]:
    yield sheet.rect(x, y, WIDE, 9, class_="sf-track", rx=3)
    start = 0
    for place, (state, count) in enumerate(column.states.items()):
        mark, _, tone = STATES[state]
        if count and tone is not None:
            part = WIDE * count / column.count
            yield sheet.rect(x + WIDE * start / column.count, y, max(part, 2), 9, class_=f"sf-fill-{tone}")
        start += count
        text = f"{mark} {state_label(state, sheet.language)} {sheet.language.number(count)}"
        color = "" if tone in (None, "accent") else f" sf-text-{tone}"
        down, across = divmod(place, 2)
        anchor = "end" if across else "start"
        yield sheet.text(text, x + WIDE * across, y + 28 + 18 * down, anchor=anchor, class_=f"sf-small{color}")


def _card(card: Card, x: float, y: float, sheet: Sheet) -> Element:
    language = sheet.language
    signs = signs_of(card, language)
    amount = language.label(Label.UNKNOWN) if card.amount is None else language.money(card.amount)
    group = element("g", element("title", ". ".join([card.title, amount, *(sign.text for sign in signs)])))
    group.append(sheet.rect(x, y, WIDE, CARD, class_="sf-surface", rx=7))
    for place, line in enumerate(in_lines(card.title, WIDE - 24, 12.5, 2)):
        group.append(sheet.text(line, x + 12, y + 24 + 17 * place, class_="sf-small sf-strong"))
    group.append(sheet.text(cut(amount, WIDE - 24, 12), x + 12, y + 62, class_="sf-small"))
    if signs:
        tone = "" if signs[0].tone == "accent" else f" sf-text-{signs[0].tone}"
        text = cut(f"{signs[0].mark} {signs[0].text}", WIDE - 24, 12)
        group.append(sheet.text(text, x + 12, y + 82, class_=f"sf-small{tone}"))
    return group
