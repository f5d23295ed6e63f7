"""Who gets which lead.

A plan is made from what is passed in and nothing else, so the same leads, sellers and way give the same plan. Each lead,
in the order given (rank them first), goes to one of the sellers who may have it; which of them, the way decides. A
seller gets none who is archived, has opted out, has a maximum of 0, or has had the quota of the day or of the thirty
days. A lead that nobody may have stays unassigned, and the plan says why. A plan changes nothing: the host looks at it,
and applies it.

Whose turn it is goes by who has waited longest, and not by a place in a list: a list forgets those who were passed over
because a lead was not for them. A plan ends with the order of turns, and the next one begins with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import attrs

from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.leads.quota import Given, daily_quota, is_count, is_optional_count, left_today
from salesflow.values.decimals import exact_decimal
from salesflow.values.text import are_lines, identifier, is_identifier

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

__all__ = [
    "Allowed",
    "Assignable",
    "Assigned",
    "AssignmentPlan",
    "AssignmentWay",
    "Candidate",
    "Choice",
    "Seller",
    "SellerShare",
    "Unassigned",
    "assign",
]


class Assignable(Protocol):
    """What can be assigned: a lead, a deal, or anything else with an id and an owner."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def owner(self) -> str | None:
        """Who is responsible for it already."""
        ...


if TYPE_CHECKING:
    A = DefaultedTypeVar("A", bound=Assignable, default=Assignable)
    A_contra = DefaultedTypeVar("A_contra", bound=Assignable, default=Assignable, contravariant=True)
else:
    A = TypeVar("A")
    A_contra = TypeVar("A_contra", contravariant=True)


def _weight(value: Decimal | int | str) -> Decimal:
    weight = exact_decimal(value, field="weight")
    if weight < 0:
        raise InvalidValue("a weight is 0 or more", field="weight", value=weight, way_out="give 0 for no leads")
    return weight


def _is_given(_instance: object, attribute: attrs.Attribute[Given], value: object) -> None:
    if not isinstance(value, Given):
        raise WrongType("says how many lately", field=attribute.name, value=value, way_out="give Given(day, month)")


def _territories(values: Iterable[str]) -> tuple[str, ...]:
    return values if isinstance(values, str) else tuple(values)  # type: ignore[return-value]  # refused by the validator


@attrs.frozen(kw_only=True)
class Seller:
    """Somebody who may be given leads.

    Attributes:
        id: who it is.
        monthly_maximum: the most leads in thirty days; ``None`` is no maximum, 0 is none at all.
        given: how many were given lately.
        open_leads: how many they are working on.
        weight: their share beside the others, where leads go by weight; 0 is none.
        territories: the territories that they work.
        is_archived: whether they are no longer there.
        has_opted_out: whether they want no leads for now.

    Raises:
        WrongType: a number is a ``float`` or no number.
        InvalidValue: a number is negative.
    """

    id: str = attrs.field(validator=is_identifier())
    monthly_maximum: int | None = attrs.field(default=None, validator=is_optional_count())
    given: Given = attrs.field(factory=Given, validator=_is_given)
    open_leads: int = attrs.field(default=0, validator=is_count())
    weight: Decimal = attrs.field(default=Decimal(1), converter=_weight)
    territories: tuple[str, ...] = attrs.field(default=(), converter=_territories, validator=are_lines())
    is_archived: bool = False
    has_opted_out: bool = False

    @property
    def left(self) -> int | None:
        """How many leads they may be given now; ``None`` where there is no maximum."""
        return None if self.monthly_maximum is None else left_today(self.monthly_maximum, self.given)

    @property
    def barred_because(self) -> str | None:
        """Why they may not be given any lead now, or ``None`` where they may."""
        if self.is_archived:
            return "is archived"
        if self.has_opted_out:
            return "has opted out"
        if self.monthly_maximum is None or self.left:
            return None
        if not self.monthly_maximum:
            return "has a maximum of 0"
        if self.given.last_30_days >= self.monthly_maximum:
            return "has had the maximum of thirty days"
        return f"has had the quota of the day, {daily_quota(self.monthly_maximum)}"


@attrs.frozen(kw_only=True)
class Candidate:
    """A seller who may have the lead that is being assigned.

    Attributes:
        seller: who it is.
        given_now: how many leads of this plan they got so far.
        turn: whose turn it is: the lower, the longer they have waited.
    """

    seller: Seller
    given_now: int
    turn: int


@attrs.frozen
class Choice:
    """Whom a way gives a lead, or why nobody.

    Attributes:
        seller_id: one of the candidates, or ``None``.
        because: why, in a phrase.
    """

    seller_id: str | None
    because: str


Allowed = Callable[[A, Seller], bool]
"""Whether a lead may go to a seller at all."""


class AssignmentWay(Protocol[A_contra]):
    """How a lead finds its seller; write your own with this method. It must be pure."""

    def choose(self, lead: A_contra, candidates: Sequence[Candidate], /) -> Choice:
        """Choose among those who may have the lead; there is at least one, in the order in which sellers were given."""
        ...


@attrs.frozen(kw_only=True)
class Assigned:
    """A lead and who gets it.

    Attributes:
        lead_id: which lead.
        seller_id: who gets it.
        because: why they do.
    """

    lead_id: str
    seller_id: str
    because: str


@attrs.frozen(kw_only=True)
class Unassigned:
    """A lead that nobody gets.

    Attributes:
        lead_id: which lead.
        because: why not.
    """

    lead_id: str
    because: str


@attrs.frozen(kw_only=True)
class SellerShare:
    """What a plan gives one seller.

    Attributes:
        seller_id: who it is.
        given_now: how many leads of this plan.
        left: how many more they may be given now; ``None`` where there is no maximum.
        barred_because: why they could not be given any.
    """

    seller_id: str
    given_now: int
    left: int | None
    barred_because: str | None


@attrs.frozen(kw_only=True)
class AssignmentPlan:
    """Who gets which lead and why, and which leads stay.

    Attributes:
        assigned: the leads that somebody gets, in their order.
        unassigned: those that nobody gets.
        shares: what each seller gets, in the order of the sellers.
        turn: the ids of the sellers by their turn, to begin the next plan with.
    """

    assigned: tuple[Assigned, ...]
    unassigned: tuple[Unassigned, ...]
    shares: tuple[SellerShare, ...]
    turn: tuple[str, ...]

    def leads_of(self, seller_id: str, /) -> tuple[str, ...]:
        """The ids of the leads that a seller gets."""
        return tuple(one.lead_id for one in self.assigned if one.seller_id == seller_id)


class _Desk(Generic[A]):
    """The sellers while one plan is made: what each got, and whose turn it is."""

    def __init__(self, sellers: Sequence[Seller], turn: Iterable[str], allowed: Allowed[A] | None) -> None:
        self.sellers = sellers
        self.allowed = allowed
        self.barred = {seller.id: seller.barred_because for seller in sellers}
        self.left = {seller.id: seller.left for seller in sellers}
        self.given = dict.fromkeys(self.barred, 0)
        waiting = dict.fromkeys(one for one in turn if one in self.given) | self.given
        self.turns = {one: place - len(waiting) for place, one in enumerate(waiting)}

    def give(self, seller_id: str, number: int) -> None:
        self.given[seller_id] += 1
        self.turns[seller_id] = number

    def choice(self, lead: A, way: AssignmentWay[A]) -> Choice:
        if lead.owner is not None:
            return Choice(None, "has an owner already")
        free = [seller for seller in self.sellers if self._may_have_more(seller)]
        if not free:
            return Choice(None, "no seller may be given a lead now" if self.sellers else "there are no sellers")
        candidates = [
            Candidate(seller=one, given_now=self.given[one.id], turn=self.turns[one.id])
            for one in free
            if self._is_allowed(lead, one)
        ]
        if not candidates:
            return Choice(None, "no seller who may be given a lead now is allowed to have it")
        return _checked(way.choose(lead, candidates), [one.seller.id for one in candidates])

    def _may_have_more(self, seller: Seller) -> bool:
        left = self.left[seller.id]
        return self.barred[seller.id] is None and (left is None or self.given[seller.id] < left)

    def _is_allowed(self, lead: A, seller: Seller) -> bool:
        verdict = self.allowed is None or self.allowed(lead, seller)
        if not isinstance(verdict, bool):
            raise WrongType("whether a seller may have a lead is yes or no", field="allowed", way_out="return a bool")
        return verdict

    def shares(self) -> tuple[SellerShare, ...]:
        return tuple(
            SellerShare(
                seller_id=one,
                given_now=given,
                left=None if (left := self.left[one]) is None else left - given,
                barred_because=self.barred[one],
            )
            for one, given in self.given.items()
        )


def _checked(choice: Choice, candidates: list[str]) -> Choice:
    if not isinstance(choice, Choice):
        raise WrongType("a way of assigning returns a Choice", field="way", way_out="return Choice(seller_id, why)")
    if choice.seller_id is not None and choice.seller_id not in candidates:
        raise UnknownName("candidate", choice.seller_id, candidates, where="this choice")
    return choice


def assign(
    leads: Iterable[A],
    sellers: Iterable[Seller],
    way: AssignmentWay[A],
    *,
    turn: Iterable[str] = (),
    allowed: Allowed[A] | None = None,
) -> AssignmentPlan:
    """Plan who gets which lead.

    Args:
        leads: in the order in which they are to be given; one that has an owner is left to them.
        sellers: who there is; their order decides where nothing else does.
        way: how a lead finds its seller, such as ``RoundRobin()``.
        turn: ``turn`` of the plan before: who has waited longest comes first. Sellers who are not in it come last, and
            ids of nobody who is there are passed over.
        allowed: which leads which sellers may have at all, where not everybody every one; a pure function.

    Raises:
        InvalidValue: a lead or a seller comes twice.
        WrongType: something is no ``Seller``, has no id, the way returns no ``Choice``, or ``allowed`` no bool.
        UnknownName: the way chose somebody who is no candidate.

    Example:
        ``assign(leads, [Seller(id="noa", monthly_maximum=45), Seller(id="ben")], RoundRobin())``
    """
    given = _different(sellers, what="sellers", kind=Seller)
    desk = _Desk(given, turn, allowed)
    assigned: list[Assigned] = []
    unassigned: list[Unassigned] = []
    for number, lead in enumerate(_different(leads, what="leads", kind=object)):
        choice = desk.choice(lead, way)
        if choice.seller_id is None:
            unassigned.append(Unassigned(lead_id=lead.id, because=choice.because))
        else:
            desk.give(choice.seller_id, number)
            assigned.append(Assigned(lead_id=lead.id, seller_id=choice.seller_id, because=choice.because))
    return AssignmentPlan(
        assigned=tuple(assigned),
        unassigned=tuple(unassigned),
        shares=desk.shares(),
        turn=tuple(sorted(desk.turns, key=desk.turns.__getitem__)),
    )


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Identified)


def _different(given: Iterable[T], *, what: str, kind: type[object]) -> list[T]:
    """What was given as a list, once it is known that nothing comes twice."""
    found: dict[str, T] = {}
    for one in given:
        if not isinstance(one, kind) or not hasattr(one, "id"):
            raise WrongType("is made of what has an id", field=what, way_out=f"not {type(one).__name__}")
        if identifier(one.id, field=what) in found:
            raise InvalidValue("comes once in a plan", field=what, value=one.id, way_out="leave one out")
        found[one.id] = one
    return list(found.values())
