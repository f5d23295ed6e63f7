"""Efficiency: speed, and effort spent in line with the goals. One without the other misleads, so both stand side by side.

Who closes fast and misses the goal is busy with the wrong deals; who meets it slowly may not next time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

import attrs

from salesflow.measure.attainment import Standing
from salesflow.measure.cycle import SalesCycle
from salesflow.measure.result import NOT_ASSIGNED, Definition, Result
from salesflow.measure.rows import DealRow
from salesflow.measure.spread import Spread

__all__ = ["Efficiency", "efficiency"]

_NO_GOAL: Result[Decimal] = Result(
    definition=Definition(metric="attainment", numerator="what was reached", denominator="target", unit="fraction"),
    value=None,
    undefined="no goal is set for them",
    count=0,
)


@attrs.frozen(kw_only=True)
class Efficiency:
    """How fast somebody is, and how much of the goal is reached.

    Attributes:
        of: who; ``None`` are the deals that nobody owns.
        cycle: how many days deals take.
        attainment: how much of the target was reached, a fraction; undefined where there is none.
    """

    of: str | None
    cycle: Spread[Decimal]
    attainment: Result[Decimal]

    @property
    def label(self) -> str:
        """Who, as text; "Not assigned" for the deals that nobody owns."""
        return NOT_ASSIGNED if self.of is None else self.of


def _owner(row: DealRow) -> str | None:
    return row.owner


def efficiency(
    rows: Iterable[DealRow],
    standings: Mapping[str, Standing],
    *,
    cycle: SalesCycle,
    of: Callable[[DealRow], str | None] = _owner,
) -> tuple[Efficiency, ...]:
    """Put speed and attainment side by side, for everybody who has deals or a goal.

    Args:
        rows: deals, read one by one.
        standings: where each one stands with their target.
        cycle: how the days are counted; give it the period of the targets.
        of: whose a deal is; its owner's, where nothing is said. Give ``lambda row: row.team`` for teams.

    Returns:
        In the order of their names, those without one last.

    Example:
        ``efficiency(rows, standings, cycle=SalesCycle(period=quarter))``
    """
    tallies = {name: cycle.tally() for name in standings}
    of_nobody = cycle.tally()
    seen_nobody = False
    for row in rows:
        name = of(row)
        if name is None:
            of_nobody.add(row)
            seen_nobody = True
        else:
            tallies.setdefault(name, cycle.tally()).add(row)
    found = [
        Efficiency(
            of=name,
            cycle=tallies[name].result(),
            attainment=standings[name].attainment if name in standings else _NO_GOAL,
        )
        for name in sorted(tallies)
    ]
    if seen_nobody:
        found.append(Efficiency(of=None, cycle=of_nobody.result(), attainment=_NO_GOAL))
    return tuple(found)
