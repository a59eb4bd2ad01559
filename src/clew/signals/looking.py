"""A detector that looks at each bucket of a sight once, however many ask."""

from __future__ import annotations

from dataclasses import replace

from clew.signals.model import Detector, Seen
from clew.signals.once import once
from clew.signals.sight import Sight


def look(sight: Sight, detector: Detector, number: int) -> Seen:
    """Return what a detector saw in a bucket, looked at now where nobody has asked yet."""
    return once(sight, ("seen", detector.name, number), lambda: detector.detect(sight, number))


def looking_once(detector: Detector) -> Detector:
    """Return the same detector; what it saw is kept as long as the sight."""
    return replace(detector, detect=lambda sight, number: look(sight, detector, number))
