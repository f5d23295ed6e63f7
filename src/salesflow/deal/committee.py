"""The buying committee: who on the customer's side has a say, in which role, and who is for us.

Few purchases are decided by one person. One decides, one pays, one checks, one works with it, one signs; one
speaks for us inside, another against. A contact's role belongs to the deal: in the next deal the same person
may have another one.

One of them is the primary contact, the one we talk to. The first member becomes it unless the seller says
otherwise. There is never more than one; and when the primary contact leaves the committee, there is none
until another is set, because guessing who it would be is how the wrong person gets the offer.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from salesflow.deal.children import chosen, is_a, is_optional_a, nothing_given
from salesflow.deal.desk import D, Desk
from salesflow.errors import InvalidValue, NotNow, UnknownName, WrongType
from salesflow.event import Event
from salesflow.values.personal import personal
from salesflow.values.text import identifier, is_identifier, is_optional_line, is_prose

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal

__all__ = [
    "BuyingRole",
    "CommitteeDesk",
    "CommitteeMember",
    "CommitteeMemberAdded",
    "CommitteeMemberChanged",
    "CommitteeMemberRemoved",
    "CommitteeMemberReplaced",
    "PrimaryContactSet",
    "Stance",
    "primary",
    "signers",
]


class BuyingRole(StrEnum):
    """What part somebody plays in the decision to buy."""

    DECISION_MAKER = "decision maker"
    ECONOMIC_BUYER = "economic buyer"
    CHAMPION = "champion"
    INFLUENCER = "influencer"
    EVALUATOR = "evaluator"
    USER = "user"
    BLOCKER = "blocker"
    LEGAL = "legal"
    OTHER = "other"


class Stance(StrEnum):
    """Whether somebody is for us."""

    SUPPORTER = "supporter"
    NEUTRAL = "neutral"
    OPPONENT = "opponent"


@attrs.frozen(kw_only=True)
class CommitteeMember:
    """A contact with a say in this deal.

    Attributes:
        contact_id: who, by the id of the contact.
        roles: what part they play, at least one; the main one first.
        is_primary: whether this is the one we talk to.
        may_sign: whether they may sign for their side.
        stance: whether they are for us; ``None`` is not known.
        note: what else there is to say; up to 10,000 characters.
    """

    contact_id: str
    roles: tuple[BuyingRole, ...]
    is_primary: bool = False
    may_sign: bool = False
    stance: Stance | None = None
    note: str = attrs.field(default="", metadata=personal())


def primary(committee: Iterable[CommitteeMember]) -> CommitteeMember | None:
    """The primary contact, or ``None`` where there is none.

    Example:
        ``primary(deal.committee)``
    """
    return next((member for member in committee if member.is_primary), None)


def signers(committee: Iterable[CommitteeMember]) -> tuple[CommitteeMember, ...]:
    """Those who may sign for the customer.

    Example:
        ``signers(deal.committee)``
    """
    return tuple(member for member in committee if member.may_sign)


def _are_roles(
    _instance: object, attribute: attrs.Attribute[tuple[BuyingRole, ...]], value: tuple[BuyingRole, ...]
) -> None:
    if not isinstance(value, tuple) or not all(isinstance(role, BuyingRole) for role in value):
        raise WrongType(
            "must be a tuple of buying roles",
            field=attribute.name,
            value=value,
            way_out="give (BuyingRole.CHAMPION,)",
        )
    if not value or len(set(value)) != len(value):
        raise InvalidValue(
            "a member has at least one role, and each role once",
            field=attribute.name,
            value=value,
            way_out="give BuyingRole.OTHER where it is not known",
        )


@attrs.frozen(kw_only=True)
class CommitteeMemberAdded(Event["Deal"]):
    """A contact turned out to have a say."""

    contact_id: str = attrs.field(validator=is_identifier())
    roles: tuple[BuyingRole, ...] = attrs.field(validator=_are_roles)
    is_primary: bool = attrs.field(default=False, validator=is_a(bool))
    may_sign: bool = attrs.field(default=False, validator=is_a(bool))
    stance: Stance | None = attrs.field(default=None, validator=is_optional_a(Stance))
    note: str = attrs.field(default="", validator=is_prose(personal=True), metadata=personal())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more member of the committee."""
        member = CommitteeMember(
            contact_id=self.contact_id,
            roles=self.roles,
            is_primary=self.is_primary,
            may_sign=self.may_sign,
            stance=self.stance,
            note=self.note,
        )
        return deal.changed_by(self, committee=(*deal.committee, member))


@attrs.frozen(kw_only=True)
class CommitteeMemberChanged(Event["Deal"]):
    """A member's part in the decision is known better now; this is what it is."""

    contact_id: str = attrs.field(validator=is_identifier())
    roles: tuple[BuyingRole, ...] = attrs.field(validator=_are_roles)
    may_sign: bool = attrs.field(validator=is_a(bool))
    stance: Stance | None = attrs.field(default=None, validator=is_optional_a(Stance))
    note: str = attrs.field(default="", validator=is_prose(personal=True), metadata=personal())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this member as known now."""
        changed = attrs.evolve(
            _member(deal.committee, self.contact_id),
            roles=self.roles,
            may_sign=self.may_sign,
            stance=self.stance,
            note=self.note,
        )
        members = tuple(changed if one.contact_id == self.contact_id else one for one in deal.committee)
        return deal.changed_by(self, committee=members)


@attrs.frozen(kw_only=True)
class PrimaryContactSet(Event["Deal"]):
    """Another member is the one we talk to now."""

    contact_id: str = attrs.field(validator=is_identifier())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this member, and no other, as the primary contact."""
        _member(deal.committee, self.contact_id)
        members = tuple(attrs.evolve(one, is_primary=one.contact_id == self.contact_id) for one in deal.committee)
        return deal.changed_by(self, committee=members)


@attrs.frozen(kw_only=True)
class CommitteeMemberRemoved(Event["Deal"]):
    """A member has no say any more."""

    contact_id: str = attrs.field(validator=is_identifier())
    reason: str | None = attrs.field(
        default=None, validator=is_optional_line(limit=1000, personal=True), metadata=personal()
    )

    def apply(self, deal: Deal, /) -> Deal:
        """The deal without this member; nobody else becomes the primary contact by it."""
        gone = _member(deal.committee, self.contact_id)
        return deal.changed_by(self, committee=tuple(one for one in deal.committee if one is not gone))


@attrs.frozen(kw_only=True)
class CommitteeMemberReplaced(Event["Deal"]):
    """A member turned out to be the same person as another contact: their records were merged.

    Attributes:
        contact_id: the contact that was merged away, or that is brought back.
        into: the contact that stands in its place.
    """

    contact_id: str = attrs.field(validator=is_identifier())
    into: str = attrs.field(validator=is_identifier())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with the other contact in this place; where that one is a member too, the two are one."""
        gone = _member(deal.committee, self.contact_id)
        other = next((one for one in deal.committee if one.contact_id == self.into), None)
        stands = attrs.evolve(gone, contact_id=self.into) if other is None else _united(other, gone)
        place = gone if other is None else other
        members = (stands if one is place else one for one in deal.committee if one is place or one is not gone)
        return deal.changed_by(self, committee=tuple(members))


def _united(member: CommitteeMember, other: CommitteeMember) -> CommitteeMember:
    """Two members who are one person; what is said of the first counts, and what only the other says is added."""
    return attrs.evolve(
        member,
        roles=tuple(dict.fromkeys((*member.roles, *other.roles))),
        is_primary=member.is_primary or other.is_primary,
        may_sign=member.may_sign or other.may_sign,
        stance=member.stance or other.stance,
        note=member.note or other.note,
    )


def _member(committee: Iterable[CommitteeMember], which: CommitteeMember | str) -> CommitteeMember:
    contact_id = which.contact_id if isinstance(which, CommitteeMember) else which
    members = tuple(committee)
    for member in members:
        if member.contact_id == contact_id:
            return member
    raise UnknownName("committee member", contact_id, [one.contact_id for one in members], where="the committee")


def _roles(roles: BuyingRole | str | Iterable[BuyingRole | str]) -> tuple[BuyingRole, ...]:
    if not isinstance(roles, Iterable):
        raise WrongType("must be a buying role, or several", field="roles", value=roles, way_out='give "champion"')
    several = (roles,) if isinstance(roles, str) else tuple(roles)
    return tuple(dict.fromkeys(chosen(BuyingRole, role, kind="buying role") for role in several))


class CommitteeDesk(Desk[D]):
    """Where it is kept who has a say in the purchase: ``sale.committee``."""

    __slots__ = ()

    @property
    def primary(self) -> CommitteeMember | None:
        """The one we talk to, or ``None`` where there is none."""
        return primary(self.deal.committee)

    @property
    def signers(self) -> tuple[CommitteeMember, ...]:
        """Those who may sign for the customer."""
        return signers(self.deal.committee)

    def add(
        self,
        contact_id: str,
        roles: BuyingRole | str | Iterable[BuyingRole | str],
        *,
        is_primary: bool | None = None,
        may_sign: bool = False,
        stance: Stance | str | None = None,
        note: str = "",
    ) -> CommitteeMember:
        """Record that a contact has a say.

        Args:
            contact_id: who, by the id of the contact.
            roles: a ``BuyingRole`` or several, the main one first.
            is_primary: whether this is the one we talk to; where not given, the first member is and others
                are not.
            may_sign: whether they may sign for their side.
            stance: ``supporter``, ``neutral`` or ``opponent``; ``None`` is not known.
            note: what else there is to say; up to 10,000 characters.

        Raises:
            UnknownName: there is no such role or stance.
            InvalidValue: no role is given, or the id or the note breaks its rule.
            NotNow: the contact is a member already, there is another primary contact, or the deal is closed.

        Example:
            ``sale.committee.add("C-1", BuyingRole.DECISION_MAKER, may_sign=True)``
        """
        self._check_open("add a committee member")
        members = self.deal.committee
        if any(member.contact_id == contact_id for member in members):
            raise NotNow(
                id=self.deal.id,
                tried=f"add {identifier(contact_id, field='contact_id')} to the committee",
                because="the contact is a member already",
                way_out="change the member instead",
            )
        if is_primary is True:
            self._check_no_primary(contact_id)
        self._record(
            CommitteeMemberAdded(
                at=self._sale.at,
                by=self._sale.by,
                contact_id=contact_id,
                roles=_roles(roles),
                is_primary=not members if is_primary is None else is_primary,
                may_sign=may_sign,
                stance=None if stance is None else chosen(Stance, stance, kind="stance"),
                note=note,
            )
        )
        return self.deal.committee[-1]

    def change(
        self,
        member: CommitteeMember | str,
        *,
        roles: BuyingRole | str | Iterable[BuyingRole | str] | None = None,
        may_sign: bool | None = None,
        stance: Stance | str | None = None,
        note: str | None = None,
    ) -> CommitteeMember:
        """Record that a member's part is known better now. What is not given stays.

        Args:
            member: the member, or the id of the contact.
            roles: all roles that they have, the main one first.
            may_sign: whether they may sign for their side.
            stance: ``supporter``, ``neutral`` or ``opponent``.
            note: replaces the note before.

        Raises:
            UnknownName: there is no such member, role or stance.
            InvalidValue: nothing is given, or no role.
            NotNow: the deal is closed.
        """
        self._check_open("change a committee member")
        found = _member(self.deal.committee, member)
        if roles is None and may_sign is None and stance is None and note is None:
            raise nothing_given("committee member", "roles", "may_sign", "stance", "note")
        self._record(
            CommitteeMemberChanged(
                at=self._sale.at,
                by=self._sale.by,
                contact_id=found.contact_id,
                roles=found.roles if roles is None else _roles(roles),
                may_sign=found.may_sign if may_sign is None else may_sign,
                stance=found.stance if stance is None else chosen(Stance, stance, kind="stance"),
                note=found.note if note is None else note,
            )
        )
        return _member(self.deal.committee, found)

    def set_primary(self, member: CommitteeMember | str) -> CommitteeMember:
        """Record that this member is the one we talk to, in place of whoever it was.

        Args:
            member: the member, or the id of the contact.

        Raises:
            UnknownName: there is no such member.
            NotNow: this member is it already, or the deal is closed.
        """
        self._check_open("set the primary contact")
        found = _member(self.deal.committee, member)
        if found.is_primary:
            raise NotNow(
                id=self.deal.id,
                tried=f"make {found.contact_id} the primary contact",
                because="the contact is it already",
                way_out="leave it, or name another member",
            )
        self._record(PrimaryContactSet(at=self._sale.at, by=self._sale.by, contact_id=found.contact_id))
        return _member(self.deal.committee, found)

    def remove(self, member: CommitteeMember | str, *, reason: str | None = None) -> None:
        """Record that a member has no say any more.

        If it was the primary contact, there is none until another one is set.

        Args:
            member: the member, or the id of the contact.
            reason: why; up to 1,000 characters.

        Raises:
            UnknownName: there is no such member.
            NotNow: the deal is closed.
        """
        self._check_open("remove a committee member")
        found = _member(self.deal.committee, member)
        self._record(
            CommitteeMemberRemoved(at=self._sale.at, by=self._sale.by, contact_id=found.contact_id, reason=reason)
        )

    def _check_no_primary(self, contact_id: str) -> None:
        holder = primary(self.deal.committee)
        if holder is not None:
            raise NotNow(
                id=self.deal.id,
                tried=f"add {identifier(contact_id, field='contact_id')} as the primary contact",
                because=f"{holder.contact_id} is the primary contact",
                way_out="add the member without is_primary, then call set_primary",
            )
