"""What the tests of all adapters share: how each storage under test is opened, also in another process."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from storage.databases import program

from salesflow import Contact, Deal
from salesflow.testing.storage_contract import CHAIN, RECORDS, UNIQUE, Ability

ABILITIES: Final = frozenset(Ability)
"""The adapters can do all that there is a test for."""

INDEXED: Final[dict[type, tuple[str, ...]]] = {
    Deal: ("stage", "owner", "amount", "expected_close", "opened_at"),
    Contact: ("owner", "email", "name"),
}

OPTIONS: Final[dict[str, Any]] = {"records": RECORDS, "unique": UNIQUE, "chain": CHAIN}
"""What every adapter is made with."""


def sqlite_storage(path: Path, *, indexed: dict[type, tuple[str, ...]] = INDEXED) -> Any:
    """The adapter for SQLite on a file."""
    return program("sqlite_storage").SQLiteStorage(path, indexed=indexed, **OPTIONS)


def sqlalchemy_storage(engine: Any) -> Any:
    """The adapter for SQLAlchemy on an engine, or on one that is made for this address."""
    import sqlalchemy

    made = sqlalchemy.create_engine(engine) if isinstance(engine, str) else engine
    return program("sqlalchemy_storage").SQLAlchemyStorage(made, indexed=INDEXED, **OPTIONS)


def files_of(path: Path) -> bytes:
    """The files of an SQLite database, with their logs."""
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*")))
