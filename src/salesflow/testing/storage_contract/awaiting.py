"""Asynchronous storages under the same tests: an event loop in a thread, and a storage that waits for it."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Coroutine, Sequence
from datetime import datetime
from typing import TypeVar, cast

from salesflow.changes import ChangeSet
from salesflow.entity import Entity
from salesflow.errors import NotFound
from salesflow.event import Recorded
from salesflow.people.contact import Contact
from salesflow.storage.erasure import Erasure
from salesflow.storage.protocols import AsyncEraser, AsyncJournal, AsyncStorage, Storage
from salesflow.storage.query import Page, Query
from salesflow.storage.receipt import JournalEntry, Receipt
from salesflow.testing.storage_contract.ability import Ability, needs
from salesflow.testing.storage_contract.expecting import expect, expect_same
from salesflow.testing.storage_contract.samples import NOW, a_contact, added

E = TypeVar("E", bound=Entity)
T = TypeVar("T")

__all__ = ["Awaited", "Canceling", "LoopThread", "as_sync", "is_async"]


class LoopThread:
    """An event loop that runs in a thread of its own until it is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="event loop")
        self._thread.start()

    def run(self, coroutine: Coroutine[object, object, T], /) -> T:
        """Run a coroutine on the loop and wait for what it gives back, a minute at most."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def close(self) -> None:
        """Stop the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Awaited:
    """A synchronous face of an asynchronous storage, so that every test is written once.

    Args:
        storage: the asynchronous storage.
        loop: the loop that it lives on.
    """

    def __init__(self, storage: AsyncStorage, loop: LoopThread) -> None:
        self.storage = storage
        self.loop = loop

    def get(self, kind: type[E], id: str, /) -> E:
        """As ``Storage.get``."""
        return self.loop.run(self.storage.get(kind, id))

    def find(self, query: Query[E], /) -> Page[E]:
        """As ``Storage.find``."""
        return self.loop.run(self.storage.find(query))

    def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        """As ``Storage.history``."""
        return self.loop.run(self.storage.history(kind, id))

    def commit(self, changes: ChangeSet, /) -> Receipt:
        """As ``Storage.commit``."""
        return self.loop.run(self.storage.commit(changes))

    def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        """As ``Journal.journal``."""
        return self.loop.run(cast("AsyncJournal", self.storage).journal(after=after, limit=limit))

    def erase(self, kind: type[Entity], id: str, /, *, by: str, at: datetime) -> Erasure:
        """As ``Eraser.erase``."""
        return self.loop.run(cast("AsyncEraser", self.storage).erase(kind, id, by=by, at=at))

    def for_tenant(self, tenant: str, /) -> Awaited:
        """As ``Tenants.for_tenant``, which may be awaitable or not."""
        bound = getattr(self.storage, "for_tenant")(tenant)  # noqa: B009  # it is no part of AsyncStorage
        return Awaited(self.loop.run(bound) if inspect.iscoroutine(bound) else bound, self.loop)


def is_async(storage: object) -> bool:
    """Whether a storage has to be awaited."""
    return inspect.iscoroutinefunction(getattr(storage, "commit", None))


def as_sync(storage: Storage | AsyncStorage, loop: LoopThread) -> Storage:
    """A storage that need not be awaited: itself, or its synchronous face."""
    return Awaited(cast("AsyncStorage", storage), loop) if is_async(storage) else cast("Storage", storage)


class Canceling:
    """A call that is canceled has written all or nothing."""

    def test_a_canceled_commit_has_written_all_or_nothing(self, awaited: Awaited) -> None:
        for steps in range(_MOST_STEPS):
            ids = (f"C-{steps}-1", f"C-{steps}-2")
            changes = ChangeSet.of(*(added(a_contact(each)) for each in ids))
            was_canceled = awaited.loop.run(_canceled_after(awaited.storage.commit(changes), steps))
            landed = {_is_stored(awaited, each) for each in ids}
            expect(len(landed) == 1, "a call that is canceled has written all or nothing", found=landed)
            if not was_canceled:
                return

    def test_a_canceled_commit_can_be_repeated_and_lands_once(self, awaited: Awaited) -> None:
        for steps in range(_MOST_STEPS):
            changes = added(a_contact(f"C-{steps}")).with_key(f"request {steps}")
            was_canceled = awaited.loop.run(_canceled_after(awaited.storage.commit(changes), steps))
            awaited.commit(changes)
            expect_same(len(awaited.history(Contact, f"C-{steps}")), 1, "a set that is repeated lands once")
            if not was_canceled:
                return

    @needs(Ability.ERASURE)
    def test_a_canceled_erasure_has_erased_all_or_nothing(self, awaited: Awaited) -> None:
        for steps in range(_MOST_STEPS):
            each = f"C-{steps}"
            awaited.commit(added(a_contact(each, notes="afraid of dogs")))
            call = cast("AsyncEraser", awaited.storage).erase(Contact, each, by="noa", at=NOW)
            was_canceled = awaited.loop.run(_canceled_after(call, steps))
            contact, events = awaited.get(Contact, each), [one.event for one in awaited.history(Contact, each)]
            erased = {not contact.notes, contact.version == 2, len(events) == 2, "dogs" not in repr(events)}
            expect(len(erased) == 1, "an erasure that is canceled has erased all or nothing", found=erased)
            if not was_canceled:
                return


_MOST_STEPS = 30


async def _canceled_after(call: Awaitable[object], steps: int) -> bool:
    """Make a call, and cancel it after so many steps of the loop; whether that was before the end."""
    task = asyncio.ensure_future(call)
    for _ in range(steps):
        await asyncio.sleep(0)
    canceled = task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return canceled


def _is_stored(storage: Awaited, id: str) -> bool:
    try:
        storage.get(Contact, id)
    except NotFound:
        return False
    return True
