"""Where entities and their histories are kept: the promises, queries, and a storage in memory."""

from salesflow.storage.erasure import Erasure, PersonalDataErased
from salesflow.storage.memory import MemoryStorage, UniqueKey
from salesflow.storage.protocols import AsyncEraser, AsyncJournal, AsyncStorage, Eraser, Journal, Storage, Tenants
from salesflow.storage.query import Page, Query, between, eq, is_null, not_null, one_of
from salesflow.storage.receipt import JournalEntry, Receipt

__all__ = [
    "AsyncEraser",
    "AsyncJournal",
    "AsyncStorage",
    "Eraser",
    "Erasure",
    "Journal",
    "JournalEntry",
    "MemoryStorage",
    "Page",
    "PersonalDataErased",
    "Query",
    "Receipt",
    "Storage",
    "Tenants",
    "UniqueKey",
    "between",
    "eq",
    "is_null",
    "not_null",
    "one_of",
]
