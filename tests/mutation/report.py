"""What mutmut found, room by room: how many mutants the tests noticed, and which they did not.

``mutmut run`` first, in the root of the repository; then::

    python tests/mutation/report.py                # the table, and what is not noticed and not known
    python tests/mutation/report.py --table-only
    python tests/mutation/report.py process deal   # of these rooms alone

Mutants that change nothing that can be observed are named in ``equivalent.json``, with the reason; they are not counted.
What runs into its time counts as noticed, as mutmut counts it; a mutant that no test reaches does not.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent.json")
SURVIVED, NO_TEST = 0, 33
ROOMS = {
    "process": "src/salesflow/process/",
    "deal": "src/salesflow/deal/",
    "sale": ("src/salesflow/sale.py", "src/salesflow/work"),
    "money": "src/salesflow/values/money.py",
    "storage": "src/salesflow/storage/",
}
"""The files of each room, by how their path begins."""


@dataclass(frozen=True)
class Change:
    """What a mutant changes.

    Attributes:
        function: where, as ``salesflow.values.money.Money.split``.
        was: the lines as they are, without their indentation.
        becomes: the lines of the mutant.
    """

    function: str
    was: str
    becomes: str


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: mutmut's name of it, its file, and what the tests ended with, or ``None`` if not tried."""

    mutant: str
    file: str
    exit_code: int | None

    @property
    def is_noticed(self) -> bool:
        return self.exit_code not in (SURVIVED, NO_TEST)


def verdicts(mutants: Path) -> Iterator[Verdict]:
    """Everything that mutmut has written down, file by file."""
    for found in sorted(mutants.glob("src/**/*.meta")):
        file = found.relative_to(mutants).as_posix().removesuffix(".meta")
        for mutant, exit_code in json.loads(found.read_text())["exit_code_by_key"].items():
            yield Verdict(mutant, file, exit_code)


def room_of(file: str) -> str | None:
    """The room that a file belongs to."""
    return next((room for room, begins in ROOMS.items() if file.startswith(begins)), None)


def change_of(diff: Iterable[str], mutant: str) -> Change:
    """What a unified diff changes, without where it stands in the file: that moves with every edit."""
    lines = [line for line in diff if not line.startswith(("---", "+++", "@@"))]
    return Change(
        function=readable(mutant),
        was=" ".join(line[1:].strip() for line in lines if line.startswith("-")),
        becomes=" ".join(line[1:].strip() for line in lines if line.startswith("+")),
    )


def readable(mutant: str) -> str:
    """The function of a mutant as it is written: ``module.xǁMoneyǁsplit__mutmut_3`` is ``module.Money.split``."""
    module, _, name = mutant.rpartition(".")
    function = name.rpartition("__mutmut_")[0]
    plain = ".".join(function.split("ǁ")[1:]) if "ǁ" in function else function.removeprefix("x_")
    return f"{module}.{plain}"


def known() -> dict[Change, str]:
    """The changes of which it is known that nobody can see a difference, each with the reason."""
    return {
        Change(one["function"], one["was"], one["becomes"]): one["why"] for one in json.loads(EQUIVALENT.read_text())
    }


def table(counted: Counter[tuple[str, str]]) -> Iterator[str]:
    """The result of each room as rows of Markdown."""
    yield "| room | mutants | equivalent | noticed | not noticed | share |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for room in (*ROOMS, "all"):
        rooms = tuple(ROOMS) if room == "all" else (room,)
        noticed, missed, same, waiting = (
            sum(counted[one, what] for one in rooms) for what in ("noticed", "missed", "equivalent", "waiting")
        )
        tried = noticed + missed
        share = f"{noticed / tried:.1%}" if tried else "-"
        left = f" ({waiting} not tried)" if waiting else ""
        yield f"| {room} | {tried + same + waiting}{left} | {same} | {noticed} | {missed} | {share} |"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rooms", nargs="*", metavar="room", help=f"of these rooms alone: {', '.join(ROOMS)}")
    parser.add_argument("--table-only", action="store_true", help="without the mutants that were not noticed")
    parser.add_argument("--mutants", type=Path, default=ROOT / "mutants", help="where mutmut keeps them")
    given = parser.parse_args(arguments)

    from mutmut.mutation.diff_apply import get_diff_for_mutant

    equivalent = known()
    counted: Counter[tuple[str, str]] = Counter()
    missed: list[tuple[Verdict, Change]] = []
    for one in verdicts(given.mutants):
        room = room_of(one.file)
        if room is None or (given.rooms and room not in given.rooms):
            continue
        if one.exit_code is None or one.is_noticed:
            counted[room, "waiting" if one.exit_code is None else "noticed"] += 1
            continue
        change = change_of(get_diff_for_mutant(one.mutant, path=one.file).splitlines(), one.mutant)
        counted[room, "equivalent" if change in equivalent else "missed"] += 1
        if change not in equivalent:
            missed.append((one, change))
    print("\n".join(table(counted)))
    if not given.table_only:
        for verdict, change in missed:
            print(f"\n{verdict.mutant}\n  - {change.was}\n  + {change.becomes}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
