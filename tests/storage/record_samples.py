"""One instance of every record of the library, with every field given, and one with as little as is allowed.

They are made from the types of the fields, so a new field or event is in them without being asked for. The golden files
are written from them once per schema number, by running this file: ``python tests/storage/record_samples.py``. It never
overwrites a file: what is there was written by an older program, and must stay readable.
"""

from __future__ import annotations

import json
import types
import typing
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from salesflow.changes import Change, ChangeSet
from salesflow.deal.deal import Deal
from salesflow.deal.event import DealOpened, DealUpdated, StageChanged
from salesflow.entity import Entity
from salesflow.event import Creation, Event, Recorded
from salesflow.measure.goals import GoalLevel, GoalStatus
from salesflow.measure.target import Target
from salesflow.people.contact import Contact, ContactUpdated
from salesflow.people.lead import Lead, LeadUpdated
from salesflow.people.merging import (
    ContactMergeUndone,
    ContactsMerged,
    LeadMergeUndone,
    LeadsMerged,
    OrganizationMergeUndone,
    OrganizationsMerged,
)
from salesflow.people.organization import Organization, OrganizationUpdated
from salesflow.storage.records import Records
from salesflow.storage.registry import OWN
from salesflow.values.contact_details import EmailAddress, PhoneNumber
from salesflow.values.moments import Period
from salesflow.values.money import Money
from salesflow.worked import Worked

GOLDEN = Path(__file__).parent / "golden"
JERUSALEM = datetime(2026, 11, 2, 9, 0, 0, 1, tzinfo=ZoneInfo("Asia/Jerusalem"))

_BY_TYPE: dict[object, object] = {
    str: "שולחן הזמנות 🧾 for Acme",
    int: 1,
    bool: True,
    float: 0.1,
    Decimal: Decimal("0.10"),
    datetime: JERUSALEM,
    date: date(2026, 11, 2),
    time: time(9, 30),
    timedelta: timedelta(days=1, microseconds=1),
    Money: Money("48000", "EUR"),
    EmailAddress: EmailAddress("sales@acme.example"),
    PhoneNumber: PhoneNumber("+1 202 555 0123"),
    Period: Period(JERUSALEM, JERUSALEM + timedelta(days=365)),
    Target: Target(
        period=Period(JERUSALEM, JERUSALEM + timedelta(days=365)), count=40, kind="activities", activity="call"
    ),
}
_BY_NAME: dict[str, object] = {
    "at": datetime(2026, 11, 2, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2))),
    "id": "A-1",
    "by": "noa",
    "currency": "EUR",
    "language": "pt-BR",
    "website": "https://acme.example",
}
_CHANGES: dict[type, tuple[tuple[str, object], ...]] = {
    DealUpdated: (
        ("name", "Order desk"),
        ("amount", Money("0", "EUR")),
        ("probability", Decimal("0.65")),
        ("expected_close", date(2026, 12, 1)),
        ("owner", None),
    ),
    ContactUpdated: (("email", EmailAddress("noa@acme.example")), ("likes", ("short calls",)), ("phone", None)),
    LeadUpdated: (("phone", PhoneNumber("001 202 555 0123")), ("tags", ("fair", "2026"))),
    OrganizationUpdated: (("employees", 0), ("website", None)),
}
for _updated, _others in (
    (ContactUpdated, (ContactsMerged, ContactMergeUndone)),
    (LeadUpdated, (LeadsMerged, LeadMergeUndone)),
    (OrganizationUpdated, (OrganizationsMerged, OrganizationMergeUndone)),
):
    _CHANGES |= dict.fromkeys(_others, _CHANGES[_updated])
_SPECIAL: dict[tuple[str, str], object] = {
    ("Receipt", "versions"): (("Deal", "D-1", 2), ("Contact", "C-1", 1)),
    ("QualificationRetracted", "fields"): ("budget",),
    ("Cadence", "weekdays"): (),
    ("Cadence", "nth"): (),
    ("Cadence", "months"): (),
    ("Cadence", "until"): None,
    ("Cadence", "month_days"): (),
    ("Cadence", "short_months"): None,
    ("Cadence", "rest_days"): (),
    ("Cadence", "on_rest_day"): None,
    ("Cadence", "at"): time(9, 30),
    ("PaymentTerms", "parts"): (),
    ("PaymentTerms", "early_discount"): None,
    ("Goal", "status"): GoalStatus.PROPOSED,
    ("Goal", "committed"): None,
    ("Goal", "part_of"): "G-0",
    ("Goal", "level"): GoalLevel.PERSON,
}


def sample(cls: type, *, full: bool = True) -> object:
    """One instance of a class of the library."""
    if cls is ChangeSet:
        return change_set()
    if cls is Recorded:
        return Recorded(kind=Deal, id="D-1", version=2, event=sample(StageChanged, full=full))
    hints = typing.get_type_hints(cls)
    values = {}
    for field in attrs.fields(cls):
        is_needed = field.default is attrs.NOTHING or (cls is Lead and field.name == "name")
        if not field.init or not (full or is_needed):
            continue
        values[field.alias] = _value(cls, field.name, hints[field.name], full)
    return cls(**values)


def _value(cls: type, name: str, hint: object, full: bool) -> object:
    if name == "changes":
        return _CHANGES[cls]
    if (cls.__name__, name) in _SPECIAL:
        return _SPECIAL[cls.__name__, name]
    if name == "version" and issubclass(cls, Entity):
        return 0
    if issubclass(cls, Creation) and isinstance(hint, type) and issubclass(hint, Entity):
        return sample(hint, full=full)
    if name in _BY_NAME and isinstance(_BY_NAME[name], str if hint in (str, str | None) else datetime):
        return _BY_NAME[name]
    return _of_type(hint, full)


def _of_type(hint: object, full: bool) -> object:
    if hint in _BY_TYPE:
        return _BY_TYPE[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _of_type(arguments[0], full)
    if origin is tuple:
        return (_of_type(arguments[0], full),)
    if issubclass(hint, Enum):
        return list(hint)[-1]
    return sample(hint, full=full)


def change_set() -> ChangeSet:
    """Changes of a deal, a contact and a lead that land together."""
    at, by = JERUSALEM, "noa"
    opened = DealOpened(at=at, by=by, deal=Deal(id="D-1", name="Order desk", amount=Money("0", "EUR")))
    updated = sample(DealUpdated)
    assert isinstance(updated, DealUpdated)
    deal = Change(None, (opened, updated))
    before = sample(Contact)
    assert isinstance(before, Contact)
    before = attrs.evolve(before, merged_into=None)  # nothing is done with what was merged into another
    contact = Change(before, (ContactUpdated(at=at, by=by, changes=(("do_not_contact", True),)),))
    lead = Change(Lead(id="L-1", name="Noa"), (LeadUpdated(at=at, by=by, changes=(("owner", "noa"),)),))
    return ChangeSet((deal, contact, lead), key="request-1")


def classes() -> list[type]:
    """Every class of the library that can be written."""
    return [getattr(__import__(home, fromlist=[name]), name) for name, home in OWN.items()]


def own_records() -> set[str]:
    """The name of every entity and event of the library that is not private or abstract."""
    found: set[str] = set()
    todo: list[type] = [Entity, Event]
    while todo:
        for cls in todo.pop().__subclasses__():
            todo.append(cls)
            if cls.__module__.startswith("salesflow.testing."):
                continue
            if cls.__module__.startswith("salesflow.") and cls not in (Creation, Organization, Worked):
                found.add(cls.__name__)
    return {name for name in found if not name.startswith("_")} | {"Organization"}


def shape(records: Records, cls: type) -> dict[str, object]:
    """The shape of a record: its JSON Schema, with that of every value in it; other records in it stand for themselves."""
    known = records.schema(cls)["$defs"]
    assert isinstance(known, dict)
    found: dict[str, object] = {}
    todo = [cls.__name__]
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = _without_records(known[name], known, todo)
    return dict(sorted(found.items()))


def _without_records(part: object, known: dict[str, object], todo: list[str]) -> object:
    if isinstance(part, list):
        return [_without_records(one, known, todo) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        name = part["$ref"].removeprefix("#/$defs/")
        if "type" in known[name]["properties"] and "const" in known[name]["properties"]["type"]:
            return {"$ref": "a record"}
        todo.append(name)
        return part
    return {key: _without_records(one, known, todo) for key, one in part.items()}


def golden_path(records: Records, cls: type) -> Path:
    """The golden file of the present schema of a class."""
    defined = records.schema(cls)["$defs"]
    return GOLDEN / f"{cls.__name__}.{defined[cls.__name__]['properties']['schema']['const']}.json"


def write_missing() -> None:
    """Write the golden files that are not there yet."""
    records = Records()
    for cls in classes():
        path = golden_path(records, cls)
        if not path.exists():
            golden = {
                "full": records.dump(sample(cls)),
                "bare": records.dump(sample(cls, full=False)),
                "shape": shape(records, cls),
            }
            path.write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_missing()
