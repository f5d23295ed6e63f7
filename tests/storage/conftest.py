"""The PostgreSQL server of a test run, and a fresh schema of it for each test that asks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from storage.databases import reason_without_server, running_server, schema

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of the server; started when it is first asked for."""
    reason = reason_without_server()
    if reason is not None:
        pytest.skip(reason)
    with running_server() as address:
        yield address


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[str]:
    """The address of a fresh schema."""
    with schema(postgres_server, f"test_{next(_numbers)}") as address:
        yield address
