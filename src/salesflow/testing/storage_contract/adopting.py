"""The contract under pytest: adopt it with one class and one fixture."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import ClassVar

import pytest

from salesflow.storage.protocols import AsyncStorage, Storage
from salesflow.testing.storage_contract.ability import Ability, reason_to_skip
from salesflow.testing.storage_contract.awaiting import Awaited, Canceling, LoopThread
from salesflow.testing.storage_contract.killing import KILL_POINTS, KillPoint, Opener
from salesflow.testing.storage_contract.lasting import ArmFault
from salesflow.testing.storage_contract.promises import Promises

__all__ = ["AsyncStorageContract", "StorageContract"]


class _Adopted(Promises):
    """What both contracts share: skipping what was not declared, and hooks that a storage may give."""

    abilities: ClassVar[Collection[Ability]] = frozenset()

    @pytest.fixture(autouse=True)
    def _skip_what_is_not_declared(self, request: pytest.FixtureRequest) -> None:
        reason = reason_to_skip(request.function, self.abilities)
        if reason is not None:
            pytest.skip(reason)

    @pytest.fixture
    def arm_fault(self) -> ArmFault:
        """Override it, and declare ``Ability.FAULTS``, to have a fault put into each call in turn."""
        raise NotImplementedError("a storage with Ability.FAULTS overrides the fixture arm_fault")

    @pytest.fixture
    def stored_bytes(self) -> Callable[[], bytes]:
        """Override it, and declare ``Ability.ERASURE``: a function that gives all that is stored, as bytes.

        Of a database in files these are the files, with their logs; of one on a server every row of every table.
        """
        raise NotImplementedError("a storage with Ability.ERASURE overrides the fixture stored_bytes")

    @pytest.fixture
    def opener(self) -> Opener:
        """Override it, and declare ``Ability.KILL``: what opens the store of ``storage`` in another process.

        It can be pickled: a function of a module, or a ``functools.partial`` of one. What it gives is the storage, or
        a coroutine that gives it.
        """
        raise NotImplementedError("a storage with Ability.KILL overrides the fixture opener")

    @pytest.fixture
    def kill_points(self) -> Collection[KillPoint]:
        """The moments at which a process that writes is killed; override it with more ``seeded_points`` for a night."""
        return KILL_POINTS


class StorageContract(_Adopted):
    """What every storage promises. Subclass it, give it the fixture ``storage``, and declare what it can do besides.

    Attributes:
        abilities: what the storage can do; the tests of other abilities are skipped, with a reason.

    Example::

        class TestMyStorage(StorageContract):
            abilities = {Ability.JOURNAL, Ability.UNIQUE_KEYS}

            @pytest.fixture
            def storage(self, tmp_path):
                return MyStorage(tmp_path / "deals.db", unique=UNIQUE)
    """

    @pytest.fixture
    def storage(self) -> Storage:
        """Override it: a new, empty storage for each test."""
        raise NotImplementedError("override the fixture storage: a new, empty storage for each test")

    @pytest.fixture
    def reopen(self) -> Callable[[], Storage]:
        """Override it, and declare ``Ability.REOPEN``: a function that opens the store of ``storage`` once more."""
        raise NotImplementedError("a storage with Ability.REOPEN overrides the fixture reopen")

    @pytest.fixture
    def store(self, storage: Storage) -> Storage:
        """The storage as the tests use it."""
        return storage

    @pytest.fixture
    def opened_again(self, reopen: Callable[[], Storage]) -> Callable[[], Storage]:
        """How the tests open the store once more."""
        return reopen


class AsyncStorageContract(_Adopted, Canceling):
    """What every asynchronous storage promises: the same tests, awaited on a loop in a thread.

    The fixture ``loop`` is that loop. A storage that has to be opened or closed on it does so with ``loop.run``.

    Attributes:
        abilities: what the storage can do; the tests of other abilities are skipped, with a reason.

    Example::

        class TestMyStorage(AsyncStorageContract):
            @pytest.fixture
            def storage(self, loop):
                storage = loop.run(MyStorage.open("postgresql://..."))
                yield storage
                loop.run(storage.close())
    """

    @pytest.fixture
    def loop(self) -> Iterator[LoopThread]:
        """The event loop that the storage lives on."""
        loop = LoopThread()
        yield loop
        loop.close()

    @pytest.fixture
    def storage(self) -> AsyncStorage:
        """Override it: a new, empty storage for each test."""
        raise NotImplementedError("override the fixture storage: a new, empty storage for each test")

    @pytest.fixture
    def reopen(self) -> Callable[[], AsyncStorage]:
        """Override it, and declare ``Ability.REOPEN``: a function that opens the store of ``storage`` once more."""
        raise NotImplementedError("a storage with Ability.REOPEN overrides the fixture reopen")

    @pytest.fixture
    def store(self, storage: AsyncStorage, loop: LoopThread) -> Awaited:
        """The storage as the tests use it."""
        return Awaited(storage, loop)

    @pytest.fixture
    def awaited(self, store: Awaited) -> Awaited:
        """The same, for the tests of asynchronous storages alone."""
        return store

    @pytest.fixture
    def opened_again(self, reopen: Callable[[], AsyncStorage], loop: LoopThread) -> Callable[[], Awaited]:
        """How the tests open the store once more."""
        return lambda: Awaited(reopen(), loop)
