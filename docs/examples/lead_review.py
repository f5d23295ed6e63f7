"""The review of leads: what two CRMs exported is read, looked through for duplicates, scored, and converted.

::

    uv run docs/examples/lead_review.py [--data DIR] [--all]

``crm_export.py`` beside this file reads the rows, and says what is assumed. Here, with everything in a storage:

1. rows in = records out + rows refused, or the program fails;
2. likely duplicates are found by matching keys, scored, and named with their reasons; a merge is previewed, none is made;
3. the open leads are scored by rules, and where there are outcomes to learn from, by a prediction; then ranked;
4. each open lead is planned to be converted; what is ready is committed, of the others it is said what is missing.

Records are called by the line that they came from. No name, address or number of a person is printed.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import attrs
from crm_export import RECIPES, SAMPLE, Import, Refused, Taken, rows_of, said_total

from salesflow import Contact, Lead, MemoryStorage, Organization
from salesflow.deal.deal import Deal
from salesflow.leads.conversion import plan_conversion
from salesflow.leads.conversion_parts import ConversionIds
from salesflow.leads.conversion_plan import ConversionPlan
from salesflow.leads.duplicates import DuplicateIndex, Hit
from salesflow.leads.features import ScoredField, ScoredFields
from salesflow.leads.merging import MergePreview, preview_merge
from salesflow.leads.ranking import Place, Ranked, rank
from salesflow.leads.rules import RuleScoring, ScoringRule
from salesflow.leads.scoring import PredictiveScoring
from salesflow.standard import StandardProcess
from salesflow.storage.query import eq, not_null, one_of

DATA = Path(__file__).resolve().parent / "data"
FILES = {
    RECIPES: ("Accounts.csv", "Contacts.csv", "Opportunities.csv"),
    SAMPLE: ("Account.json", "Contact.json", "Lead.json", "Opportunity.json"),
}
IMPORTED = datetime(2026, 11, 2, 9, tzinfo=UTC)
REVIEWED = IMPORTED + timedelta(hours=1)
DEALS = StandardProcess()
Record = Organization | Contact | Lead


def decides(lead: Lead) -> bool | None:
    """Whether their title says that they decide; our own list."""
    if lead.job_title is None:
        return None
    title = lead.job_title.casefold()
    return title in ("ceo", "cfo") or title.startswith(("svp", "vp"))


RULES: RuleScoring[Lead] = RuleScoring(
    [
        ScoringRule("recommended by somebody", 30, where=[one_of("source", ["Partner Referral", "External Referral"])]),
        ScoringRule("came by themselves", 20, where=[one_of("source", ["Web", "Phone Inquiry"])]),
        ScoringRule("from a list that was bought", -20, where=[eq("source", "Purchased List")]),
        ScoringRule("decides, by their title", 25, read=decides),
        ScoringRule("was spoken to", 15, where=[one_of("stage", ["working", "qualified"])]),
        ScoringRule("can be called", 10, where=[not_null("phone")]),
    ],
    cap=100,
)
"""What makes a lead ready to buy here. Only a team's own outcomes can tell what the points should be."""


# The review -----------------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Review:
    """What became of the rows, and of the leads among them.

    Attributes:
        rows_in: how many rows there were.
        taken: those that became records.
        refused: those that did not, with the reason.
        findings: what is odd in the files.
        duplicates: pairs of records that are likely one, the likeliest first.
        merges: previews of merges, for the groups that could be merged; none was made.
        places: the open leads, the readiest first.
        predicted: the chance of each open lead whose organization is of a kind that was learned about.
        learned: how many won and lost leads the prediction was learned from.
        converted: the plans that were carried out.
        waiting: the plans for which something is missing.
        storage: where everything is.
    """

    rows_in: int
    taken: tuple[Taken, ...]
    refused: tuple[Refused, ...]
    findings: tuple[str, ...]
    duplicates: tuple[Hit[Record], ...]
    merges: tuple[MergePreview[Record], ...]
    places: tuple[Place, ...]
    predicted: tuple[tuple[str, Decimal], ...]
    learned: tuple[int, int]
    converted: tuple[ConversionPlan[Deal], ...]
    waiting: tuple[ConversionPlan[Deal], ...]
    storage: MemoryStorage

    @property
    def is_complete(self) -> bool:
        """Whether every row is accounted for: rows in = records out + rows refused."""
        return self.rows_in == len(self.taken) + len(self.refused)


def review(folder: Path = DATA) -> Review:
    """Read the files of a folder, and look through what is in them.

    Raises:
        OSError: a file cannot be read.
        ValueError: a file is not what its name says.
    """
    rows_in, taken, refused, findings = read(folder)
    storage = MemoryStorage()
    for one in taken:
        storage.commit(one.changes)
    records = [one.record for one in taken]
    open_leads = [record for record in records if isinstance(record, Lead) and record.is_open]
    duplicates = DuplicateIndex(
        one for one in records if not one.id.endswith("-deal")
    )  # of these we know whose they are
    converted, waiting = convert(storage, taken, open_leads)
    predicted, learned = predict(taken)
    return Review(
        rows_in=rows_in,
        taken=tuple(taken),
        refused=tuple(refused),
        findings=tuple(findings),
        duplicates=tuple(sorted(duplicates.pairs(), key=lambda hit: (-hit.score, hit.entity.id, hit.other.id))),
        merges=tuple(preview_merge(group.members[:5]) for group in duplicates.groups()),
        places=rank(Ranked(lead.id, RULES.score(lead, at=REVIEWED).points) for lead in open_leads).places,
        predicted=tuple(predicted),
        learned=learned,
        converted=tuple(converted),
        waiting=tuple(waiting),
        storage=storage,
    )


def read(folder: Path) -> tuple[int, list[Taken], list[Refused], list[str]]:
    """All rows of all files: how many, those that became records, those that did not, and what is odd in the files."""
    taken: list[Taken] = []
    refused: list[Refused] = []
    findings: list[str] = []
    rows_in = 0
    for origin, names in FILES.items():
        importing = Import(at=IMPORTED)
        for name in names:
            path = folder / origin / name
            number = 0
            for number, row in enumerate(rows_of(path), 1):
                found = importing.take(row, origin=origin, number=number)
                (taken if isinstance(found, Taken) else refused).append(found)  # type: ignore[arg-type]  # as it is asked
            rows_in += number
            total = said_total(path) if path.suffix == ".json" else number
            if total != number:
                findings.append(f"{name} says that it holds {total} records, and holds {number}")
    return rows_in, taken, refused, findings


def predict(taken: Sequence[Taken]) -> tuple[list[tuple[str, Decimal]], tuple[int, int]]:
    """The chance of the open opportunities by what kind of organization they are from, learned from the closed ones."""
    kinds = {
        one.record.name: one.kind for one in taken if one.kind is not None and isinstance(one.record, Organization)
    }
    leads = [one.record for one in taken if isinstance(one.record, Lead)]
    known = [(lead, kinds[lead.organization_name]) for lead in leads if lead.organization_name in kinds]
    closed = [(lead, kind) for lead, kind in known if not lead.is_open]
    won = sum(lead.outcome == "won" for lead, _ in closed)
    if not won or won == len(closed):
        return [], (won, len(closed) - won)
    scoring: PredictiveScoring[Lead] = PredictiveScoring(ScoredFields([ScoredField("kind")], stages=["qualified"]))
    for lead, kind in closed:
        scoring = scoring.learn({"kind": kind, "stage": "qualified"}, lead.outcome)
    scores = {lead.id: scoring.score({"kind": kind, "stage": "qualified"}) for lead, kind in known if lead.is_open}
    chances = [(name, score.probability) for name, score in scores.items() if score.probability is not None]
    return chances, (won, len(closed) - won)


def convert(
    storage: MemoryStorage, taken: Sequence[Taken], leads: Sequence[Lead]
) -> tuple[list[ConversionPlan[Deal]], list[ConversionPlan[Deal]]]:
    """Plan to convert each open lead, and do it where nothing is missing."""
    contacts = [one.record for one in taken if isinstance(one.record, Contact)]
    organizations = [one.record for one in taken if isinstance(one.record, Organization)]
    amounts = {one.record.id: one.amount for one in taken}
    converted: list[ConversionPlan[Deal]] = []
    waiting: list[ConversionPlan[Deal]] = []
    for lead in leads:
        ids = ConversionIds(contact=f"C-{lead.id}", organization=f"O-{lead.id}", deal=f"D-{lead.id}")
        plan = plan_conversion(lead, process=DEALS, contacts=contacts, organizations=organizations, ids=ids)
        amount = amounts[lead.id]
        plan = plan if amount is None else plan.with_deal(amount=amount)
        if plan.is_ready:
            changes = plan.apply(by="review", at=REVIEWED)
            storage.commit(changes)
            known = {change.id: change.after for change in changes.changes}
            organizations = [_as_it_is(one, known) for one in organizations]
            converted.append(plan)
        else:
            waiting.append(plan)
    return converted, waiting


def _as_it_is(organization: Organization, known: Mapping[str, object]) -> Organization:
    found = known.get(organization.id)
    return found if isinstance(found, Organization) else organization


# The report -----------------------------------------------------------------------------------------------------------


def print_review(result: Review, *, most: int | None = 5) -> None:
    """Print the report.

    Args:
        result: what was found.
        most: how many of each are shown; all where it is ``None``.
    """
    for line in _lines(result, most):
        print(line)


def _lines(result: Review, most: int | None) -> Iterator[str]:
    kinds = Counter(type(one.record).__name__ for one in result.taken)
    out = ", ".join(f"{count} {kind.lower()}s" for kind, count in sorted(kinds.items()))
    yield f"Rows in: {result.rows_in}; records out: {len(result.taken)} ({out}); rows refused: {len(result.refused)}"
    for reason, rows in _by_reason(result.refused).items():
        yield f"  {reason}: {len(rows)} ({', '.join(rows[:most])}{', ...' if most and len(rows) > most else ''})"
    yield from (f"  odd, and taken as it is: {finding}" for finding in result.findings)
    yield ""
    yield f"Likely duplicates: {len(result.duplicates)} pairs, of which {len(result.merges)} groups could be merged"
    for hit in result.duplicates[:most]:
        yield f"  {hit.entity.id} and {hit.other.id}: {hit.score}, as {hit.same_as}: {hit.reasons[0].likeness}"
    for merge in result.merges[:most]:
        gone = ", ".join(one.id for one in merge.merged)
        yield f"  {gone} into {merge.survivor.id} ({merge.because}); {len(merge.lost)} values would be lost"
    yield ""
    yield f"Open leads by rules, the readiest first: {len(result.places)}"
    for place in result.places[:most]:
        yield f"  {place.number:>3}. {place.lead.id}: {place.lead.score} points{' (tied)' if place.is_tied else ''}"
    yield from _predicted(result, most)
    yield ""
    yield from _conversions(result, most)


def _by_reason(refused: Sequence[Refused]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in refused:
        found[one.reason].append(f"{one.row.file} line {one.row.line}")
    return found


def _predicted(result: Review, most: int | None) -> Iterator[str]:
    won, lost = result.learned
    if not result.predicted:
        yield f"No chance can be predicted: {won} were won and {lost} lost, and both are needed to learn"
        return
    yield f"Chances by the kind of organization, learned from {won} won and {lost} lost, which is very little:"
    for lead_id, chance in sorted(result.predicted, key=lambda one: (-one[1], one[0]))[:most]:
        yield f"  {lead_id}: {100 * chance:.2f} %"


def _conversions(result: Review, most: int | None) -> Iterator[str]:
    reused = sum(plan.organization is not None and not plan.organization.is_made for plan in result.converted)
    yield (
        f"Converted: {len(result.converted)}, of which {reused} go to an organization that was known; "
        f"waiting: {len(result.waiting)}"
    )
    missing = Counter(one.part + ": " + one.text.partition(" (")[0] for plan in result.waiting for one in plan.missing)
    for text, count in missing.most_common(most):
        yield f"  {count} x {text}"
    known = Counter(remark.partition(" ")[2].partition(" ")[2] for plan in result.waiting for remark in plan.remarks)
    for text, count in known.most_common(most):
        yield f"  {count} x a record {text}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Returns:
        The exit code: 0, or 1 where rows are not accounted for, or 2 where a file cannot be read.
    """
    parser = argparse.ArgumentParser(description="Review the leads, contacts and organizations that a CRM exported.")
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR", help="the folder with the exported folders")
    parser.add_argument("--all", action="store_true", help="print all of each, not the first five")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        result = review(options.data)
    except (OSError, ValueError) as error:
        print(f"The data cannot be read: {error}", file=sys.stderr)
        return 2
    print_review(result, most=None if options.all else 5)
    return 0 if result.is_complete else 1


if __name__ == "__main__":
    sys.exit(main())
