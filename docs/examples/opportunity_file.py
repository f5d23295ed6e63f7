"""Reads the files of the CRM: opportunities row by row, and the catalogue, accounts and teams they refer to.

A file from elsewhere may hold anything, so a row is either understood as a whole or refused with a reason; nothing is
guessed, trimmed or skipped. What is understood but odd (a product that the catalogue spells otherwise, say) is taken as
it is written and noted.

A row is a line: no value here has a line break in it, so a quotation mark that is never closed spoils its own line and
not the rest of the file.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path

import attrs

from salesflow import InvalidValue, Money

CURRENCY = "USD"  # the file names none; its data dictionary gives the revenue of the accounts in USD
COLUMNS = (
    "opportunity_id",
    "sales_agent",
    "product",
    "account",
    "deal_stage",
    "engage_date",
    "close_date",
    "close_value",
)
MISSPELT = {"technolgy": "technology", "Philipines": "Philippines"}  # found by reading the files; reported, not changed
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class RowRefused(Exception):
    """A row cannot be taken; the message says why, and repeats no value of it, so that equal reasons can be counted."""


@attrs.frozen(kw_only=True)
class Row:
    """An opportunity as the file has it; ``None`` is an empty value, which is unknown and not zero."""

    line: int
    id: str
    agent: str
    product: str
    account: str | None
    stage: str
    engaged_on: date | None
    closed_on: date | None
    value: Money | None


@attrs.frozen(kw_only=True)
class BadRow:
    """A row that could not be understood, and why."""

    line: int
    reason: str


@attrs.frozen(kw_only=True)
class Product:
    """A product of the catalogue; the list price is ``None`` where it cannot be read."""

    name: str
    list_price: Money | None


@attrs.frozen(kw_only=True)
class Catalog:
    """What the opportunities refer to.

    Attributes:
        products: by name as the catalogue writes it.
        accounts: the rows of the accounts, by name.
        regions: the regional office of each agent, by name.
        by_key: the products by their names without spaces, in lower case.
    """

    products: Mapping[str, Product]
    accounts: Mapping[str, Mapping[str, str]]
    regions: Mapping[str, str]
    by_key: Mapping[str, tuple[Product, ...]]

    def product(self, name: str) -> Product | None:
        """The product that is meant by a name, or ``None``.

        The rule: the same name; else the one product whose name differs only in spaces and upper or lower case
        (``GTXPro`` is ``GTX Pro``). Where two would fit, neither does.
        """
        if name in self.products:
            return self.products[name]
        meant = self.by_key.get(_key(name), ())
        return meant[0] if len(meant) == 1 else None


def _key(name: str) -> str:
    return "".join(name.split()).casefold()


def read_catalog(folder: Path) -> Catalog:
    """The products, accounts and teams of a folder.

    Raises:
        OSError: one of the files cannot be read.
    """
    products = {
        row["product"]: Product(name=row["product"], list_price=_list_price(row.get("sales_price", "")))
        for row in _table(folder / "products.csv", "product")
    }
    by_key: defaultdict[str, tuple[Product, ...]] = defaultdict(tuple)
    for product in products.values():
        by_key[_key(product.name)] += (product,)
    return Catalog(
        products=products,
        accounts={row["account"]: row for row in _table(folder / "accounts.csv", "account")},
        regions={
            row["sales_agent"]: row.get("regional_office", "")
            for row in _table(folder / "sales_teams.csv", "sales_agent")
        },
        by_key=dict(by_key),
    )


def _list_price(text: str) -> Money | None:
    try:
        return Money(text, CURRENCY)
    except InvalidValue:
        return None


def _table(path: Path, key: str) -> Iterator[dict[str, str]]:
    """The rows of a small file that have a value under ``key``."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        for row in csv.DictReader(file, restval=""):
            if row.get(key):
                yield row


def read_rows(path: Path, *, limit: int | None = None) -> Iterator[Row | BadRow]:
    """The opportunities of a file, each understood or refused, in the order of the lines. Blank lines are no rows.

    Args:
        path: a CSV file with a header; with Windows or other line ends.
        limit: how many rows to read; all where it is not given.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        header = _header(next(file, ""))
        lines = ((number, line) for number, line in enumerate(file, start=2) if line.strip())
        for number, line in islice(lines, limit):
            try:
                yield _row(number, header, _values(line))
            except RowRefused as refused:
                yield BadRow(line=number, reason=str(refused))


def _header(line: str) -> list[str]:
    try:
        return _values(line)
    except RowRefused:
        return []  # then no row fits it, and each of them is refused


def _values(line: str) -> list[str]:
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        raise RowRefused("the line is not CSV") from None


def _row(number: int, header: list[str], values: list[str]) -> Row:
    if len(values) != len(header):
        raise RowRefused(
            f"the row has {'fewer' if len(values) < len(header) else 'more'} values than there are columns"
        )
    cells = dict(zip(header, values, strict=True))
    for column in COLUMNS:
        if column not in cells:
            raise RowRefused(f"the file has no column {column}")
    return Row(
        line=number,
        id=cells["opportunity_id"],
        agent=cells["sales_agent"],
        product=cells["product"],
        account=cells["account"] or None,
        stage=cells["deal_stage"],
        engaged_on=_day(cells, "engage_date"),
        closed_on=_day(cells, "close_date"),
        value=_value(cells["close_value"]),
    )


def _day(cells: Mapping[str, str], column: str) -> date | None:
    text = cells[column]
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise RowRefused(f"{column} is not a day written as 2017-03-01")


def _value(text: str) -> Money | None:
    if not text:
        return None
    try:
        value = Money(text, CURRENCY)
    except InvalidValue as error:
        raise RowRefused(f"close_value is no amount of money: {error.rule}") from None
    if value.is_negative:
        raise RowRefused("close_value is below zero")
    return value


@attrs.frozen(kw_only=True)
class Finding:
    """Something odd in the files, and the lines of the opportunities that it concerns (none where it concerns none)."""

    what: str
    lines: tuple[int, ...] = ()


def findings(rows: Iterable[Row], catalog: Catalog) -> tuple[Finding, ...]:
    """What does not match the catalogue, the accounts and the teams, or looks misspelt there. Nothing was changed."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    deals_of: Counter[str] = Counter()
    for row in rows:
        deals_of[row.agent] += 1
        for what in _oddities(row, catalog):
            found[what].append(row.line)
    of_rows = [Finding(what=what, lines=tuple(lines)) for what, lines in sorted(found.items())]
    idle = [agent for agent in catalog.regions if agent not in deals_of]
    of_files = (
        [Finding(what=f"agents without an opportunity in these rows: {len(idle)} ({_listed(idle)})")] if idle else []
    )
    for column in ("sector", "office_location"):
        for wrong, right in MISSPELT.items():
            count = sum(account.get(column) == wrong for account in catalog.accounts.values())
            if count:
                of_files.append(Finding(what=f"{column} {wrong!r}, probably {right!r}, in the accounts: {count}"))
    parents = [account["subsidiary_of"] for account in catalog.accounts.values() if account.get("subsidiary_of")]
    if parents:
        what = f"{len(parents)} accounts are subsidiaries of {len(set(parents))} others; each is counted as itself"
        of_files.append(Finding(what=what))
    of_files += [
        Finding(what=f"parent account {shown(parent)} is not among the accounts")
        for parent in sorted(set(parents) - set(catalog.accounts))
    ]
    of_files += [
        Finding(what=f"the list price of {shown(product.name)} cannot be read")
        for product in catalog.products.values()
        if product.list_price is None
    ]
    return (*of_rows, *of_files)


def _oddities(row: Row, catalog: Catalog) -> Iterator[str]:
    if row.product not in catalog.products:
        meant = catalog.product(row.product)
        if meant is None:
            yield f"product {shown(row.product)} is not in the catalogue; kept as written, without a list price"
        else:
            yield f"product {shown(row.product)} is not in the catalogue; taken as {shown(meant.name)} (same but for spaces and case)"
    if row.account is None:
        yield "no account"
    elif row.account not in catalog.accounts:
        yield f"account {shown(row.account)} is not among the accounts"
    if row.agent not in catalog.regions:
        yield f"agent {shown(row.agent)} is in no sales team"


def _listed(names: list[str], most: int = 10) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(shown(name) for name in names[:most]) + more


def shown(name: str) -> str:
    """A name from a file for printing: quoted, control characters escaped, never longer than a line."""
    return repr(name) if len(name) <= 60 else f"{name[:57]!r}..."
