"""Where entities and their histories are kept: the protocols, and a storage in memory."""

from salesflow.storage.memory import MemoryStorage, Receipt

__all__ = ["MemoryStorage", "Receipt"]
