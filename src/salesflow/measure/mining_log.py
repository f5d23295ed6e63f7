"""Our journal as the log that process-mining tools read: case, activity, timestamp, resource.

The names of the columns are those of the XES standard (IEEE 1849), which PM4Py, ProM and Disco know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import attrs

from salesflow.deal.deal import Deal
from salesflow.deal.event import DealAdopted, DealOpened, StageChanged
from salesflow.event import Event, Recorded
from salesflow.measure.journal_entries import entries_of
from salesflow.storage.protocols import Journal
from salesflow.storage.receipt import JournalEntry

__all__ = ["XES_COLUMNS", "LogRow", "event_log"]

XES_COLUMNS = {
    "case_id": "case:concept:name",
    "activity": "concept:name",
    "timestamp": "time:timestamp",
    "resource": "org:resource",
}
"""What the columns are called in XES."""


@attrs.frozen(kw_only=True)
class LogRow:
    """One event of a deal, as a row.

    Attributes:
        case_id: the id of the deal.
        activity: the stage that was entered, or the name of the event.
        timestamp: when; aware.
        resource: who did it.
    """

    case_id: str
    activity: str
    timestamp: datetime
    resource: str

    def as_xes(self) -> dict[str, object]:
        """The row under the names of XES."""
        return {column: getattr(self, name) for name, column in XES_COLUMNS.items()}


def event_log(journal: Journal | Iterable[JournalEntry | Recorded], /, *, stages_only: bool = True) -> Iterator[LogRow]:
    """The rows of a journal, in its order; deals alone.

    Args:
        journal: a storage with a journal, which is read to its end; or entries, or recorded events, read once.
        stages_only: whether only entering a stage is an activity, under the key of the stage, so that the log can be
            replayed against the process. Otherwise every event is one, and the others go under their names
            ("ObjectionRaised").

    Example:
        ``pandas.DataFrame(row.as_xes() for row in event_log(storage))``
    """
    for entry in journal if isinstance(journal, Iterable) else entries_of(journal):
        recorded = entry.recorded if isinstance(entry, JournalEntry) else entry
        if not issubclass(recorded.kind, Deal):
            continue
        stage = _entered(recorded.event)
        if stage is None and stages_only:
            continue
        yield LogRow(
            case_id=recorded.id,
            activity=stage or type(recorded.event).__name__,
            timestamp=recorded.event.at,
            resource=recorded.event.by,
        )


def _entered(event: Event) -> str | None:
    """The stage that an event says was entered, or ``None``."""
    if isinstance(event, StageChanged):
        return event.target
    return event.deal.stage if isinstance(event, DealOpened | DealAdopted) else None
