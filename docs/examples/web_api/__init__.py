"""Deals over HTTP: a FastAPI application on PostgreSQL, complete and small. Copy it, and the storage, beside your code.

Run it, with a PostgreSQL of its own that is thrown away at the end, and open http://127.0.0.1:8000/docs::

    uv run --group examples docs/examples/serve.py

The files, in the order of a first reading:

1. ``deals.py``: the routes. Each begins a sale, does one thing, and commits.
2. ``desks.py`` and ``acts.py``: whatever can be done at a desk is such a route, made from the method that does it, as its
   signature says (``signatures.py``).
3. ``unit.py``: what stands around each of them: who acts, when, on which version, and whether it was asked before.
4. ``problems.py``: what was refused, as problem documents (RFC 9457) that a form can be built from.
5. ``speaking.py``: entities and other attrs classes as JSON bodies and in OpenAPI; pydantic never sees them. What may be left
   out of them is in ``defaults.py``.
6. ``shapes.py``: what is sent and what is answered, and what of your own goes in.
7. ``app.py``: all of it put together.
"""
