"""The pictures of three processes as they were looked at and kept: no line, name or arrow moves without being noticed.

A picture that is meant to change is drawn anew with ``python tests/process/test_picture_kept.py``, and looked at.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from salesflow import Deal, Move, Outcome, SalesProcess, Stage
from salesflow.leads.lead_process import LeadProcess
from salesflow.standard import StandardProcess

KEPT = Path(__file__).with_name("pictures")


class Open(Stage[Deal]):
    pass


class Agreed(Stage[Deal]):
    title = "The contract is agreed on by everyone who has to sign it"


class Won(Stage[Deal]):
    outcome = Outcome.WON


class Lost(Stage[Deal]):
    outcome = Outcome.LOST


class Crowded(SalesProcess[Deal]):
    """Lanes that lie over one another, names that take two lines, two ways to win and two to lose."""

    key = "crowded"
    title = "Crowded"

    first = Open()
    second = Agreed()
    third = Open()
    fourth = Open()
    won = Won()
    renewed = Won()
    lost = Lost()
    stalled = Lost()

    fast = Move(source="first", target="fourth", title="Everything is known already")
    jump = Move(source=("first", "second"), target="won", title="קפיצה")
    renew = Move(source=("second", "third", "fourth"), target="renewed")
    back = Move(source=("third", "fourth"), target="first", title="Start again", needs_reason=True)
    skip = Move(
        source="second", target="fourth", title="A name that is much longer than the lane it stands on has room for"
    )
    stall = Move(source=("first", "third"), target="stalled", title="Stall")


PROCESSES = {"standard": StandardProcess, "lead": LeadProcess, "crowded": Crowded}


@pytest.mark.parametrize("name", PROCESSES)
def test_the_picture_is_the_one_that_was_looked_at(name: str) -> None:
    assert PROCESSES[name]().picture() == (KEPT / f"{name}.svg").read_text(encoding="utf-8")


if __name__ == "__main__":
    for name, process in PROCESSES.items():
        (KEPT / f"{name}.svg").write_text(process().picture(), encoding="utf-8")
