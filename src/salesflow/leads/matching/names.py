"""How the name of a person or an organization is read for comparing, and what it sounds like.

A name is taken apart into words without case, accents, width and punctuation (``matching_key``), each in Latin letters,
and the words are sorted, so that ``Petrov Ivan``, ``Иван Петров`` and ``Ivan Petrov`` read alike. Titles are left out, and
so are particles (``van der``) and legal forms (``GmbH``), as long as something is left.

The *sound* of a word is the sequence of its consonants in groups that are mixed up when a name is heard or carried over
from another alphabet (b p f v, d t, c g k q and an initial h, s z), with an initial vowel kept as one: the idea of Soundex
(Russell, 1918) on the whole word. Groups and word lists are our own choice.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple

from salesflow.leads.matching.confusables import is_mixed, looks_latin
from salesflow.leads.matching.legal_forms import JOINING_WORDS, UNSPACED_LEGAL_FORMS
from salesflow.leads.matching.romanization import has_few_vowels, romanized
from salesflow.values.text import matching_key

__all__ = ["NameForm", "read_organization_name", "read_person_name", "sound"]

_TITLES = "mr mrs ms miss mx dr prof sir dame rev herr frau hr fr dipl ing mag phd md mba esq מר גב דר"
_PARTICLES = """
    de da do dos das di del della der den van von vom zu zum la le los las el al bin bint ibn ben bar af av ter ten y
"""
_ARE_TITLES, _ARE_PARTICLES = frozenset(_TITLES.split()), frozenset(_PARTICLES.split())
_MOST_SOUNDS = 4
_BETWEEN_WORDS = str.maketrans(
    {"-": " ", ".": " ", ",": " ", "_": " ", "/": " ", "|": " ", "'": None, '"': None, "״": None}
)
_WITHIN_FORMS = str.maketrans(
    {"-": " ", ",": " ", "_": " ", "|": " ", ".": None, "/": None, "'": None, '"': None, "״": None}
)

_SPELLINGS = re.compile("c(?=[eiyj])|sch|tch|sh|ch|ck|kh|gh|ph|th|dh|zh|ts|tz|cz|x|y|j|w|(.)\\1+")
_HEARD = {
    "c": "s", "sch": "s", "tch": "k", "sh": "s", "ch": "k", "ck": "k", "kh": "k", "gh": "k", "ph": "f", "th": "t",
    "dh": "t", "zh": "s", "ts": "s", "tz": "s", "cz": "k", "x": "ks", "y": "i", "j": "i", "w": "v",
}  # fmt: skip
_GROUPS = str.maketrans("bpfvdtcgkqsz", "ppppttkkkkss")
_INITIALS = {**dict.fromkeys("aeiou", "a"), "h": "k"}
_SILENT = re.compile("[aeiouh]+")


class _Word(NamedTuple):
    """A word of a name.

    Attributes:
        latin: it in Latin letters.
        sounds: what it sounds like, one or two ways.
        looks: what it reads like if taken for Latin, or ``None`` where it cannot be.
        is_mixed: whether it mixes alphabets that look alike.
    """

    latin: str
    sounds: tuple[str, ...]
    looks: str | None
    is_mixed: bool


class NameForm(NamedTuple):
    """A name, read.

    Attributes:
        plain: its matching key, nothing left out.
        words: its words in Latin letters, sorted, without titles, particles and legal forms.
        key: the words as one text.
        joined: all words in the order given, without what stands between them.
        sounds: what it sounds like, one way for most names, up to four.
        looks: the key that it seems to have if its letters are taken for Latin, or ``None`` where they are or cannot be.
        has_mixed_word: whether one word mixes alphabets that look alike.
        has_initial: whether a word is a single letter.
        is_foreign: whether it was written in another alphabet.
        letters: how many letters it has; a Chinese character counts as three.
    """

    plain: str
    words: tuple[str, ...]
    key: str
    joined: str
    sounds: tuple[str, ...]
    looks: str | None
    has_mixed_word: bool
    has_initial: bool
    is_foreign: bool
    letters: int


def _heard(found: re.Match[str]) -> str:
    doubled = found.group(1)
    return doubled or _HEARD[found.group()]


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """What a word in Latin letters sounds like.

    Example:
        >>> sound("meyer") == sound("maier"), sound("philipp") == sound("filip")
        (True, True)
    """
    heard = _SPELLINGS.sub(_heard, word).translate(_GROUPS)
    initial = _INITIALS.get(heard[:1], heard[:1])
    return initial + _SILENT.sub("", heard[1:])


@lru_cache(maxsize=65536)
def _word(word: str) -> _Word:
    mixed = is_mixed(word)
    looks = looks_latin(word)
    latin = looks if mixed and looks is not None else romanized(word)
    if len(word) == 1 and unicodedata.east_asian_width(word) != "W":
        latin = latin[:1]
    sounds: tuple[str, ...] = (sound(latin),)
    if has_few_vowels(word):
        sounds = tuple(dict.fromkeys((*sounds, sound(romanized(word, vowels=True)))))
    return _Word(latin, sounds, looks, mixed)


def _without(words: list[str], left_out: frozenset[str], *, least: int) -> list[str]:
    kept = [word for word in words if word not in left_out]
    return kept if len(kept) >= least else words


def _form(plain: str, given: list[str], kept: list[str]) -> NameForm | None:
    if not kept:
        return None
    if plain.isascii() and "0" not in plain and "1" not in plain:
        return _plain_form(plain, given, kept)
    read = [_word(word) for word in kept]
    words = tuple(sorted(word.latin for word in read))
    sounds = sorted({" ".join(sorted(one)) for one in islice(product(*(word.sounds for word in read)), _MOST_SOUNDS)})
    foreign = not plain.isascii() and any(word.latin != own for word, own in zip(read, kept, strict=False))
    seen = [word.looks for word in read]
    looks = " ".join(sorted(look for look in seen if look)) if None not in seen else None
    return NameForm(
        plain=plain,
        words=words,
        key=" ".join(words),
        joined="".join(_word(word).latin for word in given),
        sounds=tuple(sounds),
        looks=looks if any(look != word for look, word in zip(seen, kept, strict=False)) else None,
        has_mixed_word=any(word.is_mixed for word in read),
        has_initial=any(len(word) == 1 for word in words),
        is_foreign=foreign,
        letters=sum(_weight(sign) for word in words for sign in word),
    )


def _plain_form(plain: str, given: list[str], kept: list[str]) -> NameForm:
    """The form of a name that is in Latin letters already and can be taken for nothing else: most names, and fast."""
    words = tuple(sorted(kept))
    return NameForm(
        plain=plain,
        words=words,
        key=" ".join(words),
        joined="".join(given),
        sounds=(" ".join(sorted(map(sound, kept))),),
        looks=None,
        has_mixed_word=False,
        has_initial=min(map(len, kept)) == 1,
        is_foreign=False,
        letters=sum(map(len, words)),
    )


def _weight(sign: str) -> int:
    return 3 if unicodedata.east_asian_width(sign) == "W" and sign.isalpha() else int(sign.isalnum())


def read_person_name(name: str) -> NameForm | None:
    """The name of a person, read; ``None`` where nothing is left of it.

    Example:
        >>> read_person_name("Dr. Иван Петров").key
        'ivan petrov'
    """
    given = name.lower().split()
    if name.isascii() and "".join(given).isalpha():
        plain = " ".join(given)  # which is its matching key, and most names are so
    else:
        plain = matching_key(name)
        given = plain.translate(_BETWEEN_WORDS).split()
    given = _without(given, _ARE_TITLES, least=1)
    return _form(plain, given, _without(given, _ARE_PARTICLES, least=2))


def read_organization_name(name: str, *, forms: frozenset[str]) -> NameForm | None:
    """The name of an organization, read, without its legal form; ``None`` where nothing is left of it.

    Args:
        name: the name.
        forms: legal forms, as in ``LEGAL_FORMS``.

    Example:
        >>> from salesflow.leads.matching.legal_forms import LEGAL_FORMS
        >>> read_organization_name("Müller & Söhne GmbH & Co. KG", forms=LEGAL_FORMS).key
        'muller sohne'
    """
    plain = matching_key(_without_unspaced_form(name))
    words = plain.translate(_WITHIN_FORMS).split()
    kept = _without_forms(words, forms)
    return _form(plain, kept, _without(kept, JOINING_WORDS, least=1))


def _without_unspaced_form(name: str) -> str:
    if name.isascii():
        return name
    text = unicodedata.normalize("NFKC", name).strip()
    for form in UNSPACED_LEGAL_FORMS:
        bare = text.removeprefix(form).removesuffix(form).strip()
        if bare and bare != text:
            return bare
    return name


def _without_forms(words: list[str], forms: frozenset[str]) -> list[str]:
    """The words between the legal forms in front and at the end, or all where nothing is between."""
    first, last = 0, len(words)
    while first < last and (length := _form_at_end(words[first:last], forms)):
        last -= length
    while first < last and (length := _form_in_front(words[first:last], forms)):
        first += length
    return words[first:last] or words


def _form_at_end(words: list[str], forms: frozenset[str]) -> int:
    lengths = (length for length in (4, 3, 2, 1) if length < len(words) and " ".join(words[-length:]) in forms)
    length = next(lengths, 0)
    return length or int(len(words) > 1 and words[-1] in JOINING_WORDS)


def _form_in_front(words: list[str], forms: frozenset[str]) -> int:
    return int(
        len(words) > 1 and words[0] in forms and (len(words[0]) > 2 or not words[0].isascii() or words[0] in _FRONT)
    )


_FRONT = frozenset(["pt", "sc", "ud"])
