"""What a storage gives back: the receipt of a commit, and the entries of its journal."""

from __future__ import annotations

import attrs

from salesflow.event import Recorded

__all__ = ["JournalEntry", "Receipt"]


@attrs.frozen(kw_only=True)
class Receipt:
    """What a storage says after a commit.

    Attributes:
        versions: what was written, as kind, id and the version that is stored now.
        key: the idempotency key of the change set, if it had one.
    """

    versions: tuple[tuple[str, str, int], ...] = ()
    key: str | None = None


@attrs.frozen(kw_only=True)
class JournalEntry:
    """An event in the journal of a storage.

    Attributes:
        position: its number in the journal, from 1, without gaps, in the order of the commits.
        recorded: the event, with the entity that it belongs to.
    """

    position: int
    recorded: Recorded
