"""Every detector, in the order in which reports show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from clew.errors import UnknownName
from clew.signals.detectors import (
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
from clew.signals.measuring.expansion import followed
from clew.signals.measuring.expansion_words import sentences
from clew.signals.model import Detector
from clew.signals.sight import Sight


def _comparisons(sight: Sight) -> list[str]:
    return [sentence for found in followed(sight) for sentence in sentences(found)]


DETECTORS: Sequence[Detector] = (
    duplicate_contact.DETECTOR,
    repeated_question.DETECTOR,
    ping_pong.DETECTOR,
    re_routing.DETECTOR,
    contradiction.DETECTOR,
    broken_promise.DETECTOR,
    late_handoff.DETECTOR,
    stall.DETECTOR,
    slow_answer.DETECTOR,
    small_frictions.DETECTOR,
    silence.DETECTOR,
    replace(missed_expansion.DETECTOR, more=_comparisons),
)
BY_NAME: Mapping[str, Detector] = {detector.name: detector for detector in DETECTORS}


def title_of(kind: str) -> str:
    """Say what people call a kind of signal: the title of its detector, else its own name in words."""
    return BY_NAME[kind].title if kind in BY_NAME else kind.replace("-", " ").replace("_", " ").capitalize()


def detector_of(name: str) -> Detector:
    """Return the detector of a name. Raises UnknownName with all there are."""
    if name not in BY_NAME:
        raise UnknownName("signal", name, BY_NAME)
    return BY_NAME[name]
