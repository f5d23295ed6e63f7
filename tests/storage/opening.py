"""Opens the storages of two adapters on databases that are there; also in another process, which cannot import tests."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import Any

from storage.adapting import INDEXED, OPTIONS
from storage.databases import PROGRAMS, program


async def open_psycopg(address: str, **options: Any) -> Any:
    """A storage on a schema of PostgreSQL, on the event loop that runs."""
    return await program("psycopg_storage").PsycopgStorage(address, **{"indexed": INDEXED, **OPTIONS, **options}).open()


def package(name: str) -> None:
    """Make a package under ``docs/examples/storage`` importable by its name."""
    folder = PROGRAMS / name
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


def use_django() -> None:
    """Set Django up with nothing but the app of the storage; databases are added one by one."""
    from django.conf import settings

    if not settings.configured:
        package("django_storage")
        settings.configure(INSTALLED_APPS=["django_storage"], USE_TZ=True)
        import django

        django.setup()


def add_database(alias: str, database: dict[str, Any]) -> None:
    """Let Django know a database under an alias."""
    use_django()
    from django.db import connections

    connections.settings[alias] = connections.configure_settings({"default": {}, alias: dict(database)})[alias]


def open_django(database: dict[str, Any], *, alias: str = "sales", **options: Any) -> Any:
    """A storage on a database that has the tables of the app."""
    add_database(alias, database)
    return importlib.import_module("django_storage.storage").DjangoStorage(
        using=alias, **{"indexed": INDEXED, **OPTIONS, **options}
    )
