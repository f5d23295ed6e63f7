"""What was refused, as a problem document (RFC 9457) that a form can be built from.

Every document has ``type``, ``title``, ``status`` and ``detail``. What a form needs beside them depends on the type:
``unmet`` lists everything that is missing for a move, ``errors`` says which field breaks which rule, ``nearest`` gives the
names that were probably meant. What was sent is not repeated: it may be personal, and answers end up in logs.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import attrs
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from salesflow import (
    DuplicateKey,
    EngineOwned,
    InvalidValue,
    MoveNotAllowed,
    MoveRefused,
    NotFound,
    NotNow,
    PolicyRefused,
    Refused,
    SalesflowError,
    StaleVersion,
    StorageError,
    UnknownName,
    Unmet,
)
from salesflow.errors import KeyReused

TYPES: Final = "https://example.com/problems/"
"""Where you explain them; what a client tells them apart by."""

STATUSES: Final[tuple[tuple[type[SalesflowError], HTTPStatus], ...]] = (
    (PolicyRefused, HTTPStatus.FORBIDDEN),
    (EngineOwned, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Refused, HTTPStatus.CONFLICT),
    (InvalidValue, HTTPStatus.UNPROCESSABLE_ENTITY),
    (UnknownName, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotFound, HTTPStatus.NOT_FOUND),
    (StaleVersion, HTTPStatus.PRECONDITION_FAILED),
    (DuplicateKey, HTTPStatus.CONFLICT),
    (KeyReused, HTTPStatus.UNPROCESSABLE_ENTITY),
    (StorageError, HTTPStatus.SERVICE_UNAVAILABLE),
)
"""The first that fits; whatever else the library raises is a mistake in this program, and stays a 500."""


def facts_of(error: SalesflowError) -> dict[str, Any]:
    """What a form can be built from."""
    match error:
        case MoveRefused():
            unmet = [attrs.asdict(one) for one in error.unmet]
            return {"move": error.move, "source": error.source, "target": error.target, "unmet": unmet}
        case MoveNotAllowed():
            return {"move": error.move, "source": error.source, "allowed": error.allowed}
        case NotNow():
            return {"because": error.because, "way_out": error.way_out}
        case EngineOwned():
            return {"errors": [{"field": name, "rule": "changed by the engine alone"} for name in error.fields]}
        case UnknownName():
            return {"kind": error.kind, "nearest": error.nearest, "known": error.known[:20]}
        case InvalidValue():
            return {"errors": [{"field": error.field, "rule": error.rule, "way_out": error.way_out}]}
        case _:
            return {}


def detail_of(error: SalesflowError) -> str:
    """What happened, in a sentence that does not repeat what was sent."""
    match error:
        case InvalidValue():
            return f"{error.field}: {error.rule}"
        case UnknownName():
            return f"there is no such {error.kind}"
        case _:
            return str(error)


def document(name: str, status: int, detail: str, **facts: object) -> JSONResponse:
    """A problem document."""
    title = name.replace("-", " ").capitalize()
    content = {"type": f"{TYPES}{name}", "title": title, "status": status, "detail": detail, **facts}
    return JSONResponse(content, status, media_type="application/problem+json")


def status_of(error: SalesflowError, request: Request) -> HTTPStatus | None:
    """The status of an error; a name that stands in the address is something that is not there."""
    below = [name for part, name in request.path_params.items() if part != "id"]
    if isinstance(error, UnknownName) and error.name in below:
        return HTTPStatus.NOT_FOUND
    return next((status for kind, status in STATUSES if isinstance(error, kind)), None)


async def of_salesflow(request: Request, error: Exception) -> JSONResponse:
    """What the library raised."""
    assert isinstance(error, SalesflowError)
    status = status_of(error, request)
    if status is None:
        raise error
    return document(_dashed(type(error).__name__), status, detail_of(error), **facts_of(error))


async def of_http(_request: Request, error: Exception) -> JSONResponse:
    """What this program, or the framework, raised."""
    assert isinstance(error, HTTPException)
    found = document(_dashed_words(HTTPStatus(error.status_code).phrase), error.status_code, error.detail)
    found.headers.update(error.headers or {})
    return found


async def of_request(_request: Request, error: Exception) -> JSONResponse:
    """A query or a header that the framework could not read."""
    assert isinstance(error, RequestValidationError)
    errors = [{"field": ".".join(map(str, one["loc"][1:])), "rule": one["msg"]} for one in error.errors()]
    return document("invalid-value", 422, "the address or a header is not as it must be", errors=errors)


def report_problems(app: FastAPI) -> None:
    """Let an application answer with problem documents."""
    app.add_exception_handler(SalesflowError, of_salesflow)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, of_request)


def _dashed(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("-")


def _dashed_words(text: str) -> str:
    return text.lower().replace(" ", "-")


_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_UNMET: Final = {
    "type": "object",
    "required": [one.name for one in attrs.fields(Unmet)],
    "properties": {one.name: _TEXTS if one.name == "missing" else _TEXT for one in attrs.fields(Unmet)},
}
_FIELD: Final = {
    "type": "object",
    "required": ["field", "rule"],
    "properties": {"field": _TEXT, "rule": _TEXT, "way_out": _TEXT},
}

SCHEMA: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        **dict.fromkeys(("move", "source", "target", "because", "way_out", "kind"), _TEXT),
        **dict.fromkeys(("allowed", "nearest", "known"), _TEXTS),
        "unmet": {"type": "array", "items": _UNMET},
        "errors": {"type": "array", "items": _FIELD},
    },
}
"""The JSON Schema of a problem document."""

RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    "default": {
        "description": "A problem",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
"""What every route says of what it refuses."""
