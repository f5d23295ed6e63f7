"""Contact details: e-mail addresses, phone numbers and postal addresses, as they were given.

What was given is kept as it was written, and a key says when two of them are meant as one: people write one
phone number in many ways, and the same mailbox in upper and lower case. The checks are pragmatic: they keep
out what cannot be an address and what would do harm in a mail header, and they do not ask a server whether
the mailbox exists.

All of it is personal. No error message repeats a value from here, and ``repr`` shows only enough to tell
two apart when debugging, so that logs and tracebacks do not spread it. ``str`` and the attributes give the
full value.
"""

from __future__ import annotations

import re
import unicodedata

import attrs

from salesflow.errors import InvalidValue
from salesflow.values.text import is_optional_line, line, matching_key

__all__ = ["FREE_MAIL_DOMAINS", "EmailAddress", "PhoneNumber", "PostalAddress"]

_FREE_MAIL = """
    126.com 163.com aim.com aol.com bk.ru bluewin.ch btinternet.com comcast.net fastmail.com foxmail.com
    free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hotmail.co.uk
    hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it hushmail.com icloud.com inbox.ru laposte.net
    libero.it list.ru live.co.uk live.com live.de live.fr mac.com mail.com mail.ru mailbox.org me.com
    msn.com naver.com orange.fr outlook.com outlook.de outlook.fr pm.me posteo.de proton.me
    protonmail.ch protonmail.com qq.com rediffmail.com rocketmail.com seznam.cz sina.com t-online.de
    tuta.com tutanota.com virgilio.it walla.co.il walla.com wanadoo.fr web.de wp.pl yahoo.ca yahoo.co.in
    yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.br yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com
    yandex.ru ymail.com zoho.com
"""

FREE_MAIL_DOMAINS = frozenset(_FREE_MAIL.split())
"""Domains where anyone can get a mailbox, so that sharing one says nothing about sharing an employer.

Which ones are well known enough to be here is our own choice."""

_LOCAL_PART = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL = re.compile(r"[^\W_]+(-+[^\W_]+)*")
_NAME_AND_ADDRESS = re.compile(r"[^<>]*<([^<>]*)>\s*")
_EMAIL_WAY_OUT = "give one address such as name@company.example"


def _check_address(_instance: object, _attribute: attrs.Attribute[str], value: str) -> None:
    line(value, field="email", limit=254, personal=True)
    local, _at, domain = value.rpartition("@")
    labels = _without_marks(domain).split(".")
    for holds, rule in (
        (value.count("@") == 1, "an e-mail address has exactly one @"),
        (1 <= len(local) <= 64, "an e-mail address has 1 to 64 characters before the @"),
        (
            _LOCAL_PART.fullmatch(_without_marks(local)),
            "before the @ of an e-mail address stand letters, digits, some signs and single dots",
        ),
        (len(labels) > 1, "the domain of an e-mail address has at least two parts, joined by a dot"),
        (
            all(len(label) <= 63 and _LABEL.fullmatch(label) for label in labels),
            "each part of the domain of an e-mail address has 1 to 63 letters, digits and inner hyphens",
        ),
        (not labels[-1].isdecimal(), "the domain of an e-mail address does not end in a number"),
    ):
        if not holds:
            raise InvalidValue(rule, field="email", way_out=_EMAIL_WAY_OUT)


def _check_text(_instance: object, _attribute: attrs.Attribute[str], value: str) -> None:
    line(value, field="phone", limit=50, personal=True)
    found = _NUMBER_AND_EXTENSION.fullmatch(value.strip())
    if found is None or "+" in found["number"].lstrip("(")[1:]:
        raise InvalidValue(
            "a phone number has ASCII digits, spaces, ( ) . - / and perhaps a + in front and an extension",
            field="phone",
            way_out="give it like +1 202 555 0123 ext. 5",
        )
    count = sum(map(str.isdigit, found["number"]))
    if not 4 <= count <= 15:
        raise InvalidValue(
            "a phone number has 4 to 15 digits",
            field="phone",
            way_out=f"this one has {count}; give one number in full",
        )


@attrs.frozen(repr=False)
class EmailAddress:
    """An e-mail address as it was written.

    Two are equal if they are written alike, and meant as one mailbox if their :attr:`matching_key` is equal.

    Attributes:
        address: the bare address, at most 254 characters, 64 of them before the ``@``. Letters of all
            scripts are allowed on both sides; quoted local parts, comments and IP addresses for a domain
            are not.

    Raises:
        WrongType: it is not text.
        InvalidValue: it cannot be an address; the message does not repeat it.

    Example:
        >>> EmailAddress("info@salesflow.example")
        EmailAddress('i***@salesflow.example')
    """

    address: str = attrs.field(validator=_check_address)

    @classmethod
    def parse(cls, text: str) -> EmailAddress:
        """The address in a text such as ``"Sales" <sales@company.example>``; the name is dropped.

        Args:
            text: one address, with or without a name before it and white space around it; at most 500
                characters.

        Raises:
            WrongType: it is not text.
            InvalidValue: there is no address in it, or more than one.
        """
        given = line(text, field="email", limit=500, personal=True)
        named = _NAME_AND_ADDRESS.fullmatch(given)
        return cls((named.group(1) if named else given).strip())

    @property
    def domain(self) -> str:
        """What stands after the ``@``, in lower case and without compatibility forms."""
        return _folded(self.address.rpartition("@")[2])

    @property
    def matching_key(self) -> str:
        """What is compared to find the same mailbox: the address in lower case, without compatibility forms.

        Strictly, only the domain ignores case; in practice no provider tells mailboxes apart by it.
        """
        return _folded(self.address)

    @property
    def is_free_mail(self) -> bool:
        """Whether anyone can get a mailbox at this domain, so that the domain names no organization."""
        return self.domain in FREE_MAIL_DOMAINS

    def __str__(self) -> str:
        return self.address

    def __repr__(self) -> str:
        return f"EmailAddress('{self.address[0]}***@{self.domain}')"


def _without_marks(text: str) -> str:
    """Letters alone, without the vowel signs and accents that many scripts write as characters of their own."""
    return text if text.isascii() else "".join(one for one in text if not unicodedata.category(one).startswith("M"))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


_NUMBER_AND_EXTENSION = re.compile(
    r"(?P<number>[0-9+().\-/\s]+?)\s*(?:,?\s*(?:extension|ext\.?|x|#)\s*(?P<extension>[0-9]{1,10}))?",
    re.IGNORECASE,
)


@attrs.frozen(repr=False)
class PhoneNumber:
    """A phone number as it was written.

    Two are equal if they are written alike, and meant as one line if their :attr:`matching_key` is equal.

    Attributes:
        text: the number, with 4 to 15 ASCII digits, an optional leading ``+``, spaces and ``( ) . - /``,
            and an optional extension (``x12``, ``ext. 12``, ``#12``).

    Raises:
        WrongType: it is not text.
        InvalidValue: it cannot be a phone number; the message does not repeat it.

    Example:
        >>> PhoneNumber("+1 (202) 555-0123 ext. 5").digits
        '12025550123'
    """

    text: str = attrs.field(validator=_check_text)

    def _part(self, name: str) -> str:
        found = _NUMBER_AND_EXTENSION.fullmatch(self.text.strip())
        return (found[name] or "") if found else ""

    @property
    def digits(self) -> str:
        """The digits of the number in order, without the extension."""
        return re.sub(r"[^0-9]", "", self._part("number"))

    @property
    def extension(self) -> str | None:
        """The digits of the extension, or ``None`` if there is none."""
        return self._part("extension") or None

    @property
    def is_international(self) -> bool:
        """Whether it begins with ``+`` or ``00``, so that a country code comes next."""
        return self._part("number").lstrip("( ").startswith(("+", "00"))

    @property
    def matching_key(self) -> str:
        """What is compared to find the same line: the digits without leading zeros, then the extension.

        ``+1 202 555 0123``, ``001 202 555 0123`` and ``1(202)555-0123`` share a key. A number without its
        country code does not share one with the full number: which country is meant cannot be known here,
        see :meth:`key_within`.
        """
        return self._key(self.digits.lstrip("0") or self.digits)

    def key_within(self, country_code: str) -> str:
        """The matching key, where a number that is not international is taken to be of one country.

        Args:
            country_code: the calling code in digits (``"49"``); one leading zero of the national number,
                where it has any, is dropped, as in most countries (Italy is an exception).

        Raises:
            InvalidValue: the country code is not 1 to 3 ASCII digits.
        """
        if not re.fullmatch(r"[1-9][0-9]{0,2}", line(country_code, field="country_code")):
            raise InvalidValue(
                "a calling code has 1 to 3 digits",
                field="country_code",
                value=country_code,
                way_out="give '49'",
            )
        return self.matching_key if self.is_international else self._key(country_code + self.digits.removeprefix("0"))

    def _key(self, digits: str) -> str:
        extension = self.extension
        return digits if extension is None else f"{digits}x{extension}"

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"PhoneNumber('***{self.digits[-2:]}')"


@attrs.frozen(kw_only=True, repr=False)
class PostalAddress:
    """A postal address; every part is optional, and ``None`` is unknown.

    Attributes:
        street: street and house number, or a post box.
        city: the city or town.
        region: the state, province or county.
        postal_code: the postal code, as text.
        country: the country, as its users write it; a name or a code.

    Raises:
        WrongType: a part is neither text nor ``None``.
        InvalidValue: a part is blank, not one line, or longer than 200 characters; the message does not
            repeat it.

    Example:
        >>> PostalAddress(city="Haifa", country="IL").lines
        ('Haifa', 'IL')
    """

    street: str | None = attrs.field(default=None, validator=is_optional_line(personal=True))
    city: str | None = attrs.field(default=None, validator=is_optional_line(personal=True))
    region: str | None = attrs.field(default=None, validator=is_optional_line(personal=True))
    postal_code: str | None = attrs.field(default=None, validator=is_optional_line(personal=True))
    country: str | None = attrs.field(default=None, validator=is_optional_line(personal=True))

    @property
    def lines(self) -> tuple[str, ...]:
        """The parts that are known, in the order of the attributes."""
        parts = (self.street, self.city, self.region, self.postal_code, self.country)
        return tuple(part for part in parts if part is not None)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it is known."""
        return not self.lines

    @property
    def matching_key(self) -> tuple[str, str, str, str, str]:
        """What is compared to find the same address: the matching key of each part, empty where unknown.

        White space in the postal code makes no difference. The country counts as it is written: ``DE`` and
        ``Germany`` differ.
        """
        return (
            matching_key(self.street or ""),
            matching_key(self.city or ""),
            matching_key(self.region or ""),
            matching_key(self.postal_code or "").replace(" ", ""),
            matching_key(self.country or ""),
        )

    def __str__(self) -> str:
        return ", ".join(self.lines)

    def __repr__(self) -> str:
        known = [one.name for one in attrs.fields(PostalAddress) if getattr(self, one.name) is not None]
        return f"PostalAddress({', '.join(f'{name}=***' for name in known)})"
