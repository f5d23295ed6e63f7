"""A storage on the ORM of Django 5.2 or newer, for SQLite and PostgreSQL: a complete app to copy.

Copy this folder beside your other apps, add ``"django_storage"`` to ``INSTALLED_APPS``, and run ``migrate``::

    from django_storage.storage import DjangoStorage

    storage = DjangoStorage(indexed={Deal: ("stage", "owner", "amount", "expected_close"), Contact: ("owner", "email")})
    storage.commit(sale.changes)

It keeps everything that ``Storage`` promises, and the journal, tenants, unique keys, erasure and the audit chain. To index
another field, give ``models.StoredEntity`` a column and an index for it, let ``makemigrations`` write the migration, and
call ``storage.fill_in()`` once. What it relies on, and the settings it wants, are at the top of ``storage.py``.
"""
