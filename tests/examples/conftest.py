"""The programs under ``docs/examples`` as their users import them, and a PostgreSQL server for those that want one."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from storage.databases import reason_without_server, running_server, schema

from salesflow.testing.storage_contract import LoopThread

if TYPE_CHECKING:
    from examples.over_http import Client

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"

sys.path += [str(EXAMPLES), str(EXAMPLES / "storage")]


@pytest.fixture(scope="session")
def example_server() -> Iterator[str]:
    """The address of a server; started when it is first asked for."""
    reason = reason_without_server()
    if reason is not None:
        pytest.skip(reason)
    with running_server() as address:
        yield address


@pytest.fixture(scope="module")
def loop() -> Iterator[LoopThread]:
    """The event loop that applications under test run on."""
    loop = LoopThread()
    yield loop
    loop.close()


@pytest.fixture(scope="module")
def served(example_server: str, loop: LoopThread) -> Iterator[tuple[str, Client]]:
    """The web application on a database of its own, and the address of that."""
    if any(importlib.util.find_spec(name) is None for name in ("fastapi", "httpx")):
        pytest.skip("fastapi is not installed; the dependency group 'test' brings it")
    from examples.over_http import serving

    with schema(example_server, "web_api") as address, serving(address, loop) as client:
        yield address, client


@pytest.fixture
def client(served: tuple[str, Client]) -> Client:
    """The client of a web application whose tables are empty."""
    import psycopg

    address, client = served
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("truncate entities, events, taken, requests, journals, asked_requests")
    client.clock.start_again()
    return client
