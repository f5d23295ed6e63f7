"""The programs under ``docs/examples`` as their users import them, and a PostgreSQL server for those that want one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from storage.databases import reason_without_server, running_server

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
