"""A process that is killed while it writes: every set is there whole or not at all, and can be repeated.

A child process opens the store and commits sets as fast as it can, and says through a pipe which one it begins and
which one is done. At some moment it is killed (SIGKILL; nothing of its own runs any more, neither a roll-back nor a
``finally``). Then the store must be as if the sets that were done had been committed, and nothing else; the one that was
on its way may have landed whole or not at all. Repeated under its key it has landed exactly once.

The moments are an argument, so that a run can be repeated, or be made longer than a test suite bears (``seeded_points``).
"""

from __future__ import annotations

import hashlib
import inspect
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection
from typing import Final, cast

import attrs

from salesflow.changes import ChangeSet
from salesflow.entity import Entity
from salesflow.errors import NotFound
from salesflow.event import fold
from salesflow.people.contact import Contact
from salesflow.people.organization import Organization
from salesflow.storage.protocols import AsyncStorage, Journal, Storage
from salesflow.testing.storage_contract.ability import Ability, needs
from salesflow.testing.storage_contract.auditing import expect_whole_chain
from salesflow.testing.storage_contract.awaiting import LoopThread, as_sync
from salesflow.testing.storage_contract.expecting import expect, expect_same
from salesflow.testing.storage_contract.samples import a_contact, added, an_organization, updated

__all__ = ["KILL_POINTS", "KillPoint", "Killing", "Opener", "seeded_points"]

Opener = Callable[[], object]
"""Opens the store once more, in whatever process it is called; it can be pickled (a function of a module, or a
``functools.partial`` of one). What it gives is the storage, or a coroutine that gives it."""

_SECONDS: Final = 60.0
_MOST_SETS: Final = 10_000


@attrs.frozen(kw_only=True)
class KillPoint:
    """When a process that writes is killed.

    Attributes:
        sets: after how many sets that it reported as done.
        seconds: and how long after that.
    """

    sets: int
    seconds: float


def seeded_points(seed: int, count: int, *, sets: int = 12, seconds: float = 0.02) -> tuple[KillPoint, ...]:
    """Moments that look random and are the same for the same seed.

    Args:
        seed: any number.
        count: how many.
        sets: after how many sets at most.
        seconds: how long after that at most; about what two commits take is enough.

    Example:
        ``seeded_points(seed=2026, count=1000)`` for a night
    """
    drawn = (hashlib.sha256(f"{seed} {number}".encode()).digest() for number in range(count))
    return tuple(
        KillPoint(sets=one[0] % (sets + 1), seconds=seconds * int.from_bytes(one[1:5]) / 2**32) for one in drawn
    )


KILL_POINTS: Final = seeded_points(seed=2026, count=2)
"""The moments that the contract takes by itself, in each of its tests; few, for each costs the start of a process."""


def _set(life: int, number: int, written: Organization | None) -> ChangeSet:
    """One of the sets that a child commits: two new contacts, and an organization that counts the sets."""
    ids = (f"C-{life}-{number}-1", f"C-{life}-{number}-2")
    new = added(a_contact(ids[0], email=f"desk.{life}.{number}@acme.example")) | added(a_contact(ids[1]))
    if written is None:
        counted = added(an_organization(f"O-{life}", employees=number + 1))
    else:
        counted = updated(written, employees=number + 1, notes=f"set {number}")
    return (new | counted).with_key(f"request {life} {number}")


def _sets(life: int) -> Iterator[ChangeSet]:
    """The sets of one life, the same in every process."""
    written: Organization | None = None
    for number in range(_MOST_SETS):
        changes = _set(life, number, written)
        yield changes
        written = cast("Organization", changes.changes[-1].after)


def _write(opener: Opener, life: int, reports: Connection) -> None:
    """What the child does until it is killed: begin, commit, report, as fast as it can."""
    loop = LoopThread()
    opened = opener()
    storage = cast("Storage | AsyncStorage", loop.run(opened) if inspect.iscoroutine(opened) else opened)
    store = as_sync(storage, loop)
    for number, changes in enumerate(_sets(life)):
        reports.send((number, False))
        store.commit(changes)
        reports.send((number, True))


class _Life:
    """One child, killed at a moment.

    Attributes:
        life: its number; no two lives write the same.
        begun: how many sets it began.
        done: how many of them it reported as committed.
    """

    def __init__(self, opener: Opener, life: int) -> None:
        self.life = life
        self.begun = self.done = 0
        context = multiprocessing.get_context("spawn")
        self._reports, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_write, args=(opener, life, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def die_at(self, point: KillPoint) -> None:
        """Wait for the moment and kill it."""
        while self.begun == 0 or self.done < point.sets:
            if not self._reports.poll(_SECONDS) or not self._hear():
                self._end()
                expect(False, "a process that opened the store commits what it is given", found=self.done)
        self._process.join(point.seconds)
        self._end()
        while self._reports.poll() and self._hear():
            pass
        self._reports.close()

    def _hear(self) -> bool:
        """Take one report; whether there was one."""
        try:
            number, is_done = self._reports.recv()
        except (EOFError, OSError):
            return False
        self.begun, self.done = number + 1, self.done + is_done
        return True

    def _end(self) -> None:
        self._process.kill()
        self._process.join()

    def sets(self) -> list[tuple[int, ChangeSet]]:
        """The sets that it began, numbered."""
        return list(zip(range(self.begun), _sets(self.life), strict=False))


def killed(opener: Opener, points: Iterable[KillPoint]) -> Iterator[_Life]:
    """The lives of children that are killed one after the other, each after its end."""
    for number, point in enumerate(points):
        life = _Life(opener, number)
        life.die_at(point)
        yield life


def _version(store: Storage, kind: type[Entity], id: str) -> int:
    """The version of an entity that is the fold of its history, or 0."""
    try:
        entity = store.get(kind, id)
    except NotFound:
        return 0
    events = [one.event for one in store.history(kind, id)]
    expect_same(fold(events), entity, "entities and events land together, also when the process is killed")
    return entity.version


def _has_landed(store: Storage, changes: ChangeSet) -> bool:
    """Whether a set is there; it must be so whole or not at all."""
    landed = {_version(store, one.kind, one.id) >= one.after.version for one in changes.changes}
    expect(len(landed) == 1, "a set is there whole or not at all, also when the process is killed", found=landed)
    return landed == {True}


class Killing:
    """A process is killed while it writes."""

    @needs(Ability.KILL)
    def test_a_process_that_is_killed_leaves_every_set_whole_or_not_at_all(
        self, store: Storage, opener: Opener, kill_points: Iterable[KillPoint]
    ) -> None:
        for life in killed(opener, kill_points):
            for number, changes in life.sets():
                landed = _has_landed(store, changes)
                expect(landed or number >= life.done, "what was reported as committed is there", found=number)

    @needs(Ability.KILL)
    def test_after_a_kill_every_set_is_repeated_and_lands_once(
        self, store: Storage, opener: Opener, kill_points: Iterable[KillPoint]
    ) -> None:
        for life in killed(opener, kill_points):
            for _number, changes in life.sets():
                receipt = store.commit(changes)
                expect_same(receipt.versions[-1][-1], changes.changes[-1].after.version, "a set gets its own receipt")
                for change in changes.changes[:-1]:
                    expect_same(len(store.history(Contact, change.id)), 1, "a set that is repeated lands once")
            last = life.sets()[-1][1].changes[-1].after
            expect_same(store.get(Organization, last.id), last, "a set that is repeated lands once")

    @needs(Ability.KILL, Ability.JOURNAL)
    def test_after_a_kill_the_journal_has_no_gap_and_goes_on(
        self, store: Storage, opener: Opener, kill_points: Iterable[KillPoint]
    ) -> None:
        journal = cast("Journal", store)
        for life in killed(opener, kill_points):
            _expect_gapless(journal)
            store.commit(added(a_contact(f"C-{life.life}")))
            _expect_gapless(journal)

    @needs(Ability.KILL, Ability.AUDIT)
    def test_after_a_kill_the_audit_chain_is_whole(
        self, store: Storage, opener: Opener, kill_points: Iterable[KillPoint]
    ) -> None:
        for _life in killed(opener, kill_points):
            expect_whole_chain(cast("Journal", store))


def _expect_gapless(store: Journal) -> None:
    """Check the positions of a journal, and that it holds all events of whatever it names, in order."""
    positions: list[int] = []
    versions: dict[tuple[type[Entity], str], list[int]] = {}
    while page := store.journal(after=len(positions), limit=1000):
        for entry in page:
            positions.append(entry.position)
            versions.setdefault((entry.recorded.kind, entry.recorded.id), []).append(entry.recorded.version)
    expect_same(
        positions, list(range(1, len(positions) + 1)), "positions have no gaps, also when the process is killed"
    )
    expect(
        all(found == list(range(1, len(found) + 1)) for found in versions.values()),
        "the journal has all events of an entity, in order",
    )
