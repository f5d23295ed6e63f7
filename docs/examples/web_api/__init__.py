"""Deals over HTTP: a FastAPI application on PostgreSQL, complete and small. Copy it, and the storage, beside your code.

Run it, with a PostgreSQL of its own that is thrown away at the end, and open http://127.0.0.1:8000/docs::

    uv run --group examples docs/examples/serve.py

The files, in the order of a first reading:

1. ``deals.py``: the routes. Each begins a sale, does one thing at one desk, and commits.
2. ``unit.py``: what stands around each of them: who acts, when, on which version, and whether it was asked before.
3. ``problems.py``: what was refused, as problem documents (RFC 9457) that a form can be built from.
4. ``speaking.py``: entities and other attrs classes as JSON bodies and in OpenAPI; pydantic never sees them.
5. ``shapes.py``: what is sent and what is answered.
6. ``app.py``: all of it put together.
"""
