"""One form of bytes for each record, and what is computed from it: the fingerprint of a set of changes.

Two records that are the same in every digit, zone and class have the same bytes, in every process and on every machine:
the plain data of ``Records`` as JSON in UTF-8, the names of each object in order, without white space.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import json

from salesflow.changes import ChangeSet
from salesflow.storage.records import Records

__all__ = ["canonical", "digest", "fingerprint"]


def canonical(value: object, *, records: Records | None = None) -> bytes:
    """A record as bytes, always the same for the same record.

    Args:
        value: what ``Records.dump`` takes.
        records: knows classes of your own; the library's own are known without.

    Raises:
        InvalidValue: as for ``Records.dump``.
    """
    plain = (records or _own_records()).dump(value)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


@functools.cache
def _own_records() -> Records:
    return Records()


def digest(data: bytes, *, secret: bytes | None = None) -> str:
    """The SHA-256 of some bytes in 64 hexadecimal digits; with a secret the HMAC, which nobody without it can guess."""
    return hashlib.sha256(data).hexdigest() if secret is None else hmac.digest(secret, data, "sha256").hex()


def fingerprint(changes: ChangeSet, /, *, records: Records | None = None, secret: bytes | None = None) -> str:
    """What a storage keeps of a set beside its idempotency key, to know it again: 64 hexadecimal digits.

    The content itself would be one more place that holds personal data, and one that an erasure would have to rewrite
    without knowing what the caller will repeat. The fingerprint stays as it is, and a set that is repeated after an
    erasure still gets its first receipt. The same set has another fingerprint once a schema number in it was raised.

    Args:
        changes: the set.
        records: knows classes of your own; the library's own are known without.
        secret: of the host; with it nobody else can find out a content by trying.

    Raises:
        InvalidValue: as for ``Records.dump``.

    Example:
        ``row = (changes.key, fingerprint(changes, records=records), receipt)``
    """
    return digest(canonical(changes, records=records), secret=secret)
