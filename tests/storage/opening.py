"""Opens the storages of two adapters on databases that are there; also in another process, which cannot import tests."""

from __future__ import annotations

from typing import Any

from storage.adapting import INDEXED
from storage.databases import program

from salesflow.testing.storage_contract import CHAIN, RECORDS, UNIQUE

EVERYTHING: dict[str, Any] = {"records": RECORDS, "unique": UNIQUE, "indexed": INDEXED, "chain": CHAIN}
"""What the contract asks of a storage with every ability."""


async def open_psycopg(address: str, **options: Any) -> Any:
    """A storage on a schema of PostgreSQL, on the event loop that runs."""
    return await program("psycopg_storage").PsycopgStorage(address, **{**EVERYTHING, **options}).open()
