"""Deals in Django: a small project with a board, a form, and an admin that cannot get around a rule.

::

    uv run --group examples docs/examples/django_app/manage.py migrate
    uv run --group examples docs/examples/django_app/manage.py createsuperuser
    uv run --group examples docs/examples/django_app/manage.py runserver
    uv run --group examples docs/examples/django_app/manage.py test selling

The board is at http://127.0.0.1:8000/, the admin at http://127.0.0.1:8000/admin/. What to read: ``selling/desk.py`` where deals
change, ``selling/models.py`` for the rows that queries and the admin see, ``selling/admin.py``, ``selling/views.py``, and
``selling/tests.py``. The storage is the app ``django_storage`` that lies in the folder ``storage``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Run a command of Django."""
    from django.core.management import execute_from_command_line

    sys.path.append(str(Path(__file__).resolve().parents[1] / "storage"))  # in your project it lies beside your apps
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "office.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
