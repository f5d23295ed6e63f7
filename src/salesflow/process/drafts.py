"""From what a host says of a deal, or of a lead, to how it begins under a process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import attrs

from salesflow._copying import built, evolved
from salesflow.entity import Entity
from salesflow.errors import EngineOwned, InvalidValue, UnknownName, WrongType
from salesflow.values.moments import moment
from salesflow.worked import Worked

if TYPE_CHECKING:
    from salesflow.process.engine import Process
    from salesflow.process.position import Position

E = TypeVar("E", bound=Entity)
W = TypeVar("W", bound=Worked)

__all__ = ["check_names", "check_order", "drafted", "placed"]


def check_names(entity_type: type[Entity], names: list[str], *, owned: frozenset[str], id: str | None) -> None:
    """Refuse names of fields that do not exist, or that are not the caller's to set."""
    mine = [name for name in names if name in owned]
    if mine:
        raise EngineOwned(
            kind=entity_type.root().__name__.lower(),
            id=id,
            fields=mine,
            way_out="use a move, or the desk that the record belongs to",
        )
    known = [field.name for field in attrs.fields(entity_type)]
    for name in names:
        if name not in known:
            raise UnknownName("field", name, [one for one in known if one not in owned], where=entity_type.__name__)


def drafted(entity_type: type[E], draft: E | None, fields: Mapping[str, object], *, owned: frozenset[str]) -> E:
    """The draft that the caller gave, or one made of the fields; checked either way.

    Args:
        entity_type: the class that it shall be of.
        draft: the draft.
        fields: its fields by name, where there is no draft.
        owned: the fields that are not the caller's to set, apart from the id.
    """
    owned -= {"id"}
    if draft is None:
        name = fields.get("id")
        check_names(entity_type, list(fields), owned=owned, id=name if isinstance(name, str) else None)
        for field in attrs.fields(entity_type):
            if field.init and field.default is attrs.NOTHING and field.name not in fields:
                raise InvalidValue(f"a {entity_type.__name__} must have it", field=field.name)
        return built(entity_type, fields)
    if not isinstance(draft, entity_type):
        raise WrongType(f"the draft must be a {entity_type.__name__}", field="draft", value=type(draft).__name__)
    if fields:
        raise WrongType("fields stand in the draft or beside it, not both", field="draft", value=sorted(fields))
    set_here = [
        field.name
        for field in attrs.fields(entity_type)
        if field.name in owned and getattr(draft, field.name) != field.default
    ]
    check_names(entity_type, set_here, owned=owned, id=draft.id)
    return draft


def check_order(opened_at: datetime | None, since: datetime, at: datetime, *, kind: str = "deal") -> None:
    """Refuse what was taken over before it entered its stage, or entered it before it was opened."""
    if moment(since, field="since") > at:
        raise InvalidValue(
            f"a {kind} entered its stage before it is taken over", field="since", value=since.isoformat()
        )
    if opened_at is not None and moment(opened_at, field="opened_at") > since:
        raise InvalidValue(
            f"a {kind} is opened before it enters its stage", field="opened_at", value=opened_at.isoformat()
        )


def placed(
    entity: W,
    process: Process[W],
    stage: Position[W],
    *,
    since: datetime,
    opened_at: datetime | None = None,
    **ending: object,
) -> W:
    """The draft, put into a stage of a process.

    Args:
        entity: the draft.
        process: what it is worked under from now on.
        stage: where it is.
        since: when it entered that stage.
        opened_at: when the work on it began; ``since`` where that is not known.
        **ending: the fields that say how it ended, where it did.
    """
    where = {
        "process": process.key,
        "process_version": process.version,
        "stage": stage.key,
        "outcome": stage.outcome,
        "opened_at": opened_at or since,
        "entered_at": since,
        "closed_at": None if stage.is_open else since,
    }
    return evolved(entity, {**where, **ending})
