"""Tries the mutants that mutmut has made, hundreds in a minute: each in a fork of one test session that has collected already.

``mutmut run`` starts a session for every mutant, which takes longer than its tests. Here the session runs each test once, to
see which functions it reaches, and then forks for every mutant and runs the tests that reach it, the quickest first. A function
that runs while salesflow is loaded ran before the fork; where its mutants are not noticed, they are tried once more in a
process of their own, in force from the first import on.

Let mutmut make the mutants by trying one of them, then sweep; the verdicts stand where mutmut keeps its own, for the report::

    mutmut run salesflow.deal.children.x_next_id__mutmut_1
    python tests/mutation/sweep.py                    # every room
    python tests/mutation/sweep.py process sale       # these rooms alone
    python tests/mutation/report.py

The order is drawn, by ``--seed``; so what is known when a sweep is stopped is a sample.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

sys.path.insert(0, str(Path(__file__).parent))
from report import NO_TEST, ROOMS, ROOT, SURVIVED, room_of, verdicts

KILLED, OUT_OF_TIME = 1, 36
OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:unraisableexception", "--hypothesis-seed=0")
STAGES = ("tests/test_sale.py", "tests/standard", "tests/extension", "tests/process")
TESTS = {
    "process": (*STAGES, "tests/property/test_replay.py", "tests/hazards/test_transitions_hazards.py"),
    "deal": ("tests/deal", "tests/test_sale.py"),
    "sale": (*STAGES, "tests/test_changes.py", "tests/leads/test_lead_process.py", "tests/peers/test_state_cases.py"),
    "money": ("tests/values", "tests/peers/test_money_cases.py", "tests/hazards/test_hostile_values.py"),
    "storage": (
        *(f"tests/storage/test_{part}.py" for part in ("audit", "canonical", "erasure", "memory", "query", "records")),
        *(f"tests/storage/test_rows{part}.py" for part in ("", "_keys", "_scanning")),
        "tests/storage/test_contract_on_memory.py",
        "tests/peers/test_storage_cases.py",
    ),
}
"""The tests that should notice a mutant of each room."""


class Sweep:
    """A plugin that runs the session's tests on mutants.

    Args:
        room: of which room the mutants are.
        mutants: where mutmut keeps them.
        seed: draws the order.
    """

    def __init__(self, room: str, mutants: Path, seed: int) -> None:
        from mutmut.mutation import trampoline

        self._room = room
        self._mutants = mutants
        self._seed = seed
        self._took: dict[pytest.Item, float] = {}
        self._reaching: dict[str, list[pytest.Item]] = defaultdict(list)
        self._reached: set[str] = set()
        self._while_loading: frozenset[str] = frozenset()
        trampoline.record_trampoline_hit = lambda name, caller=None: self._reached.add(name)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._while_loading = frozenset(self._reached)
        for item in session.items:
            self._reached.clear()
            began = time.perf_counter()
            assert passes(item), f"{item.nodeid} does not pass without a mutant"
            self._took[item] = time.perf_counter() - began
            for name in self._reached:
                self._reaching[name].append(item)
        waiting = [one.mutant for one in verdicts(self._mutants) if room_of(one.file) == self._room]
        random.Random(self._seed).shuffle(waiting)
        found: dict[str, int] = {}
        for number, mutant in enumerate(waiting, start=1):
            found[mutant] = self.verdict(mutant)
            if number % 50 == 0 or number == len(waiting):
                write(found, self._mutants)
                missed = sum(code in (SURVIVED, NO_TEST) for code in found.values())
                print(f"{self._room}: {number} of {len(waiting)}, {missed} not noticed", file=sys.stderr, flush=True)
        return True

    def verdict(self, mutant: str) -> int:
        """What becomes of a mutant, as an exit code of mutmut's."""
        found = self._tried(mutant, self.tests_of(mutant))
        is_loading = mutant.rpartition("__mutmut_")[0] in self._while_loading
        return tried_again(mutant, TESTS[self._room]) if is_loading and found in (SURVIVED, NO_TEST) else found

    def tests_of(self, mutant: str) -> list[pytest.Item]:
        """The tests that reach its function, the quickest first."""
        return sorted(self._reaching[mutant.rpartition("__mutmut_")[0]], key=self._took.__getitem__)

    def _tried(self, mutant: str, tests: Sequence[pytest.Item]) -> int:
        if not tests:
            return NO_TEST
        child = os.fork()
        if child == 0:
            run_as(mutant, tests)
        end = time.monotonic() + 20 + 15 * sum(map(self._took.__getitem__, tests))
        while time.monotonic() < end:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return SURVIVED if os.waitstatus_to_exitcode(status) == 0 else KILLED
            time.sleep(0.002)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return OUT_OF_TIME


def passes(item: pytest.Item) -> bool:
    """Whether a test passes, run here and now."""
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def run_as(mutant: str, tests: Iterable[pytest.Item]) -> None:
    """Run tests with a mutant in force, and end the process: with 0 where they all pass."""
    from mutmut.mutation import trampoline

    code = 2
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        trampoline.set_mutant_under_test(mutant)
        code = 0 if all(map(passes, tests)) else 1
    finally:
        os._exit(code)


def tried_again(mutant: str, tests: Sequence[str]) -> int:
    """What becomes of a mutant that is in force from the first import on."""
    command = [sys.executable, "-m", "pytest", "-x", "--assert=plain", *OPTIONS, *tests]
    environment = {**os.environ, "MUTANT_UNDER_TEST": mutant, "PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(command, env=environment, capture_output=True, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        return OUT_OF_TIME
    return KILLED if ended.returncode else SURVIVED


def write(found: dict[str, int], mutants: Path) -> None:
    """Put verdicts where mutmut keeps them."""
    for path in mutants.glob("src/**/*.meta"):
        kept = json.loads(path.read_text())
        ours = kept["exit_code_by_key"].keys() & found.keys()
        if ours:
            kept["exit_code_by_key"].update({mutant: found[mutant] for mutant in ours})
            path.write_text(json.dumps(kept, indent=4))


def sweep(room: str, mutants: Path, seed: int) -> None:
    """Try every mutant of a room."""
    code = pytest.main([*OPTIONS, *TESTS[room]], plugins=[Sweep(room, mutants, seed)])
    if code:
        raise SystemExit(f"the sweep of {room} ended with {code}")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rooms", nargs="*", metavar="room", help=f"of these rooms alone: {', '.join(ROOMS)}")
    parser.add_argument("--mutants", type=Path, default=ROOT / "mutants", help="where mutmut keeps them")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    given.mutants = given.mutants.resolve()
    os.chdir(given.mutants)
    sys.path[:0] = ["src", "tests"]
    os.environ["MUTANT_UNDER_TEST"] = "stats"
    for room in given.rooms or ROOMS:
        child = os.fork()  # a session of its own for each room: what a session loads, it keeps
        if child == 0:
            sweep(room, given.mutants, given.seed)
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
