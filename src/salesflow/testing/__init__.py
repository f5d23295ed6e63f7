"""What helps to test: the contract that a storage of your own keeps, in ``salesflow.testing.storage_contract``.

Nothing here is needed to sell. It ships with the library so that what a host plugs in can be known to be right.
"""

from __future__ import annotations

__all__: list[str] = []
