"""What of a lead, a contact or an organization is compared, read once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from salesflow.entity import Entity
from salesflow.errors import WrongType
from salesflow.leads.matching.names import NameForm, read_organization_name, read_person_name
from salesflow.leads.matching.phones import Line, read_phone
from salesflow.people.contact import Contact
from salesflow.people.lead import Lead
from salesflow.people.organization import Organization
from salesflow.values.contact_details import PhoneNumber, PostalAddress
from salesflow.values.personal import ERASED
from salesflow.values.text import matching_key

if TYPE_CHECKING:
    from salesflow.leads.matching_rules import MatchingRules

__all__ = ["Profile"]

_HOST = re.compile(r"(?:https?://)?(?:[^/@]*@)?(?:www\.)?([^/:?#]+)", re.IGNORECASE)


class Profile:
    """A record, read for comparing. Of one that was merged into another there is nothing to compare any more.

    Attributes:
        entity: the record.
        person: the name of the person, or ``None``.
        organization: the name of the organization, or ``None``; of a contact it is not known.
        mailbox: the matching key of the e-mail address.
        is_role_mailbox: whether a company reads it, not a person.
        domains: the domains that name an organization: of the e-mail address and of the website.
        lines: the phone and the mobile number.
        line_keys: the key of each of these.
        employer: where a contact works, by id.
        registrations: registration and tax number.
        address: the matching key of the postal address, where street and city are known.
    """

    __slots__ = (
        "address", "domains", "employer", "entity", "has_organization", "has_person",
        "is_role_mailbox", "line_keys", "lines",
        "mailbox", "organization", "person", "registrations",
    )  # fmt: skip

    def __init__(self, entity: Entity, rules: MatchingRules) -> None:
        self.entity: Entity = entity
        self.person: NameForm | None = None
        self.organization: NameForm | None = None
        self.employer: str | None = None
        self.registrations: tuple[str | None, str | None] = (None, None)
        self.address: tuple[str, ...] | None = None
        self.has_person: bool = False
        self.has_organization: bool = False
        website: str | None = None
        phones: tuple[PhoneNumber | None, ...]
        self.mailbox: str | None = None
        self.is_role_mailbox: bool = False
        self.domains: tuple[str, ...] = ()
        self.lines: tuple[Line, ...] = ()
        self.line_keys: frozenset[str] = frozenset()
        match entity:
            case Contact() | Lead() | Organization() if entity.merged_into is not None:
                return
            case Contact():
                self.has_person = True
                self.person = _person(entity.name)
                self.employer = entity.organization_id
                phones = (entity.phone, entity.mobile)
            case Lead():
                self.has_person = self.has_organization = True
                self.person = _person(entity.name)
                self._name_organization(entity.organization_name, entity.address, rules)
                website, phones = entity.website, (entity.phone, entity.mobile)
            case Organization():
                self.has_organization = True
                self._name_organization(entity.name, entity.address, rules)
                self.registrations = (_number(entity.registration_id), _number(entity.tax_id))
                website, phones = entity.website, (entity.phone,)
            case _:
                raise WrongType(
                    "duplicates are found among leads, contacts and organizations",
                    field="entity",
                    value=type(entity).__name__,
                    way_out="leave deals out: two deals that look alike are two sales",
                )
        email = entity.email
        self.mailbox = None if email is None else email.matching_key
        local, _, domain = (self.mailbox or "").rpartition("@")
        self.is_role_mailbox = local in rules.role_mailboxes
        self.domains = _domains(domain, website, rules)
        self.lines = tuple(_lines(phones, rules.calling_code))
        self.line_keys = frozenset([line.key for line in self.lines])

    def _name_organization(self, name: str | None, address: PostalAddress | None, rules: MatchingRules) -> None:
        if name is not None and name != ERASED:
            self.organization = read_organization_name(name, forms=rules.legal_forms)
        if address is not None and address.street is not None and address.city is not None:
            self.address = address.matching_key


def _person(name: str | None) -> NameForm | None:
    """A name, read; what stands in its place once the person was forgotten is none."""
    return None if name is None or name == ERASED else read_person_name(name)


def _lines(phones: Iterable[PhoneNumber | None], home: str | None) -> Iterable[Line]:
    for phone in phones:
        if phone is not None:
            line = read_phone(phone, home=home)
            if line is not None:
                yield line


def _number(text: str | None) -> str | None:
    """A registration number without what stands between its signs."""
    return None if text is None else "".join(filter(str.isalnum, matching_key(text))) or None


def _domains(domain: str, website: str | None, rules: MatchingRules) -> tuple[str, ...]:
    found = [domain] if domain and domain not in rules.free_mail_domains else []
    if website is not None and (host := _HOST.match(website)):
        site = host[1].casefold().rstrip(".")
        if site not in rules.shared_hosts and site not in rules.free_mail_domains and "." in site and site not in found:
            found.append(site)
    return tuple(map(_unicode_domain, found))


def _unicode_domain(domain: str) -> str:
    """A domain with its letters as they are read, where it is given as ``xn--``."""
    if "xn--" not in domain:
        return domain
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain
