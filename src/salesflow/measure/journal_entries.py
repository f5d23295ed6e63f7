"""All entries of a journal, page by page: a storage gives so many at once, and a figure needs all of them."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.storage.protocols import Journal
from salesflow.storage.receipt import JournalEntry

__all__ = ["entries_of"]


def entries_of(journal: Journal, *, after: int = 0, page: int = 1_000) -> Iterator[JournalEntry]:
    """The entries that follow a position, all of them, in order; none is held longer than its page.

    Args:
        journal: a storage that has one.
        after: the last position that was seen; 0 for the beginning.
        page: how many entries are asked for at once.

    Example:
        ``rows = list(replayed(entries_of(storage)))``, which is what ``replayed(storage)`` does.
    """
    while entries := journal.journal(after=after, limit=page):
        yield from entries
        after = entries[-1].position
