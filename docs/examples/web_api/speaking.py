"""JSON in and out through ``Records``, and the same shapes in OpenAPI.

FastAPI makes models of pydantic from annotations. Nothing of salesflow is such a model, and nothing needs to be: a
``Body`` is a dependency that reads a request into an attrs class, entities included, and an answer is the same class
written by ``Records``. Both publish the JSON Schema that ``Records`` has of the class, and OpenAPI 3.1 takes it as it is.
"""

# No annotations from the future: older FastAPI does not find out what they mean in a dependency that is an instance.
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Final, Generic, TypeVar

import attrs
from fastapi import Depends, HTTPException, Request, Response

from salesflow import InvalidValue
from salesflow.storage.records import Records

from .defaults import TAGS, Schema, classes_in, defaults_of, filled, filled_below

T = TypeVar("T")

MOST_BYTES: Final = 2**20
"""How long a body may be; our own choice."""


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
    """The body as a JSON object; no body at all is an empty one.

    Raises:
        HTTPException: it is not said to be JSON.
        InvalidValue: it is none, or no object.
    """
    if not raw:
        return {}
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
        cls: the class.
        records: knows the class.
        called: the name of the schema; that of the class unless given.
        hidden: fields that the documentation does not offer.
        example: an instance, for the documentation.

    Example:
        ``async def open_deal(draft: Annotated[Deal, Depends(NEW_DEAL)]) -> Response``
    """

    def __init__(
        self,
        cls: type[T],
        records: Records,
        *,
        called: str | None = None,
        hidden: Iterable[str] = (),
        example: T | None = None,
    ) -> None:
        self._cls: type[T] = cls
        self._records = records
        self._hidden = frozenset((*TAGS, *hidden))
        self._example = example
        self.called = called or cls.__name__
        self._required = _required(cls)
        self._schema: Schema = {**records.schema(cls)}
        said: Schema = self._schema["$defs"][self._root]["properties"]
        self._tags = {tag: said[tag]["const"] for tag in TAGS if tag in said}

    async def __call__(self, given: JSONObject) -> T:
        """The instance that a body stands for.

        Raises:
            InvalidValue: it stands for none; ``field`` is the path to what is wrong, and no value is repeated.
        """
        for name in self._required:
            if name not in given:
                raise InvalidValue("is missing", field=name)
        return self._records.load(self._tags | filled(given, self._cls, self._records), expect=self._cls)

    @property
    def _root(self) -> str:
        return str(self._schema["$ref"].removeprefix(_HERE))

    @property
    def openapi(self) -> Schema:
        """What a route says of it, as its ``openapi_extra``."""
        content: Schema = {"schema": _reference(self.called)}
        if self._example is not None:
            content["example"] = self._shown(self._records.dump(self._example))
        return {"requestBody": {"required": bool(self._required), "content": {"application/json": content}}}

    def _shown(self, example: Schema) -> Schema:
        cls: type = self._cls
        defaults = defaults_of(cls, self._records)
        offered = {name: part for name, part in example.items() if name not in self._hidden}
        return {name: part for name, part in offered.items() if name in self._required or part != defaults[name]}

    def schemas(self) -> Schema:
        """Its schema and those that it needs, by name. Those have a name of their own: in an answer nothing is left out."""
        defs = self._schema["$defs"]
        names = {name: f"{name}.given" for name in defs} | {self._root: self.called}
        found = {names[name]: _moved(part, names) for name, part in defs.items()}
        for cls in classes_in(self._cls):
            if f"{cls.__name__}.given" in found:
                found[f"{cls.__name__}.given"]["required"] = _required(cls)
        found[self.called] = self._offered(found[self.called], self._required)
        return _needed(self.called, found)

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
        if not given:
            raise InvalidValue("names at least one field", field="body")

        def changed(value: T) -> T:
            new = filled_below(given, type(value), self._records)
            return self._records.load(self._records.dump(value) | new, expect=type(value))

        return changed

    @property
    def openapi(self) -> Schema:
        """What a route says of it; it is never empty."""
        found = super().openapi
        found["requestBody"]["required"] = True
        return found

    def _offered(self, whole: Schema, required: list[str]) -> Schema:
        return super()._offered(whole, []) | {"minProperties": 1}


def said(value: object, records: Records, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer."""
    return Response(records.to_json(value), status, headers, "application/json")


def answers(cls: type, *, status: int = 200, has_version: bool = False) -> dict[int | str, Schema]:
    """What a route says of its answer, as its ``responses``."""
    answer: Schema = {"description": "Created" if status == 201 else "Done"}
    answer["content"] = {"application/json": {"schema": _reference(cls.__name__)}}
    if has_version:
        answer["headers"] = {"ETag": {"description": "The version of the deal", "schema": {"type": "string"}}}
    return {status: answer}


def schemas_of(cls: type, records: Records) -> Schema:
    """The JSON Schema of a class and those that it needs, by name, as components of OpenAPI."""
    whole: Schema = records.schema(cls)
    return {name: _moved(part, {}) for name, part in whole["$defs"].items()}


def _required(cls: type) -> list[str]:
    return [one.name for one in attrs.fields(cls) if one.default is attrs.NOTHING]


def _reference(name: str) -> Schema:
    return {"$ref": f"{_THERE}{name}"}


_HERE: Final = "#/$defs/"
_THERE: Final = "#/components/schemas/"


def _moved(schema: Any, names: Mapping[str, str]) -> Any:
    """The same schema with its references to where OpenAPI keeps them, some under other names."""
    if isinstance(schema, dict):
        return {name: _moved(part, names) for name, part in schema.items()}
    if isinstance(schema, list):
        return [_moved(part, names) for part in schema]
    if isinstance(schema, str) and schema.startswith(_HERE):
        name = schema.removeprefix(_HERE)
        return f"{_THERE}{names.get(name, name)}"
    return schema


def _needed(name: str, schemas: Schema) -> Schema:
    """A schema and those that it refers to, at every depth."""
    found: Schema = {}
    left = [name]
    while left:
        name = left.pop()
        found[name] = schemas[name]
        left += set(re.findall(f'"{_THERE}([^"]+)"', json.dumps(found[name]))) - found.keys()
    return found
