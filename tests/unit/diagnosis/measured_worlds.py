"""Small firms for facts and findings: a sight from plain tuples, with the journeys folded over it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from clew.conditions import model as conditions
from clew.conditions.model import Attribute, Event
from clew.diagnosis.measured import measured
from clew.diagnosis.model import Fact, Finding
from clew.engine.fold import fold
from clew.firm.model import Firm
from clew.journeys.model import End, Journey, Stage, Subject
from clew.meanings.model import Meanings
from clew.questions.ground import Ground, Rejected
from clew.signals.sight import Sight
from clew.testing import memory_log

FIRST = datetime(2026, 1, 1, 9, tzinfo=UTC)
OF_ACCOUNT = Subject()
PLAIN = Firm("Thread & Co", "EUR", "UTC")
MEANINGS = Meanings(
    revenue="annual_revenue",
    customers=Event(("deal won",)),
    lost=Event(("contract cancelled",)),
    renewed=Event(("contract renewed",)),
    expanded=Event(("contract extended",)),
    loud=Event(("complaint made",)),
)


def day(number: float) -> str:
    """The so-many-th day of the story, at nine."""
    return (FIRST + timedelta(days=number)).isoformat()


def segment(attribute: str, value: str) -> Attribute:
    """The condition of accounts of which an attribute has a value."""
    return Attribute(attribute, conditions.Test(((conditions.Operator.IS, value),)))


def known(attribute: str) -> Attribute:
    """The condition of accounts of which an attribute is known."""
    return Attribute(attribute, conditions.Test(((conditions.Operator.KNOWN, True),)))


def journey(*stages: str, ends: Iterable[End] = (), subject: Subject = OF_ACCOUNT, **more: Any) -> Journey:
    """A journey 'sale' whose stages are entered by the events of their names."""
    listed = tuple(Stage(name, Event((name,))) for name in stages)
    return Journey("sale", "The sale", "v1", subject, listed, ends=tuple(ends), **more)


def seeing(
    events: Sequence[Any],
    attributes: Sequence[Any] = (),
    *journeys: Journey,
    meanings: Meanings = MEANINGS,
    firm: Firm = PLAIN,
    **options: Any,
) -> Sight:
    """Look at a small log; times without a zone are UTC."""
    view = memory_log(events, attributes, **({"subjects": ("ticket",)} | options))
    return Sight(view, firm, meanings, {each.name: Ground(fold(view, each, firm), firm) for each in journeys})


def facts(sight: Sight, rejected: Sequence[Rejected] = ()) -> dict[str, Fact]:
    """Every fact of a sight."""
    return dict(measured(sight, rejected).facts)


def findings(sight: Sight, kind: str) -> list[Finding]:
    """The findings of one kind, weightiest first."""
    return [finding for finding in measured(sight).findings if finding.kind == kind]
