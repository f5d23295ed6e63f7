"""What the tests of all adapters share: what a storage under test is made of."""

from __future__ import annotations

from salesflow import Contact, Deal
from salesflow.storage.records import Records
from salesflow.testing.storage_contract import OWN_KINDS

INDEXED: dict[type, tuple[str, ...]] = {
    Deal: ("stage", "owner", "amount", "expected_close", "opened_at"),
    Contact: ("owner", "email"),
}


def own_records() -> Records:
    """Records that know the classes of the contract."""
    records = Records()
    for kind in OWN_KINDS:
        records.register(kind, name=kind.__name__, schema=1)
    return records
