"""Stages: the positions that a deal can be in, each with what it is for and what must hold.

Beside what every position has, the hooks ``on_enter`` and ``on_exit`` may record more facts while a deal moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from salesflow.deal.deal import Deal
from salesflow.process.position import Position

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.sale import Sale

    D_contra = DefaultedTypeVar("D_contra", bound=Deal, contravariant=True, default=Deal)
else:
    D_contra = TypeVar("D_contra", bound=Deal, contravariant=True)

__all__ = ["Stage"]


class Stage(Position[D_contra]):
    """A position of deals in a process.

    Class attributes:
        title: what it is called on a screen; the key in plain words where it is not given.
        outcome: what being in it means; open where nothing else is said.
        probability: the chance of winning from here, a fraction, or ``None`` where it is not known.
        rots_after: how long a deal may stay before it counts as stuck, or ``None``.
        guidance: what to do in this stage, a sentence each.

    Args:
        after: the key of the stage that this one follows, where it is inserted into an inherited process.
        before: the key of the stage that this one precedes.

    Class keywords:
        without: names of inherited requirements that this stage does not have.

    Example::

        class SecurityReview(Stage[SaaSDeal]):
            \"\"\"The buyer's security team looks at how we keep their data.\"\"\"

            probability = Decimal("0.65")

            @exit_requirement("the security questionnaire covers every seat")
            def questionnaire_complete(self, deal: SaaSDeal) -> bool:
                return deal.seats > 0
    """

    def on_enter(self, sale: Sale[D_contra], /) -> None:
        """Called inside the move, after the deal entered this stage; may record more facts. Does nothing."""

    def on_exit(self, sale: Sale[D_contra], /) -> None:
        """Called inside the move, before the deal leaves this stage; may record more facts. Does nothing."""
