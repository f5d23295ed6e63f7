"""Who is most ready to buy: leads in the order in which they should be called.

The rule, which decides every tie: the higher score comes first, and a lead without one last; of equal scores, the lead
that gave the later signal, and one that gave none last; of these, the smaller id. It is a total order, so the same leads
always come out the same, in whatever order they went in. That the later signal decides is our own choice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import attrs

from salesflow.errors import InvalidValue, WrongType
from salesflow.values.decimals import exact_decimal
from salesflow.values.moments import elapsed, is_optional_moment
from salesflow.values.text import is_identifier

__all__ = ["RANKING_RULE", "Place", "Ranked", "Ranking", "rank"]

RANKING_RULE = (
    "the higher score first, none last; of equal scores the later signal first, none last; of these the smaller id"
)
"""The order in which leads are called, in words."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING = timedelta(0)


def _optional_score(score: Decimal | int | str | None) -> Decimal | None:
    return None if score is None else exact_decimal(score, field="score")


@attrs.frozen
class Ranked:
    """A lead to be ranked.

    Attributes:
        id: its id.
        score: any score, the higher the readier: a probability or points, but one kind in one ranking. ``None`` is not
            known, which is not 0.
        last_signal_at: when it last showed interest, where known.

    Raises:
        WrongType: the score is a ``float`` or no number, or the moment no datetime.
        InvalidValue: the score is not finite, or the moment has no time zone.
    """

    id: str = attrs.field(validator=is_identifier())
    score: Decimal | None = attrs.field(default=None, converter=_optional_score)
    last_signal_at: datetime | None = attrs.field(default=None, kw_only=True, validator=is_optional_moment())


@attrs.frozen(kw_only=True)
class Place:
    """Where a lead came in a ranking.

    Attributes:
        number: 1 for the first. Leads of one score share the number, and the next one is counted as if they did not.
        lead: the lead.
        is_tied: whether others have the same score, so that the rest of the rule decided the order.
    """

    number: int
    lead: Ranked
    is_tied: bool


@attrs.frozen(kw_only=True)
class Ranking:
    """Leads in order.

    Attributes:
        places: all of them, the readiest first.
        rule: the rule that decided.
    """

    places: tuple[Place, ...]
    rule: str = RANKING_RULE

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in order."""
        return tuple(place.lead.id for place in self.places)


def rank(leads: Iterable[Ranked]) -> Ranking:
    """Put leads in the order in which they should be called.

    The rule is in ``Ranking.rule``: the higher score first, and no score last; of equal scores the later signal first,
    and no signal last; of these the smaller id.

    Raises:
        InvalidValue: an id comes twice.
        WrongType: something is no ``Ranked``.

    Example:
        >>> rank([Ranked("L-2", "0.4"), Ranked("L-1", "0.4"), Ranked("L-3", "0.9")]).ids
        ('L-3', 'L-1', 'L-2')
    """
    ordered = sorted(_checked(leads), key=_order)
    scores = [lead.score for lead in ordered]
    first: dict[Decimal | None, int] = {}
    times: dict[Decimal | None, int] = {}
    for number, score in enumerate(scores, 1):
        first.setdefault(score, number)
        times[score] = times.get(score, 0) + 1
    return Ranking(
        places=tuple(Place(number=first[one.score], lead=one, is_tied=times[one.score] > 1) for one in ordered)
    )


def _checked(leads: Iterable[Ranked]) -> list[Ranked]:
    found: dict[str, Ranked] = {}
    for lead in leads:
        if not isinstance(lead, Ranked):
            raise WrongType(
                "is made of Ranked", field="leads", way_out=f"give Ranked(id, score), not {type(lead).__name__}"
            )
        if lead.id in found:
            raise InvalidValue("a lead is ranked once", field="leads", value=lead.id, way_out="give one score for each")
        found[lead.id] = lead
    return list(found.values())


def _order(lead: Ranked) -> tuple[bool, Decimal, bool, timedelta, str]:
    score, signal = lead.score, lead.last_signal_at
    return (
        score is None,
        Decimal(0) if score is None else score.copy_negate(),
        signal is None,
        _NOTHING if signal is None else -elapsed(_EPOCH, signal),
        lead.id,
    )
