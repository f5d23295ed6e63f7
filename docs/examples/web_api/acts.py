"""Whatever can be done to a deal at a desk, as routes: one for each method of the desk, made from its signature.

The desks of the library have some fifty methods, and yours have more. Each says in its annotations what it asks for, and in
its docstring what that means. So none of it is written again: ``sale.objections.answer(1, "It pays back")`` is::

    POST /deals/D-1/objections/1/answer  {"text": "It pays back"}

The record that a method works on stands in the address, by its number; all else that it asks for is the body. What is left out
of the body is left out of the call. Methods that answer a question, and change nothing, have no route.
"""

# No annotations from the future: older FastAPI does not find out what they mean in a dependency that is an instance.
import inspect
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Optional, TypeAlias, get_origin, get_type_hints

import attrs
from fastapi import Request

from salesflow import Deal, InvalidValue, Sale, UnknownName
from salesflow.deal.desks import Desks
from salesflow.storage.records import Records

from .defaults import Schema
from .signatures import Parameter, changes_something, signature_of
from .speaking import Body, JSONObject

Reach: TypeAlias = Callable[[Sale[Deal]], Any]


def desks_of_every_sale() -> dict[str, type]:
    """The desks of the library, by the names under which a sale has them."""
    getters = {name: found.fget for name, found in vars(Desks).items() if isinstance(found, property)}
    return {name: get_origin(get_type_hints(getter)["return"]) for name, getter in getters.items()}


def the_sale(sale: Sale[Deal]) -> Sale[Deal]:
    """How the methods of the sale itself are reached."""
    return sale


def acts_at(at: str, desk: type, records: Records) -> Iterator["Act"]:
    """What can be done at a desk.

    Args:
        at: what the desk is called in addresses.
        desk: the class of the desk; of the library, or of your own.
        records: reads what is asked for.
    """
    for name in dict.fromkeys(name for cls in reversed(desk.__mro__) for name in vars(cls)):
        method = getattr(desk, name)
        if not name.startswith("_") and inspect.isfunction(method) and changes_something(method):
            yield Act(method, at=at, reach=desk, records=records)


class Act:
    """Something that can be done to a deal: a route, and the dependency that reads what it asks for.

    Args:
        method: what does it.
        at: what the desk is called in addresses; nothing for the sale itself.
        reach: from the sale to what has the method.
        records: reads what is asked for.
    """

    def __init__(self, method: Callable[..., object], *, at: str, reach: Reach, records: Records) -> None:
        signature = signature_of(method)
        self.at = at
        self.summary = signature.summary
        self.description = signature.description
        self.name = f"{at or 'deal'}_{method.__name__.strip('_')}"
        self._method = method
        self._reach = reach
        self._record = next((one for one in signature.parameters if one.is_record), None)
        self._asked = {one.name: one for one in signature.parameters if one is not self._record}
        self._body: Body[object] = Body(self._class(records), records)

    def _class(self, records: Records) -> type:
        """The class of the body, with a field for each parameter."""
        fields = {name: _field(one) for name, one in self._asked.items()}
        name = "".join(word.capitalize() for word in self.name.split("_"))
        cls = attrs.make_class(name, fields, frozen=True, kw_only=True)
        records.register(cls, name=name, schema=1)
        return cls

    @property
    def path(self) -> str:
        """Its address below that of a deal."""
        record = f"{{{self._record.name}}}" if self._record else ""
        parts = (self.at.replace("_", "-"), record, self._method.__name__.strip("_").replace("_", "-"))
        return "".join(f"/{part}" for part in parts if part)

    async def __call__(self, request: Request, given: JSONObject) -> Callable[[Sale[Deal]], None]:
        """What does it to a sale.

        Raises:
            InvalidValue: the body is not what it asks for.
            UnknownName: there can be no such record.
        """
        for name, one in self._asked.items():
            if name in given and given[name] is None and not one.is_nullable:
                raise InvalidValue("is left out where there is nothing to say", field=name)
        body = await self._body(given)
        options = {name: getattr(body, name) for name in self._asked if name in given}
        arguments = [_identified(self._record, request)] if self._record else []
        for name in [name for name in options if self._asked[name].is_spread]:
            arguments += options.pop(name)

        def do(sale: Sale[Deal]) -> None:
            self._method(self._reach(sale), *arguments, **options)

        return do

    @property
    def openapi(self) -> Schema:
        """What its route says of it, as its ``openapi_extra``."""
        found = self._body.openapi if self._asked else {}
        if self._record is not None:
            kind = "integer" if self._record.type is int else "string"
            found["parameters"] = [
                {
                    "name": self._record.name,
                    "in": "path",
                    "required": True,
                    "description": self._record.text,
                    "schema": {"type": kind},
                }
            ]
        return found

    def schemas(self) -> Schema:
        """The schema of its body and those that it needs, by name."""
        if not self._asked:
            return {}
        found = self._body.schemas()
        properties = found[self._body.called]["properties"]
        for name, one in self._asked.items():
            properties[name] = _described(one, properties[name])
        return found


def _field(asked: Parameter) -> Any:
    if asked.is_required:
        return attrs.field(type=asked.type)
    kind: Any = Optional[asked.type]  # noqa: UP045  # it is known only as this runs
    return attrs.field(type=kind, default=None)


_NUMBER = re.compile("[1-9][0-9]{0,17}")


def _identified(record: Parameter, request: Request) -> int | str:
    """The number, or the id, of the record that stands in the address."""
    given: str = request.path_params[record.name]
    if record.type is not int:
        return given
    if _NUMBER.fullmatch(given):
        return int(given)
    raise UnknownName(record.name, given, ())


_MOMENT = {"type": "string", "format": "date-time"}


def _described(asked: Parameter, schema: Schema) -> Schema:
    """The schema of a field with what the docstring says of it, and without null where that means nothing."""
    if asked.type is datetime:
        schema = {"anyOf": [_MOMENT, {"type": "null"}]} if asked.is_nullable else _MOMENT
    elif not asked.is_required and not asked.is_nullable:
        schema = schema["anyOf"][0]
    told = {"description": asked.text, "examples": list(asked.examples)}
    return {**schema, **{name: part for name, part in told.items() if part}}
