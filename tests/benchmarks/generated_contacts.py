"""Made-up contacts with seeded duplicates and innocent look-alikes, the same for the same seed.

Names are put together from syllables, in six alphabets, and some are far more common than others, so that there are many
people of one name. Companies have few or many people, a switchboard, an ``info@`` mailbox and a domain. A seeded duplicate
is the record of somebody who is there already, written down a second time by somebody else: with a slip, the parts
of the name in another order, an initial, without accents, in another alphabet, in full width, with details missing,
renewed, or in another notation. How a name is carried over from one alphabet to another is decided here and not asked
of the library; several schemes are used, as in life.

A second record counts as a duplicate only as long as somebody who sees both could tell: it keeps the e-mail
address, or a phone number, or the organization together with a name of at least an initial and a whole word, or, where none of these is
known, the whole name without a slip. What falls below is drawn again.

Innocent look-alikes are people who have something in common and are not one: namesakes, colleagues, relatives in one
company, couples with one mailbox, and whoever is reached through the same switchboard or ``info@``.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Sequence
from itertools import accumulate

import attrs
from benchmarks.generated_alphabets import ALPHABETS, LATIN, Alphabet

from salesflow.people.contact import Contact
from salesflow.values.contact_details import EmailAddress, PhoneNumber

__all__ = ["Population", "population"]

ENDINGS = ["", "", "son", "mann", "berg", "ez", "sen", "ini", "ard", "ley", "wood"]
ACCENTS = {
    "a": "áàäâã",
    "e": "éèêë",
    "i": "íî",
    "o": "óöôø",
    "u": "úüû",
    "c": "çč",
    "s": "šś",
    "n": "ñń",
    "z": "žż",
    "l": "ł",
}
FREE_MAIL = [
    "gmail.com",
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "web.de",
    "mail.ru",
    "walla.co.il",
    "icloud.com",
]


INNOCENT = ["namesake"] * 6 + ["relative"] * 4 + ["colleague"] * 4 + ["mailbox"] * 4 + ["couple"]


@attrs.frozen
class Word:
    """A name in its own alphabet, and the ways in which it is written in Latin letters."""

    own: str
    latin: tuple[str, ...]


@attrs.define
class Person:
    """What a record is written from.

    ``seen`` says in words what was done to it, for looking at what is missed.
    """

    given: Word
    middle: Word | None
    family: Word
    alphabet: Alphabet
    company: int | None
    email: str | None
    phone: str | None
    mobile: str | None
    name: str
    done: str = ""


@attrs.frozen
class Population:
    """Contacts, and which of them are one person.

    Attributes:
        contacts: in random order.
        duplicates: the seeded ones: pairs of ids of a first and a second record, the smaller id first.
        one_person: all pairs of records of one person; two second records need not have anything in common.
        how: what was done to a seeded duplicate, by its id.
        redrawn: how many second records were drawn again because nobody could have told.
    """

    contacts: tuple[Contact, ...]
    duplicates: frozenset[tuple[str, str]]
    one_person: frozenset[tuple[str, str]]
    how: dict[str, str]
    redrawn: int


def population(size: int, *, seed: int, duplicates: float = 0.1) -> Population:
    """So many contacts, of which a share is seeded duplicates."""
    return _Maker(size, seed, duplicates).made()


class _Maker:
    def __init__(self, size: int, seed: int, share: float) -> None:
        self.size, self.share = size, share
        self.random = random.Random(seed)
        self.names = {alphabet: self._names(alphabet) for alphabet in ALPHABETS}
        self.companies = self._companies(max(20, size // 9))
        self.weights = list(accumulate(1 / (rank + 6) ** 0.8 for rank in range(len(self.companies))))
        self.mailboxes: set[str] = set()
        self.redrawn = 0

    def _word(self, alphabet: Alphabet, count: int, ending: str = "") -> Word:
        parts = [self.random.choice(alphabet.syllables) for _ in range(count)]
        latin = {"".join(self.random.choice(latin) for _own, latin in parts) + ending for _ in range(3)}
        own = "".join(part for part, _latin in parts) + ending
        if alphabet.accents and self.random.random() < 0.6:
            own = self._accented(own)
            latin = {self._without_accents(own)}
        return Word(own, tuple(sorted(latin)))

    def _accented(self, word: str) -> str:
        places = [place for place, letter in enumerate(word) if letter in ACCENTS]
        place = self.random.choice(places) if places else 0
        return word[:place] + self.random.choice(ACCENTS.get(word[place], word[place])) + word[place + 1 :]

    def _without_accents(self, word: str) -> str:
        if self.random.random() < 0.3:
            word = word.replace("ö", "oe").replace("ü", "ue").replace("ä", "ae").replace("ø", "oe")
        bare = "".join(one for one in unicodedata.normalize("NFD", word) if not unicodedata.combining(one))
        return bare.replace("ø", "o").replace("ł", "l")

    def _names(self, alphabet: Alphabet) -> tuple[list[Word], list[float], list[Word], list[float]]:
        draw = self.random
        plain = alphabet.code in ("1", "44", "49")
        given = [self._word(alphabet, draw.choice([1, 2, 2]) if plain else draw.choice([2, 2, 3])) for _ in range(500)]
        family = [
            self._word(
                alphabet,
                draw.choice([1, 2, 2]) if plain else draw.choice([2, 3, 3]),
                draw.choice(ENDINGS) if plain else "",
            )
            for _ in range(6000)
        ]
        weights = list(accumulate(1 / (place + 10) for place in range(6000)))
        return given, weights[:500], family, weights

    def _companies(self, count: int) -> list[tuple[str, str]]:
        """Domains and switchboards."""
        draw = self.random
        names = {"".join(draw.choice(LATIN)[0] for _ in range(draw.choice([2, 3]))) for _ in range(count * 2)}
        chosen = sorted(names)[:count]
        draw.shuffle(chosen)
        return [
            (f"{name}.{draw.choice(['com', 'com', 'example', 'de', 'io', 'co.uk'])}", self._digits(9))
            for name in chosen
        ]

    def _digits(self, count: int) -> str:
        return str(self.random.randrange(2, 9)) + "".join(str(self.random.randrange(10)) for _ in range(count - 1))

    def _chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def _person(self) -> Person:
        draw = self.random
        alphabet = draw.choices(ALPHABETS, [one.share for one in ALPHABETS])[0]
        given, given_weights, family, family_weights = self.names[alphabet]
        person = Person(
            given=draw.choices(given, cum_weights=given_weights)[0],
            middle=draw.choices(given, cum_weights=given_weights)[0] if self._chance(0.12) else None,
            family=draw.choices(family, cum_weights=family_weights)[0],
            alphabet=alphabet,
            company=draw.choices(range(len(self.companies)), cum_weights=self.weights)[0] if self._chance(0.88) else None,
            email=None, phone=None, mobile=None, name="",
        )  # fmt: skip
        self._give_details(person)
        return person

    def _give_details(self, person: Person) -> None:
        person.name = self._full_name(person, in_latin=self._chance(0.35))
        person.email = self._email(person) if self._chance(0.9) else None
        person.phone = self._phone(person) if self._chance(0.7) else None
        person.mobile = (
            self._number(person, "5" + self._digits(person.alphabet.digits - 1)) if self._chance(0.4) else None
        )

    def _full_name(self, person: Person, *, in_latin: bool) -> str:
        words = [person.given, *([person.middle] if person.middle else []), person.family]
        return " ".join((self.random.choice(word.latin) if in_latin else word.own).title() for word in words)

    def _email(self, person: Person) -> str:
        draw = self.random
        given, family = draw.choice(person.given.latin), draw.choice(person.family.latin)
        local = draw.choice(
            [f"{given}.{family}", f"{given[0]}{family}", f"{given[0]}.{family}", f"{family}.{given}", given, family]
        )
        if person.company is not None and self._chance(0.7):
            domain = self.companies[person.company][0]
            return f"info@{domain}" if self._chance(0.05) else self._free(local, domain)
        return self._free(f"{local}{draw.randrange(1, 9999) if self._chance(0.85) else ''}", draw.choice(FREE_MAIL))

    def _free(self, local: str, domain: str) -> str:
        """A mailbox that nobody has yet, as those who give them out see to."""
        mailbox = f"{local}@{domain}"
        while mailbox in self.mailboxes:
            mailbox = f"{local}{self.random.randrange(2, 99)}@{domain}"
        self.mailboxes.add(mailbox)
        return mailbox

    def _phone(self, person: Person) -> str:
        if person.company is not None and self._chance(0.3):
            return self._number(person, self.companies[person.company][1])
        return self._number(person, self._digits(person.alphabet.digits))

    def _number(self, person: Person, national: str) -> str:
        return f"{person.alphabet.code} {national}"

    def made(self) -> Population:
        doubled = int(self.size * self.share)
        people = [self._person() for _ in range(int((self.size - doubled) * 0.93))]
        while len(people) < self.size - doubled:
            people.append(self._innocent(self.random.choice(people)))
        owners = self.random.choices(range(len(people)), k=doubled)
        everyone = [(place, person) for place, person in enumerate(people)]
        everyone += [(place, self._second(people[place])) for place in owners]
        self.random.shuffle(everyone)
        contacts, of_person = [], {}
        for number, (place, person) in enumerate(everyone):
            contacts.append(self._contact(f"C-{number:06}", person))
            of_person.setdefault(place, []).append(contacts[-1].id)
        pairs = {(one, two) for ids in of_person.values() for one in ids for two in ids if one < two}
        first = {
            place: contact.id for contact, (place, person) in zip(contacts, everyone, strict=True) if not person.done
        }
        seeded = {
            (min(first[place], contact.id), max(first[place], contact.id))
            for contact, (place, person) in zip(contacts, everyone, strict=True)
            if person.done
        }
        how = {
            contact.id: person.done for contact, (_place, person) in zip(contacts, everyone, strict=True) if person.done
        }
        return Population(tuple(contacts), frozenset(seeded), frozenset(pairs), how, self.redrawn)

    def _innocent(self, other: Person) -> Person:
        """Somebody else who has something in common with a person."""
        person = self._person()
        kind = self.random.choice(INNOCENT)
        person.alphabet = other.alphabet
        given, given_weights, family, family_weights = self.names[other.alphabet]
        person.given = self.random.choices(given, cum_weights=given_weights)[0]
        person.family = (
            other.family
            if kind in ("namesake", "relative", "couple")
            else self.random.choices(family, cum_weights=family_weights)[0]
        )
        while person.given == other.given:
            person.given = self.random.choice(given)
        if kind == "namesake":
            person.given, person.middle = other.given, other.middle
        if kind in ("relative", "colleague", "mailbox"):
            person.company = other.company
        self._give_details(person)
        if kind == "couple" and other.email is not None and "info@" not in other.email:
            person.email = other.email if other.email.partition("@")[2] in FREE_MAIL else person.email
        if kind == "colleague" and other.company is not None:
            person.phone = self._number(person, self.companies[other.company][1])
        if kind == "mailbox" and other.company is not None:
            person.email = "info@" + self.companies[other.company][0]
        return person

    def _second(self, first: Person) -> Person:
        while True:
            person, kept = self._written_again(first)
            if kept:
                return person
            self.redrawn += 1

    def _written_again(self, first: Person) -> tuple[Person, bool]:
        """The record of a person as somebody else writes it, and whether who sees both could tell."""
        person = attrs.evolve(first)
        whole = self._write_name(person)
        done = [person.done]
        said_nothing = True
        same_email = same_phone = False
        if first.email is not None:
            fate = self.random.choices(["same", "lost", "another", "slip"], [45, 30, 20, 5])[0]
            same_email = fate in ("same", "slip") and not first.email.startswith("info@")
            said_nothing &= fate == "lost"
            person.email = {"same": first.email, "lost": None, "slip": self._slipped_email(first.email)}.get(fate, "")
            if fate == "another":
                person.email = self._email(person)
            done.append(f"e-mail {fate}")
        if first.phone is not None:
            fate = self.random.choices(["same", "lost", "another"], [50, 33, 17])[0]
            switchboard = first.company is not None and first.phone.endswith(self.companies[first.company][1])
            same_phone = fate == "same" and not switchboard
            person.phone = {"same": first.phone, "lost": None}.get(fate, self._phone(person))
            said_nothing &= fate == "lost"
            done.append(f"phone {fate}")
        if first.mobile is not None:
            fate = self.random.choices(["same", "lost", "as phone"], [45, 40, 15])[0]
            same_phone |= fate != "lost"
            person.mobile = first.mobile if fate == "same" else None
            if fate == "as phone":
                person.phone = first.mobile
            said_nothing &= fate == "lost"
            done.append(f"mobile {fate}")
        same_company = person.company is not None
        if first.company is not None:
            fate = self.random.choices(["same", "lost", "another"], [78, 15, 7])[0]
            same_company = fate == "same"
            said_nothing &= fate != "another"
            if fate != "same":
                person.company = None if fate == "lost" else self.random.randrange(len(self.companies))
            done.append(f"company {fate}")
        person.done = ", ".join(done)
        named = whole in ("same", "slip", "initial")
        kept = same_email or same_phone or (same_company and named) or (said_nothing and whole == "same")
        return person, kept

    def _write_name(self, person: Person) -> str:
        """Write the name another way; returns what is left of it: same, slip, initial or part."""
        draw = self.random
        ways: list[tuple[str, int, Callable[[Person], str], str]] = [
            ("as it was", 25, lambda one: one.name, "same"),
            ("a slip", 18, lambda one: self._slip(one.name), "slip"),
            ("family name first", 12, self._family_first, "same"),
            ("with an initial", 8, self._with_initial, "initial"),
            ("without the middle name", 5, lambda one: f"{one.given.own} {one.family.own}".title(), "same"),
            ("another alphabet", 14, self._other_alphabet, "same"),
            ("capitals", 5, lambda one: one.name.upper(), "same"),
            (
                "full width",
                4,
                lambda one: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in one.name),
                "same",
            ),
            ("a title", 4, lambda one: f"{draw.choice(['Dr.', 'Mr.', 'Ms.', 'Prof.'])} {one.name}", "same"),
            ("the family name alone", 3, lambda one: one.family.own.title(), "part"),
            ("a slip and family name first", 2, lambda one: self._slip(self._family_first(one)), "slip"),
        ]
        way, _weight, write, left = draw.choices(ways, [weight for _way, weight, _write, _left in ways])[0]
        person.name = write(person)
        person.done = way
        return left

    def _family_first(self, person: Person) -> str:
        words = person.name.split()
        return f"{words[-1]}{',' if self._chance(0.5) else ''} {' '.join(words[:-1])}"

    def _with_initial(self, person: Person) -> str:
        words = person.name.split()
        return f"{words[0][0]}. {words[-1]}"

    def _other_alphabet(self, person: Person) -> str:
        return self._full_name(person, in_latin=not person.name.isascii())

    def _slip(self, text: str) -> str:
        """One slip of the keyboard, at any letter."""
        draw = self.random
        places = [place for place, sign in enumerate(text) if sign.isalpha()]
        place = draw.choice(places)
        letters = sorted({sign.lower() for sign in text if sign.isalpha()})
        kind = draw.choice(["left out", "added", "changed", "swapped", "doubled"])
        if kind == "left out":
            return text[:place] + text[place + 1 :]
        if kind == "swapped" and place + 1 in places:
            return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        if kind == "doubled":
            return text[:place] + text[place] + text[place:]
        new = draw.choice([*letters, *("abcdefghijklmnopqrstuvwxyz" if text.isascii() else letters)])
        return text[:place] + new + text[place + (kind != "added") :]

    def _slipped_email(self, email: str) -> str:
        """The address with a slip before the ``@``, as long as that is an address."""
        local, _, domain = email.partition("@")
        slipped = self._slip(local)
        is_address = slipped.strip(".") == slipped != "" and ".." not in slipped
        return f"{slipped if is_address else local}@{domain}"

    def _contact(self, id: str, person: Person) -> Contact:
        return Contact(
            id=id,
            name=person.name,
            organization_id=None if person.company is None else f"O-{person.company}",
            email=None if person.email is None else EmailAddress(person.email),
            phone=self._written(person.phone),
            mobile=self._written(person.mobile),
        )

    def _written(self, number: str | None) -> PhoneNumber | None:
        """A number in one of the notations that people use."""
        if number is None:
            return None
        code, _, national = number.partition(" ")
        grouped = f"{national[:3]} {national[3:6]} {national[6:]}"
        trunk = {"1": "", "7": "8 "}.get(code, "0")
        notations: Sequence[str] = (
            f"+{code} {grouped}",
            f"+{code}{national}",
            f"00{code} {grouped}",
            f"+{code} ({national[:3]}) {national[3:6]}-{national[6:]}",
            f"{trunk}{grouped}",
        )
        return PhoneNumber(self.random.choices(notations, [30, 25, 10, 15, 20])[0])
