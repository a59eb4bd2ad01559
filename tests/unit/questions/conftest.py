"""One small firm for all questions: sellers who are contacted, sign, and sell; two segments; three teams."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from clew.conditions.model import Attribute, Event, Operator, Test
from clew.durations import parse_duration
from clew.engine.fold import fold
from clew.firm.model import Firm, Team
from clew.journeys.model import End, Handoff, Journey, Kpi, Stage, Subject, WaitingOn
from clew.questions.ask import ask
from clew.questions.ground import Ground
from clew.questions.model import Answer, Query
from clew.testing import memory_log

Ask = Callable[..., Answer]
FIRST = datetime(2018, 1, 1, 9, tzinfo=UTC)


def day(number: float, hour: float = 0) -> str:
    """The so-many-th day of the story, as the log writes it."""
    return (FIRST + timedelta(days=number, hours=hour)).isoformat()


def is_(value: str) -> Test:
    return Test(((Operator.IS, value),))


FIRM = Firm(
    name="Thread & Co",
    currency="EUR",
    time_zone="UTC",
    teams={name: Team(name, name.title()) for name in ("marketing", "sales", "success")},
    segments={"enterprise": Attribute("size", is_("large")), "smb": Attribute("size", is_("small"))},
)

JOURNEY = Journey(
    name="onboarding",
    title="From contact to first sale",
    version="0123456789ab",
    subject=Subject(),
    stages=(
        Stage("lead", Event(("contacted",)), team="marketing", waiting_on=WaitingOn.US),
        Stage("won", Event(("signed",)), team="sales", waiting_on=WaitingOn.CUSTOMER, limit=parse_duration("10 days")),
        Stage("selling", Event(("sold",)), team="success"),
    ),
    ends=(End("live", Event(("handed over",)), good=True), End("lost", Event(("declined",)))),
    value="revenue",
    handoffs=(
        Handoff(
            "sales", "success", Event(("signed",)), Event(("sold",)), accept_within=parse_duration("5 working days")
        ),
        Handoff("marketing", "sales", Event(("contacted",)), Event(("signed",))),
        Handoff("success", "sales", Event(("sold",))),
    ),
    kpis=(
        Kpi("days-to-signed", {"time": ["contacted", "signed"], "statistic": "median"}, "14 days"),
        Kpi("sold-in-time", {"share": ["won", "sold"], "within": "20 days"}, 0.9),
    ),
)


def story(account: str, *steps: tuple[float, str], size: str = "small", revenue: int = 100) -> tuple[list, list]:  # type: ignore[type-arg]
    """Events and attributes of one account; the team that acts follows from the event."""
    teams = {"contacted": "marketing", "signed": "sales", "sold": "success"}
    events = [(account, day(at), name, {"team": teams[name]} if name in teams else {}) for at, name in steps]
    return events, [(account, "size", size, {"at": day(-1)}), (account, "revenue", str(revenue), {"at": day(-1)})]


@pytest.fixture
def grounded() -> Callable[..., Ground]:
    """Fold the stories of some accounts: grounded(story(...), story(...), as_of=day(60))."""

    def build(*stories: tuple[list, list], as_of: str, journey: Journey = JOURNEY, **options: object) -> Ground:  # type: ignore[type-arg]
        events = [event for told, _ in stories for event in told]
        attributes = [attribute for _, known in stories for attribute in known]
        view = memory_log(events, attributes, as_of=as_of, **options)  # type: ignore[arg-type]
        return Ground(fold(view, journey, FIRM), FIRM)

    return build


@pytest.fixture
def small_world(grounded: Callable[..., Ground]) -> Ground:
    """Twelve accounts: 6 small, 6 large; 9 sign, 5 sell, 2 go live, 1 is lost."""
    return grounded(
        story("acme", (0, "contacted"), (5, "signed"), (9, "sold"), (20, "handed over"), revenue=1000),
        story("birch", (1, "contacted"), (8, "signed"), (30, "sold"), (45, "handed over")),
        story("cedar", (2, "contacted"), (12, "signed"), (20, "sold")),
        story("dune", (3, "contacted"), (30, "signed")),
        story("elm", (4, "contacted"), (25, "declined")),
        story("fjord", (40, "contacted")),
        story("grove", (0, "contacted"), (20, "signed"), (50, "sold"), size="large", revenue=5000),
        story("heath", (1, "contacted"), (31, "signed"), size="large", revenue=9000),
        story("iris", (6, "contacted"), (38, "signed"), (52, "sold"), size="large", revenue=2000),
        story("jade", (7, "contacted"), (47, "signed"), size="large"),
        story("kelp", (8, "contacted"), (55, "signed"), size="large"),
        story("lake", (33, "contacted"), size="large"),
        as_of=day(60),
    )


@pytest.fixture
def told(small_world: Ground) -> Ask:
    """Ask the small world: told("funnel", by=("segment",), within="30 days")."""

    def answer(question: str, **given: object) -> Answer:
        words = {"by", "where", "period", "compare", "finished_only"}
        query = {key: value for key, value in given.items() if key in words}
        options = {key.replace("_", "-"): str(value) for key, value in given.items() if key not in words}
        return ask(small_world, Query(question, options=options, **query))  # type: ignore[arg-type]

    return answer


@pytest.fixture
def tell() -> Callable[..., object]:
    """The events and attributes of one account: tell("acme", (0, "contacted"), (5, "signed"), size="large")."""
    return story


@pytest.fixture
def at_day() -> Callable[..., str]:
    """The so-many-th day of the story."""
    return day


@pytest.fixture
def journey() -> Journey:
    """The journey of the small world, to be altered."""
    return JOURNEY
