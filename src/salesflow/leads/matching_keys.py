"""Matching keys: what a record can be looked up by when its likely duplicates are wanted.

Two records are compared only if they share a key, so a database with an index on the keys finds the candidates of one
record in a few look-ups, and nobody compares all pairs. A record has about fifteen keys and never more than
``MOST_KEYS``. A key is text: its kind, a space, and a value that is compared for equality alone.

========================  ===================================================================================
kind                      two records share it if
========================  ===================================================================================
``email``                 they have the same mailbox, with a free mail provider or not
``domain``                leads and organizations: they have the same company domain; never that of a free mail provider
``phone``                 the last seven digits of a phone or mobile number are the same
``name``                  the name is the same in any order, alphabet, case, width, with or without accents; or two
                          words of a longer name are
``sound``                 the whole name sounds alike
``part``                  one word of two is the same and the other begins or ends alike, so one slip in it does not
                          matter; for names of one word: the beginning or the end is the same
``colleague``             one word of the name sounds alike and they are of one organization
``organization``,         the same three, for names of organizations
``organization-sound``,
``organization-part``
``registration``          they have the same registration or tax number
========================  ===================================================================================

Keys say as much about a person as the record that they are made of; keep and erase them together with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, islice

from salesflow.entity import Entity
from salesflow.leads.matching.key_kinds import KeyKind, kind_of
from salesflow.leads.matching.names import NameForm, sound
from salesflow.leads.matching.profile import Profile
from salesflow.leads.matching_rules import MatchingRules

__all__ = ["MOST_KEYS", "KeyKind", "kind_of", "matching_keys"]

MOST_KEYS = 40
"""The most keys that a record can have; our own choice."""

_LEAST_LETTERS = 6
_PLAIN = MatchingRules()


def matching_keys(entity: Entity, *, rules: MatchingRules = _PLAIN) -> tuple[str, ...]:
    """The keys under which the likely duplicates of a record are found, each once, the same whenever asked.

    Args:
        entity: a lead, a contact or an organization.
        rules: the lists and the country of the host.

    Raises:
        WrongType: it is of another kind, such as a deal.

    Example:
        ``matching_keys(lead)[0]`` is ``"email noa@acme.example"``
    """
    return keys_of(Profile(entity, rules))


def keys_of(profile: Profile) -> tuple[str, ...]:
    """The keys of a record that was read already."""
    return tuple(dict.fromkeys(islice(_keys(profile), MOST_KEYS)))


def _keys(profile: Profile) -> Iterator[str]:
    if profile.mailbox is not None:
        yield "email " + profile.mailbox
    for line in profile.lines:
        yield "phone " + line.key
    for number in profile.registrations:
        if number is not None:
            yield "registration " + number
    if profile.has_organization:
        for domain in profile.domains:
            yield "domain " + domain
        if profile.organization is not None:
            yield from _name_keys(profile.organization, "organization ", "organization-sound ", "organization-part ")
    if profile.person is not None:
        yield from _name_keys(profile.person, "name ", "sound ", "part ")
        yield from _colleague_keys(profile, profile.person)


def _name_keys(name: NameForm, whole: str, heard: str, part: str) -> Iterator[str]:
    words, key = name.words, name.key
    yield whole + key
    if name.looks is not None:
        yield whole + name.looks
    for sounds in name.sounds:
        yield heard + sounds
    if len(words) == 1:
        yield from _ends(key, part)
        return
    if name.joined != key:
        yield whole + name.joined
    if len(words) == 2:
        first, second = words
        yield from _beside(first, second, part)
        yield from _beside(second, first, part)
    else:
        for one, other in combinations(words[:4], 2):
            yield f"{whole}{one} {other}"


def _beside(word: str, other: str, part: str) -> Iterator[str]:
    """A word, with how the other one begins and how it ends."""
    if len(word) > 1:
        yield f"{part}{word} {other[0]}-"
        yield f"{part}{word} -{other[-2:]}"


def _ends(word: str, part: str) -> Iterator[str]:
    """How a single word begins and ends; for a length where a slip could change which, both ways."""
    length = len(word)
    if length >= 8:
        yield f"{part}{word[:5]}-"
        yield f"{part}-{word[-5:]}"
    if _LEAST_LETTERS - 1 <= length <= 9:
        yield f"{part}{word[:3]}-"
        yield f"{part}-{word[-3:]}"


def _colleague_keys(profile: Profile, person: NameForm) -> Iterator[str]:
    for place in _places(profile):
        for word in person.words[:3]:
            if len(word) > 1:
                yield f"colleague {place} {sound(word)}"


def _places(profile: Profile) -> Iterable[str]:
    if profile.employer is not None:
        yield "#" + profile.employer
    yield from profile.domains[:1]
    if profile.organization is not None:
        yield "=" + profile.organization.key
