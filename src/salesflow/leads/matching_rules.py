"""What a host can set about finding duplicates: its own lists, its country, its thresholds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

import attrs

from salesflow.errors import InvalidValue, WrongType
from salesflow.leads.matching.evidence import POINTS, Likeness
from salesflow.leads.matching.key_kinds import KeyKind
from salesflow.leads.matching.legal_forms import LEGAL_FORMS
from salesflow.leads.matching.shared_addresses import ROLE_MAILBOXES, SHARED_HOSTS
from salesflow.values.contact_details import FREE_MAIL_DOMAINS
from salesflow.values.text import lines

__all__ = ["MatchingRules"]


def _added(names: Iterable[str], known: frozenset[str], field: str) -> frozenset[str]:
    return known if names is known else known | {name.strip().casefold() for name in lines(names, field=field)}


def _free_mail_domains(own: Iterable[str]) -> frozenset[str]:
    return _added(own, FREE_MAIL_DOMAINS, "free_mail_domains")


def _role_mailboxes(own: Iterable[str]) -> frozenset[str]:
    return _added(own, ROLE_MAILBOXES, "role_mailboxes")


def _shared_hosts(own: Iterable[str]) -> frozenset[str]:
    return _added(own, SHARED_HOSTS, "shared_hosts")


def _legal_forms(own: Iterable[str]) -> frozenset[str]:
    return _added(own, LEGAL_FORMS, "legal_forms")


def _with_points(own: Mapping[Likeness, int] | tuple[tuple[Likeness, int], ...]) -> tuple[tuple[Likeness, int], ...]:
    given = dict(own)
    for likeness, points in given.items():
        if not isinstance(likeness, Likeness) or type(points) is not int:
            raise WrongType(
                "points are whole numbers by Likeness",
                field="points",
                value=points,
                way_out="give {Likeness.SAME_PHONE: 4}",
            )
    return tuple({**POINTS, **given}.items())


def _at_least(least: int) -> Callable[[object, attrs.Attribute[int], int], None]:
    def check(_instance: object, attribute: attrs.Attribute[int], value: int) -> None:
        if type(value) is not int or value < least:
            raise InvalidValue(f"must be a whole number of at least {least}", field=attribute.name, value=value)

    return check


def _is_fraction(_instance: object, attribute: attrs.Attribute[Decimal], value: Decimal) -> None:
    if not isinstance(value, Decimal):
        raise WrongType("a score is a Decimal", field=attribute.name, value=value, way_out='give Decimal("0.6")')
    if not value.is_finite() or not 0 < value <= 1:
        raise InvalidValue("a score lies above 0 and up to 1", field=attribute.name, value=value)


def _is_calling_code(_instance: object, attribute: attrs.Attribute[str | None], value: str | None) -> None:
    if value is None:
        return
    if not isinstance(value, str) or not (value.isascii() and value.isdecimal() and 1 <= len(value) <= 3):
        raise InvalidValue("a calling code has 1 to 3 digits", field=attribute.name, value=value, way_out="give '49'")


@attrs.frozen(kw_only=True)
class MatchingRules:
    """How records are compared. The keys of stored records hold for the rules that they were made by.

    Attributes:
        free_mail_domains: domains where anyone can get a mailbox, beside those known (``FREE_MAIL_DOMAINS``).
        role_mailboxes: what stands before the ``@`` of a mailbox that many read, beside those known (``info``).
        shared_hosts: hosts where anyone can have a website, beside those known.
        legal_forms: legal forms of organizations, in lower case and without dots, beside those known.
        calling_code: the calling code of phone numbers that have none (``"49"``); ``None`` is not known.
        is_fuzzy: whether nearly equal names and addresses are found too; needs the extra ``fuzzy``.
        least_score: from which score on two records are likely one; our own choice is 0.6.
        most_shared: what more records than this have in common is no key; our own choice is 100.
        most_alike: the same for keys of which only a part of the name is alike, which say less; our own choice is 8.
        noise_above: a list of more hits than this is noise (Odoo's figure is 20).
        points: what a likeness is worth, where it is not what ``POINTS`` says.

    Raises:
        InvalidValue: a number or a text breaks its rule.
        WrongType: a list is one text, or points are no whole numbers.

    Example:
        ``MatchingRules(free_mail_domains=["mail.example"], calling_code="972", is_fuzzy=True)``
    """

    free_mail_domains: frozenset[str] = attrs.field(default=FREE_MAIL_DOMAINS, converter=_free_mail_domains)
    role_mailboxes: frozenset[str] = attrs.field(default=ROLE_MAILBOXES, converter=_role_mailboxes)
    shared_hosts: frozenset[str] = attrs.field(default=SHARED_HOSTS, converter=_shared_hosts)
    legal_forms: frozenset[str] = attrs.field(default=LEGAL_FORMS, converter=_legal_forms)
    calling_code: str | None = attrs.field(default=None, validator=_is_calling_code)
    is_fuzzy: bool = False
    least_score: Decimal = attrs.field(default=Decimal("0.6"), validator=_is_fraction)
    most_shared: int = attrs.field(default=100, validator=_at_least(2))
    most_alike: int = attrs.field(default=8, validator=_at_least(2))
    noise_above: int = attrs.field(default=20, validator=_at_least(1))
    points: tuple[tuple[Likeness, int], ...] = attrs.field(default=tuple(POINTS.items()), converter=_with_points)

    def most_for(self, kind: KeyKind) -> int:
        """How many records may share a key of this kind for it to bring candidates."""
        return self.most_alike if kind in (KeyKind.PART, KeyKind.ORGANIZATION_PART) else self.most_shared
