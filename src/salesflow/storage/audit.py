"""The audit chain: whether the journal is still what was written, and if not, where it was broken and how.

Whoever can write to the database can change a row, and no permission keeps the owner of a server out. So each entry of the
journal carries a link: the digest of what was recorded, and a hash over it and the link before. Change, drop or swap one
entry and no link from there on fits, unless all later ones are made anew; and then the last of them, the *head*, is
another. So keep the head somewhere else from time to time (a mail to the auditor, a log that others own): whoever has a
head can tell whether all that led to it is unchanged. Without a head, the end of a journal can be cut off unseen.

An erasure must not break the chain, and must not be a way to change something and call it erased. So each link holds two
digests, of the event as it was written and of the same event without what is personal in it. An event that differs
from the first is accepted only if it fits the second *and* a later link of the chain records its erasure: what was
personal may be gone, everything else must be as it was.

A digest of a phone number can be found out by trying all of them. With a secret of the host the digests are HMACs
(RFC 2104), which nobody without the secret can try, nor forge. The hash is SHA-256 over canonical JSON (``canonical.py``).

A digest is of a record as the program writes it. Once a schema number was raised, older entries have another form: verify
with the program before, keep the head, and make the links anew from ``ChainHead(hash=head.hash)``, so that the new chain
commits to the old one. The same holds for a field that is marked as personal only after entries with it were written.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import attrs

from salesflow.errors import InvalidValue, WrongType
from salesflow.event import Recorded
from salesflow.storage.canonical import canonical, digest
from salesflow.storage.erasure import PersonalDataErased, without_personal_data
from salesflow.storage.receipt import JournalEntry
from salesflow.storage.records import Records

__all__ = ["START", "AuditChain", "BrokenLink", "ChainFault", "ChainHead", "ChainLink", "LinkedEntry"]


@attrs.frozen(kw_only=True)
class ChainHead:
    """How far a chain goes, and the hash that stands there: all of it in 64 digits.

    Attributes:
        position: of the last entry in the journal; 0 before the first.
        hash: of its link; empty before the first.
    """

    position: int = 0
    hash: str = ""


START: Final = ChainHead()
"""Before the first entry."""


@attrs.frozen(kw_only=True)
class ChainLink:
    """What an entry adds to the chain; each in 64 hexadecimal digits.

    Attributes:
        content: the digest of position and event as it was recorded.
        redacted: the same of the event without what is personal in it.
        hash: over the hash of the link before and both digests.
    """

    content: str
    redacted: str
    hash: str


@attrs.frozen(kw_only=True)
class LinkedEntry(JournalEntry):
    """An entry in the journal of a storage that keeps an audit chain.

    Attributes:
        link: what it adds to the chain.
    """

    link: ChainLink

    @property
    def head(self) -> ChainHead:
        """The head of the chain that ends with this entry."""
        return ChainHead(position=self.position, hash=self.link.hash)


class ChainFault(StrEnum):
    """How a chain is broken."""

    CHANGED = "changed"
    """The entry is not what was written."""

    DROPPED = "dropped"
    """The entry that belongs here is missing."""

    SWAPPED = "swapped"
    """The entry that belongs here stands elsewhere."""

    TRUNCATED = "truncated"
    """The journal ends before the head that is known."""

    REWRITTEN = "rewritten"
    """All links fit, but not the head that is known: the chain was made anew."""


@attrs.frozen(kw_only=True)
class BrokenLink:
    """Where a chain is broken first.

    Attributes:
        position: the first position at which the journal is not what was written.
        fault: what is wrong there.
    """

    position: int
    fault: ChainFault

    def __str__(self) -> str:
        return f"the chain is broken at position {self.position}: {self.fault}"


class AuditChain:
    """Makes the links of a journal and verifies them. It holds no state of a journal and can be shared.

    Args:
        secret: of the host, at least 16 bytes, kept apart from the database. Digests can be neither guessed nor forged
            without it, and not verified either.
        records: knows classes of your own; the library's own are known without.

    Raises:
        InvalidValue: the secret is too short.

    Example::

        chain = AuditChain(secret=key_from_the_vault)
        storage = MemoryStorage(chain=chain)
        ...
        assert chain.verify(storage.journal(), head=head_of_last_month) is None
    """

    def __init__(self, *, secret: bytes | None = None, records: Records | None = None) -> None:
        if secret is not None and (not isinstance(secret, bytes) or len(secret) < 16):
            raise InvalidValue(
                "a secret has at least 16 bytes", field="secret", way_out="draw it once, from secrets.token_bytes(32)"
            )
        self._digests = _Digests(secret, records)

    def link(self, recorded: Recorded, /, *, after: ChainHead = START) -> LinkedEntry:
        """The entry for the next position of a journal. A storage calls it inside of ``commit``, for each event in turn.

        Args:
            recorded: the event.
            after: the head of the chain so far; ``START`` for the first.

        Raises:
            InvalidValue: a class is not registered in ``records``, or a value cannot be written.

        Example::

            for one in recorded:
                entry = chain.link(one, after=head)
                insert(entry.position, entry.recorded, entry.link.content, entry.link.redacted, entry.link.hash)
                head = entry.head
        """
        position = after.position + 1
        clean = without_personal_data(recorded)
        content = self._digests.content(recorded, position)
        redacted = content if clean is recorded else self._digests.content(clean, position)
        link = ChainLink(content=content, redacted=redacted, hash=self._digests.hash(after, content, redacted))
        return LinkedEntry(position=position, recorded=recorded, link=link)

    def verify(
        self, entries: Iterable[JournalEntry], /, *, head: ChainHead | None = None, after: ChainHead = START
    ) -> BrokenLink | None:
        """The first broken link of a journal, or ``None`` where it is what was written.

        Args:
            entries: the journal to its end, as the storage gives it, in order; an erasure that comes later explains what
                is missing before it.
            head: a head that was kept elsewhere. Only with one a journal that was cut off, or made anew, is found.
            after: where the entries begin, if not at the first.

        Raises:
            WrongType: an entry has no link; the storage keeps no chain.
            InvalidValue: ``head`` lies before ``after``, or a class is not registered in ``records``.
        """
        if head is not None and head.position < after.position:
            raise InvalidValue("a head does not lie before the entries", field="head", value=head.position)
        trail, reached = _Trail(self._digests, entries), after
        for entry in trail.entries:
            if _is_another(reached, head):
                break
            if not trail.follows(entry, reached):
                place = reached.position + 1
                return BrokenLink(position=place, fault=trail.fault(entry, place))
            reached = entry.head
        if _is_another(reached, head):
            return BrokenLink(position=reached.position, fault=ChainFault.REWRITTEN)
        if head is not None and head.position > reached.position:
            return BrokenLink(position=reached.position + 1, fault=ChainFault.TRUNCATED)
        return None


def _is_another(reached: ChainHead, head: ChainHead | None) -> bool:
    return head is not None and head.position == reached.position and head.hash != reached.hash


class _Digests:
    """The digests of events and links, with the secret of the host."""

    def __init__(self, secret: bytes | None, records: Records | None) -> None:
        self._secret = secret
        self._records = records

    def bytes_of(self, recorded: Recorded) -> bytes:
        return canonical(recorded, records=self._records)

    def content(self, recorded: Recorded, position: int) -> str:
        return self.at(position, self.bytes_of(recorded))

    def at(self, position: int, data: bytes) -> str:
        return digest(b"entry %d\n%b" % (position, data), secret=self._secret)

    def hash(self, after: ChainHead, content: str, redacted: str) -> str:
        return digest(f"link {after.hash}\n{content}\n{redacted}".encode(), secret=self._secret)


class _Trail:
    """A journal under verification."""

    def __init__(self, digests: _Digests, entries: Iterable[JournalEntry]) -> None:
        self._digests = digests
        self.entries = tuple(map(_linked, entries))
        self._erased = {
            (entry.recorded.kind.root(), entry.recorded.id, version)
            for entry in self.entries
            if isinstance(entry.recorded.event, PersonalDataErased)
            for version in entry.recorded.event.versions
        }

    def follows(self, entry: LinkedEntry, reached: ChainHead) -> bool:
        """Whether an entry is what was written after this head."""
        position, link = reached.position + 1, entry.link
        return (
            entry.position == position
            and self._fits(self._digests.bytes_of(entry.recorded), position, entry)
            and self._digests.hash(reached, link.content, link.redacted) == link.hash
        )

    def _fits(self, data: bytes, position: int, entry: LinkedEntry) -> bool:
        """Whether an event is what the link of an entry says of its position, whole or as it was erased."""
        found, one = self._digests.at(position, data), entry.recorded
        if found == entry.link.content:
            return True
        return found == entry.link.redacted and (one.kind.root(), one.id, one.version) in self._erased

    def fault(self, entry: LinkedEntry, place: int) -> ChainFault:
        """What is wrong with an entry that is not what was written at this place."""
        data = self._digests.bytes_of(entry.recorded)
        if entry.position == place and self._fits(data, place, entry):
            return ChainFault.CHANGED
        if self._stands_elsewhere(entry, place):
            return ChainFault.SWAPPED
        farthest = max(one.position for one in self.entries) + len(self.entries)
        belongs = (there for there in range(1, farthest + 1) if self._fits(data, there, entry))
        found = next(belongs, None)
        if found is None:
            return ChainFault.CHANGED
        return ChainFault.DROPPED if found > place else ChainFault.SWAPPED

    def _stands_elsewhere(self, entry: LinkedEntry, place: int) -> bool:
        """Whether another entry is the one that belongs at this place, with its link or without."""
        for other in self.entries:
            if other is not entry:
                data = self._digests.bytes_of(other.recorded)
                if self._fits(data, place, other) or self._fits(data, place, entry):
                    return True
        return False


def _linked(entry: JournalEntry) -> LinkedEntry:
    if not isinstance(entry, LinkedEntry):
        raise WrongType(
            "an entry of an audit chain has a link",
            field="entries",
            value=f"position {entry.position}",
            way_out="make the storage with an AuditChain, and verify what was committed since",
        )
    return entry
