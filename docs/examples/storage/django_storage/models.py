"""The tables. They are written through ``DjangoStorage`` alone: ``save()``, the admin and bulk updates leave no event.

A row is found by its tenant and what follows, never by a number of its own, so the primary keys are composite.
"""

# mypy: disable-error-code="var-annotated,type-arg"
# What a field holds is known to the mypy plugin of django-stubs, which needs your settings.

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class Text(models.TextField):
    """Text that is compared and sorted letter by letter: ``"C"`` on PostgreSQL, SQLite's own ``BINARY``."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        """As Django asks for it when it makes the column."""
        collation = "C" if connection.vendor == "postgresql" else None
        return {**super().db_parameters(connection), "collation": collation}


def _index(field: str) -> models.Index:
    return models.Index(fields=["tenant", "kind", f"key_{field}", "id"], name=f"sales_{field}")


class StoredEntity(models.Model):
    """An entity as it is now. A column ``key_...`` holds what a field is searched and sorted by."""

    pk = models.CompositePrimaryKey("tenant", "kind", "id")
    tenant = Text()
    kind = Text()
    id = Text()
    version = models.BigIntegerField()
    body = models.TextField()
    key_stage = Text(null=True)
    key_owner = Text(null=True)
    key_amount = Text(null=True)
    key_expected_close = Text(null=True)
    key_opened_at = Text(null=True)
    key_email = Text(null=True)
    key_name = Text(null=True)

    class Meta:
        db_table = "sales_entity"
        indexes = tuple(map(_index, ("stage", "owner", "amount", "expected_close", "opened_at", "email", "name")))


class StoredEvent(models.Model):
    """An event at its place in the journal, with its link of the audit chain where one is kept."""

    pk = models.CompositePrimaryKey("tenant", "position")
    tenant = Text()
    position = models.BigIntegerField()
    kind = Text()
    id = Text()
    version = models.BigIntegerField()
    body = models.TextField()
    content = models.TextField(null=True)
    redacted = models.TextField(null=True)
    hash = models.TextField(null=True)

    class Meta:
        db_table = "sales_event"
        constraints = (models.UniqueConstraint(fields=["tenant", "kind", "id", "version"], name="sales_history"),)


class TakenKey(models.Model):
    """A unique key, and who has it."""

    pk = models.CompositePrimaryKey("tenant", "kind", "name", "value")
    tenant = Text()
    kind = Text()
    name = Text()
    value = Text()
    id = Text()

    class Meta:
        db_table = "sales_taken_key"


class KeptRequest(models.Model):
    """A set that was committed under an idempotency key, as its fingerprint, and its receipt."""

    pk = models.CompositePrimaryKey("tenant", "key")
    tenant = Text()
    key = Text()
    fingerprint = models.TextField()
    receipt = models.TextField()

    class Meta:
        db_table = "sales_request"


class JournalEnd(models.Model):
    """The last position of a tenant's journal; whoever commits holds this row."""

    tenant = Text(primary_key=True)
    last = models.BigIntegerField()

    class Meta:
        db_table = "sales_journal"
