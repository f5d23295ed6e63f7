"""Win rates that others have published, each under the name that it has in the list of peer cases."""

from __future__ import annotations

from decimal import Decimal

import pytest
from deals_measured import rows_of

from salesflow.measure import WinRate


@pytest.mark.parametrize(
    ("case", "won", "lost", "disqualified", "open_", "apart", "percent"),
    [
        ("WB-11", 45, 135, 0, 80, (), "25"),
        ("WB-13 as lost", 20, 30, 50, 0, (), "20"),
        ("WB-13 apart", 20, 30, 50, 0, ("disqualified",), "40"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("WB") else "",
)
def test_a_published_win_rate(case, won, lost, disqualified, open_, apart, percent):
    rows = rows_of(won=won, lost=lost, open=open_) + rows_of(lost=disqualified, loss_reason="disqualified")
    rate = WinRate(disqualified=apart).of(rows)
    assert rate.percent() == Decimal(percent), case
    assert rate.disqualified == (disqualified if apart else 0)
