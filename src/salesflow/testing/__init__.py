"""What helps to test a process of your own, and what you plug into it: builders, walks, assertions, checks.

Start with :func:`~salesflow.testing.walking.sale_at`, which brings a deal of any process to a stage, and with
:func:`~salesflow.testing.checking.check_process`, which walks a whole process and says what is wrong with it.
Strategies for Hypothesis are in ``salesflow.testing.strategies``, the contract that a storage of your own keeps in
``salesflow.testing.storage_contract``, the plugin for pytest in ``salesflow.testing.pytest_plugin``.

Nothing here is needed to sell, and every name loads when it is first asked for. What needs pytest or Hypothesis asks for
the extra ``testing`` where that is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesflow._doors import door

if TYPE_CHECKING:
    from salesflow.testing.assertions import assert_blocked as assert_blocked
    from salesflow.testing.assertions import assert_events as assert_events
    from salesflow.testing.assertions import assert_free as assert_free
    from salesflow.testing.assertions import assert_moves_to as assert_moves_to
    from salesflow.testing.builders import NOW as NOW
    from salesflow.testing.builders import SOMEBODY as SOMEBODY
    from salesflow.testing.builders import a_contact as a_contact
    from salesflow.testing.builders import a_deal as a_deal
    from salesflow.testing.builders import a_lead as a_lead
    from salesflow.testing.builders import an_organization as an_organization
    from salesflow.testing.checking import check_process as check_process
    from salesflow.testing.histories import Given as Given
    from salesflow.testing.histories import Happened as Happened
    from salesflow.testing.histories import given as given
    from salesflow.testing.observation import Observed as Observed
    from salesflow.testing.observation import observing as observing
    from salesflow.testing.problems import BrokenProcess as BrokenProcess
    from salesflow.testing.problems import Problem as Problem
    from salesflow.testing.problems import ProblemKind as ProblemKind
    from salesflow.testing.problems import ProcessReport as ProcessReport
    from salesflow.testing.process_coverage import MoveCoverage as MoveCoverage
    from salesflow.testing.process_coverage import ProcessCoverage as ProcessCoverage
    from salesflow.testing.process_coverage import RequirementCoverage as RequirementCoverage
    from salesflow.testing.process_coverage import StageCoverage as StageCoverage
    from salesflow.testing.process_machine import ProcessMachine as ProcessMachine
    from salesflow.testing.process_machine import Visits as Visits
    from salesflow.testing.process_machine import run_process_machine as run_process_machine
    from salesflow.testing.satisfying import STANDARD_LEAD_SATISFIERS as STANDARD_LEAD_SATISFIERS
    from salesflow.testing.satisfying import STANDARD_SATISFIERS as STANDARD_SATISFIERS
    from salesflow.testing.walking import CannotReach as CannotReach
    from salesflow.testing.walking import lead_at as lead_at
    from salesflow.testing.walking import sale_at as sale_at

_HOMES = {
    "assertions": ("assert_blocked", "assert_events", "assert_free", "assert_moves_to"),
    "builders": ("NOW", "SOMEBODY", "a_contact", "a_deal", "a_lead", "an_organization"),
    "checking": ("check_process",),
    "histories": ("Given", "Happened", "given"),
    "observation": ("Observed", "observing"),
    "problems": ("BrokenProcess", "Problem", "ProblemKind", "ProcessReport"),
    "process_coverage": ("MoveCoverage", "ProcessCoverage", "RequirementCoverage", "StageCoverage"),
    "process_machine": ("ProcessMachine", "Visits", "run_process_machine"),
    "satisfying": ("STANDARD_LEAD_SATISFIERS", "STANDARD_SATISFIERS"),
    "walking": ("CannotReach", "lead_at", "sale_at"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "NOW",
    "SOMEBODY",
    "STANDARD_LEAD_SATISFIERS",
    "STANDARD_SATISFIERS",
    "BrokenProcess",
    "CannotReach",
    "Given",
    "Happened",
    "MoveCoverage",
    "Observed",
    "Problem",
    "ProblemKind",
    "ProcessCoverage",
    "ProcessMachine",
    "ProcessReport",
    "RequirementCoverage",
    "StageCoverage",
    "Visits",
    "a_contact",
    "a_deal",
    "a_lead",
    "an_organization",
    "assert_blocked",
    "assert_events",
    "assert_free",
    "assert_moves_to",
    "check_process",
    "given",
    "lead_at",
    "observing",
    "run_process_machine",
    "sale_at",
]

if not TYPE_CHECKING:  # to type checkers, a name that there is not is a mistake
    __getattr__, __dir__ = door(__name__, _HOME_OF)
