"""Adjustments: what a manager expects instead of what the deals say, kept beside it.

An adjustment is a value with who, when and why. It changes no deal and no forecast: the adjusted figure stands next to the
unadjusted one, and the adjusted total next to the sum. Whose forecast is adjusted is the key of a group, so owners, teams,
months or single deals can be, by whatever the forecast was grouped.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from enum import Enum

import attrs

from salesflow.errors import CurrencyMismatch, InvalidValue, UnknownName, WrongType
from salesflow.measure.forecast import Forecast, ForecastLine, forecast_line
from salesflow.measure.forecast_deals import has_length
from salesflow.measure.result import NOT_ASSIGNED, Groups, Result
from salesflow.values.moments import Period, elapsed, is_moment, moment
from salesflow.values.money import Money
from salesflow.values.text import is_line

__all__ = ["EVERYBODY", "AdjustedFigure", "AdjustedForecast", "Everybody", "ForecastAdjustment", "adjusted"]


class Everybody(Enum):
    """Stands for the forecast as a whole."""

    EVERYBODY = "everybody"


EVERYBODY = Everybody.EVERYBODY
"""Adjusts the forecast as a whole, whatever its groups come to."""


def _is_money(_instance: object, attribute: attrs.Attribute[Money], value: object) -> None:
    if not isinstance(value, Money):
        raise WrongType(
            "must be Money", field=attribute.name, value=value, way_out="give what is expected, not the difference"
        )


@attrs.frozen(kw_only=True)
class ForecastAdjustment:
    """What somebody expects instead of a figure of a forecast.

    Attributes:
        of: whose figure: the key of its group, such as an owner; ``EVERYBODY`` is the forecast as a whole.
        line: which figure; the commit forecast where nothing is said.
        to: what is expected instead.
        by: who says so.
        at: when; aware.
        reason: why; a line.
        period: of which forecast; ``None`` is whichever it is put beside.
    """

    of: Hashable
    line: ForecastLine = attrs.field(default=ForecastLine.COMMIT_FORECAST, converter=forecast_line)
    to: Money = attrs.field(validator=_is_money)
    by: str = attrs.field(validator=is_line())
    at: datetime = attrs.field(validator=is_moment())
    reason: str = attrs.field(validator=is_line(personal=True))
    period: Period | None = attrs.field(default=None, validator=has_length)


@attrs.frozen(kw_only=True)
class AdjustedFigure:
    """A figure of a forecast, and what somebody expects instead.

    Attributes:
        of: whose: the key of the group, or ``EVERYBODY``.
        unadjusted: what the deals say.
        adjusted: what is expected: as adjusted, or else as the deals say. Of the whole it is the sum over the groups, each
            as adjusted, unless the whole itself is adjusted. ``None`` where it is undefined.
        undefined: why there is no adjusted figure.
        adjustment: the one that holds; ``None`` where there is none.
        earlier: those that it replaced, from first to last.
    """

    of: Hashable
    unadjusted: Result[Money]
    adjusted: Money | None
    undefined: str | None = None
    adjustment: ForecastAdjustment | None = None
    earlier: tuple[ForecastAdjustment, ...] = ()

    @property
    def difference(self) -> Money | None:
        """By how much the adjusted figure is higher; ``None`` where one of the two is undefined."""
        own = self.unadjusted.value
        return None if own is None or self.adjusted is None else self.adjusted - own

    @property
    def label(self) -> str:
        """Whose, as text; "Not assigned" where there is nobody."""
        if self.of is EVERYBODY:
            return EVERYBODY.value
        keys = self.of if isinstance(self.of, tuple) else (self.of,)
        return ", ".join(NOT_ASSIGNED if key is None else str(key) for key in keys)


@attrs.frozen(kw_only=True)
class AdjustedForecast:
    """One line of a forecast with its adjustments.

    Attributes:
        line: which one.
        groups: each group, in the order of the forecast.
        whole: the forecast as a whole.
    """

    line: ForecastLine
    groups: tuple[AdjustedFigure, ...]
    whole: AdjustedFigure

    def __iter__(self) -> Iterator[AdjustedFigure]:
        return iter(self.groups)

    def __getitem__(self, of: Hashable) -> AdjustedFigure:
        for figure in self.groups:
            if figure.of == of:
                return figure
        raise UnknownName("group of the forecast", of, (figure.label for figure in self.groups))


def adjusted(
    forecast: Groups[Forecast],
    adjustments: Iterable[ForecastAdjustment],
    *,
    line: ForecastLine | str = ForecastLine.COMMIT_FORECAST,
    as_of: datetime | None = None,
    also: Iterable[Hashable] = (),
) -> AdjustedForecast:
    """Put adjustments beside a line of a forecast.

    Args:
        forecast: for every owner, say: ``grouped(CategoryForecast(period=quarter), "owner").of(rows)``.
        adjustments: of any lines and periods; those of others are passed over. Of several for one group the latest holds,
            and of those of one moment the last one given.
        line: which one.
        as_of: only adjustments made up to this moment; ``None`` is all.
        also: keys that have no deals in the forecast and may be adjusted all the same: everybody on the team, say.

    Raises:
        UnknownName: an adjustment is of somebody who is neither a group of the forecast nor in ``also``, or there is no
            such line.
        CurrencyMismatch: an adjustment is in another currency than the figure.
        InvalidValue: deals may be in several groups, so that the groups do not add up.

    Example:
        ``adjusted(forecast, adjustments)["noa"].adjusted``
    """
    if forecast.overlap:
        raise InvalidValue(
            "groups that share deals do not add up",
            field="forecast",
            value=" and ".join(forecast.by),
            way_out="group by something that a deal has one of, such as its owner",
        )
    wanted = forecast_line(line)
    if as_of is not None:
        moment(as_of, field="as_of")
    whole = forecast.whole[wanted]
    figures = {group.key: group.result[wanted] for group in forecast}
    for key in also:
        figures.setdefault(key, _of_no_deals(whole))
    period = whole.definition.period
    said = _by_whom([one for one in adjustments if one.line is wanted and one.period in (None, period)], as_of)
    _check_known(said, figures, forecast.by)
    groups = tuple(_figure(key, own, said.get(key, ())) for key, own in figures.items())
    if EVERYBODY in said:
        return AdjustedForecast(line=wanted, groups=groups, whole=_figure(EVERYBODY, whole, said[EVERYBODY]))
    return AdjustedForecast(line=wanted, groups=groups, whole=_sum(whole, groups))


def _of_no_deals(whole: Result[Money]) -> Result[Money]:
    return Result(definition=whole.definition, value=None, undefined="there are no deals of this group", count=0)


def _by_whom(
    adjustments: Iterable[ForecastAdjustment], as_of: datetime | None
) -> dict[Hashable, list[ForecastAdjustment]]:
    found: dict[Hashable, list[ForecastAdjustment]] = {}
    for one in adjustments:
        if as_of is None or elapsed(one.at, as_of).days >= 0:
            found.setdefault(one.of, []).append(one)
    for several in found.values():
        several.sort(key=lambda one: one.at)
    return found


def _check_known(said: Iterable[Hashable], figures: Iterable[Hashable], by: tuple[str, ...]) -> None:
    known = [*figures, EVERYBODY]
    for of in said:
        if of not in known:
            raise UnknownName(
                f"group by {' and '.join(by)}",
                of,
                (NOT_ASSIGNED if key is None else str(key) for key in known[:-1]),
                where="the forecast that is adjusted",
            )


def _figure(of: Hashable, own: Result[Money], said: Sequence[ForecastAdjustment]) -> AdjustedFigure:
    if not said:
        return AdjustedFigure(of=of, unadjusted=own, adjusted=own.value, undefined=own.undefined)
    *earlier, last = said
    if own.value is not None and own.value.currency != last.to.currency:
        raise CurrencyMismatch(own.value.currency, last.to.currency, doing="compared")
    return AdjustedFigure(of=of, unadjusted=own, adjusted=last.to, adjustment=last, earlier=tuple(earlier))


def _sum(whole: Result[Money], groups: Sequence[AdjustedFigure]) -> AdjustedFigure:
    """The whole, as the groups are adjusted; a group without any figure adds nothing, as in the sum of the deals."""
    amounts = [figure.adjusted for figure in groups if figure.adjusted is not None]
    codes = {amount.currency for amount in amounts}
    if len(codes) != 1:
        why = whole.undefined or ("the groups are in several currencies" if codes else "no group has a figure")
        return AdjustedFigure(of=EVERYBODY, unadjusted=whole, adjusted=None, undefined=why)
    total = Money.total(amounts, currency=codes.pop())
    return AdjustedFigure(of=EVERYBODY, unadjusted=whole, adjusted=total)
