"""The standard process: seven stages, from the first mention to a customer who comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Never, TypeVar

from salesflow.deal.deal import Deal
from salesflow.process.definition import SalesProcess
from salesflow.process.move import Move
from salesflow.process.requirement import requirement
from salesflow.process.stage import Stage
from salesflow.standard.approach import Approach
from salesflow.standard.closing import Closing
from salesflow.standard.follow_up import FollowUp
from salesflow.standard.lost import Lost
from salesflow.standard.objection_handling import ObjectionHandling, unsettled
from salesflow.standard.preparation import Preparation
from salesflow.standard.presentation import Presentation
from salesflow.standard.prospecting import Prospecting

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    D = DefaultedTypeVar("D", bound=Deal, default=Deal)
else:
    D = TypeVar("D", bound=Deal)

__all__ = ["StandardProcess"]


@requirement("no objection is open", hint="Settle it in the stage for it.")
def no_objection_is_open(deal: Deal) -> Iterator[str]:
    """What is open, in the customer's words."""
    yield from unsettled(deal)


class StandardProcess(SalesProcess[D]):
    """Prospecting, preparation, approach, presentation, objection handling, closing, follow-up.

    A deal is won by entering follow-up, which needs accepted and valid terms, with every approval, signed by someone with
    the authority. Objection handling may be passed over only while no objection is open.

    Example::

        process = StandardProcess()
        sale = process.open(id="D-1", name="Order desk", amount=Money("48000", "EUR"), by="noa", at=now)
    """

    key = "standard"
    title = "Standard sales process"

    prospecting: ClassVar[Stage[Never]] = Prospecting()
    preparation: ClassVar[Stage[Never]] = Preparation()
    approach: ClassVar[Stage[Never]] = Approach()
    presentation: ClassVar[Stage[Never]] = Presentation()
    objection_handling: ClassVar[Stage[Never]] = ObjectionHandling()
    closing: ClassVar[Stage[Never]] = Closing()
    follow_up: ClassVar[Stage[Never]] = FollowUp()
    lost: ClassVar[Stage[Never]] = Lost()

    pass_over_objections: ClassVar[Move[Deal]] = Move(
        source="presentation",
        target="closing",
        requires=(no_objection_is_open,),
        title="Pass over objection handling",
    )
