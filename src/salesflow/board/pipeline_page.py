"""The pipeline board as a part of a page: columns with their figures, and lists of cards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from salesflow.board.card import Card
from salesflow.board.elements import element, name_of
from salesflow.board.labels import Label
from salesflow.board.language import Language
from salesflow.board.marks import bar_of, left_out_note
from salesflow.board.pipeline import Column, PipelineBoard
from salesflow.board.signs import STATES, signs_of, state_label
from salesflow.process.requirement import Unmet
from salesflow.values.money import Money

__all__ = ["pipeline_section"]

MOST_IN_A_ROW = 8
"""How many columns stand beside each other on the widest screens."""


def pipeline_section(board: PipelineBoard, language: Language) -> Element:
    """The board: the columns, and below them how the cards are ordered and what is not shown."""
    title = board.title(language)
    whole = _balanced(len(board.columns), MOST_IN_A_ROW)
    columns = element("div", class_="sf-columns", style=f"--whole:{whole};--half:{_balanced(len(board.columns), 4)}")
    columns.extend(_column(column, board, language) for column in board.columns)
    order = language.label(Label.ORDER, order=language.own(board.order.value))
    return element(
        "section",
        element("h2", title),
        columns,
        element("p", order, class_="sf-quiet"),
        *left_out_note(board.left_out, language),
        class_="sf-section",
        aria_label=title,
    )


def _balanced(count: int, most: int) -> int:
    """How many stand in a row, so that rows of at most so many are as even as can be."""
    rows = -(-max(count, 1) // most)
    return -(-max(count, 1) // rows)


def _column(column: Column, board: PipelineBoard, language: Language) -> Element:
    title = language.own(column.title)
    return element(
        "section",
        element(
            "h3",
            name_of(title),
            element(
                "span",
                element("span", f"{language.label(Label.DEALS)}: ", class_="sf-unseen"),
                language.number(column.count),
                class_="sf-count",
            ),
        ),
        _facts(column, language),
        _tasks(column, language),
        *_cards(column, board, language),
        class_=f"sf-column sf-is-{column.outcome}",
    )


def _facts(column: Column, language: Language) -> Element:
    unknown, deals = language.label(Label.NOT_KNOWN_OF), language.number
    facts: list[tuple[str, Sequence[str]]] = [
        (
            language.label(Label.AMOUNT),
            _amounts(column.amounts, column.amount_unknown, unknown, language),
        ),
        (
            language.label(Label.WEIGHTED),
            _amounts(column.weighted, column.weighted_unknown, unknown, language),
        ),
    ]
    if column.ready is not None:
        known = [] if column.ready_unknown == column.count and column.count else [deals(column.ready)]
        if column.ready_unknown:
            known.append(f"{unknown} {deals(column.ready_unknown)}")
        facts.append((language.label(Label.READY), known))
    facts += [
        (language.label(label), [deals(count)])
        for label, count in (
            (Label.ROTTING, column.rotting),
            (Label.ON_HOLD, column.held),
            (Label.NO_NEXT_STEP, column.no_next_step),
        )
        if count
    ]
    return _described(facts)


def _amounts(amounts: Sequence[Money], unknown: int, words: str, language: Language) -> list[str]:
    shown = [language.money(amount) for amount in amounts] or ([] if unknown else ["–"])
    return [*shown, f"{words} {language.number(unknown)}"] if unknown else shown


def _described(facts: Sequence[tuple[str, Sequence[str]]]) -> Element:
    listed = element("dl", class_="sf-facts")
    for name, values in facts:
        shown = element("dd", *(element("span", name_of(value)) for value in values))
        listed.append(element("div", element("dt", name), shown))
    return listed


def _tasks(column: Column, language: Language) -> Element | None:
    """How many deals stand how with their tasks: a bar, and the same in words."""
    if not column.count:
        return None
    label = language.label(Label.TASKS)
    listed = element("ul", aria_label=label)
    parts = []
    start = 0
    for state, count in column.states.items():
        mark, _, tone = STATES[state]
        if count:
            if tone is not None:
                parts.append((start / column.count, (start + count) / column.count, tone))
            listed.append(
                element(
                    "li",
                    element("span", f"{mark} ", aria_hidden="true"),
                    f"{state_label(state, language)} {language.number(count)}",
                    class_=f"sf-{'hushed' if tone is None else tone}",
                )
            )
        start += count
    return element("div", bar_of(parts), listed, class_="sf-tasks")


def _cards(column: Column, board: PipelineBoard, language: Language) -> Iterator[Element]:
    if not column.count:
        yield element("p", language.label(Label.NOTHING_HERE), class_="sf-more")
    if column.cards:
        listed = element("ul", class_="sf-cards")
        listed.extend(_card(card, board, language) for card in column.cards)
        yield listed
    if column.more:
        yield element("p", language.label(Label.AND_MORE, count=language.number(column.more)), class_="sf-more")


def _card(card: Card, board: PipelineBoard, language: Language) -> Element:
    amount = language.label(Label.UNKNOWN) if card.amount is None else language.money(card.amount)
    return element(
        "li",
        element("h4", name_of(card.title)),
        element(
            "p",
            element("span", f"{language.label(Label.AMOUNT)}: ", class_="sf-unseen"),
            name_of(amount),
            class_="sf-worth",
        ),
        _signs(card, language),
        _card_facts(card, board, language),
        _missing(card, language),
        class_="sf-card",
    )


def _signs(card: Card, language: Language) -> Element | None:
    signs = signs_of(card, language)
    if not signs:
        return None
    listed = element("ul", class_="sf-signs")
    listed.extend(
        element(
            "li",
            element("span", f"{sign.mark} ", aria_hidden="true"),
            sign.text,
            class_=f"sf-{'hushed' if sign.tone == 'quiet' else sign.tone}",
        )
        for sign in signs
    )
    return listed


def _card_facts(card: Card, board: PipelineBoard, language: Language) -> Element:
    unknown = language.label(Label.UNKNOWN)
    facts: list[tuple[str, Sequence[str]]] = [
        (language.label(Label.OWNER), [card.owner or language.label(Label.NOBODY)]),
        (language.label(Label.DAYS_HERE), [unknown if card.age is None else language.number(card.age.days)]),
    ]
    if card.expected_close is not None:
        facts.append((language.label(Label.EXPECTED), [language.day(card.expected_close)]))
    if card.next_step is not None:
        step = card.next_step
        when = [] if step.at is None else [language.day(step.at.astimezone(board.zone).date())]
        what = language.label(Label.A_STEP) if step.what is None else step.what
        facts.append((language.label(Label.NEXT_STEP), [what, *when]))
    return _described(facts)


def _missing(card: Card, language: Language) -> Element | None:
    """What is missing for the next move; nothing where that is not known, or no move is next."""
    if card.missing is None or card.leads_to is None:
        return None
    stage = language.own(card.leads_to)
    if not card.missing:
        ready = language.label(Label.NOTHING_MISSING, stage=stage)
        return element(
            "div",
            element("p", element("span", "✓ ", aria_hidden="true"), ready, class_="sf-good"),
            class_="sf-missing",
        )
    listed = element("ul")
    listed.extend(_unmet(unmet, language) for unmet in card.missing)
    return element("div", element("p", language.label(Label.MISSING_FOR, stage=stage)), listed, class_="sf-missing")


def _unmet(unmet: Unmet, language: Language) -> Element:
    parts: list[Element | str] = [element("span", "□ ", aria_hidden="true"), language.own(unmet.text)]
    for place, missing in enumerate(unmet.missing):
        parts += [": " if place == 0 else ", ", name_of(language.own(missing))]
    return element("li", *parts)
