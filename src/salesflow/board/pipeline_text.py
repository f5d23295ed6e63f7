"""The pipeline board as text: a table of the stages, then the cards of each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from salesflow.board.card import Card
from salesflow.board.labels import Label
from salesflow.board.language import Language
from salesflow.board.marks import left_out_words
from salesflow.board.pipeline import Column, PipelineBoard
from salesflow.board.signs import signs_of
from salesflow.board.terminal import columns_of, fitted, laid_out, ruled, shown, wrapped

__all__ = ["pipeline_lines"]

_COLUMNS = (
    Label.STAGE,
    Label.DEALS,
    Label.AMOUNT,
    Label.WEIGHTED,
    Label.OVERDUE,
    Label.DUE,
    Label.DONE,
    Label.NO_TASK,
)


def pipeline_lines(board: PipelineBoard, width: int, language: Language) -> Iterator[str]:
    """The lines of the board, none wider than this."""
    yield from ruled(shown(board.subject(language), language), width)
    yield from wrapped(language.label(Label.AS_OF, moment=language.moment(board.shown_at)), width)
    yield ""
    columns = [language.label(label) for label in _COLUMNS]
    yield from laid_out(columns, [row for column in board for row in _rows(column, language)], width)
    for line in left_out_words(board.left_out, language):
        yield from wrapped(f"{language.label(Label.LEFT_OUT)}: {line}", width)
    for column in board:
        if column.cards:
            yield ""
            yield from _column(column, board, width, language)


def _rows(column: Column, language: Language) -> Iterator[list[str]]:
    """The row of a stage, and one more for every further currency and for what is not known."""
    unknown = language.label(Label.UNKNOWN)
    amounts = [language.money(amount) for amount in column.amounts]
    weighted = [language.money(amount) for amount in column.weighted]
    if column.amount_unknown:
        amounts.append(f"{unknown}: {language.number(column.amount_unknown)}")
    if column.weighted_unknown:
        weighted.append(f"{unknown}: {language.number(column.weighted_unknown)}")
    counts = [language.number(count) for count in column.states.values()]
    first = [shown(language.own(column.title), language), language.number(column.count)]
    for place, (amount, weight) in enumerate(zip_longest(amounts or ["–"], weighted or ["–"], fillvalue="")):
        yield [*(first if place == 0 else ["", ""]), amount, weight, *(counts if place == 0 else [""] * 4)]


def _column(column: Column, board: PipelineBoard, width: int, language: Language) -> Iterator[str]:
    title = shown(language.own(column.title), language)
    yield from ruled(f"{title} · {language.number(column.count)}", width)
    for card in column.cards:
        yield from _card(card, board, width, language)
    if column.more:
        more = language.label(Label.AND_MORE, count=language.number(column.more))
        order = language.label(Label.ORDER, order=language.own(board.order.value))
        yield from wrapped(f"{more}. {order}", width)


def _card(card: Card, board: PipelineBoard, width: int, language: Language) -> Iterator[str]:
    amount = language.label(Label.UNKNOWN) if card.amount is None else language.money(card.amount)
    room = max(width - columns_of(amount) - 2, 8)
    yield f"{fitted(shown(card.title, language), room)}  {amount}".rstrip(" ")
    for part in _parts(card, board, language):
        yield from wrapped(part, width, indent=4)


def _parts(card: Card, board: PipelineBoard, language: Language) -> Iterator[str]:
    signs = [f"{sign.mark} {sign.text}" for sign in signs_of(card, language)]
    if signs:
        yield "  ".join(signs)
    facts = [
        (Label.OWNER, shown(card.owner, language) if card.owner else language.label(Label.NOBODY)),
        (Label.DAYS_HERE, language.label(Label.UNKNOWN) if card.age is None else language.number(card.age.days)),
    ]
    if card.expected_close is not None:
        facts.append((Label.EXPECTED, language.day(card.expected_close)))
    yield " · ".join(f"{language.label(label)}: {value}" for label, value in facts)
    if card.next_step is not None:
        step = card.next_step
        what = language.label(Label.A_STEP) if step.what is None else shown(step.what, language)
        when = "" if step.at is None else f", {language.day(step.at.astimezone(board.zone).date())}"
        yield f"{language.label(Label.NEXT_STEP)}: {what}{when}"
    if card.missing and card.leads_to is not None:
        stage = shown(language.own(card.leads_to), language)
        yield f"{language.label(Label.MISSING_FOR, stage=stage)}:"
        for unmet in card.missing:
            missing = ", ".join(shown(language.own(text), language) for text in unmet.missing)
            yield f"□ {shown(language.own(unmet.text), language)}" + (f": {missing}" if missing else "")
    elif card.is_ready and card.leads_to is not None:
        stage = shown(language.own(card.leads_to), language)
        yield f"✓ {language.label(Label.NOTHING_MISSING, stage=stage)}"
