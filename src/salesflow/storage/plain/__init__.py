"""Plain data: how values and records of each type are written as what JSON can say, and read back.

``form`` says what a form of a type is, and ``leaf`` what that of a value without parts is. ``values``, ``times`` and
``composites`` hold the forms of everything but records, ``classes`` those of classes of attrs and of records, ``changes``
that of updates, and ``unknown`` what becomes of fields that a class does not have. ``lookup`` finds the form of a type.
All of it is used through ``salesflow.storage.Records``.
"""

from __future__ import annotations

__all__: list[str] = []
