"""All promises of a storage in one class, without a test runner."""

from __future__ import annotations

from salesflow.testing.storage_contract.auditing import Auditing
from salesflow.testing.storage_contract.discretion import Discretion
from salesflow.testing.storage_contract.erasing import Erasing
from salesflow.testing.storage_contract.exploring import Exploring
from salesflow.testing.storage_contract.finding import Finding
from salesflow.testing.storage_contract.journaling import Journaling
from salesflow.testing.storage_contract.killing import Killing
from salesflow.testing.storage_contract.lasting import Lasting
from salesflow.testing.storage_contract.racing import Racing
from salesflow.testing.storage_contract.reading import Reading
from salesflow.testing.storage_contract.repeating import Repeating
from salesflow.testing.storage_contract.tenancy import Tenancy
from salesflow.testing.storage_contract.uniqueness import Uniqueness
from salesflow.testing.storage_contract.writing import Writing

__all__ = ["CHAPTERS", "Promises"]

CHAPTERS = (
    Reading,
    Writing,
    Repeating,
    Uniqueness,
    Racing,
    Finding,
    Journaling,
    Tenancy,
    Lasting,
    Killing,
    Erasing,
    Auditing,
    Discretion,
    Exploring,
)
"""The promises by what they are about."""


class Promises(
    Reading,
    Writing,
    Repeating,
    Uniqueness,
    Racing,
    Finding,
    Journaling,
    Tenancy,
    Lasting,
    Killing,
    Erasing,
    Auditing,
    Discretion,
    Exploring,
):
    """Every promise is a method whose name begins with ``test_`` and is a sentence; it takes a new, empty storage."""
