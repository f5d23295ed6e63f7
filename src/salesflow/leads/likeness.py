"""Two records compared: what speaks for their being one, what against, and whether as a person or as an organization.

A lead is a person and an organization at once. So it is compared with contacts as a person, with organizations as an
organization, and with other leads as both: two leads from one company that name different people are not one person, but
one organization that shows interest twice. A contact and an organization are never one.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from salesflow.leads.matching.evidence import START, Likeness, Reason
from salesflow.leads.matching.name_likeness import Slips, are_one_look, likeness_of_names
from salesflow.leads.matching.names import NameForm
from salesflow.leads.matching.phones import SHORT, Line, is_same_line
from salesflow.leads.matching.profile import Profile

__all__ = ["Comparison", "SameAs"]

HowMany = Callable[[str], int]
"""How many records have a matching key."""

Found = list[tuple[Likeness, str | None]]
"""Likenesses, each with the matching key by which those who share it are counted."""


class SameAs(StrEnum):
    """As what two records are one."""

    PERSON = "person"
    ORGANIZATION = "organization"


_FOR_ORGANIZATIONS = {
    Likeness.SHARES_PART_OF_NAME: Likeness.RELATED_ORGANIZATION_NAME,
    Likeness.SLIP_IN_SHORT_NAME: Likeness.RELATED_ORGANIZATION_NAME,
    Likeness.PART_OF_NAME: Likeness.RELATED_ORGANIZATION_NAME,
    Likeness.INITIALS: Likeness.RELATED_ORGANIZATION_NAME,
    Likeness.NAME_WITHIN_NAME: Likeness.RELATED_ORGANIZATION_NAME,
    Likeness.DIFFERENT_NAME: Likeness.DIFFERENT_ORGANIZATION_NAME,
}
"""What a likeness of names says about organizations, where it is not the same: ``Acme Software`` need not be ``Acme``."""


class Comparison:
    """Compares records, given what likenesses are worth and how many records share a key.

    Args:
        points: what each likeness is worth.
        how_many: how many records have a key; what many have is worth less.
        needed: how many points make two records likely one.
        most_shared: what more records have says nothing.
        slips: what counts slips, or ``None`` where only what is the same counts.
    """

    def __init__(
        self, points: dict[Likeness, int], how_many: HowMany, *, needed: int, most_shared: int, slips: Slips | None
    ) -> None:
        self._points = points
        rest = START + sum(max(0, points[likeness]) for likeness in _WITHOUT_COMMON_KEY)
        phone = max(0, points[Likeness.SAME_PHONE], points[Likeness.SAME_SHORT_PHONE])
        self._hopeless = frozenset(name for name in _NAMES_APART if points[name] + rest < needed)
        self._hopeless_by_phone = frozenset(name for name in self._hopeless if points[name] + rest + phone < needed)
        self._how_many = how_many
        self._most_shared = most_shared
        self._slips = slips

    def as_persons(self, one: Profile, other: Profile) -> tuple[Found, bool] | None:
        """What is and is not alike of two persons, and whether their names only look alike.

        ``None`` where the names stand against each other and the rest cannot make up for it.
        """
        looks = False
        found: Found = []
        if one.person is not None and other.person is not None:
            name, looks = self._name(one.person, other.person)
            if name in self._hopeless and not looks and self._nothing_makes_up(name, one, other):
                return None
            found.append((name, _counted_by(name, one.person, other.person)))
        found.extend(self._mailboxes(one, other))
        found.extend(_phones(one, other))
        found.extend(_employers(one, other))
        return found, looks

    def as_organizations(self, one: Profile, other: Profile) -> tuple[Found, bool]:
        """What is and is not alike of two organizations, and whether their names only look alike.

        Of a lead that names no organization and has no company domain there is nothing to compare.
        """
        looks = False
        found: Found = []
        if not (one.organization or one.domains) or not (other.organization or other.domains):
            return found, looks
        if one.organization is not None and other.organization is not None:
            name, looks = self._name(one.organization, other.organization)
            found.append((_FOR_ORGANIZATIONS.get(name, name), None))
        found.extend(self._organization_facts(one, other))
        return found, looks

    def _nothing_makes_up(self, name: Likeness, one: Profile, other: Profile) -> bool:
        """Whether, with names that stand against each other, too little is left that two records could have in common."""
        if one.mailbox is not None and one.mailbox == other.mailbox:
            return False
        return name in self._hopeless_by_phone or one.line_keys.isdisjoint(other.line_keys)

    def reasons(self, found: Found) -> tuple[Reason, ...]:
        """The reasons that likenesses are, those that weigh most first."""
        reasons = [self._reason(likeness, key) for likeness, key in found]
        return tuple(sorted(reasons, key=lambda reason: (-abs(reason.points), reason.likeness)))

    def total(self, found: Found) -> int:
        """The points of likenesses, on top of the odds before anything is compared."""
        total = START
        for likeness, key in found:
            worth = self._points[likeness]
            total += worth if key is None else _discounted(worth, self._how_many(key), self._most_shared)
        return total

    def _reason(self, likeness: Likeness, key: str | None) -> Reason:
        worth = self._points[likeness]
        if key is None:
            return Reason(likeness, worth)
        shared = self._how_many(key)
        return Reason(likeness, _discounted(worth, shared, self._most_shared), shared)

    def _name(self, one: NameForm, other: NameForm) -> tuple[Likeness, bool]:
        """How alike two names are. Of a word that mixes alphabets nothing but its look is known."""
        name = likeness_of_names(one, other, self._slips)
        if one.looks is None and other.looks is None:
            return name, False
        looks = are_one_look(one, other)
        if looks and (one.has_mixed_word or other.has_mixed_word or name is not Likeness.SAME_NAME):
            name = Likeness.LOOKS_ALIKE
        return name, looks

    def _mailboxes(self, one: Profile, other: Profile) -> Found:
        mine, theirs = one.mailbox, other.mailbox
        if mine is None or theirs is None:
            return []
        if mine == theirs:
            likeness = Likeness.SAME_ROLE_MAILBOX if one.is_role_mailbox else Likeness.SAME_EMAIL
            return [(likeness, "email " + mine)]
        local, _, domain = mine.rpartition("@")
        other_local, _, other_domain = theirs.rpartition("@")
        if self._slips is not None and min(len(local), len(other_local)) >= _LONG_LOCAL_PART:
            near = domain == other_domain and self._slips(local, other_local, 1) <= 1
            if near or (local == other_local and self._slips(domain, other_domain, 1) <= 1):
                return [(Likeness.NEARLY_SAME_EMAIL, None)]
        same_domain = domain == other_domain and not (one.is_role_mailbox or other.is_role_mailbox)
        return [(Likeness.DIFFERENT_MAILBOX if same_domain else Likeness.DIFFERENT_EMAIL, None)]

    def _organization_facts(self, one: Profile, other: Profile) -> Found:
        found: Found = []
        common = not set(one.domains).isdisjoint(other.domains)
        if common:
            found.append((Likeness.SAME_DOMAIN, None))
        elif one.domains and other.domains:
            found.append((Likeness.DIFFERENT_DOMAIN, None))
        if one.mailbox is not None and one.mailbox == other.mailbox and not common:
            found.append((Likeness.SAME_EMAIL, "email " + one.mailbox))
        found.extend(pair for pair in _phones(one, other) if pair[0] is not Likeness.DIFFERENT_PHONE)
        known = [pair for pair in zip(one.registrations, other.registrations, strict=True) if None not in pair]
        if known:
            same = any(mine == theirs for mine, theirs in known)
            found.append((Likeness.SAME_REGISTRATION if same else Likeness.DIFFERENT_REGISTRATION, None))
        if one.address is not None and other.address is not None:
            found.append((Likeness.SAME_ADDRESS if one.address == other.address else Likeness.DIFFERENT_ADDRESS, None))
        return found


_LONG_LOCAL_PART = 5
_NAMES_APART = (Likeness.SHARES_PART_OF_NAME, Likeness.DIFFERENT_NAME)
_WITHOUT_COMMON_KEY = (
    Likeness.NEARLY_SAME_EMAIL,
    Likeness.DIFFERENT_EMAIL,
    Likeness.DIFFERENT_MAILBOX,
    Likeness.DIFFERENT_PHONE,
    Likeness.SAME_EMPLOYER,
    Likeness.DIFFERENT_EMPLOYER,
    Likeness.DIFFERENT_DOMAIN,
)
"""What can be found of two persons who share neither a mailbox nor a phone number."""
_COUNTED_NAMES = (Likeness.SAME_NAME, Likeness.SAME_SHORT_NAME, Likeness.NAME_WITHIN_NAME)


def _discounted(worth: int, shared: int, most: int) -> int:
    """What a likeness is worth that so many records have: a point less for every doubling, and nothing above the most."""
    if shared > most:
        return 0
    return max(0, worth - ((shared - 1).bit_length() - 1 if shared > 1 else 0)) if worth > 0 else worth


def _counted_by(likeness: Likeness, one: NameForm, other: NameForm) -> str | None:
    """The key by which those are counted who have a name too; of two that are written differently, the shorter one."""
    if likeness in _COUNTED_NAMES:
        return "name " + min(one.key, other.key, key=lambda key: (len(key), key))
    return None


def _phones(one: Profile, other: Profile) -> Found:
    if not one.lines or not other.lines:
        return []
    same = [
        (_is_short(mine, theirs), mine.key)
        for mine in one.lines
        for theirs in other.lines
        if is_same_line(mine, theirs)
    ]
    if not same:
        return [(Likeness.DIFFERENT_PHONE, None)]
    short, key = min(same)
    return [(Likeness.SAME_SHORT_PHONE if short else Likeness.SAME_PHONE, "phone " + key)]


def _is_short(one: Line, other: Line) -> bool:
    """Whether a number that both have lacks its area code, as far as can be known."""
    return None in (one.country, other.country) and min(len(one.subscriber), len(other.subscriber)) < SHORT


def _employers(one: Profile, other: Profile) -> Found:
    """Whether two persons are of one organization: by its id, its name, or its domain; at most one likeness."""
    same = (
        (one.employer is not None and one.employer == other.employer)
        or (
            one.organization is not None
            and other.organization is not None
            and one.organization.key == other.organization.key
        )
        or not set(one.domains).isdisjoint(other.domains)
    )
    if same:
        return [(Likeness.SAME_EMPLOYER, None)]
    if one.employer is not None and other.employer is not None:
        return [(Likeness.DIFFERENT_EMPLOYER, None)]
    return [(Likeness.DIFFERENT_DOMAIN, None)] if one.domains and other.domains else []
