"""What a lead becomes: a contact and an organization that exist already, or are made, and why.

Who may be the same person or organization, ``find_duplicates`` says; here it is decided which of them is used. A record is
reused where it is the likeliest one, is not merged away, and does not merely look alike: letters of another alphabet are
never taken for the same name without somebody looking. A list of so many hits that it says little decides nothing.

Who shares a mailbox under another name may be the spouse, and who shares a website a branch: where the name speaks against
it, nobody is reused without being chosen.

Two people may have one name. So a contact is reused where something besides the name is the same, as Pipedrive has it. Two
organizations seldom have one: the only one of exactly this name is reused, however short the name is, unless its domain is
another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Generic, TypeVar

import attrs

from salesflow.deal.deal import Deal
from salesflow.entity import Entity
from salesflow.leads.duplicates import Duplicates, Hit, find_duplicates
from salesflow.leads.likeness import SameAs
from salesflow.leads.matching.evidence import Likeness
from salesflow.leads.matching.profile import Profile
from salesflow.leads.matching_rules import MatchingRules
from salesflow.people.contact import Contact
from salesflow.people.lead import Lead
from salesflow.people.organization import Organization
from salesflow.values.text import identifier

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    D = DefaultedTypeVar("D", bound=Deal, default=Deal)
else:
    D = TypeVar("D", bound=Deal)
E = TypeVar("E", bound=Entity)

__all__ = [
    "ConversionIds",
    "ConversionPart",
    "Missing",
    "PlannedDeal",
    "chosen_contact",
    "chosen_organization",
]


def _is_optional_id(_instance: object, attribute: attrs.Attribute[str | None], value: str | None) -> None:
    if value is not None:
        identifier(value, field=attribute.name)


@attrs.frozen(kw_only=True)
class ConversionIds:
    """The ids of what a conversion makes. The library makes up none.

    Attributes:
        contact, organization, deal: unique within their kind; only needed where one is made.
    """

    contact: str | None = attrs.field(default=None, validator=_is_optional_id)
    organization: str | None = attrs.field(default=None, validator=_is_optional_id)
    deal: str | None = attrs.field(default=None, validator=_is_optional_id)


@attrs.frozen(kw_only=True)
class PlannedDeal(Generic[D]):
    """The deal in a plan.

    Attributes:
        record: the deal that exists and that the lead goes into, or ``None`` where one is opened.
        draft: the deal as it shall be opened, for fields of your own.
        fields: plain fields of the deal that is opened, by name; they count before what the lead says.
    """

    record: D | None = None
    draft: D | None = None
    fields: tuple[tuple[str, object], ...] = attrs.field(default=(), repr=False)


@attrs.frozen(kw_only=True)
class Missing:
    """Something without which a lead cannot be converted.

    Attributes:
        part: what lacks it: "lead", "contact", "organization" or "deal".
        text: what it is, in words; never a personal value.
    """

    part: str
    text: str

    def __str__(self) -> str:
        return f"{self.part}: {self.text}"


@attrs.frozen(kw_only=True)
class ConversionPart(Generic[E]):
    """A contact or an organization in the plan of a conversion.

    Attributes:
        record: the one that is reused, or ``None`` where one is made, or where only its id is known.
        known_id: the id of one that is reused without having been passed, so that nothing of it is filled.
        because: why it is reused or made, in words.
        score: how likely it is the same, where it was found as a duplicate.
        others: the other likely ones, the likeliest first.
        namesakes: ids of others of the same name, of whom nothing else is known to be the same.
        look_alikes: those that only look alike, for somebody to look at.
    """

    record: E | None = None
    known_id: str | None = None
    because: str
    score: Decimal | None = None
    others: tuple[Hit[E], ...] = ()
    namesakes: tuple[str, ...] = ()
    look_alikes: tuple[Hit[E], ...] = ()

    @property
    def is_made(self) -> bool:
        """Whether a new one is made."""
        return self.record is None and self.known_id is None

    @property
    def reused_id(self) -> str | None:
        """The id of the one that is reused."""
        return self.known_id if self.record is None else self.record.id


_OF_NAMES = frozenset(
    {
        Likeness.SAME_NAME,
        Likeness.SAME_SHORT_NAME,
        Likeness.NEARLY_SAME_NAME,
        Likeness.SOUNDS_ALIKE,
        Likeness.NAME_WITHIN_NAME,
        Likeness.INITIALS,
        Likeness.SLIP_IN_SHORT_NAME,
        Likeness.PART_OF_NAME,
    }
)
_OTHER_NAMES = frozenset(
    {
        Likeness.LOOKS_ALIKE,
        Likeness.SHARES_PART_OF_NAME,
        Likeness.DIFFERENT_NAME,
        Likeness.RELATED_ORGANIZATION_NAME,
        Likeness.DIFFERENT_ORGANIZATION_NAME,
    }
)
_MEANS_OF_A_PERSON = ("name", "email", "phone", "mobile", "job_title")


def chosen_contact(
    lead: Lead, contacts: Iterable[Contact] | Duplicates[Contact], rules: MatchingRules
) -> ConversionPart[Contact] | None:
    """The contact that a lead becomes, or ``None`` where nothing is known of a person."""
    found = _found(lead, contacts, rules)
    hits = _usable(found, SameAs.PERSON, Contact)
    namesakes = tuple(hit.other.id for hit in hits if _is_name_alone(hit))
    same = [hit for hit in hits if not _is_name_alone(hit)]
    best = next((hit for hit in same if not _is_in_doubt(hit)), None)
    if best is not None:
        return attrs.evolve(_reused(best, same, found), namesakes=namesakes)
    if all(getattr(lead, name) is None for name in _MEANS_OF_A_PERSON):
        return None
    return attrs.evolve(_made("contact", same, found, Contact), namesakes=namesakes)


def _is_name_alone(hit: Hit[E]) -> bool:
    """Whether nothing but the name speaks for it."""
    return all(reason.likeness in _OF_NAMES for reason in hit.reasons if reason.points > 0)


def chosen_organization(
    lead: Lead,
    organizations: Iterable[Organization] | Duplicates[Organization],
    contact: Contact | None,
    rules: MatchingRules,
) -> ConversionPart[Organization] | None:
    """The organization that a lead is of, or ``None`` where nothing is known of one.

    Args:
        lead: the lead.
        organizations: those that are known, or what was found among them.
        contact: the contact that is reused, where one is; of several likely organizations it is theirs.
        rules: how they are compared.
    """
    given = organizations if isinstance(organizations, Duplicates) else tuple(organizations)
    found = _found(lead, given, rules)
    hits = _usable(found, SameAs.ORGANIZATION, Organization)
    employer = None if contact is None else contact.organization_id
    sure = [hit for hit in hits if not _is_in_doubt(hit)]
    if sure:
        best = next((hit for hit in sure if hit.other.id == employer), sure[0])
        return _reused(best, hits, found)
    known = () if isinstance(given, Duplicates) else given
    if lead.organization_name is not None:
        by_name = _by_name(lead, known, employer, rules)
        return by_name or _made("organization", hits, found, Organization, names=_namesakes(lead, known, rules))
    if employer is None:
        return None
    record = next((one for one in known if one.id == employer and one.merged_into is None), None)
    return ConversionPart(
        record=record, known_id=None if record else employer, because="the contact that is reused works there"
    )


def _namesakes(lead: Lead, organizations: Sequence[Organization], rules: MatchingRules) -> list[Organization]:
    """The organizations of exactly the name that a lead gives."""
    profile = Profile(lead, rules)
    return [one for one in organizations if one.merged_into is None and _is_namesake(profile, Profile(one, rules))]


def _by_name(
    lead: Lead, organizations: Sequence[Organization], employer: str | None, rules: MatchingRules
) -> ConversionPart[Organization] | None:
    """The only organization of exactly this name, or the one of them where the contact works."""
    same = _namesakes(lead, organizations, rules)
    chosen = [one for one in same if one.id == employer] or same
    if len(chosen) != 1:
        return None
    others = tuple(one.id for one in same if one is not chosen[0])
    because = "the contact that is reused works there" if others else "the only one of this name"
    return ConversionPart(record=chosen[0], because=because, namesakes=others)


def _is_namesake(one: Profile, other: Profile) -> bool:
    """Whether the names of two organizations are the same, in one alphabet, and their domains do not speak against it."""
    mine, theirs = one.organization, other.organization
    if mine is None or theirs is None or mine.key != theirs.key:
        return False
    if mine.has_mixed_word or theirs.has_mixed_word or mine.is_foreign is not theirs.is_foreign:
        return False
    return not (one.domains and other.domains and set(one.domains).isdisjoint(other.domains))


def _found(lead: Lead, among: Iterable[E] | Duplicates[E], rules: MatchingRules) -> Duplicates[E]:
    return among if isinstance(among, Duplicates) else find_duplicates(lead, among=among, rules=rules)


def _usable(found: Duplicates[E], same_as: SameAs, kind: type[Entity]) -> Sequence[Hit[E]]:
    """The hits that may be reused; none where they are so many that they say little."""
    if found.is_noise:
        return ()
    return [
        hit
        for hit in found.hits
        if hit.is_likely
        and hit.same_as is same_as
        and not hit.is_look_alike
        and isinstance(hit.other, kind)
        and getattr(hit.other, "merged_into", None) is None
    ]


def _is_in_doubt(hit: Hit[E]) -> bool:
    """Whether a name speaks against it."""
    return any(reason.likeness in _OTHER_NAMES for reason in hit.reasons)


def _only_look(found: Duplicates[E], kind: type[Entity]) -> tuple[Hit[E], ...]:
    hits = (*found.hits, *found.look_alikes)
    return tuple(hit for hit in hits if hit.is_look_alike and isinstance(hit.other, kind))


def _reused(best: Hit[E], hits: Sequence[Hit[E]], found: Duplicates[E]) -> ConversionPart[E]:
    return ConversionPart(
        record=best.other,
        because="; ".join(str(reason.likeness) for reason in best.reasons if reason.points > 0),
        score=best.score,
        others=tuple(hit for hit in hits if hit is not best),
        look_alikes=_only_look(found, type(best.other)),
    )


def _made(
    what: str, hits: Sequence[Hit[E]], found: Duplicates[E], kind: type[Entity], *, names: Iterable[Entity] = ()
) -> ConversionPart[E]:
    return ConversionPart(
        because=_why_made(found, what),
        others=tuple(hits),
        namesakes=tuple(one.id for one in names),
        look_alikes=_only_look(found, kind),
    )


def _why_made(found: Duplicates[E], what: str) -> str:
    if found.is_noise:
        return f"{len(found.hits)} are like it, which says little about any of them"
    return f"no {what} that is known is likely the same"
