"""The forecast category of an open deal: what its seller said, or what was agreed on for its stage or its chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import attrs

from salesflow.deal.deal import ForecastCategory
from salesflow.errors import InvalidValue, UnknownName
from salesflow.measure.rows import DealRow
from salesflow.values.decimals import exact_decimal

__all__ = ["CategoryRule"]

_Given = Mapping[str, ForecastCategory | str] | Iterable[tuple[str, ForecastCategory | str]]
_GivenChances = (
    Mapping[Decimal | str | int, ForecastCategory | str] | Iterable[tuple[Decimal | str | int, ForecastCategory | str]]
)


def _category(value: ForecastCategory | str) -> ForecastCategory:
    try:
        return ForecastCategory(value)
    except ValueError:
        raise UnknownName("forecast category", value, ForecastCategory) from None


def _category_or_none(value: ForecastCategory | str | None) -> ForecastCategory | None:
    return None if value is None else _category(value)


def _by_stage(given: _Given) -> tuple[tuple[str, ForecastCategory], ...]:
    return tuple((stage, _category(category)) for stage, category in dict(given).items())


def _from_probability(given: _GivenChances) -> tuple[tuple[Decimal, ForecastCategory], ...]:
    found = [
        (exact_decimal(least, field="from_probability"), _category(category)) for least, category in dict(given).items()
    ]
    for least, _ in found:
        if not 0 <= least <= 1:
            raise InvalidValue(
                "a probability lies between 0 and 1", field="from_probability", value=least, way_out='give "0.9", say'
            )
    return tuple(sorted(found, reverse=True))


@attrs.frozen(kw_only=True)
class CategoryRule:
    """How the category of an open deal is decided; what comes first decides.

    A won deal is in none of them: it is closed. A lost one is in no forecast.

    Attributes:
        seller_first: whether what the seller said counts before everything else; it does where nothing is said. Otherwise
            it counts where nothing else decides.
        by_stage: the category of the deals in a stage, by its key.
        from_probability: the category from a probability on: ``{"0.9": "commit", "0.5": "best case", "0": "pipeline"}``.
        otherwise: the category of deals that nothing decides; ``None`` keeps them apart, in a line of their own.

    Raises:
        UnknownName: there is no such category.
        InvalidValue: a probability does not lie between 0 and 1.
    """

    seller_first: bool = True
    by_stage: tuple[tuple[str, ForecastCategory], ...] = attrs.field(default=(), converter=_by_stage)
    from_probability: tuple[tuple[Decimal, ForecastCategory], ...] = attrs.field(
        default=(), converter=_from_probability
    )
    otherwise: ForecastCategory | None = attrs.field(default=None, converter=_category_or_none)

    def __call__(self, row: DealRow) -> ForecastCategory | None:
        """The category of an open deal."""
        said = row.forecast_category
        if said is not None and self.seller_first:
            return said
        return self._by_rule(row) or said or self.otherwise

    def _by_rule(self, row: DealRow) -> ForecastCategory | None:
        for stage, category in self.by_stage:
            if stage == row.stage:
                return category
        if row.probability is not None:
            for least, category in self.from_probability:
                if row.probability >= least:
                    return category
        return None

    def __str__(self) -> str:
        rules = [name for name, given in (("stage", self.by_stage), ("probability", self.from_probability)) if given]
        said = "what the seller said"
        order = [said, *rules] if self.seller_first else [*rules, said]
        last = "" if self.otherwise is None else f", or else {self.otherwise}"
        return f"category by {', then '.join(order)}{last}"
