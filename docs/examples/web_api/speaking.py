"""JSON in and out through ``Records``, and the same shapes in OpenAPI.

FastAPI makes models of pydantic from annotations. Nothing of salesflow is such a model, and nothing needs to be: a
``Body`` is a dependency that reads a request into an attrs class, entities included, and an answer is the same class
written by ``Records``. Both publish the JSON Schema that ``Records`` has of the class, and OpenAPI 3.1 takes it as it is.
"""

# No annotations from the future: older FastAPI does not find out what they mean in a dependency that is an instance.
import json
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final, Generic, TypeVar, cast

import attrs
from fastapi import Depends, HTTPException, Request, Response

from salesflow import InvalidValue
from salesflow.storage.records import Records

T = TypeVar("T")
Schema = dict[str, Any]

MOST_BYTES: Final = 2**20
"""How long a body may be; our own choice."""

_TAGS: Final = ("type", "schema", "extends")
"""What a record says about itself; in a body the route says it."""


async def raw_body(request: Request) -> bytes:
    """The body of a request, read no further than it may be long. Several dependencies share it."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413, f"a body has at most {MOST_BYTES:,} bytes")
    return bytes(body)


RawBody = Annotated[bytes, Depends(raw_body)]


async def json_object(request: Request, raw: RawBody) -> Schema:
    """The body as a JSON object.

    Raises:
        HTTPException: it is not said to be JSON.
        InvalidValue: it is none, or no object.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "send application/json")
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InvalidValue("must be a JSON object", field="body")
    return found


JSONObject = Annotated[Schema, Depends(json_object)]


class Body(Generic[T]):
    """Reads a request into an attrs class. What has a default may be left out.

    Args:
        example: an instance, for the documentation; its class is what is read.
        records: knows the class.
        called: the name of the schema; that of the class unless given.
        hidden: fields that the documentation does not offer.

    Example:
        ``async def open_deal(draft: Annotated[Deal, Depends(NEW_DEAL)]) -> Response``
    """

    def __init__(self, example: T, records: Records, *, called: str | None = None, hidden: Iterable[str] = ()) -> None:
        self._cls: type[T] = type(example)
        self._records = records
        self._hidden = frozenset((*_TAGS, *hidden))
        self._example = records.dump(example)
        self.called = called or self._cls.__name__
        fields: tuple[attrs.Attribute[object], ...] = attrs.fields(cast("type[attrs.AttrsInstance]", self._cls))
        self._required = [one.name for one in fields if one.default is attrs.NOTHING]
        bare = records.dump(self._cls(**{name: getattr(example, name) for name in self._required}))
        self._defaults = {name: part for name, part in bare.items() if name not in self._required}

    async def __call__(self, given: JSONObject) -> T:
        """The instance that a body stands for.

        Raises:
            InvalidValue: it stands for none; ``field`` is the path to what is wrong, and no value is repeated.
        """
        for name in self._required:
            if name not in given:
                raise InvalidValue("is missing", field=name)
        return self._records.load(self._defaults | given, expect=self._cls)

    @property
    def openapi(self) -> Schema:
        """What a route says of it, as its ``openapi_extra``."""
        offered = {name: part for name, part in self._example.items() if name not in self._hidden}
        shown = {name: part for name, part in offered.items() if name in self._required or part != self._defaults[name]}
        return _request(self.called, shown)

    def schemas(self) -> Schema:
        """Its schema and those that it needs, by name."""
        found = schemas_of(self._cls, self._records)
        return {**found, self.called: self._offered(found[self._cls.__name__], self._required)}

    def _offered(self, whole: Schema, required: list[str]) -> Schema:
        properties = {name: part for name, part in whole["properties"].items() if name not in self._hidden}
        return {**whole, "properties": properties, "required": required}


class Patch(Body[T]):
    """Reads a request into a function that changes an instance: the fields that are given, and no other.

    Example:
        ``sale.update(changed(sale.deal))``
    """

    async def __call__(self, given: JSONObject) -> Callable[[T], T]:  # type: ignore[override]  # another dependency
        """What makes the changed instance; raises InvalidValue as a ``Body`` does."""

        def changed(value: T) -> T:
            return self._records.load(self._records.dump(value) | given, expect=type(value))

        return changed

    def _offered(self, whole: Schema, required: list[str]) -> Schema:
        return super()._offered(whole, []) | {"minProperties": 1}


def said(value: object, records: Records, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer."""
    return Response(records.to_json(value), status, headers, "application/json")


def answers(cls: type, *, status: int = 200) -> dict[int | str, Schema]:
    """What a route says of its answer, as its ``responses``."""
    content = {"application/json": {"schema": _reference(cls.__name__)}}
    return {status: {"description": "Created" if status == 201 else "Done", "content": content}}


def schemas_of(cls: type, records: Records) -> Schema:
    """The JSON Schema of a class and those that it needs, by name, as components of OpenAPI."""
    found: Schema = _moved(records.schema(cls)["$defs"])
    return found


def _request(name: str, example: Schema) -> Schema:
    content = {"application/json": {"schema": _reference(name), "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _moved(schema: Any) -> Any:
    """The same schema with its references to where OpenAPI keeps them."""
    if isinstance(schema, dict):
        return {name: _moved(part) for name, part in schema.items()}
    if isinstance(schema, list):
        return [_moved(part) for part in schema]
    if isinstance(schema, str) and schema.startswith("#/$defs/"):
        return schema.replace("#/$defs/", "#/components/schemas/", 1)
    return schema
