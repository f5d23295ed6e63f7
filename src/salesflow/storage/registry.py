"""Which classes can be written, under which name and schema number, and how older forms are brought up to date.

A stored form outlives the code that wrote it: modules move, classes are renamed, fields come and go. So a record
carries a *name* that was given to it on purpose, never the path of a module, and the *schema number* of its shape.
Whoever changes a shape raises the number and says how data of the number before becomes data of the new one: an
upcaster, a function from dict to dict. Upcasters are applied one after the other, so each is written once and never
touched again. Data of a higher number than the program knows is refused: guessing would lose what the newer program
wrote.

The library's own records are known from the start, under the names of their classes. Classes of your own are
registered. Nothing is ever imported because data names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Final

import attrs

from salesflow.errors import InvalidValue
from salesflow.storage.own_shapes import EARLIER_SHAPES
from salesflow.storage.plain.form import JSON, below
from salesflow.values.text import line

__all__ = ["OWN", "TAGS", "RecordType", "Registry", "Upcaster"]

Upcaster = Callable[[dict[str, JSON]], dict[str, JSON]]
"""From the fields of a record in one schema to its fields in the next. It may change and return what it is given."""

TAGS: Final = ("type", "schema", "extends")
"""What a record says about itself, beside its fields."""

OWN: Final[Mapping[str, str]] = {
    name: f"salesflow.{home}"
    for home, names in {
        "changes": "ChangeSet",
        "event": "Recorded",
        "storage.receipt": "Receipt JournalEntry",
        "storage.erasure": "PersonalDataErased Erasure",
        "storage.audit": "LinkedEntry ChainLink ChainHead",
        "people.lead": "Lead LeadCaptured LeadUpdated",
        "leads.qualifying": "AnswerGiven AnswerRetracted AnswersCarriedOver",
        "people.lead_moves": "LeadAdopted LeadStageChanged LeadDisqualified LeadConverted LeadReopened "
        "LeadProcessMigrated",
        "people.hand_over": "HandOverSubmitted HandOverAccepted HandOverRejected HandOverRecycled",
        "people.merging": "MergedAway ContactsMerged OrganizationsMerged LeadsMerged ContactMergeUndone "
        "OrganizationMergeUndone LeadMergeUndone",
        "people.contact": "Contact ContactAdded ContactUpdated",
        "people.organization": "Organization OrganizationAdded OrganizationUpdated",
        "deal.deal": "Deal",
        "deal.event": "DealOpened DealAdopted DealUpdated StageChanged DealWon DealLost DealReopened DealHeld "
        "DealResumed ProcessMigrated",
        "deal.qualification": "QualificationRecorded QualificationRetracted",
        "deal.needs": "NeedRecorded NeedRevised NeedDropped",
        "deal.briefing": "ProductAdded ProductRemoved PricingPrepared CompetitorAdded CompetitorRemoved "
        "CompetitionChecked PitchPrepared",
        "deal.meetings": "MeetingPlanned MeetingRecorded MeetingHeld MeetingCanceled MeetingMissed MeetingRescheduled",
        "deal.presentation": "NeedShown ReactionNoted",
        "deal.objections": "ObjectionRaised ObjectionAnswered ObjectionResolved ObjectionLeftStanding "
        "ObjectionWithdrawn ObjectionReopened",
        "deal.signals": "ClosingSignalNoticed",
        "deal.closing_terms.events": "TermsProposed TermsCountered TermsApproved TermsAccepted TermsSigned TermsRejected "
        "TermsExpired TermsWithdrawn",
        "deal.committee": "CommitteeMemberAdded CommitteeMemberChanged PrimaryContactSet CommitteeMemberRemoved "
        "CommitteeMemberReplaced",
        "deal.line_items": "LineItemAdded LineItemChanged LineItemRemoved",
        "deal.follow_up.events": "DeliveryChecked CadenceAgreed CadenceEnded FeedbackRecorded OpeningNoted OpeningLinked "
        "LoyaltyNoted",
        "measure.goals": "Goal GoalProposed GoalCommitted GoalRevised GoalReassigned GoalWithdrawn",
        "measure.meeting": "TeamMeeting TeamMeetingOpened ConcernRaised SolutionContributed DecisionMade DecisionSettled "
        "TeamMeetingClosed",
        "deal.tasks": "TaskAdded TaskCompleted TaskCanceled TaskReopened TaskReassigned TaskRescheduled",
    }.items()
    for name in names.split()
}
"""The library's own records, and the module of each."""


@attrs.frozen(kw_only=True)
class RecordType:
    """What is known of a class that can be written.

    Attributes:
        cls: the class.
        name: what it is called in stored data.
        schema: the number of its present shape, from 1.
        upcasters: from each earlier number to the next.
        is_own: whether it is one of the library's own.
    """

    cls: type
    name: str
    schema: int = 1
    upcasters: Mapping[int, Upcaster] = attrs.field(factory=dict)
    is_own: bool = False


class Registry:
    """The classes that can be written."""

    def __init__(self) -> None:
        self._by_name: dict[str, RecordType] = {}
        self._by_class: dict[type, RecordType] = {}

    def add(self, record: RecordType, formerly: tuple[str, ...]) -> None:
        """Make a class known.

        Raises:
            InvalidValue: a name is taken, the class is known already, a number or an upcaster is wrong.
        """
        cls = record.cls
        if not attrs.has(cls):
            raise InvalidValue(
                "a record is an attrs class",
                field="cls",
                value=cls.__name__,
                way_out="decorate it with @attrs.frozen(kw_only=True)",
            )
        clash = [field.name for field in attrs.fields(cls) if field.name in TAGS]
        if clash:
            raise InvalidValue(
                f"the names {', '.join(TAGS)} say what a record is, and no field can have them",
                field=clash[0],
                value=cls.__name__,
                way_out="rename the field, to 'kind' say",
            )
        if type(record.schema) is not int or record.schema < 1:
            raise InvalidValue("a schema number counts from 1", field="schema", value=record.schema)
        if set(record.upcasters) != set(range(1, record.schema)):
            raise InvalidValue(
                f"schema {record.schema} needs an upcaster from each number before it, and from no other",
                field="upcasters",
                value=sorted(record.upcasters),
                way_out="give {1: from_1_to_2, 2: from_2_to_3} for schema 3",
            )
        if self.of(cls) is not None:
            raise InvalidValue("a class is registered once", field="cls", value=cls.__name__)
        for name in (record.name, *formerly):
            line(name, field="name", limit=60)
            if self.named(name) is not None:
                raise InvalidValue("a name belongs to one class", field="name", value=name, way_out="give another name")
        for name in (record.name, *formerly):
            self._by_name[name] = record
        self._by_class[cls] = record

    def named(self, name: str) -> RecordType | None:
        """The class that is stored under this name, or was."""
        found = self._by_name.get(name)
        if found is None and name in OWN:
            cls = getattr(import_module(OWN[name]), name)
            earlier = EARLIER_SHAPES.get(name, {})
            found = RecordType(cls=cls, name=name, schema=len(earlier) + 1, upcasters=earlier, is_own=True)
            self._by_name[name] = self._by_class[cls] = found
        return found

    def of(self, cls: type) -> RecordType | None:
        """What is known of a class."""
        found = self._by_class.get(cls)
        if found is None and OWN.get(cls.__name__) == cls.__module__:
            found = self.named(cls.__name__)
        return found

    def known(self) -> Iterator[RecordType]:
        """All classes, each once: the library's own first, then the others in the order in which they came."""
        for name in OWN:
            self.named(name)
        yield from sorted(self._by_class.values(), key=lambda record: not record.is_own)

    def extended(self, record: RecordType) -> tuple[RecordType, ...]:
        """The records that a class of yours builds on, the farthest first; a change of theirs is a change of it."""
        if record.is_own:
            return ()
        found = (self.of(base) for base in reversed(record.cls.__mro__[1:]))
        return tuple(base for base in found if base is not None)

    def up_to_date(self, record: RecordType, data: dict[str, JSON], at: str) -> dict[str, JSON]:
        """The fields of a record in its present schema, without what it says about itself.

        Raises:
            InvalidValue: a number is missing or newer than this program knows, or an upcaster failed.
        """
        fields = {name: value for name, value in data.items() if name not in TAGS}
        extended = self.extended(record)
        if extended or "extends" in data:
            numbers = data.get("extends")
            if type(numbers) is not dict or set(numbers) != {base.name for base in extended}:
                raise InvalidValue(
                    f"{record.name} says the schema number of {_names(extended)}, which it builds on",
                    field=below(at, "extends"),
                )
            for base in extended:
                fields = _upcast(base, numbers[base.name], fields, below(below(at, "extends"), base.name))
        return _upcast(record, data.get("schema"), fields, below(at, "schema"))


def _names(records: tuple[RecordType, ...]) -> str:
    return ", ".join(record.name for record in records) or "nothing"


def _upcast(record: RecordType, number: JSON, fields: dict[str, JSON], at: str) -> dict[str, JSON]:
    if type(number) is not int or number < 1:
        raise InvalidValue("a schema number counts from 1", field=at, way_out="give the number it was written with")
    if number > record.schema:
        raise InvalidValue(
            f"{record.name} is known here up to schema {record.schema}, and this is newer",
            field=at,
            value=number,
            way_out="read it with a newer version of the program that wrote it",
        )
    for step in range(number, record.schema):
        try:
            fields = record.upcasters[step](fields)
        except Exception as error:
            raise InvalidValue(
                f"the upcaster of {record.name} from schema {step} failed with {type(error).__name__}", field=at
            ) from None
        if type(fields) is not dict:
            raise InvalidValue(f"the upcaster of {record.name} from schema {step} gave no dict", field=at)
    return fields
