"""What helps to test: your storage against the contract of storages.

Nothing here is needed to sell; it ships with the library so that what a host plugs in can be known to be right.
"""

from __future__ import annotations

__all__: list[str] = []
