"""The pytest plugin: which stages, moves and requirements of a process a test run exercised.

::

    python -m pytest --salesflow-coverage=shop.sales.SaaSProcess

pytest finds it where salesflow is installed; where plugins are not loaded by themselves, name it with
``-p salesflow.testing.pytest_plugin``. Where no process is asked for it does nothing, and loads nothing of the library.

Under pytest-xdist (``-n 4``) each worker sends what it saw to the controller, and the report, the diagram and the part that
is asked for are those of all workers together. What a worker saw that crashed is lost, and the report says so.
"""

from __future__ import annotations

from contextlib import ExitStack
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from salesflow.process.engine import Process
    from salesflow.testing.observation import Observed
    from salesflow.testing.process_coverage import ProcessCoverage
    from salesflow.worked import Worked

__all__ = ["pytest_addoption", "pytest_configure"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("salesflow", "process coverage")
    group.addoption(
        "--salesflow-coverage",
        action="append",
        default=[],
        metavar="PROCESS",
        help="show which stages, moves and requirements of this process the tests exercise, and of those derived from "
        "it (package.module.MyProcess or package.module:MyProcess; may be given several times)",
    )
    group.addoption(
        "--salesflow-coverage-diagram",
        metavar="FILE",
        help="write the processes there as Mermaid diagrams that show what was exercised",
    )
    group.addoption(
        "--salesflow-coverage-fail-under",
        type=float,
        metavar="PERCENT",
        help="fail the run where less than this part of a process was exercised",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin to observe, where a process is asked for."""
    names = config.getoption("salesflow_coverage")
    if names:
        config.pluginmanager.register(_Coverage(config, names), "salesflow-coverage")


_SENT_AS = "salesflow_coverage"


class _Coverage:
    """Observes processes for one test run, or for the part of it that a worker of pytest-xdist does."""

    def __init__(self, config: pytest.Config, names: list[str]) -> None:
        self._config = config
        self._names = names
        self._ended = ExitStack()
        self._observed: Observed | None = None
        self._lost: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """The modules of the processes are imported now, when the paths and the other plugins are ready."""
        from salesflow.testing.observation import observing

        processes = [_process_named(name) for name in dict.fromkeys(self._names)]
        self._observed = self._ended.enter_context(observing(*processes))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that passed where too little was exercised, and write the diagrams."""
        self._ended.close()
        sent: dict[str, object] | None = getattr(self._config, "workeroutput", None)
        if sent is not None and self._observed is not None:
            sent[_SENT_AS] = self._observed.counts()
            return  # the controller does the rest
        found = self._found()
        name = self._config.getoption("salesflow_coverage_diagram")
        if name and found:
            path = self._config.invocation_params.dir / name
            path.write_text("\n".join(_titled(one) for one in found), encoding="utf-8")
        if self._too_little() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """A worker has ended: count what it saw."""
        sent: dict[str, Any] = getattr(node, "workeroutput", None) or {}
        if self._observed is not None and _SENT_AS in sent:
            self._observed.add(sent[_SENT_AS])
        else:
            self._lost.append(str(getattr(getattr(node, "gateway", None), "id", "a worker")))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show what was exercised."""
        for one in self._found():
            terminalreporter.section(f"process coverage of {one.process}")
            terminalreporter.write_line(str(one))
        if self._lost:
            told = ", ".join(self._lost)
            terminalreporter.write_line(f"what was exercised in {told} is not counted: the worker crashed", yellow=True)
        for one in self._too_little():
            wanted = self._config.getoption("salesflow_coverage_fail_under")
            terminalreporter.write_line(
                f"FAIL process coverage of {one.process}: {_percent(one):.1f}% is under {wanted:g}%", red=True
            )

    def pytest_unconfigure(self) -> None:
        """Put everything back, however the run ended."""
        self._ended.close()

    def _found(self) -> list[ProcessCoverage]:
        return [] if self._observed is None else [self._observed.coverage(one) for one in self._observed.processes]

    def _too_little(self) -> list[ProcessCoverage]:
        wanted = self._config.getoption("salesflow_coverage_fail_under")
        return [] if wanted is None else [one for one in self._found() if _percent(one) < wanted]


def _process_named(name: str) -> type[Process[Worked]]:
    """The class of processes with this path."""
    from salesflow.process.engine import Process

    module, _, attribute = name.rpartition(":" if ":" in name else ".")
    try:
        found: object = getattr(import_module(module), attribute)
    except (ImportError, ValueError, AttributeError) as error:
        raise pytest.UsageError(
            f"--salesflow-coverage={name}: {error}; give the path of a class, as package.module.MyProcess, where it can be "
            "imported: python -m pytest finds what lies in this folder, pytest alone only what its pythonpath names"
        ) from error
    if not (isinstance(found, type) and issubclass(found, Process) and found._layout.stages):
        raise pytest.UsageError(f"--salesflow-coverage={name}: it is no class of processes that has stages")
    return found


def _percent(coverage: ProcessCoverage) -> float:
    share = coverage.share
    return 100.0 if share is None else float(share * 100)


def _titled(coverage: ProcessCoverage) -> str:
    """A diagram with a comment that says of what; a file with several can be cut at these."""
    return f"%% process coverage of {coverage.process}: {_percent(coverage):.1f}%\n{coverage.diagram()}"
