"""Small sights with a journey folded over them, for the detectors of friction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clew.conditions.model import Event
from clew.durations import parse_duration
from clew.engine.fold import fold
from clew.engine.norms import Norm
from clew.firm.model import Firm
from clew.journeys.model import Back, End, Journey, Stage, Subject, WaitingOn
from clew.meanings.model import Meanings
from clew.questions.ground import Ground
from clew.signals.sight import Sight
from clew.testing import memory_log, micros
from tests.unit.signals.message_sights import FIRM

STAGES = (
    Stage("signed", Event(("deal won",)), limit=parse_duration("3 working days")),
    Stage("set-up", Event(("kickoff held",)), back=Back.FRICTION),
    Stage("resting", Event(("pause agreed",)), waiting_on=WaitingOn.TIMER, limit=parse_duration("1 day")),
    Stage("live", Event(("went live",))),
)
ENDS = (End("closed", Event(("account closed",)), reopens=True),)
JOURNEY = Journey("onboarding", "Onboarding", "v1", Subject(), STAGES, ends=ENDS)
DAY = 86_400_000_000


def walking(
    events: Sequence[Any],
    meanings: Meanings | None = None,
    *,
    norms: Sequence[Norm] = (),
    firm: Firm = FIRM,
    attributes: Sequence[Any] = (),
    journey: Journey = JOURNEY,
    **options: Any,
) -> Sight:
    """Look at a small log with one journey; times without a zone are UTC."""
    view = memory_log(events, attributes, subjects=("ticket",), **options)
    ground = Ground(fold(view, journey, firm), firm, norms=norms)
    return Sight(view, firm, meanings or Meanings(), {journey.name: ground})


def norm(
    stage: str, days: int, *, through: str = "2025-12-31", segment: str | None = None, timer: bool = False
) -> Norm:
    """A stored norm of the journey."""
    at = micros(through)
    return Norm("onboarding", "v1", stage, segment, days * DAY, n=30, ended=28, dated=at, through=at, timer=timer)
