"""Do the tests notice when the code is wrong? Mutants drawn at random, each given to the tests of its file.

``python tests/mutation/sample.py --each 40 --seed 1`` draws forty mutants of every room, ``--room deal`` of one room,
``--all`` takes every mutant there is. A mutant is tried on a copy of the tree: first on the tests of its file, and where
they do not notice on all tests of the room. What is printed is JSON; progress goes to stderr. A run that
exceeds its time does not count as killed. The interval is Wilson's, at 95 %.

Mutants that change nothing that can be observed are named in ``equivalent.json``, with the reason; they are not counted.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from math import sqrt
from pathlib import Path
from queue import Queue
from time import monotonic

sys.path.insert(0, str(Path(__file__).parent))

from operators import Mutant, mutants_of

ROOT = Path(__file__).parents[2]
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(
    ["pytest", "hypothesis", "attrs", "transitions", "dateutil", "msgspec", "_pytest.assertion"]
)
EQUIVALENT = Path(__file__).with_name("equivalent.json")
SCENES = ("tests/test_sale.py", "tests/standard", "tests/extension")


@dataclass(frozen=True)
class Room:
    """The files that are changed together, and the tests that should notice."""

    sources: tuple[str, ...]
    own_tests: tuple[str, ...]
    tests: tuple[str, ...]


ROOMS = {
    "process": Room(
        ("src/salesflow/process",),
        ("tests/process",),
        (
            "tests/process",
            *SCENES,
            "tests/hazards/test_transitions_hazards.py",
            "tests/property/test_engine_oracle.py",
        ),
    ),
    "deal": Room(
        ("src/salesflow/deal",),
        ("tests/deal",),
        ("tests/deal", *SCENES, "tests/peers/test_terms_cases.py", "tests/peers/test_followup_cases.py"),
    ),
    "sale": Room(
        ("src/salesflow/sale.py", "src/salesflow/work.py"),
        ("tests/test_sale.py", "tests/test_changes.py"),
        (*SCENES, "tests/test_changes.py", "tests/leads/test_lead_process.py"),
    ),
    "money": Room(
        ("src/salesflow/values/money.py",),
        ("tests/values/test_money.py",),
        (
            "tests/values/test_money.py",
            "tests/values/test_shares.py",
            "tests/peers/test_money_cases.py",
            "tests/deal/test_line_items.py",
            "tests/hazards/test_hostile_values.py",
        ),
    ),
    "storage": Room(
        ("src/salesflow/storage",),
        ("tests/storage/test_records.py",),
        (
            *(
                f"tests/storage/test_{part}.py"
                for part in ("audit", "canonical", "erasure", "memory", "query", "records")
            ),
            *(f"tests/storage/test_rows{part}.py" for part in ("", "_keys", "_scanning")),
            "tests/peers/test_storage_cases.py",
        ),
    ),
}
# Tests of a file that do not bear its name; the others are found by name.
TESTS_OF_FILE = {
    "process/engine.py": ("tests/test_sale.py",),
    "process/position.py": ("tests/process/test_definition.py", "tests/process/test_machine.py"),
    "process/checks.py": ("tests/process/test_definition.py", "tests/process/test_requirement.py"),
    "process/layout.py": ("tests/process/test_picture.py",),
    "process/picture.py": ("tests/process/test_picture.py", "tests/process/test_picture_kept.py"),
    "deal/approvals.py": ("tests/deal/test_closing_terms.py",),
    "deal/clauses.py": ("tests/deal/test_closing_terms.py",),
    "deal/deal.py": ("tests/test_sale.py",),
    "deal/desk.py": ("tests/test_sale.py",),
    "deal/event.py": ("tests/test_sale.py",),
    "deal/fields.py": ("tests/test_sale.py",),
    "storage/keys.py": ("tests/storage/test_rows_keys.py",),
    "storage/scanning.py": ("tests/storage/test_rows_scanning.py",),
    "storage/tables.py": ("tests/storage/test_rows.py",),
}


def tests_of(file: str, room: Room) -> tuple[str, ...]:
    """The smallest set of tests that should notice a change of this file."""
    path = Path(file)
    named = TESTS_OF_FILE.get(f"{path.parent.name}/{path.name}")
    if named:
        return named
    for folder in room.own_tests:
        by_name = Path(folder if (ROOT / folder).is_dir() else Path(folder).parent) / f"test_{path.stem.strip('_')}.py"
        if (ROOT / by_name).exists():
            return (str(by_name),)
    return room.own_tests


def every_mutant(room: Room) -> list[Mutant]:
    """Every mutant of a room, in a fixed order."""
    sources = [ROOT / source for source in room.sources]
    files = [file for source in sources for file in (sorted(source.rglob("*.py")) if source.is_dir() else [source])]
    return [mutant for file in files for mutant in mutants_of(str(file.relative_to(ROOT)), file.read_bytes())]


def copy_of_the_tree(where: Path) -> Path:
    """What the tests need, copied, so that the checkout is never changed."""
    for part in ("src", "tests", "docs"):
        shutil.copytree(ROOT / part, where / part, ignore=shutil.ignore_patterns("_build", "node_modules"))
    for part in ("pyproject.toml", "README.md", "CHANGELOG.md"):
        shutil.copy2(ROOT / part, where / part)
    return where


def outcome_of(tree: Path, tests: Iterable[str], seconds: float) -> str:
    """``survived``, ``killed`` or ``timed out``, from a process that has loaded everything but salesflow."""
    running = FORKED.Process(target=_run_tests, args=(tree, tuple(tests)))
    running.start()
    running.join(seconds)
    if running.exitcode is None:
        running.kill()
        running.join()
        return "timed out"
    if running.exitcode == 5:
        raise SystemExit(f"no tests were found in {tests}")
    return "killed" if running.exitcode else "survived"


def _run_tests(tree: Path, tests: tuple[str, ...]) -> None:
    import hypothesis
    import pytest

    slow_is_not_wrong = [hypothesis.HealthCheck.too_slow]
    hypothesis.settings.register_profile("mutation", deadline=None, suppress_health_check=slow_is_not_wrong)
    hypothesis.settings.load_profile("mutation")
    os.chdir(tree)
    sys.path.insert(0, str(tree / "src"))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    already_loaded = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
    options = ("-x", "-q", "-p", "no:cacheprovider", "-W", already_loaded, "--hypothesis-seed=0")
    code = pytest.main([*options, *tests])
    loaded = sys.modules.get("salesflow")
    if loaded is not None and not str(loaded.__file__).startswith(str(tree)):
        code = 5
    sys.stdout.flush()
    os._exit(int(code))


def tried(mutant: Mutant, room: Room, tree: Path, seconds: float) -> str:
    """What becomes of one mutant, in a copy of the tree that is put right again afterwards."""
    file = tree / mutant.file
    source = file.read_bytes()
    try:
        _written(file, mutant.applied_to(source))
        outcome = outcome_of(tree, tests_of(mutant.file, room), seconds)
        return outcome_of(tree, room.tests, seconds) if outcome == "survived" else outcome
    finally:
        _written(file, source)


def _written(file: Path, source: bytes) -> None:
    file.write_bytes(source)
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()


def wilson(killed: int, drawn: int) -> tuple[float, float]:
    """The 95 % interval of a share, after Wilson (1927)."""
    if not drawn:
        return 0.0, 1.0
    z, share = 1.959964, killed / drawn
    middle = (share + z * z / (2 * drawn)) / (1 + z * z / drawn)
    half = z / (1 + z * z / drawn) * sqrt(share * (1 - share) / drawn + z * z / (4 * drawn * drawn))
    return round(middle - half, 3), round(middle + half, 3)


def report(drawn: Sequence[Mutant], outcomes: Sequence[str], possible: int) -> dict[str, object]:
    """The figures of one room; equivalent mutants are named, and not counted."""
    excused = {(entry["file"], entry["on"], entry["change"]) for entry in json.loads(EQUIVALENT.read_text())}
    missed = [mutant for mutant, outcome in zip(drawn, outcomes, strict=True) if outcome == "survived"]
    equivalent = [mutant for mutant in missed if _place(mutant) in excused]
    counted, killed = len(drawn) - len(equivalent), outcomes.count("killed")
    return {
        "possible": possible,
        "drawn": len(drawn),
        "killed": killed,
        "survived": len(missed) - len(equivalent),
        "timed out": [str(mutant) for mutant, outcome in zip(drawn, outcomes, strict=True) if outcome == "timed out"],
        "equivalent": [str(mutant) for mutant in equivalent],
        "score": round(killed / counted, 3) if counted else None,
        "interval": wilson(killed, counted),
        "survivors": [str(mutant) for mutant in missed if mutant not in equivalent],
    }


def _place(mutant: Mutant) -> tuple[str, str, str]:
    """Where a mutant is and what it does, in words that stay the same when lines are added above."""
    line = (ROOT / mutant.file).read_text(encoding="utf-8").splitlines()[mutant.line - 1]
    return mutant.file, line.strip(), str(mutant).split(": ", 1)[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--room", choices=ROOMS, action="append", help="a room, again for another; all without it")
    parser.add_argument("--each", type=int, default=40, help="how many mutants to draw in each room")
    parser.add_argument("--all", action="store_true", help="every mutant, not a sample")
    parser.add_argument("--seed", type=int, default=1, help="which sample")
    parser.add_argument("--seconds", type=float, default=240, help="how long one run of tests may take")
    parser.add_argument("--minutes", type=float, default=600, help="how long to go on with one room")
    parser.add_argument("--only", default="", help="of what was drawn, only mutants whose description has this in it")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as workers:
        trees: Queue[Path] = Queue()
        for name in ("one", "two"):
            trees.put(copy_of_the_tree(Path(folder) / name))

        def one(mutant: Mutant, room: Room, until: float) -> str:
            if monotonic() > until:
                return "not tried"
            tree = trees.get()
            try:
                outcome = tried(mutant, room, tree, chosen.seconds)
            finally:
                trees.put(tree)
            print(outcome, mutant, file=sys.stderr, flush=True)
            return outcome

        for name in chosen.room or ROOMS:
            room = ROOMS[name]
            if outcome_of(trees.queue[0], room.tests, chosen.seconds) != "survived":
                raise SystemExit(f"the tests of {name} fail, or take too long, without any mutant")
            possible = every_mutant(room)
            count = len(possible) if chosen.all else min(chosen.each, len(possible))
            drawn = random.Random(chosen.seed).sample(possible, count)
            drawn = [mutant for mutant in drawn if chosen.only in str(mutant)]
            outcomes = list(workers.map(one, drawn, repeat(room), repeat(monotonic() + 60 * chosen.minutes)))
            drawn = [mutant for mutant, outcome in zip(drawn, outcomes, strict=True) if outcome != "not tried"]
            outcomes = [outcome for outcome in outcomes if outcome != "not tried"]
            print(json.dumps({name: report(drawn, outcomes, len(possible))}, indent=2), flush=True)


if __name__ == "__main__":
    main()
