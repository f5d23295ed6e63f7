"""What only leads have, when they are merged: answers, and the reason for which one was disqualified.

Of two answers to one question the later one counts, as everywhere. The reason of a lead that was disqualified goes on only
if the lead that survives is disqualified too: an open one has no reason to be closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from salesflow.answer import Answer
from salesflow.entity import Entity
from salesflow.leads.merge_fields import FieldMerge, LostValue, Why
from salesflow.outcome import Outcome
from salesflow.people.lead import Lead

__all__ = ["lead_fields"]


def lead_fields(records: Sequence[Entity]) -> tuple[tuple[FieldMerge, ...], tuple[LostValue, ...]]:
    """What becomes of these fields, and what is lost; nothing for other records than leads.

    Args:
        records: in the order of confidence, the one that survives first.
    """
    leads = [record for record in records if isinstance(record, Lead)]
    if not leads:
        return (), ()
    reason = _disqualification(leads)
    return (_answers(leads), reason), (*_lost_answers(leads), *_lost_reasons(leads, reason))


def _latest(leads: Sequence[Lead]) -> dict[str, tuple[str, Answer]]:
    """The latest answer to each question and whose it is; of two of one moment, that of the more trusted lead."""
    found: dict[str, tuple[str, Answer]] = {}
    for lead in leads:
        for answer in lead.answers:
            if answer.question not in found or found[answer.question][1].at < answer.at:
                found[answer.question] = (lead.id, answer)
    return found


def _answers(leads: Sequence[Lead]) -> FieldMerge:
    latest = _latest(leads)
    answers = tuple(answer for _, answer in latest.values())
    ids = tuple(dict.fromkeys(whose for whose, _ in latest.values()))
    return FieldMerge(
        field="answers",
        value=answers,
        ids=ids,
        why=Why.UNITED if ids else Why.UNKNOWN,
        is_changed=answers != leads[0].answers,
    )


def _lost_answers(leads: Sequence[Lead]) -> Iterator[LostValue]:
    latest = _latest(leads)
    for lead in leads:
        for answer in lead.answers:
            winner, kept = latest[answer.question]
            if answer.value != kept.value:
                yield LostValue(
                    field="answers",
                    id=lead.id,
                    value=answer,
                    because=f"{winner} has a later answer to {answer.question}",
                )


def _disqualification(leads: Sequence[Lead]) -> FieldMerge:
    survivor = leads[0]
    known = [lead for lead in leads if lead.disqualification is not None]
    winner = known[0] if known and survivor.outcome is Outcome.LOST else None
    value = survivor.disqualification if winner is None else winner.disqualification
    return FieldMerge(
        field="disqualification",
        value=value,
        ids=() if winner is None else (winner.id,),
        why=Why.UNKNOWN if winner is None else Why.FIRST_VALUE,
        is_changed=value != survivor.disqualification,
    )


def _lost_reasons(leads: Sequence[Lead], kept: FieldMerge) -> Iterator[LostValue]:
    is_lost = leads[0].outcome is Outcome.LOST
    because = f"{', '.join(kept.ids)} says why" if is_lost else "the lead that survives is not disqualified"
    for lead in leads:
        if lead.disqualification is not None and lead.id not in kept.ids:
            yield LostValue(field="disqualification", id=lead.id, value=lead.disqualification, because=because)
