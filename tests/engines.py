"""The two engines that a move can run on: ours, compiled, and the stock trigger of ``transitions``, the oracle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from salesflow.process._machine import STOCK_TRIGGER, MoveEvent

Trigger = Callable[..., bool]

COMPILED: Trigger = cast("Trigger", MoveEvent.trigger)
STOCK: Trigger = cast("Trigger", STOCK_TRIGGER)


@contextmanager
def running_on(trigger: Trigger) -> Iterator[None]:
    """Run every move on this trigger for a while."""
    before = MoveEvent.trigger
    MoveEvent.trigger = trigger  # type: ignore[method-assign, assignment]  # the oracle switch
    try:
        yield
    finally:
        MoveEvent.trigger = before  # type: ignore[method-assign]  # and back
