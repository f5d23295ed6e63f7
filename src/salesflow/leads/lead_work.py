"""The unit of work in which one actor changes one lead at one moment: what ``Sale`` is for deals."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, overload

from salesflow.errors import EngineOwned, NotNow
from salesflow.event import Event
from salesflow.leads.hand_over import HandOverDesk
from salesflow.leads.lead_stage import LeadStage
from salesflow.leads.qualifying import QualifyingDesk
from salesflow.outcome import Outcome
from salesflow.people.fields import ENTITY_FIELDS
from salesflow.people.lead import LEAD_ENGINE_FIELDS, Conversion, Lead, LeadUpdated
from salesflow.people.lead_moves import LeadConverted, LeadDisqualified, LeadReopened, LeadStageChanged
from salesflow.process.move import Move, Route
from salesflow.work import Attempt, Work, key_of_move

if TYPE_CHECKING:
    from typing import Never, Unpack

    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.leads.lead_fields import LeadFields
    from salesflow.leads.lead_process import LeadProcess

    L_co = DefaultedTypeVar("L_co", bound=Lead, default=Lead, covariant=True)
else:
    L_co = TypeVar("L_co", bound=Lead, covariant=True)

DeskType = TypeVar("DeskType")

__all__ = ["LeadWork", "told"]


class LeadWork(Work[L_co]):
    """One actor changes one lead at one moment. Made by ``process.capture``, ``adopt`` and ``work_on``.

    Attributes:
        lead: the lead as it is now.
        by: who works.
        at: when; aware.

    Example::

        work = process.work_on(storage.get(Lead, "L-1"), by="dan", at=now)
        work.disqualify(reason="no_budget")
        storage.commit(work.changes)
    """

    __slots__ = ("_conversion",)

    _process: LeadProcess[L_co]
    _made_by_moves = (LeadStageChanged,)
    _owned = tuple(sorted(LEAD_ENGINE_FIELDS - ENTITY_FIELDS - {"answers", "hand_overs"} | {"id"}))
    _not_plain = LEAD_ENGINE_FIELDS

    @property
    def lead(self) -> L_co:
        """The lead as it is now."""
        return self._entity

    @property
    def process(self) -> LeadProcess[L_co]:
        """The process that the lead runs under."""
        return self._process

    @property
    def stage(self) -> LeadStage[L_co]:
        """The stage that the lead is in."""
        return self._process.stage(self._entity.stage)

    # Moves --------------------------------------------------------------------------------------------------------

    def start(self) -> LeadStage[L_co]:
        """Begin to work the lead, or begin again.

        Raises:
            MoveRefused: requirements are not met; the error holds all of them.
            MoveNotAllowed: it is being worked, or is closed.
        """
        return self._fire(self._route("start", None))

    def nurture(self, *, reason: str, note: str = "") -> LeadStage[L_co]:
        """Leave the lead for later, and keep in touch.

        Args:
            reason: why not now, a line.
            note: what else there is to say.
        """
        return self._fire(self._route("nurture", None), reason=reason, note=note)

    def qualify(self) -> LeadStage[L_co]:
        """Say that the lead is ready to become a deal.

        Raises:
            MoveRefused: answers are missing, or do not suffice; the error holds all of them.
        """
        return self._fire(self._route("qualify", None))

    def disqualify(self, *, reason: str, note: str = "") -> LeadStage[L_co]:
        """Close the lead: too little potential.

        Args:
            reason: the key of one of the process's ``loss_reasons``.
            note: what else there is to say; some reasons need it.

        Raises:
            UnknownName: the process has no such reason.
            InvalidValue: the reason says nothing without a note.
        """
        return self._fire(self._route("disqualify", None), reason=reason, note=note)

    def recycle(self, *, reason: str, note: str = "") -> LeadStage[L_co]:
        """Give the lead back, to be looked at again; a disqualified one is opened again by it.

        Args:
            reason: why, a line.
            note: what else there is to say.
        """
        return self._fire(self._route("recycle", None), reason=reason, note=note)

    def convert(self, conversion: Conversion, /) -> LeadStage[L_co]:
        """Say what the lead became. ``plan_conversion`` does it, together with what it becomes.

        Args:
            conversion: the contact, organization and deal.

        Raises:
            NotNow: it was converted before; the error says what it became.
            MoveRefused: requirements are not met; the error holds all of them.
            MoveNotAllowed: it is not qualified.
        """
        before = self._entity.conversion
        if before is not None:
            raise NotNow(
                kind="lead",
                id=self._entity.id,
                tried="convert",
                because=f"it was converted, to {told(before)}",
                way_out="work on what it became",
            )
        return self._converting(conversion, lambda: self._fire(self._route("convert", None)))

    def move(
        self,
        move: Move[L_co] | str,
        /,
        *,
        to: LeadStage[Never] | str | None = None,
        reason: str | None = None,
        note: str = "",
    ) -> LeadStage[L_co]:
        """Make a move that the process names.

        Args:
            move: the move (``OurLeads.call``), or its key.
            to: the stage that it leads to, where it has several.
            reason: why; needed where the move asks for it, and for every move that disqualifies.
            note: what else there is to say.

        Raises:
            EngineOwned: a move that converts says what the lead became; use ``convert``.
            MoveRefused: requirements are not met; the error holds all of them.
            MoveNotAllowed: this stage has no such move.
        """
        route = self._route(key_of_move(move), to)
        if route.outcome is Outcome.WON:
            raise EngineOwned(
                kind="lead", id=self._entity.id, fields=["conversion"], way_out="use convert, or plan_conversion"
            )
        return self._fire(route, reason=reason, note=note)

    # Plain fields and desks ---------------------------------------------------------------------------------------

    @overload
    def update(self, /, **fields: Unpack[LeadFields]) -> L_co: ...
    @overload
    def update(self, edited: Lead, /) -> L_co: ...
    def update(self, edited: Lead | None = None, /, **fields: object) -> L_co:
        """Change plain fields of the lead.

        Args:
            edited: the lead with other values, for fields of your own: ``attrs.evolve(work.lead, size=5)``.
            **fields: the new values by name; ``None`` is a value.

        Returns:
            The lead as it is then. Values that are the same as before record nothing.

        Raises:
            EngineOwned: a field that only the engine, or a desk, writes.
            UnknownName: there is no such field.
            InvalidValue: a value breaks the rule of its field.
        """
        return self._update(edited, fields, lambda changes: LeadUpdated(at=self._at, by=self._by, changes=changes))

    @property
    def qualifying(self) -> QualifyingDesk[L_co]:
        """Where the questions of a qualification framework are answered."""
        return QualifyingDesk(self)

    @property
    def hand_over(self) -> HandOverDesk[L_co]:
        """Where the lead is handed over from the one who found it to the one who sells."""
        return HandOverDesk(self)

    def desk(self, kind: Callable[[LeadWork[L_co]], DeskType], /) -> DeskType:
        """A desk of your own.

        Args:
            kind: the class of the desk.
        """
        return kind(self)

    # The machine's side -------------------------------------------------------------------------------------------

    if TYPE_CHECKING:  # what the machine enters is a stage of leads

        def _fire(
            self, route: Route[L_co], *, reason: str | None = None, note: str = "", competitor: str | None = None
        ) -> LeadStage[L_co]: ...

    def _converting(self, conversion: Conversion, fire: Callable[[], LeadStage[L_co]]) -> LeadStage[L_co]:
        """Keep what the lead becomes for as long as the move takes."""
        self._conversion = conversion
        try:
            return fire()
        finally:
            del self._conversion

    def _moved(self, attempt: Attempt, target: str) -> Event[L_co]:
        lead, route = self._entity, attempt.route
        kind: type[LeadStageChanged] = LeadStageChanged
        extra: dict[str, Conversion] = {}
        if route.outcome is not lead.outcome:
            if route.outcome is Outcome.LOST:
                kind = LeadDisqualified
            elif route.outcome is Outcome.OPEN:
                kind = LeadReopened
            else:
                kind, extra = LeadConverted, {"conversion": self._conversion}
        return kind(
            at=self._at,
            by=self._by,
            move=route.move,
            source=lead.stage,
            target=target,
            entered_at=lead.entered_at,
            outcome=route.outcome,
            reason=attempt.reason,
            note=attempt.note,
            **extra,
        )


def told(conversion: Conversion) -> str:
    """What a lead became, for a message: ids say nothing about a person."""
    became = [
        f"{kind} {which}"
        for kind, which in (
            ("contact", conversion.contact_id),
            ("organization", conversion.organization_id),
            ("deal", conversion.deal_id),
        )
        if which is not None
    ]
    return ", ".join(became) or "nothing that was kept"
