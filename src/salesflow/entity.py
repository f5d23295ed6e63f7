"""What has an identity and a version: leads, contacts, organizations, deals.

An entity is a frozen value. It is never changed: an event is applied to it and gives the next one, whose version is
higher by one. Subclass any of them with attrs to add fields of your own::

    @attrs.frozen(kw_only=True)
    class SaaSDeal(Deal):
        seats: int = 0
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self

import attrs

from salesflow._copying import copier
from salesflow.errors import EngineOwned, InvalidValue, UnknownName
from salesflow.values.moments import is_optional_moment
from salesflow.values.text import is_identifier

if TYPE_CHECKING:
    from salesflow.event import Event

__all__ = ["Entity"]


def _not_negative(_instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    if type(value) is not int or value < 0:
        raise InvalidValue(
            "a version counts events from 0",
            field=attribute.name,
            value=value,
            way_out="leave it to the engine",
        )


@attrs.frozen(kw_only=True)
class Entity:
    """Something that keeps its identity while it changes.

    Attributes:
        id: given by the host, unique within its kind; 1 to 200 characters.
        version: how many events it is the result of; 0 for a draft that no event has recorded yet.
        changed_at: the moment of the last of these events.
    """

    id: str = attrs.field(validator=is_identifier())
    version: int = attrs.field(default=0, validator=_not_negative)
    changed_at: datetime | None = attrs.field(default=None, validator=is_optional_moment())

    @classmethod
    def root(cls) -> type[Entity]:
        """The kind of entity that it is, whatever was derived from it: ``SaaSDeal.root()`` is ``Deal``.

        Ids are unique within a root kind.
        """
        return next(base for base in cls.__mro__ if base is Entity or Entity in base.__bases__)

    def changed_by(self, event: Event[Self], /, **fields: object) -> Self:
        """The entity as it is after ``event``: the given fields changed, the version raised by one.

        This is what an event's ``apply`` returns. Validators of the changed fields run.

        Args:
            event: the event that explains the change.
            **fields: new values by field name.

        Raises:
            EngineOwned: ``version`` or ``changed_at`` is among the fields.
            UnknownName: there is no such field.
            InvalidValue: a value breaks the rule of its field.

        Example:
            ``return deal.changed_by(self, seats=self.seats)``
        """
        cls = type(self)
        owned = [name for name in ("version", "changed_at") if name in fields]
        if owned:
            raise EngineOwned(id=self.id, fields=owned, way_out="leave them out; every event raises them")
        try:
            copy = copier(cls, ("version", "changed_at", *fields))
        except AttributeError as error:
            known = [field.name for field in attrs.fields(cls)]
            raise UnknownName("field", str(error), known, where=cls.__name__) from None
        changed = copy(self, self.version + 1, event.at, *fields.values())
        if fields:
            _validate(changed, fields)
        return changed


def _validate(entity: Entity, names: Iterable[str]) -> None:
    """Run the validators of these fields, and the check of the whole that a subclass may have."""
    described = attrs.fields(type(entity))
    for name in names:
        attribute = getattr(described, name)
        if attribute.validator is not None:
            attribute.validator(entity, attribute, getattr(entity, name))
    check = getattr(entity, "__attrs_post_init__", None)
    if check is not None:
        check()
