"""salesflow: the sales process as an embeddable, typed domain model, where nothing gets past a rule.

Every name loads when it is first asked for, so importing the library costs an application next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from salesflow.changes import Change as Change
    from salesflow.changes import ChangeSet as ChangeSet
    from salesflow.deal.closing_terms import ApprovalRule as ApprovalRule
    from salesflow.deal.committee import BuyingRole as BuyingRole
    from salesflow.deal.deal import Deal as Deal
    from salesflow.deal.deal import ForecastCategory as ForecastCategory
    from salesflow.deal.desk import Desk as Desk
    from salesflow.deal.event import DealAdopted as DealAdopted
    from salesflow.deal.event import DealHeld as DealHeld
    from salesflow.deal.event import DealLost as DealLost
    from salesflow.deal.event import DealOpened as DealOpened
    from salesflow.deal.event import DealReopened as DealReopened
    from salesflow.deal.event import DealResumed as DealResumed
    from salesflow.deal.event import DealUpdated as DealUpdated
    from salesflow.deal.event import DealWon as DealWon
    from salesflow.deal.event import ProcessMigrated as ProcessMigrated
    from salesflow.deal.event import StageChanged as StageChanged
    from salesflow.deal.objections import ObjectionKind as ObjectionKind
    from salesflow.deal.objections import ObjectionPlaybook as ObjectionPlaybook
    from salesflow.deal.objections import PreparedAnswer as PreparedAnswer
    from salesflow.deal.payment_terms import PaymentTerms as PaymentTerms
    from salesflow.entity import Entity as Entity
    from salesflow.errors import CurrencyMismatch as CurrencyMismatch
    from salesflow.errors import DuplicateKey as DuplicateKey
    from salesflow.errors import EngineOwned as EngineOwned
    from salesflow.errors import InvalidValue as InvalidValue
    from salesflow.errors import KeyReused as KeyReused
    from salesflow.errors import MissingExtra as MissingExtra
    from salesflow.errors import MoveNotAllowed as MoveNotAllowed
    from salesflow.errors import MoveRefused as MoveRefused
    from salesflow.errors import NotFound as NotFound
    from salesflow.errors import NotNow as NotNow
    from salesflow.errors import OutOfOrder as OutOfOrder
    from salesflow.errors import PolicyRefused as PolicyRefused
    from salesflow.errors import ProcessDefinitionError as ProcessDefinitionError
    from salesflow.errors import ProcessMismatch as ProcessMismatch
    from salesflow.errors import Refused as Refused
    from salesflow.errors import SalesflowError as SalesflowError
    from salesflow.errors import StaleVersion as StaleVersion
    from salesflow.errors import StorageError as StorageError
    from salesflow.errors import UnknownName as UnknownName
    from salesflow.errors import WrongType as WrongType
    from salesflow.event import Creation as Creation
    from salesflow.event import Event as Event
    from salesflow.event import Recorded as Recorded
    from salesflow.event import fold as fold
    from salesflow.outcome import Outcome as Outcome
    from salesflow.people.contact import Contact as Contact
    from salesflow.people.lead import Lead as Lead
    from salesflow.people.organization import Organization as Organization
    from salesflow.process.answers import DryRun as DryRun
    from salesflow.process.answers import NextMove as NextMove
    from salesflow.process.definition import Probability as Probability
    from salesflow.process.definition import SalesProcess as SalesProcess
    from salesflow.process.migration import Migration as Migration
    from salesflow.process.move import Move as Move
    from salesflow.process.policy import Policy as Policy
    from salesflow.process.reasons import LossReason as LossReason
    from salesflow.process.requirement import Requirement as Requirement
    from salesflow.process.requirement import Unmet as Unmet
    from salesflow.process.requirement import entry_requirement as entry_requirement
    from salesflow.process.requirement import exit_requirement as exit_requirement
    from salesflow.process.requirement import requirement as requirement
    from salesflow.process.stage import Stage as Stage
    from salesflow.sale import Sale as Sale
    from salesflow.storage.memory import MemoryStorage as MemoryStorage
    from salesflow.values.contact_details import EmailAddress as EmailAddress
    from salesflow.values.contact_details import PhoneNumber as PhoneNumber
    from salesflow.values.contact_details import PostalAddress as PostalAddress
    from salesflow.values.currencies import Currency as Currency
    from salesflow.values.currencies import currency as currency
    from salesflow.values.moments import Period as Period
    from salesflow.values.money import Money as Money

_HOMES = {
    "changes": (
        "Change",
        "ChangeSet",
    ),
    "deal.closing_terms": ("ApprovalRule",),
    "deal.committee": ("BuyingRole",),
    "deal.deal": (
        "Deal",
        "ForecastCategory",
    ),
    "deal.desk": ("Desk",),
    "deal.event": (
        "DealAdopted",
        "DealHeld",
        "DealLost",
        "DealOpened",
        "DealReopened",
        "DealResumed",
        "DealUpdated",
        "DealWon",
        "ProcessMigrated",
        "StageChanged",
    ),
    "deal.objections": (
        "ObjectionKind",
        "ObjectionPlaybook",
        "PreparedAnswer",
    ),
    "outcome": ("Outcome",),
    "deal.payment_terms": ("PaymentTerms",),
    "entity": ("Entity",),
    "errors": (
        "CurrencyMismatch",
        "DuplicateKey",
        "EngineOwned",
        "InvalidValue",
        "KeyReused",
        "MissingExtra",
        "MoveNotAllowed",
        "MoveRefused",
        "NotFound",
        "NotNow",
        "OutOfOrder",
        "PolicyRefused",
        "ProcessDefinitionError",
        "ProcessMismatch",
        "Refused",
        "SalesflowError",
        "StaleVersion",
        "StorageError",
        "UnknownName",
        "WrongType",
    ),
    "event": (
        "Creation",
        "Event",
        "Recorded",
        "fold",
    ),
    "people.contact": ("Contact",),
    "people.lead": ("Lead",),
    "people.organization": ("Organization",),
    "process.answers": (
        "DryRun",
        "NextMove",
    ),
    "process.definition": (
        "Probability",
        "SalesProcess",
    ),
    "process.migration": ("Migration",),
    "process.move": ("Move",),
    "process.policy": ("Policy",),
    "process.reasons": ("LossReason",),
    "process.requirement": (
        "Requirement",
        "Unmet",
        "entry_requirement",
        "exit_requirement",
        "requirement",
    ),
    "process.stage": ("Stage",),
    "sale": ("Sale",),
    "storage.memory": ("MemoryStorage",),
    "values.contact_details": (
        "EmailAddress",
        "PhoneNumber",
        "PostalAddress",
    ),
    "values.currencies": (
        "Currency",
        "currency",
    ),
    "values.moments": ("Period",),
    "values.money": ("Money",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ApprovalRule",
    "BuyingRole",
    "Change",
    "ChangeSet",
    "Contact",
    "Creation",
    "Currency",
    "CurrencyMismatch",
    "Deal",
    "DealAdopted",
    "DealHeld",
    "DealLost",
    "DealOpened",
    "DealReopened",
    "DealResumed",
    "DealUpdated",
    "DealWon",
    "Desk",
    "DryRun",
    "DuplicateKey",
    "EmailAddress",
    "EngineOwned",
    "Entity",
    "Event",
    "ForecastCategory",
    "InvalidValue",
    "KeyReused",
    "Lead",
    "LossReason",
    "MemoryStorage",
    "Migration",
    "MissingExtra",
    "Money",
    "Move",
    "MoveNotAllowed",
    "MoveRefused",
    "NextMove",
    "NotFound",
    "NotNow",
    "ObjectionKind",
    "ObjectionPlaybook",
    "Organization",
    "OutOfOrder",
    "Outcome",
    "PaymentTerms",
    "Period",
    "PhoneNumber",
    "Policy",
    "PolicyRefused",
    "PostalAddress",
    "PreparedAnswer",
    "Probability",
    "ProcessDefinitionError",
    "ProcessMigrated",
    "ProcessMismatch",
    "Recorded",
    "Refused",
    "Requirement",
    "Sale",
    "SalesProcess",
    "SalesflowError",
    "Stage",
    "StageChanged",
    "StaleVersion",
    "StorageError",
    "UnknownName",
    "Unmet",
    "WrongType",
    "currency",
    "entry_requirement",
    "exit_requirement",
    "fold",
    "requirement",
]


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
