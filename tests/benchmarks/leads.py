"""How long it takes to score a lead, to learn from many, and to find duplicates, against what others would use.

A program, not a test::

    uv run --group bench tests/benchmarks/leads.py          # the table
    uv run --group bench tests/benchmarks/leads.py --json   # everything, as one JSON object

Everything is measured in one process and one run. Sides take turns within a round, and a ratio is the median over the
rounds of "theirs by ours", so that a busy machine slows both alike. The garbage collector is off while anything is
timed.

- **score_speedup_vs_sklearn**: one lead, given as the host has it (a mapping of texts), scored with its reasons, against
  ``CategoricalNB.predict_proba`` of scikit-learn on one row. The row is an array of numbers that was encoded before, and
  the encoding is not counted; so the comparison is in favor of scikit-learn. Both learned from the same leads with the
  same smoothing (0.1) and the same priors, and ``largest_difference`` says how far their chances lie apart.
- **duplicates_speedup, duplicates_precision, duplicates_recall**: see ``duplicates_bench.py``.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib.util
import json
import platform
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

import attrs

from salesflow import Outcome
from salesflow.leads.features import ScoredField, ScoredFields
from salesflow.leads.learning import ClosedLead
from salesflow.leads.scoring import PredictiveScoring

PARTS = ("scoring", "duplicates")
BOUNDS = {
    "duplicates_speedup": 100,
    "duplicates_precision": 0.95,
    "duplicates_recall": 0.95,
    "score_speedup_vs_sklearn": 20,
}
"""What each ratio must be at least."""

KINDS = {"country": 40, "source": 12, "industry": 25, "size": 6, "language": 20, "quality": 3}
"""The fields of a generated lead, and how many values each has."""

ALPHA = 0.1
DUPLICATES = Path(__file__).with_name("duplicates_bench.py")


@contextlib.contextmanager
def without_collector() -> Iterator[None]:
    """Everything that is garbage is collected before; while it is measured, the collector is off."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def seconds_of(work: Callable[[], object], times: int = 1) -> float:
    """Seconds that one call takes."""
    with without_collector():
        start = perf_counter()
        for _ in range(times):
            work()
        return (perf_counter() - start) / times


@attrs.define
class Report:
    """What was measured."""

    ratios: dict[str, float | None] = attrs.field(factory=lambda: dict.fromkeys(BOUNDS))
    figures: dict[str, object] = attrs.field(factory=dict)
    reasons: dict[str, str] = attrs.field(factory=dict)

    def as_json(self) -> str:
        """One JSON object."""
        return json.dumps({**attrs.asdict(self), "bounds": BOUNDS}, indent=1)

    def as_table(self) -> str:
        """A table for people."""
        lines = [f"{'ratio':<34}{'measured':>10}{'at least':>10}"]
        for name, value in self.ratios.items():
            shown = "-" if value is None else f"{value:.3f}"
            lines.append(f"{name:<34}{shown:>10}{BOUNDS[name]:>10}   {self.reasons.get(name, '')}".rstrip())
        lines += ["", *(f"{name:<34}{value!s:>10}" for name, value in self.figures.items())]
        return "\n".join(lines)


# Scoring --------------------------------------------------------------------------------------------------------------


def generated(count: int, *, seed: int = 7) -> list[tuple[dict[str, str], Outcome]]:
    """Leads with a value in every field; the better the values, the oftener they were won."""
    random = Random(seed)
    leads = []
    for _ in range(count):
        numbers = {name: min(int(random.expovariate(3 / many)), many - 1) for name, many in KINDS.items()}
        chance = 0.6 - 0.5 * sum(number / KINDS[name] for name, number in numbers.items()) / len(KINDS)
        outcome = Outcome.WON if random.random() < chance else Outcome.LOST
        leads.append(({name: f"{name} {number}" for name, number in numbers.items()}, outcome))
    return leads


def learned(leads: Sequence[tuple[dict[str, str], Outcome]]) -> PredictiveScoring:
    """Our scoring, learned in bulk."""
    features = ScoredFields(map(ScoredField, KINDS))
    return PredictiveScoring(features).learn_all(ClosedLead(lead, outcome, team="north") for lead, outcome in leads)


@attrs.frozen
class Sklearn:
    """CategoricalNB with the same counts: how it predicts one row, and how a lead becomes one."""

    predict: Callable[[object], Sequence[Sequence[float]]]
    encode: Callable[[dict[str, str]], object]
    fit_seconds: float


def sklearn_learned(leads: Sequence[tuple[dict[str, str], Outcome]]) -> Sklearn:
    """The peer. Its smoothing is ours, 0.1, and so are its priors; it has the same categories."""
    import numpy
    from sklearn.naive_bayes import CategoricalNB
    from sklearn.preprocessing import OrdinalEncoder

    texts = [[lead[name] for name in KINDS] for lead, _outcome in leads]
    encoder = OrdinalEncoder().fit(texts)
    rows = encoder.transform(texts).astype(numpy.int64)
    won = numpy.array([outcome is Outcome.WON for _lead, outcome in leads])
    counts = numpy.array([(~won).sum() + ALPHA, won.sum() + ALPHA])
    model = CategoricalNB(alpha=ALPHA, class_prior=counts / counts.sum())
    fit_seconds = seconds_of(lambda: model.fit(rows, won))
    return Sklearn(
        model.predict_proba,
        lambda lead: encoder.transform([[lead[name] for name in KINDS]]).astype(numpy.int64),
        fit_seconds,
    )


def measure_scoring(report: Report, *, leads: int, rounds: int) -> None:
    """Learning from many leads, and scoring one."""
    history = generated(leads)
    made: list[PredictiveScoring] = []
    times = [seconds_of(lambda: made.append(learned(history))) for _ in range(min(rounds, 5))]
    scoring = made[-1]
    one, outcome = history[0]
    report.figures["leads_learned"] = leads
    report.figures["learn_all_seconds"] = round(median(times), 3)
    report.figures["learn_one_us"] = round(seconds_of(lambda: scoring.learn(one, outcome, team="north"), 50) * 1e6, 1)
    report.figures["unlearn_one_us"] = round(
        seconds_of(lambda: scoring.unlearn(one, outcome, team="north"), 50) * 1e6, 1
    )
    try:
        peer = sklearn_learned(history)
    except ImportError as error:
        report.reasons["score_speedup_vs_sklearn"] = (
            f"{error.name} is not installed; it is in the dependency group 'bench'"
        )
        return
    measure_one_lead(report, scoring, peer, [lead for lead, _outcome in history[:rounds]])
    report.figures["sklearn_fit_encoded_seconds"] = round(peer.fit_seconds, 3)


def measure_one_lead(
    report: Report, scoring: PredictiveScoring, peer: Sklearn, leads: Sequence[dict[str, str]]
) -> None:
    """A lead scored by us and by the peer, in turns, a lead a round."""
    ours, theirs, differences = [], [], []
    scoring.score(leads[0], team="north")  # what the counts weigh is worked out once
    for lead in leads:
        row = peer.encode(lead)
        ours.append(seconds_of(lambda lead=lead: scoring.score(lead, team="north"), 200))
        theirs.append(seconds_of(lambda row=row: peer.predict(row), 20))
        differences.append(abs(float(scoring.score(lead, team="north").unrounded) - float(peer.predict(row)[0][1])))
    report.ratios["score_speedup_vs_sklearn"] = round(
        median(slow / fast for slow, fast in zip(theirs, ours, strict=True)), 1
    )
    report.figures["score_one_us"] = round(median(ours) * 1e6, 2)
    report.figures["sklearn_predict_one_us"] = round(median(theirs) * 1e6, 1)
    report.figures["largest_difference"] = max(differences)
    if max(differences) > 1e-9:
        raise SystemExit(f"the chances differ by {max(differences)}, so the times compare nothing")


# Duplicates -----------------------------------------------------------------------------------------------------------


def measure_duplicates(report: Report, *, quick: bool) -> None:
    """What ``duplicates_bench.measure`` finds: the ratios that are bounded, and whatever else it says as figures."""
    if not DUPLICATES.exists():
        reason = f"{DUPLICATES.name} is not there"
        report.reasons.update({name: reason for name in BOUNDS if name.startswith("duplicates")})
        return
    spec = importlib.util.spec_from_file_location("duplicates_bench", DUPLICATES)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        found = module.measure(quick)
    except ImportError as error:
        report.reasons.update({name: str(error) for name in BOUNDS if name.startswith("duplicates")})
        return
    for name, value in found.items():
        (report.ratios if name in BOUNDS else report.figures)[name] = value


def measured(parts: Sequence[str], *, quick: bool = False) -> Report:
    """Measure these parts.

    Args:
        parts: some of ``PARTS``.
        quick: few leads and rounds, to see that it runs; the figures mean little then.
    """
    report = Report()
    report.figures["python"] = platform.python_version()
    if "scoring" in parts:
        measure_scoring(report, leads=2000 if quick else 100_000, rounds=5 if quick else 101)
    if "duplicates" in parts:
        measure_duplicates(report, quick=quick)
    for name in BOUNDS:
        if report.ratios[name] is None:
            report.reasons.setdefault(name, "not asked for")
    return report


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description="How long scoring and finding duplicates take, against others.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="few leads and rounds, to see that it runs")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="measure these parts only")
    options = parser.parse_args(arguments)
    report = measured(options.only, quick=options.quick)
    print(report.as_json() if options.json else report.as_table())


if __name__ == "__main__":
    main()
