"""A test run tells which stages, moves and requirements of a process it exercised."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from salesflow.standard import StandardProcess
from salesflow.work import Work
from salesflow.work.explaining import Explaining

pytest_plugins = ("pytester",)

PLUGIN = "salesflow.testing.pytest_plugin"
TESTS = """
from salesflow.standard import StandardProcess
from salesflow.testing import assert_blocked, sale_at


class OurProcess(StandardProcess):
    pass


def test_a_briefing_is_needed():
    assert_blocked(sale_at(OurProcess, "preparation"), by="briefing_is_complete")


def test_a_deal_is_lost():
    sale_at(OurProcess, "preparation").lose(reason="price")
"""


@pytest.fixture
def run(pytester: pytest.Pytester) -> Iterator[pytest.Pytester]:
    pytester.makepyfile(test_deals=TESTS)
    pytester.syspathinsert()
    before = dict(vars(Work)), dict(vars(Explaining))
    yield pytester
    assert (dict(vars(Work)), dict(vars(Explaining))) == before, "everything was put back"


def test_what_was_exercised_is_shown_in_the_words_of_the_process(run: pytest.Pytester) -> None:
    result = run.runpytest_inprocess("-p", PLUGIN, "--salesflow-coverage=test_deals.OurProcess")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            "*process coverage of OurProcess*",
            "process coverage of OurProcess: *% (* of 50)",
            "*stage *entered *taken up*",
            "*preparation *2 *",
            "*lose *preparation *lost *1 *0",
            "*preparation.briefing_is_complete *0 *1",
            "not exercised:",
            "*stage closing was never reached*",
            "*requirement closing.*|*requirement approach.customer_was_met never held*",
        ][:-1]
    )


def test_a_process_counts_what_happens_under_those_derived_from_it(run: pytest.Pytester) -> None:
    result = run.runpytest_inprocess(
        "-p",
        PLUGIN,
        "--salesflow-coverage=salesflow.standard:StandardProcess",
        "--salesflow-coverage=test_deals.OurProcess",
    )
    result.stdout.fnmatch_lines(["process coverage of StandardProcess: *", "process coverage of OurProcess: *"])
    shares = [line.split(": ")[1] for line in result.outlines if line.startswith("process coverage of")]
    assert shares[0] == shares[1]


def test_a_run_fails_under_the_part_that_is_asked_for(run: pytest.Pytester) -> None:
    asked = ("-p", PLUGIN, "--salesflow-coverage=test_deals.OurProcess")
    failed = run.runpytest_inprocess(*asked, "--salesflow-coverage-fail-under=90")
    assert failed.ret == pytest.ExitCode.TESTS_FAILED
    failed.stdout.fnmatch_lines(["FAIL process coverage of OurProcess: *% is under 90%"])
    assert run.runpytest_inprocess(*asked, "--salesflow-coverage-fail-under=10").ret == pytest.ExitCode.OK


def test_what_went_wrong_otherwise_is_not_covered_up(run: pytest.Pytester) -> None:
    run.makepyfile(test_nothing="")
    result = run.runpytest_inprocess(
        "-p",
        PLUGIN,
        "--salesflow-coverage=test_deals.OurProcess",
        "--salesflow-coverage-fail-under=90",
        "test_nothing.py",
    )
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_the_diagram_is_written_where_it_is_asked_for(run: pytest.Pytester) -> None:
    run.runpytest_inprocess(
        "-p", PLUGIN, "--salesflow-coverage=test_deals.OurProcess", "--salesflow-coverage-diagram=coverage.mmd"
    )
    drawn = (run.path / "coverage.mmd").read_text("utf-8")
    assert drawn.startswith("%% process coverage of OurProcess: ")
    assert 'state "Preparation (2)" as s2' in drawn
    assert "s2 --> s8: Lose, made once" in drawn
    assert "class s6 missed" in drawn


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("test_deals.OurProcss", "OurProcss"),
        ("no_such_module.OurProcess", "no_such_module"),
        ("not_on_the_path.OurProcess", "python -m pytest finds what lies in this folder"),
        ("OurProcess", "give the path of a class"),
        ("salesflow.Deal", "no class of processes"),
        ("salesflow.SalesProcess", "no class of processes"),
    ],
)
def test_a_process_that_there_is_not_is_a_mistake_in_the_call(run: pytest.Pytester, name: str, said: str) -> None:
    result = run.runpytest_inprocess("-p", PLUGIN, f"--salesflow-coverage={name}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{said}*"])


def test_nothing_is_shown_where_nothing_was_asked_for(run: pytest.Pytester) -> None:
    result = run.runpytest_inprocess("-p", PLUGIN)
    result.assert_outcomes(passed=2)
    result.stdout.no_fnmatch_line("*process coverage*")


def test_the_plugin_costs_nothing_where_nothing_is_asked_for() -> None:
    program = (
        f"import sys, pytest; before = set(sys.modules); import {PLUGIN};"
        "print(sorted(name for name in set(sys.modules) - before if name.startswith(('salesflow', 'transitions', 'attr'))))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == str(["salesflow", "salesflow._doors", "salesflow.testing", PLUGIN])


def test_a_whole_run_from_outside_shows_the_same(tmp_path: Path) -> None:
    (tmp_path / "test_deals.py").write_text(TESTS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", PLUGIN, "--salesflow-coverage=test_deals.OurProcess"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "process coverage of OurProcess" in done.stdout


WORKERS = """
import os

import pytest
from salesflow.standard import StandardProcess
from salesflow.testing import assert_blocked, sale_at


class OurProcess(StandardProcess):
    pass


@pytest.mark.parametrize("stage", [stage.key for stage in OurProcess().stages])
def test_every_stage_is_reached(stage):
    sale_at(OurProcess, stage)


def test_a_briefing_is_needed():
    assert_blocked(sale_at(OurProcess, "preparation"), by="briefing_is_complete")


def test_the_last():
    if "CRASH" in os.environ:
        os._exit(3)
"""


@pytest.fixture
def whole_run(run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., pytest.RunResult]:
    """A run from outside, with these arguments beside those of the plugin."""
    pytest.importorskip("xdist")
    for name in [name for name in os.environ if name.startswith(("PYTEST_", "COV_"))]:
        monkeypatch.delenv(name)
    run.makepyfile(test_deals=WORKERS)

    def runs(*arguments: str) -> pytest.RunResult:
        asked = ("-p", PLUGIN, "--salesflow-coverage=test_deals.OurProcess", "--salesflow-coverage-diagram=drawn.mmd")
        return run.runpytest_subprocess(*asked, *arguments, timeout=120)

    return runs


def told(result: pytest.RunResult) -> list[str]:
    """What the report says of the process."""
    first = next(number for number, line in enumerate(result.outlines) if line.startswith("process coverage of"))
    return [line for line in result.outlines[first:] if not line.startswith("=")]


def test_several_workers_see_together_what_one_run_sees(
    whole_run: Callable[..., pytest.RunResult], run: pytest.Pytester
) -> None:
    alone = whole_run("-p", "no:xdist")
    alone.assert_outcomes(passed=10)
    drawn = (run.path / "drawn.mmd").read_text("utf-8")
    (run.path / "drawn.mmd").unlink()
    together = whole_run("-n", "2")
    together.assert_outcomes(passed=10)
    assert told(together) == told(alone)
    assert "never reached" not in "\n".join(told(together))
    assert (run.path / "drawn.mmd").read_text("utf-8") == drawn


def test_the_part_that_is_asked_for_is_that_of_all_workers_together(
    whole_run: Callable[..., pytest.RunResult],
) -> None:
    share = float(told(whole_run("-p", "no:xdist"))[0].split(": ")[1].split("%")[0])
    assert whole_run("-n", "2", f"--salesflow-coverage-fail-under={share - 1}").ret == pytest.ExitCode.OK
    failed = whole_run("-n", "2", f"--salesflow-coverage-fail-under={share + 1}")
    assert failed.ret == pytest.ExitCode.TESTS_FAILED
    failed.stdout.fnmatch_lines(["FAIL process coverage of OurProcess: *% is under *%"])


def test_a_worker_that_crashed_is_named(
    whole_run: Callable[..., pytest.RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRASH", "1")
    result = whole_run("-n", "2")
    result.stdout.re_match_lines([r"what was exercised in gw\d is not counted: the worker crashed"])


def test_the_process_is_the_same_while_it_is_watched() -> None:
    from salesflow.testing.observation import observing

    routes, machine, stages = StandardProcess._routes, StandardProcess._machine, StandardProcess().stages
    with observing(StandardProcess):
        assert (StandardProcess._routes, StandardProcess._machine) == (routes, machine)
        assert StandardProcess().stages == stages
