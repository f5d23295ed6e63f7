"""The plans of metrics that look at the visits: time in stage, conversion, and the funnel."""

from __future__ import annotations

from typing import Any

import attrs

from salesflow.measure.conversion import StageConversion
from salesflow.measure.frames.engine import Expr, Frame, choose, col, narwhals
from salesflow.measure.frames.normal import Table
from salesflow.measure.frames.plans import DealPlan, planned
from salesflow.measure.frames.questions import Key
from salesflow.measure.frames.scope import Scope
from salesflow.measure.frames.values import Values
from salesflow.measure.funnel import Funnel
from salesflow.measure.grouping import in_order
from salesflow.measure.result import Group, Groups
from salesflow.measure.time_in_stage import Per, TimeInStage
from salesflow.outcome import Outcome

__all__ = ["VisitPlan"]


class VisitPlan(DealPlan[Any]):
    """A plan that looks at the visits of the chosen deals."""

    def __init__(self, metric: Any, scope: Scope) -> None:
        super().__init__(metric, scope)
        table = self.session.table("visits", needed_for=metric)
        flags = {} if metric.period is None else {"sf_in": self.chosen}
        self.visits: Table = attrs.evolve(table, frame=scope.joined(table, flags))
        self.chosen_visits: Expr = col("sf_in") if flags else table.every
        self.frame_name: str = f"visits{scope.name}" + (f" {metric.axis} {metric.period}" if flags else "")

    def outcomes(self, wanted: Any) -> Expr:
        """The visits to stages of these outcomes; where the table does not say, a stage is an open one."""
        known = self.visits.known("outcome")
        of_these = self.visits.any_of("outcome", wanted)
        return of_these | ~known if Outcome.OPEN in wanted else of_these


@planned(TimeInStage)
class TimeInStagePlan(VisitPlan):
    """Distributions of the lengths of stays, by stage and over all stages."""

    def __init__(self, metric: TimeInStage, scope: Scope) -> None:
        super().__init__(metric, scope)
        visits, until = self.visits, metric.until
        counted = self.chosen_visits & self.outcomes(metric.stages_of)
        entered, has_left = visits.at("entered_at"), visits.known("left_at")
        left = visits.at("left_at")
        about = self.session.question(self.frame_name, lambda: visits.frame, scope.key_names)
        if until is None:
            reason = "the stay goes on, and no moment is given up to which it counts"
            self.leave_out(reason, counted & ~has_left, about, "deal_id")
            counted = counted & has_left
        else:
            now = visits.zero + scope.microseconds(until)
            left = choose(has_left, left, now)
            self.leave_out("the stay begins later", counted & (left < entered), about, "deal_id")
            counted = counted & (left >= entered)
        stays = self._stays(metric, counted, entered, left)
        names, repeats = scope.key_names, metric.calendar.per_day == 1
        session, name = self.session, f"{self.frame_name} stays {metric}"
        self._by_stage = session.question(name, lambda: stays, (*names, "sf_stage"))
        self._over_all = session.question(name, lambda: stays, names)
        every, value = col("sf_length") >= 0, col("sf_length")
        self._lengths = Values(self._by_stage, every, value, metric=metric, repeats=repeats)
        parts = self._lengths
        self._whole = Values(self._over_all, every, value, metric=metric, repeats=repeats, parts=parts)
        self._deals = self.note(every, self._by_stage, "deal_id")

    def _stays(self, metric: TimeInStage, counted: Expr, entered: Expr, left: Expr) -> Frame:
        """One row for each stay that counts, or for all stays of a deal in a stage."""
        names, calendar = self.scope.key_names, metric.calendar
        frame = self.session.with_days(
            self.visits.frame.filter(counted), calendar, entered, left, name="sf_length", at=metric.until
        )
        stays = frame.select(*names, "deal_id", self.visits.text("stage", empty=True).alias("sf_stage"), "sf_length")
        if metric.per is Per.VISIT:
            return stays
        return self.visits.held(stays.group_by(*names, "deal_id", "sf_stage").agg(col("sf_length").sum()))

    def fill_counts(self, tally: Any, key: Key) -> None:
        """The lengths of every stage."""
        for (stage,) in self._by_stage.under(key):
            tally._stages[stage] = self._lengths.distribution((*key, stage))
            if self._with_ids:
                tally._deals[stage] = self._deals.ids((*key, stage))

    def result(self, key: Key) -> Any:
        """The lengths by stage; the whole has places of its own, which those of the stages do not give."""
        tally = self._measured.tally()
        self.fill(tally, key)
        stages, deals = tally._stages, tally._deals  # type: ignore[attr-defined]  # it is a TimeInStageTally
        everywhere = [one for ids in deals.values() for one in ids]
        return Groups(
            by=("stage",),
            groups=tuple(
                Group(key=stage, result=tally._spread(stages[stage], deals.get(stage, [])))  # type: ignore[attr-defined]
                for stage in sorted(stages, key=in_order)
            ),
            whole=tally._spread(self._whole.distribution(key), everywhere),  # type: ignore[attr-defined]
        )


@planned(StageConversion)
class ConversionPlan(VisitPlan):
    """Counts the visits that ended, by where they led, and those that go on."""

    def __init__(self, metric: StageConversion, scope: Scope) -> None:
        super().__init__(metric, scope)
        visits = self.visits
        ways = {"sf_stage": "stage", "sf_next": "next_stage", "sf_means": "next_outcome"}
        keyed = {name: visits.text(column, empty=True) for name, column in ways.items()}
        self._ways = self.session.question(
            f"{self.frame_name} ways", lambda: visits.frame.with_columns(**keyed), (*scope.key_names, *ways)
        )
        self._ended = self.note(self.chosen_visits & visits.known("left_at"), self._ways, "deal_id")
        self._going_on = self._ways.count(self.chosen_visits & ~visits.known("left_at"))

    def fill_counts(self, tally: Any, key: Key) -> None:
        """A number for each way out of each stage."""
        for own, cell in self._ways.under(key).items():
            stage, following, means = own
            noted = self.noted(self._ended, (*key, *own))
            if noted.count:
                tally._ways[stage, following, None if means is None else Outcome(str(means))] = noted
            if cell[self._going_on]:
                tally._going_on[stage] = tally._going_on.get(stage, 0) + cell[self._going_on]


@planned(Funnel)
class FunnelPlan(DealPlan[Any]):
    """Counts deals by their furthest stage and their outcome."""

    def __init__(self, metric: Funnel, scope: Scope) -> None:
        super().__init__(metric, scope)
        nw, places = narwhals(), [(stage, place) for place, stage in enumerate(metric.stages)]
        frame = self.deals.frame
        furthest = [self.deals.lookup(column, places, -1) for column in ("stage", "closed_from")]
        visits = self.session.tables.get("visits")
        if visits is not None:
            place = visits.lookup("stage", places, -1).alias("sf_place")
            of_visits = visits.frame.select(col("deal_id").alias("sf_deal"), place)
            of_visits = of_visits.group_by("sf_deal").agg(col("sf_place").max())
            frame = frame.join(of_visits, left_on="id", right_on="sf_deal", how="left")
            furthest.append(col("sf_place").fill_null(-1).cast(nw.Int64))
        frame = frame.with_columns(nw.max_horizontal(*furthest).alias("sf_furthest"))
        name = f"deals{scope.name} funnel {metric.stages}"
        self._by_place = self.session.question(name, lambda: frame, (*scope.key_names, "sf_furthest"))
        self._nowhere = self.note(self.chosen, self._by_place)
        self._reached = {one: self.note(self.are(one), self._by_place) for one in Outcome}

    def fill_counts(self, tally: Any, key: Key) -> None:
        """A number for each stage and outcome, and for those that were in none of the stages."""
        for (found,) in self._by_place.under(key):
            place, own = int(str(found)), (*key, found)
            if place < 0:
                nowhere = self.noted(self._nowhere, own)
                if nowhere.count:
                    tally._left["it was in none of the stages"] = nowhere
                continue
            for outcome, noting in self._reached.items():
                noted = self.noted(noting, own)
                tally._reached[outcome][place] = noted.count
                if noted.ids:
                    tally._ids[outcome, place] = noted.ids
