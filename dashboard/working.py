"""What happened and where the goals stand: worked out beside the readers, once per version."""

from dataclasses import dataclass

from analytics.effects.findings import Findings, findings
from analytics.goals.progress import Progress, progress
from dashboard.background import StillWorkingError, beside
from warehouse.store import Reader

__all__ = ["Known", "StillWorkingError", "known"]

_PATIENCE = 0.8
"""So many seconds a page waits before it says that the answer is being worked out."""


@dataclass(frozen=True)
class Known:
    """What happened and where the goals stand."""

    findings: Findings
    goals: tuple[Progress, ...]


def known(reader: Reader, *, patience: float = _PATIENCE) -> Known:
    """Return what happened and where the goals stand, of the current version.

    Raises:
        StillWorkingError: not yet; it is being worked out.
        ConfigurationError: an intervention or goal names what cannot be followed.
        NoWarehouseError: nothing was loaded yet.
    """
    return beside(reader, "happenings", _work_out, patience=patience)


def _work_out(reader: Reader) -> Known:
    return Known(findings(reader), progress(reader))
