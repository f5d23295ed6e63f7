"""The report on mutants counts what it should, and recognizes a change wherever it stands."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from mutation.report import ROOMS, ROOT, Change, change_of, known, readable, room_of, table, verdicts
from mutation.sweep import TESTS

DIFF = """\
--- src/salesflow/values/money.py
+++ src/salesflow/values/money.py
@@ -1,3 +1,3 @@
 def __gt__(self, other: Money) -> bool:
-    return self.amount > other.amount
+    return self.amount >= other.amount
"""


@pytest.mark.parametrize(
    ("mutant", "function"),
    [
        ("salesflow.values.money.xǁMoneyǁsplit__mutmut_3", "salesflow.values.money.Money.split"),
        ("salesflow.values.money.xǁMoneyǁ__gt____mutmut_12", "salesflow.values.money.Money.__gt__"),
        ("salesflow.values.money.x__code__mutmut_1", "salesflow.values.money._code"),
        ("salesflow.deal.terms.xǁTermsǁx_ray__mutmut_1", "salesflow.deal.terms.Terms.x_ray"),
    ],
)
def test_a_mutant_is_called_as_the_function_is_written(mutant: str, function: str) -> None:
    assert readable(mutant) == function


def test_a_change_is_the_same_wherever_it_stands_in_the_file() -> None:
    change = change_of(DIFF.splitlines(), "salesflow.values.money.xǁMoneyǁ__gt____mutmut_1")
    moved = change_of(
        DIFF.replace("-1,3 +1,3", "-7,3 +7,3").splitlines(), "salesflow.values.money.xǁMoneyǁ__gt____mutmut_9"
    )
    assert change == moved
    assert change == Change(
        "salesflow.values.money.Money.__gt__",
        "return self.amount > other.amount",
        "return self.amount >= other.amount",
    )


def test_what_no_test_reaches_is_not_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "src" / "salesflow" / "deal"
    folder.mkdir(parents=True)
    found = {"killed": 1, "survived": 0, "unreached": 33, "out of time": 36, "waiting": None}
    (folder / "tasks.py.meta").write_text(json.dumps({"exit_code_by_key": found}))
    seen = {one.mutant: one for one in verdicts(tmp_path)}
    assert {room_of(one.file) for one in seen.values()} == {"deal"}
    assert {name: one.is_noticed for name, one in seen.items() if one.exit_code is not None} == {
        "killed": True,
        "survived": False,
        "unreached": False,
        "out of time": True,
    }


def test_a_share_is_of_what_was_tried_and_can_be_seen() -> None:
    counted = Counter(
        {("deal", "noticed"): 9, ("deal", "missed"): 1, ("deal", "equivalent"): 2, ("deal", "waiting"): 3}
    )
    rows = list(table(counted))
    assert "| deal | 15 (3 not tried) | 2 | 9 | 1 | 90.0% |" in rows
    assert "| money | 0 | 0 | 0 | 0 | - |" in rows


def test_every_equivalent_change_has_a_reason_and_stands_once() -> None:
    written = json.loads(Path(__file__).with_name("equivalent.json").read_text())
    assert len(known()) == len(written)
    assert all(known().values())


def test_every_room_is_tried_on_tests_that_are_there() -> None:
    assert set(TESTS) == set(ROOMS)
    assert [part for parts in TESTS.values() for part in parts if not (ROOT / part).exists()] == []
