"""The tests on every Python that the machine has, on the oldest and newest dependencies, and on the built wheel.

``uvx nox`` runs all of it; ``uvx nox -s wheel`` one part. Pythons that are missing are skipped and named.
"""

from __future__ import annotations

from pathlib import Path

import nox

nox.options.default_venv_backend = "uv"
nox.options.error_on_missing_interpreters = False

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
OLDEST = ["attrs==23.2.0", "transitions==0.9.2", "python-dateutil==2.9.0.post0", "msgspec==0.19.0"]
TEST_GROUP = nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "test")
SMOKE = ["tests/test_sale.py", "tests/standard", "tests/extension", "tests/process", "tests/deal", "tests/values"]


@nox.session(python=PYTHONS)
def newest(session: nox.Session) -> None:
    """The whole suite on the newest dependencies."""
    session.install("--upgrade", "-e", ".", *TEST_GROUP)
    session.run("pytest", "-q", *session.posargs)


@nox.session(python=PYTHONS[0])
def oldest(session: nox.Session) -> None:
    """The suite of what needs no optional package, on the oldest dependencies that are allowed."""
    session.install("-e", ".", "pytest>=8", "hypothesis>=6.100", *OLDEST)
    session.run("pytest", "-q", *(session.posargs or [*SMOKE, "tests/people", "tests/hazards", "tests/property"]))


@nox.session(python=PYTHONS[0])
def wheel(session: nox.Session) -> None:
    """The wheel, built, installed alone, and tested without the sources."""
    where = Path(session.create_tmp())
    session.run("uv", "build", "--wheel", "--out-dir", str(where), external=True)
    (built,) = where.glob("salesflow-*.whl")
    session.install(str(built), "pytest>=8", "hypothesis>=6.100")
    with session.chdir(where):
        session.run(
            "python", "-c", "import salesflow; assert 'site-packages' in salesflow.__file__, salesflow.__file__"
        )
    root = Path(__file__).parent
    session.run("pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(root), *(str(root / part) for part in SMOKE))


@nox.session(python=PYTHONS[0])
def stock_trigger(session: nox.Session) -> None:
    """The engine's suite on the stock trigger of ``transitions``."""
    session.install("-e", ".", *TEST_GROUP)
    session.run("pytest", "-q", "--stock-trigger", *SMOKE, "tests/hazards", "tests/property")


@nox.session(python=PYTHONS[0], default=False)
def mutation(session: nox.Session) -> None:
    """How many wrong changes of the code the tests notice; ``-- money`` for one room."""
    session.install("-e", ".", "mutmut>=3.8", *TEST_GROUP)
    session.run(
        "mutmut", "run", "salesflow.deal.children.x_next_id__mutmut_1"
    )  # it makes all of them, and tries this one
    session.run("python", "tests/mutation/sweep.py", *session.posargs)
    session.run("python", "tests/mutation/report.py", *session.posargs)
