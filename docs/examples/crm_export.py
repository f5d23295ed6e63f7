"""Reads what a CRM exports, as CSV or JSON, record by record: each becomes a record of ours, or is refused with a reason.

A file from elsewhere may hold anything. A row is understood as a whole or refused; nothing is guessed, and no reason repeats
a value of it. What is assumed stands here:

- the first and the last name make up the name of a person, with a space between them;
- a street of several lines is written as one, with commas;
- an opportunity is taken as a lead that was qualified elsewhere: we know the organization, and what it is interested in;
  one that was closed is a lead that was converted or disqualified;
- amounts are in US dollars, which the files do not say.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import attrs

from salesflow import (
    ChangeSet,
    Contact,
    EmailAddress,
    InvalidValue,
    Lead,
    Money,
    Organization,
    PhoneNumber,
    PostalAddress,
    SalesflowError,
)
from salesflow.changes import Change
from salesflow.leads.lead_process import LeadProcess
from salesflow.people.contact import ContactAdded
from salesflow.people.organization import OrganizationAdded

CURRENCY = "USD"
PROCESS = LeadProcess()
BY = "import"
RECIPES, SAMPLE = "salesforce_apex_recipes", "salesforce_devorg_sample"
STAGES = {
    "Closed Won": "converted",
    "Closed/Won": "converted",
    "Closed Lost": "disqualified",
    "Open - Not Contacted": "new",
    "Working - Contacted": "working",
} | dict.fromkeys(
    (
        "Prospecting",
        "Qualification",
        "Needs Analysis",
        "Value Proposition",
        "Id. Decision Makers",
        "Perception Analysis",
        "Proposal/Price Quote",
        "Negotiation/Review",
    ),
    "qualified",
)

Values = Mapping[str, object]


class RowRefused(Exception):
    """A row cannot be taken; the message says why, and repeats no value of it, so that equal reasons can be counted."""


@attrs.frozen(kw_only=True)
class Row:
    """A row of a file.

    Attributes:
        file: which file.
        line: the line that it begins on.
        values: what it says, by column.
    """

    file: str
    line: int
    values: Values


@attrs.frozen(kw_only=True)
class Taken:
    """A row that became a record.

    Attributes:
        row: the row.
        changes: what is committed.
        amount: the amount of an opportunity, where it has one.
        kind: the kind of the organization ("Reseller"), where the file says it.
    """

    row: Row
    changes: ChangeSet
    amount: Money | None = None
    kind: str | None = None

    @property
    def record(self) -> Organization | Contact | Lead:
        """The record."""
        (change,) = self.changes.changes
        assert isinstance(change.after, Organization | Contact | Lead)
        return change.after


@attrs.frozen(kw_only=True)
class Refused:
    """A row that did not."""

    row: Row
    reason: str


# Files ----------------------------------------------------------------------------------------------------------------


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a CSV or JSON file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not what its name says.
    """
    read = _csv_rows if path.suffix == ".csv" else _json_rows
    try:
        yield from read(path)
    except csv.Error as error:
        raise ValueError(f"{path.name} is no CSV: {error}") from None


def _csv_rows(path: Path) -> Iterator[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file, strict=True)
        columns = next(reader, [])
        while True:
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            if cells:
                extra = {"": "too many cells"} if len(cells) > len(columns) else {}
                yield Row(file=path.name, line=line, values=dict(zip(columns, cells, strict=False)) | extra)


def _json_rows(path: Path) -> Iterator[Row]:
    text = path.read_text(encoding="utf-8")
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    whole = decoder.decode(text)  # all of it is JSON, or none of it is read
    if not isinstance(whole, dict) or not isinstance(whole.get("records"), list):
        raise ValueError(f"{path.name} holds no list of records")
    place = text.index("[", text.index('"records"')) + 1
    while True:
        while text[place] in " \t\r\n,":
            place += 1
        if text[place] == "]":
            return
        line = text.count("\n", 0, place) + 1
        found, place = decoder.raw_decode(text, place)
        yield Row(file=path.name, line=line, values=found if isinstance(found, dict) else {"": "no record"})


def _no_constant(_name: str) -> NoReturn:
    raise ValueError("a number is finite")


def said_total(path: Path) -> int | None:
    """How many records the header of a JSON file says that there are."""
    found = json.loads(path.read_text(encoding="utf-8"))
    total = found.get("totalSize") if isinstance(found, dict) else None
    return total if type(total) is int else None


# Cells ----------------------------------------------------------------------------------------------------------------


def _text(values: Values, name: str) -> str | None:
    value = values.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise RowRefused(f"{name} is no text")
    return value


def _needed(values: Values, name: str) -> str:
    value = _text(values, name)
    if value is None:
        raise RowRefused(f"{name} is missing")
    return value


def _name(values: Values, first: str, last: str) -> str:
    return " ".join(part for part in (_text(values, first), _needed(values, last)) if part is not None)


def _email(values: Values, name: str) -> EmailAddress | None:
    text = _text(values, name)
    return None if text is None else EmailAddress(text)


def _phone(values: Values, name: str) -> PhoneNumber | None:
    text = _text(values, name)
    return None if text is None else PhoneNumber(text)


def _address(values: Values, prefix: str) -> PostalAddress | None:
    parts = {part: _text(values, f"{prefix}{column}") for part, column in _ADDRESS.items()}
    street = parts["street"]
    if street is not None:
        parts["street"] = ", ".join(line.strip() for line in street.splitlines() if line.strip()) or None
    address = PostalAddress(**parts)
    return None if address.is_empty else address


_ADDRESS = {
    "street": "street",
    "city": "city",
    "region": "state",
    "postal_code": "postalcode",
    "country": "country",
}


def _count(values: Values, name: str) -> int | None:
    value = values.get(name)
    if value is None or value == "":
        return None
    if type(value) is int:
        return value
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        return int(value)
    raise RowRefused(f"{name} is no count")


def _amount(values: Values, *names: str) -> Money | None:
    value = next((values[name] for name in names if values.get(name) not in (None, "")), None)
    if value is None:
        return None
    if type(value) not in (int, str):
        raise RowRefused("the amount is no exact number")
    return Money(str(value), CURRENCY)


# Rows -----------------------------------------------------------------------------------------------------------------


class Import:
    """Takes the rows of the files, one after the other; accounts first, because others name them.

    Args:
        at: the moment of the import.
    """

    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self.organizations: dict[str, Organization] = {}

    def take(self, row: Row, *, origin: str, number: int) -> Taken | Refused:
        """What becomes of a row.

        Args:
            row: the row.
            origin: the folder that it comes from.
            number: which row of its file it is, from 1.
        """
        lowered = {name.casefold(): value for name, value in row.values.items()}
        try:
            if "" in row.values:
                raise RowRefused(str(row.values[""]))
            return self._taken(row, lowered, origin, number)
        except RowRefused as refused:
            return Refused(row=row, reason=str(refused))
        except InvalidValue as refused:
            return Refused(row=row, reason=f"{refused.field}: {refused.rule}")
        except SalesflowError as refused:
            return Refused(row=row, reason=type(refused).__name__)

    def _taken(self, row: Row, values: Values, origin: str, number: int) -> Taken:
        name = Path(row.file).stem.casefold().removesuffix("s")
        place = f"{origin.removeprefix('salesforce_').partition('_')[0]}-{row.line}"
        match name:
            case "account":
                return self._account(row, values, f"O-{place}", _reference(row, number))
            case "contact":
                return self._contact(row, values, f"C-{place}")
            case "lead":
                return self._lead(row, values, f"L-{place}")
            case "opportunitie" | "opportunity":
                return self._opportunity(row, values, f"L-{place}-deal")
        raise RowRefused("nobody knows what this file holds")

    def _account(self, row: Row, values: Values, id: str, reference: str) -> Taken:
        organization = Organization(
            id=id,
            name=_needed(values, "name"),
            phone=_phone(values, "phone"),
            website=_text(values, "website"),
            address=_address(values, "billing"),
            industry=_text(values, "industry"),
            employees=_count(values, "numberofemployees"),
        )
        change = Change(None, (OrganizationAdded(at=self.at, by=BY, organization=organization),))
        self.organizations[reference] = change.after
        return Taken(row=row, changes=ChangeSet.of(change), kind=_text(values, "type"))

    def _contact(self, row: Row, values: Values, id: str) -> Taken:
        contact = Contact(
            id=id,
            name=_name(values, "firstname", "lastname"),
            given_name=_text(values, "firstname"),
            family_name=_text(values, "lastname"),
            organization_id=self._organization(values).id,
            email=_email(values, "email"),
            phone=_phone(values, "phone"),
            mobile=_phone(values, "mobilephone"),
            address=_address(values, "mailing"),
            job_title=_text(values, "title"),
            source=_text(values, "leadsource"),
        )
        change = Change(None, (ContactAdded(at=self.at, by=BY, contact=contact),))
        return Taken(row=row, changes=ChangeSet.of(change))

    def _lead(self, row: Row, values: Values, id: str) -> Taken:
        lead = Lead(
            id=id,
            name=_name(values, "firstname", "lastname"),
            organization_name=_text(values, "company"),
            job_title=_text(values, "title"),
            email=_email(values, "email"),
            phone=_phone(values, "phone"),
            address=_address(values, ""),
            source=_text(values, "leadsource"),
        )
        return Taken(row=row, changes=self._adopted(lead, _stage(_needed(values, "status"))))

    def _opportunity(self, row: Row, values: Values, id: str) -> Taken:
        organization = self._organization(values)
        stage = _stage(_needed(values, "stagename"))
        lead = Lead(
            id=id,
            organization_name=organization.name,
            source=_text(values, "leadsource"),
            interest=_text(values, "description") or "",
        )
        return Taken(row=row, changes=self._adopted(lead, stage), amount=_amount(values, "amount"))

    def _adopted(self, lead: Lead, stage: str) -> ChangeSet:
        reason = "other" if stage == "disqualified" else None
        work = PROCESS.adopt(lead, stage=stage, origin="a CRM", since=self.at, reason=reason, by=BY, at=self.at)
        return work.changes

    def _organization(self, values: Values) -> Organization:
        reference = _needed(values, "accountid")
        if reference not in self.organizations:
            raise RowRefused("it names an account that was not taken")
        return self.organizations[reference]


def _stage(text: str) -> str:
    if text not in STAGES:
        raise RowRefused("it is in a stage that is none")
    return STAGES[text]


def _reference(row: Row, number: int) -> str:
    """What other files call an account: as its attributes say, or by its number."""
    attributes = row.values.get("attributes")
    said = attributes.get("referenceId") if isinstance(attributes, dict) else None
    return f"@{said}" if isinstance(said, str) else f"@AccountRef{number}"
