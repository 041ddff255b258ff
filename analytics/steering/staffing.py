"""From volumes and handling times to hours of work."""

from collections.abc import Sequence

import numpy as np


def hours(
    volumes: np.ndarray | Sequence[float], handling_seconds: np.ndarray | Sequence[float]
) -> np.ndarray:
    """Return the hours that contacts take to handle, per channel.

    Args:
        volumes: contacts per channel; a last axis of channels, any number of axes before.
        handling_seconds: average per contact and channel, in seconds; NaN where none is recorded.

    Returns:
        Of the shape of `volumes`; NaN where the handling time is not known.
    """
    return np.asarray(volumes, dtype="float64") * np.asarray(handling_seconds) / 3600
