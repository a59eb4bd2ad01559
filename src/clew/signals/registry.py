"""Every detector, in the order in which reports show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clew.errors import UnknownName
from clew.signals import (
    broken_promise,
    contradiction,
    duplicate_contact,
    late_handoff,
    missed_expansion,
    ping_pong,
    re_routing,
    repeated_question,
    silence,
    slow_answer,
    small_frictions,
    stall,
)
from clew.signals.looking import looking_once
from clew.signals.model import Detector

DETECTORS: Sequence[Detector] = tuple(
    looking_once(module.DETECTOR)
    for module in (
        duplicate_contact,
        repeated_question,
        ping_pong,
        re_routing,
        contradiction,
        broken_promise,
        late_handoff,
        stall,
        slow_answer,
        small_frictions,
        silence,
        missed_expansion,
    )
)
BY_NAME: Mapping[str, Detector] = {detector.name: detector for detector in DETECTORS}


def detector_of(name: str) -> Detector:
    """Return the detector of a name. Raises UnknownName with all there are."""
    if name not in BY_NAME:
        raise UnknownName("signal", name, BY_NAME)
    return BY_NAME[name]
