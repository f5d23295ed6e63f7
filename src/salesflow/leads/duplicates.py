"""Likely duplicates of leads, contacts and organizations: found by keys, scored, with the reasons, and never merged here.

For one record among others::

    found = find_duplicates(lead, among=contacts)
    for hit in found.hits:
        hit.other, hit.score, hit.reasons

For many, or again and again, keep an index, which compares only records that share a matching key::

    index = DuplicateIndex(contacts)
    index.find(lead)
    index.groups()

The relation is symmetric: whoever is a hit of a record has that record as a hit, with the same score, among the same
records. No record is its own duplicate. Deals are never compared: two deals that look alike are two sales.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Generic, TypeVar

import attrs

from salesflow.entity import Entity
from salesflow.leads.likeness import Comparison, Found, HowMany, SameAs
from salesflow.leads.matching.evidence import Likeness, Reason, odds_as_score, points_for
from salesflow.leads.matching.name_likeness import slips_counter
from salesflow.leads.matching.postings import Postings
from salesflow.leads.matching.profile import Profile
from salesflow.leads.matching_keys import KeyKind, keys_of, kind_of
from salesflow.leads.matching_rules import MatchingRules

__all__ = ["CommonKey", "DuplicateGroup", "DuplicateIndex", "Duplicates", "Hit", "find_duplicates"]

E = TypeVar("E", bound=Entity)
Name = tuple[type[Entity], str]

_PLAIN = MatchingRules()
_UNKNOWN: Mapping[str, int] = MappingProxyType({})
_OTHER_NAMES = (
    Likeness.SHARES_PART_OF_NAME,
    Likeness.DIFFERENT_NAME,
    Likeness.RELATED_ORGANIZATION_NAME,
    Likeness.DIFFERENT_ORGANIZATION_NAME,
)
_PARTS = (f"{KeyKind.PART} ", f"{KeyKind.ORGANIZATION_PART} ")


@attrs.frozen(kw_only=True)
class Hit(Generic[E]):
    """Two records that are likely one, or look as if they were.

    Attributes:
        entity: the record that was asked for; of a pair, the one that came first.
        other: the one that it may be.
        same_as: whether they are one person or one organization.
        score: how likely, a fraction from 0.0001 to 0.9999.
        reasons: what speaks for and against it, what weighs most first.
        is_likely: whether the score reaches the least score of the rules.
        is_look_alike: whether a name only looks alike, with letters of another alphabet; somebody has to look at it.
    """

    entity: Entity
    other: E
    same_as: SameAs
    score: Decimal
    reasons: tuple[Reason, ...]
    is_likely: bool
    is_look_alike: bool = False

    @property
    def can_merge(self) -> bool:
        """Whether the two could become one record: likely, of one kind, one person where both are persons, no doubt left.

        Two leads of one organization are two people, subsidiaries with one website are two organizations, and whoever
        shares a mailbox under another name may be the spouse. Whether two records *are* merged, somebody decides.
        """
        mine, theirs = self.entity.root(), self.other.root()
        as_one = SameAs.ORGANIZATION if mine.__name__ == "Organization" else SameAs.PERSON
        in_doubt = self.is_look_alike or any(reason.likeness in _OTHER_NAMES for reason in self.reasons)
        return self.is_likely and mine is theirs and self.same_as is as_one and not in_doubt


@attrs.frozen(kw_only=True)
class CommonKey:
    """A matching key that too many records share to say anything.

    Attributes:
        key: the key.
        records: how many records have it, as far as they were counted.
    """

    key: str = attrs.field(repr=False)
    records: int

    @property
    def kind(self) -> KeyKind:
        """What it is made of."""
        return kind_of(self.key)

    def __str__(self) -> str:
        return f"one {self.kind} key is shared by {self.records} records and was not used"


@attrs.frozen(kw_only=True)
class Duplicates(Generic[E]):
    """What was found for one record. Nothing is cut off; what limits the answer is said.

    Attributes:
        hits: the likely duplicates, the likeliest first, then by kind and id.
        look_alikes: those that only look alike and that nothing else speaks for; for somebody to look at.
        too_common: keys of the record that too many others share; hits by these alone are not among the hits.
        compared: how many candidates were compared.
        is_fuzzy: whether names that are nearly the same were looked for; if not, only those that are the same were.
        is_noise: whether there are so many hits that the list says little.
    """

    hits: tuple[Hit[E], ...]
    look_alikes: tuple[Hit[E], ...] = ()
    too_common: tuple[CommonKey, ...] = ()
    compared: int = 0
    is_fuzzy: bool = False
    is_noise: bool = False

    @property
    def remarks(self) -> tuple[str, ...]:
        """What whoever reads the hits should know, a sentence each; without personal values."""
        said = [str(common) for common in self.too_common]
        if not self.is_fuzzy:
            said.append("only names that are the same were looked for, not those that are nearly the same")
        if self.is_noise:
            said.append(f"{len(self.hits)} hits are noise: what these records share says little")
        if self.look_alikes or any(hit.is_look_alike for hit in self.hits):
            said.append("some names only look alike: letters of another alphabet stand in them")
        return tuple(said)


@attrs.frozen(kw_only=True)
class DuplicateGroup(Generic[E]):
    """Records that hits connect: each may be merged with at least one other.

    Attributes:
        members: the records, in the order in which they came.
        hits: the hits that connect them.
    """

    members: tuple[E, ...]
    hits: tuple[Hit[E], ...]


def find_duplicates(
    entity: Entity,
    among: Iterable[E],
    *,
    rules: MatchingRules = _PLAIN,
    is_fuzzy: bool | None = None,
    shared_by: Mapping[str, int] = _UNKNOWN,
) -> Duplicates[E]:
    """The likely duplicates of one record.

    Args:
        entity: a lead, a contact or an organization.
        among: any of these, mixed, in any order; the record itself may be among them. Each is read once, so for more than
            one question keep a ``DuplicateIndex``, and ask a database with ``find_stored_duplicates``.
        rules: lists, country and thresholds.
        is_fuzzy: whether names that are nearly the same are looked for, where it is not as the rules say.
        shared_by: how many records have a matching key in all, where only some of them are passed in.

    Raises:
        WrongType: one of them is of another kind, such as a deal.
        MissingExtra: nearly equal names are asked for without the extra ``fuzzy``.

    Example:
        ``find_duplicates(lead, among=contacts).hits[0].reasons``
    """
    rules = rules if is_fuzzy is None else attrs.evolve(rules, is_fuzzy=is_fuzzy)
    return DuplicateIndex(among, rules=rules).find(entity, shared_by=shared_by)


class DuplicateIndex(Generic[E]):
    """Records by their matching keys. It grows and shrinks; for several threads, give each its own or a lock.

    Args:
        entities: leads, contacts and organizations, mixed.
        rules: lists, country and thresholds.

    Raises:
        WrongType: one of them is of another kind, such as a deal.
        MissingExtra: nearly equal names are asked for without the extra ``fuzzy``.

    Example::

        index = DuplicateIndex(contacts, rules=MatchingRules(is_fuzzy=True))
        for hit in index.pairs():
            print(hit.entity.id, hit.other.id, hit.score)
    """

    def __init__(self, entities: Iterable[E] = (), *, rules: MatchingRules = _PLAIN) -> None:
        self.rules = rules
        self._slips = slips_counter() if rules.is_fuzzy else None
        self._points = dict(rules.points)
        self._needed = points_for(rules.least_score)
        self._number_of: dict[Name, int] = {}
        self._profiles: dict[int, Profile] = {}
        self._keys: dict[int, tuple[str, ...]] = {}
        self._postings = Postings()
        self._added = 0
        for entity in entities:
            self.add(entity)

    def __len__(self) -> int:
        return len(self._profiles)

    def __contains__(self, entity: Entity) -> bool:
        return _name(entity) in self._number_of

    def add(self, entity: E) -> None:
        """Add a record. One of the same kind and id takes the place of the one before, unless its version is lower.

        Raises:
            WrongType: it is neither a lead nor a contact nor an organization.
        """
        profile = Profile(entity, self.rules)
        known = self._number_of.get(_name(entity))
        if known is not None:
            if self._profiles[known].entity.version > entity.version:
                return
            self.discard(entity)
        number = self._added = self._added + 1
        keys = keys_of(profile)
        self._number_of[_name(entity)] = number
        self._profiles[number], self._keys[number] = profile, keys
        self._postings.add(number, keys)

    def discard(self, entity: Entity) -> None:
        """Take a record out, if it is in."""
        number = self._number_of.pop(_name(entity), None)
        if number is not None:
            del self._profiles[number]
            self._postings.remove(number, self._keys.pop(number))

    def find(self, entity: Entity, *, shared_by: Mapping[str, int] = _UNKNOWN) -> Duplicates[E]:
        """The likely duplicates of a record, which may be in the index or not.

        Args:
            entity: a lead, a contact or an organization.
            shared_by: how many records have a matching key in all, where the index holds only some of them.

        Raises:
            WrongType: it is neither a lead nor a contact nor an organization.
        """
        profile = Profile(entity, self.rules)
        counts = self._counts(entity, keys_of(profile), shared_by)
        candidates = self._candidates(entity, counts)
        comparison = self._comparing(lambda key: counts[key] if key in counts else self._postings.count(key))
        found = [self._hit(profile, self._profiles[number], comparison) for number in candidates]
        hits = sorted((hit for hit in found if hit is not None), key=_order)
        likely = tuple(hit for hit in hits if hit.is_likely)
        return Duplicates(
            hits=likely,
            look_alikes=tuple(hit for hit in hits if not hit.is_likely),
            too_common=self._too_common(counts.items()),
            compared=len(candidates),
            is_fuzzy=self.rules.is_fuzzy,
            is_noise=len(likely) > self.rules.noise_above,
        )

    def pairs(self) -> Iterator[Hit[E]]:
        """Every hit among the records of the index, each pair once, as they are found; also those that only look alike.

        The index must not change while it is gone through.
        """
        comparison = self._comparing(self._postings.count)
        profiles = self._profiles
        for number, profile in profiles.items():
            for earlier in self._earlier(number):
                hit = self._hit(profiles[earlier], profile, comparison)
                if hit is not None:
                    yield hit

    def groups(self) -> tuple[DuplicateGroup[E], ...]:
        """The records that could be merged, in groups: whoever is connected by hits that can be merged.

        Look-alikes connect nobody, and neither does working for the same organization.
        """
        hits = [hit for hit in self.pairs() if hit.can_merge]
        leader: dict[Name, Name] = {}

        def lead(name: Name) -> Name:
            while leader.setdefault(name, name) != name:
                leader[name] = leader[leader[name]]
                name = leader[name]
            return name

        for hit in hits:
            leader[lead(_name(hit.entity))] = lead(_name(hit.other))
        connected: dict[Name, list[Hit[E]]] = {}
        for hit in hits:
            connected.setdefault(lead(_name(hit.other)), []).append(hit)
        return tuple(map(self._group, connected.values()))

    def too_common(self) -> tuple[CommonKey, ...]:
        """The keys that too many records of the index share; pairs by these alone are not found."""
        return self._too_common(sorted(self._postings.above(min(self.rules.most_shared, self.rules.most_alike))))

    def _group(self, hits: list[Hit[E]]) -> DuplicateGroup[E]:
        numbers = sorted({self._number_of[_name(one)] for hit in hits for one in (hit.entity, hit.other)})
        return DuplicateGroup(members=tuple(map(self._entity, numbers)), hits=tuple(hits))

    def _counts(self, entity: Entity, keys: Iterable[str], shared_by: Mapping[str, int]) -> dict[str, int]:
        """How many records have each key, the one asked for included."""
        own = self._number_of.get(_name(entity))
        had = frozenset() if own is None else frozenset(self._keys[own])
        return {key: max(self._postings.count(key) + (key not in had), shared_by.get(key, 0)) for key in keys}

    def _most(self, key: str) -> int:
        """How many records may share a key for it to bring candidates."""
        return self.rules.most_alike if key.startswith(_PARTS) else self.rules.most_shared

    def _candidates(self, entity: Entity, counts: dict[str, int]) -> list[int]:
        """Who shares a key with a record, as long as few do."""
        usable = (key for key, count in counts.items() if count <= self._most(key))
        found = {number for key in usable for number in self._postings.of(key)}
        found.discard(self._number_of.get(_name(entity), 0))
        return sorted(found)

    def _earlier(self, number: int) -> set[int]:
        """Who came before a record and shares a key with it."""
        found: set[int] = set()
        for key, numbers in self._postings.shared(self._keys[number]):
            if numbers[0] < number and len(numbers) <= self._most(key):
                found.update(numbers[: bisect_left(numbers, number)])
        return found

    def _too_common(self, counts: Iterable[tuple[str, int]]) -> tuple[CommonKey, ...]:
        return tuple(CommonKey(key=key, records=count) for key, count in counts if count > self._most(key))

    def _comparing(self, how_many: HowMany) -> Comparison:
        return Comparison(
            self._points, how_many, needed=self._needed, most_shared=self.rules.most_shared, slips=self._slips
        )

    def _hit(self, one: Profile, other: Profile, comparison: Comparison) -> Hit[E] | None:
        """The hit that two records are, as persons before as organizations, or ``None``."""
        best: Hit[E] | None = None
        if one.has_person and other.has_person:
            best = self._as(SameAs.PERSON, one, other, comparison, comparison.as_persons(one, other))
        if one.has_organization and other.has_organization and (best is None or not best.is_likely):
            best = (
                self._as(SameAs.ORGANIZATION, one, other, comparison, comparison.as_organizations(one, other)) or best
            )
        return best

    def _as(
        self, same_as: SameAs, one: Profile, other: Profile, comparison: Comparison, found: tuple[Found, bool] | None
    ) -> Hit[E] | None:
        if found is None:
            return None
        likenesses, looks_alike = found
        points = comparison.total(likenesses)
        likely = points >= self._needed
        if not likely and not looks_alike:
            return None
        return Hit(
            entity=one.entity,
            other=other.entity,  # type: ignore[arg-type]  # whoever is in the index was added to it
            same_as=same_as,
            score=odds_as_score(points),
            reasons=comparison.reasons(likenesses),
            is_likely=likely,
            is_look_alike=looks_alike,
        )

    def _entity(self, number: int) -> E:
        return self._profiles[number].entity  # type: ignore[return-value]  # whoever is in the index was added to it


def _name(entity: Entity) -> Name:
    return entity.root(), entity.id


def _order(hit: Hit[E]) -> tuple[Decimal, str, str]:
    return -hit.score, hit.other.root().__name__, hit.other.id
