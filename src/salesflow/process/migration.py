"""How deals of another process, or of an earlier version, come under this one."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

__all__ = ["Migration"]


@attrs.frozen(kw_only=True)
class Migration:
    """From where a process takes deals over, and which stage becomes which.

    Attributes:
        process: the key of the process that the deals run under.
        version: its version.
        stages: the new stage key by the old one; stages that are not named keep their key.

    Example::

        class ServiceProcess(StandardProcess):
            version = 2
            migrations = (Migration(process="service", version=1, stages={"demo": "presentation"}),)
    """

    process: str
    version: int
    stages: Mapping[str, str] = attrs.field(factory=dict, converter=dict)
