"""Deals as rows that the ORM can filter and the admin can list. They are read, and never written.

The rows are a view in the database, made by the migration, on top of what ``django_storage`` keeps. So they are never behind,
and there is nothing to write to: the database refuses to change a view, whoever asks and however he asks.
"""

# mypy: disable-error-code="var-annotated"
# What a field holds is known to the mypy plugin of django-stubs, which needs your settings.

from __future__ import annotations

from typing import NoReturn

from django.db import models


class DealRow(models.Model):
    """A deal, as far as lists need it."""

    id = models.TextField(primary_key=True)
    name = models.TextField()
    stage = models.TextField()
    outcome = models.TextField()
    owner = models.TextField(null=True)
    amount = models.TextField(null=True)
    expected_close = models.DateField(null=True)
    version = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "selling_deal"
        ordering = ("id",)
        verbose_name = "deal"
        default_permissions = ("view",)
        permissions = (("work_deal", "Can move deals"),)

    def __str__(self) -> str:
        return str(self.name)

    def save(self, *_given: object, **_options: object) -> NoReturn:
        """Refused, before the database does: deals change through ``selling.desk``."""
        raise TypeError("a deal changes through a sale, and is never saved; use selling.desk.changed(...)")

    def delete(self, *_given: object, **_options: object) -> NoReturn:
        """Refused, before the database does: a deal is lost, or its personal data erased; its history stays."""
        raise TypeError("a deal is never deleted; lose it, or erase what is personal with STORAGE.erase(...)")
