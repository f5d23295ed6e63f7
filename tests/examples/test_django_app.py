"""The Django project of ``docs/examples/django_app`` keeps what its own tests promise, on SQLite and on PostgreSQL.

Its tests run in a process of their own: Django is set up once for a process, and other tests set it up otherwise.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

if importlib.util.find_spec("django") is None:
    pytest.skip("django is not installed; the dependency group 'test' brings it", allow_module_level=True)

MANAGE = Path(__file__).parents[2] / "docs" / "examples" / "django_app" / "manage.py"
PROMISES = 20


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", str(MANAGE), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


def check_promises(**environment: str) -> None:
    ran = manage("test", "selling", "--noinput", **environment)
    assert ran.returncode == 0, ran.stderr
    count = re.search(r"Ran (\d+) tests", ran.stderr)
    assert count is not None
    assert int(count[1]) >= PROMISES


def test_nothing_gets_around_a_rule_on_sqlite() -> None:
    check_promises()


def test_nothing_gets_around_a_rule_on_postgresql(example_server: str) -> None:
    check_promises(DEALS=example_server)


def test_the_project_is_fit_to_be_deployed() -> None:
    checked = manage("check", "--deploy", "--fail-level", "ERROR", DJANGO_SECRET_KEY="x" * 60)
    assert checked.returncode == 0, checked.stderr
