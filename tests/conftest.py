"""The oracle switch: ``pytest --stock-trigger`` runs the whole suite on the stock trigger of ``transitions``."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from engines import STOCK, running_on
from hypothesis import settings

_switched = ExitStack()

settings.register_profile("salesflow", deadline=None)  # no test depends on how fast the machine is
settings.load_profile("salesflow")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--stock-trigger",
        action="store_true",
        help="run every move through transitions' own Event.trigger instead of the compiled one",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--stock-trigger"):
        _switched.enter_context(running_on(STOCK))


def pytest_unconfigure() -> None:
    _switched.close()


def pytest_report_header(config: pytest.Config) -> str:
    stock = config.getoption("--stock-trigger")
    return f"salesflow engine: {'the stock trigger of transitions' if stock else 'compiled'}"
