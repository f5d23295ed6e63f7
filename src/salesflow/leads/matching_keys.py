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

from itertools import combinations

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
    keys: list[str] = [] if profile.mailbox is None else ["email " + profile.mailbox]
    keys += ["phone " + line.key for line in profile.lines]
    keys += ["registration " + number for number in profile.registrations if number is not None]
    if profile.has_organization:
        keys += ["domain " + domain for domain in profile.domains]
        if profile.organization is not None:
            keys += _name_keys(profile.organization, "organization ", "organization-sound ", "organization-part ")
    if profile.person is not None:
        keys += _name_keys(profile.person, "name ", "sound ", "part ")
        keys += _colleague_keys(profile, profile.person)
    return tuple(dict.fromkeys(keys))[:MOST_KEYS]


def _name_keys(name: NameForm, whole: str, heard: str, part: str) -> list[str]:
    words, key = name.words, name.key
    keys = [whole + key, *[heard + sounds for sounds in name.sounds]]
    if name.looks is not None:
        keys.append(whole + name.looks)
    if len(words) == 1:
        return keys + _ends(key, part)
    keys.append(whole + name.joined)
    if len(words) == 2:
        first, second = words
        return keys + _beside(first, second, part) + _beside(second, first, part)
    return keys + [f"{whole}{one} {other}" for one, other in combinations(words[:4], 2)]


def _beside(word: str, other: str, part: str) -> list[str]:
    """A word, with how the other one begins and how it ends; an initial says too little."""
    return [f"{part}{word} {other[0]}-", f"{part}{word} -{other[-2:]}"] if len(word) > 1 else []


def _ends(word: str, part: str) -> list[str]:
    """How a single word begins and ends; for a length where a slip could change which, both ways."""
    length = len(word)
    return [
        end
        for size, applies in ((5, length >= 8), (3, _LEAST_LETTERS - 1 <= length <= 9))
        if applies
        for end in (f"{part}{word[:size]}-", f"{part}-{word[-size:]}")
    ]


def _colleague_keys(profile: Profile, person: NameForm) -> list[str]:
    heard = [sound(word) for word in person.words[:3] if len(word) > 1]
    return [f"colleague {place} {word}" for place in _places(profile) for word in heard]


def _places(profile: Profile) -> list[str]:
    places = [] if profile.employer is None else ["#" + profile.employer]
    places += profile.domains[:1]
    if profile.organization is not None:
        places.append("=" + profile.organization.key)
    return places
