"""The rows of a journal at several moments, read once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from salesflow.event import Recorded
from salesflow.measure.journal_entries import entries_of
from salesflow.measure.replay import Chances, Facts, Replay
from salesflow.measure.rows import DealRow
from salesflow.storage.protocols import Journal
from salesflow.storage.receipt import JournalEntry

__all__ = ["rows_at"]

_CHUNK = 1_000


def rows_at(
    journal: Journal | Iterable[JournalEntry | Recorded],
    *moments: datetime,
    process: Chances | None = None,
    facts: Facts | None = None,
) -> tuple[tuple[DealRow, ...], ...]:
    """The deals as they were at each of several moments.

    The journal is read once, so it may be a generator. The deals are held once for every moment.

    Args:
        journal: a storage with a journal, its entries, or recorded events, in order.
        *moments: when; what happened at that very moment has happened.
        process, facts: as in :class:`~salesflow.measure.replay.Replay`.

    Returns:
        The rows of each moment, in the order in which the moments were given.

    Raises:
        InvalidValue: a moment has no time zone, an event is missing, or a deal contradicts itself.

    Example:
        ``monday, friday = rows_at(storage, last_monday, today)``
    """
    replays: list[Replay[DealRow]] = [Replay(as_of=at, process=process, facts=facts) for at in moments]
    entries = iter(journal if isinstance(journal, Iterable) else entries_of(journal))
    while chunk := list(islice(entries, _CHUNK)):
        for replay in replays:
            replay.read(chunk)
    return tuple(tuple(replay.rows()) for replay in replays)
