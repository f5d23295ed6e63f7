"""What the tests of the testing kit share."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture
def free_of_tracing() -> Iterator[None]:
    """Nobody traces: where coverage is measured, that is put back at the end."""
    before = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(before)
