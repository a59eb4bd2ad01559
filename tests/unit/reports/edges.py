"""Reports at the edges: many stages, none, too few, hostile and long names, huge numbers. All invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import nordlicht

from clew.questions.model import Unit
from clew.reports.model import (
    Coverage,
    End,
    Figure,
    Flow,
    JourneyPart,
    Picture,
    Planned,
    ReportData,
    Stage,
    Stalled,
    StalledRun,
)

GERMAN = (
    "Interessentenqualifizierung",
    "Bedarfsanalyse",
    "Angebotserstellung",
    "Vertragsverhandlung und Unterzeichnung",
    "Auftragsbestätigung",
    "Projektinitialisierungsbesprechung",
    "Datenübernahmevorbereitung",
    "Datenmigrationsdurchführung",
    "Schulung",
    "Abnahmeprüfung",
    "Produktivsetzung",
    "Hypercare",
    "Regelbetriebsübergabe",
    "Vertragsverlängerungsgespräch",
)
WORLD = ("签约与交接", "التهيئة والإعداد", "Übergabe", "キックオフミーティングの開催と記録")
HOSTILE = ('<script>alert("x")</script>', "a&b \"quoted\" 'single'", "</svg><img src=x onerror=alert(1)>", "{{ 7*7 }}")


def stage(name: str, place: int, runs: int, *, few: bool = False, stalled: int = 0) -> Stage:
    """One stage with plausible numbers, or too few of them."""
    n = 4 if few else runs
    span = nordlicht.too_few(1, n) if few else nordlicht.days(3.0 + 4 * place, 2.5 + 3 * place, 4.0 + 5 * place, n)
    return Stage(
        name=f"stage-{place}",
        title=name,
        runs=Figure(float(runs), Unit.COUNT, n=runs),
        visits=runs,
        here=runs // 10,
        median=span,
        p90=nordlicht.too_few(6, n) if few else nordlicht.days(11.0 + 9 * place, n=n),
        censored=nordlicht.too_few(1, n, Unit.SHARE) if few else nordlicht.share(0.1, 0.05, 0.2, n),
        planned=Planned(
            team=f"Team {name}", limit="10 days", limit_s=10 * nordlicht.DAY, pains=(f"Wartet auf {name}",)
        ),
        stalled=stalled,
        stalled_value=1e6 * stalled if stalled else None,
        norm="10 days",
    )


def picture(names: Sequence[str], started: int, *, few: bool = False, stalled: int = 3) -> Picture:
    """Each stage loses a tenth to 'lost' and keeps a tenth; a few skip two ahead, a few come back."""
    stages, flows, runs = [], [Flow(None, 0, started)], started
    for place, name in enumerate(names):
        stages.append(stage(name, place, runs, few=few, stalled=stalled))
        onward = runs - 2 * (runs // 10)
        last = place == len(names) - 1
        flows.append(Flow(place, None, runs // 10, "lost"))
        if last:
            flows.append(Flow(place, None, onward, "achieved"))
        elif place + 3 < len(names) and place % 2:
            flows += [Flow(place, place + 1, onward - onward // 9), Flow(place, place + 3, onward // 9)]
        else:
            flows.append(Flow(place, place + 1, onward))
        if place > 2 and place % 3 == 0:
            flows.append(Flow(place, place - 2, runs // 12))
        runs = onward
    ends = (
        End("achieved", True, nordlicht.share(0.3, 0.2, 0.4, started)),
        End("lost", False, nordlicht.share(0.3, 0.2, 0.4, started)),
    )
    return Picture(tuple(stages), tuple(flows), ends, started)


def journey(
    name: str, title: str, drawn: Picture, *, subject: str = "accounts", who: Sequence[str] = ()
) -> JourneyPart:
    """A journey part around a picture."""
    rows = tuple(
        StalledRun(
            one, drawn.stages[0].title, nordlicht.AS_OF, "limit 10 days", 3 * nordlicht.DAY, "us", "", None, None
        )
        for one in who
    )
    total = sum(one.stalled for one in drawn.stages)
    return JourneyPart(name, title, "0" * 12, subject, "", drawn, Stalled(total, rows), drawn.started // 2)


def report(*journeys: JourneyPart) -> ReportData:
    """A report of these journeys and nothing else."""
    return replace(nordlicht.report(), journeys=journeys, coverage=Coverage(), findings=())


def many_stages() -> ReportData:
    """Fourteen stages with long German names."""
    return report(journey("auftrag", "Vom Interessenten zum Bestandskunden", picture(GERMAN, 9_400)))


def few_stages() -> ReportData:
    """Three stages, nothing stalled."""
    return report(journey("short", "Short", picture(("Signed", "Live", "Renewed"), 120, stalled=0)))


def too_few() -> ReportData:
    """Four runs: no figure can be given."""
    return report(journey("tiny", "Tiny", picture(("Signed", "Live", "Renewed", "Expanded"), 4, few=True, stalled=0)))


def huge() -> ReportData:
    """Billions of runs, and stalls worth more."""
    return report(
        journey(
            "huge",
            "Huge",
            picture(("Seen", "Asked", "Bought", "Returned", "Left"), 48_123_456_789, stalled=912_345_678),
        )
    )


def world() -> ReportData:
    """Names in Chinese, Arabic, German and Japanese, on two journeys."""
    one = journey("world", "世界 · عالم", picture(WORLD, 500), who=WORLD)
    return report(one, journey("second", "A second journey", picture(GERMAN[:5], 80)))


def hostile() -> ReportData:
    """Names that try to break out of the page."""
    drawn = journey("hostile", HOSTILE[0], picture(HOSTILE, 500), who=HOSTILE)
    return replace(report(drawn), firm='</style><script>alert("firm")</script>')


def empty() -> ReportData:
    """A journey in which nothing has happened."""
    return report(journey("empty", "Empty", picture(("Signed", "Live", "Renewed"), 0, few=True, stalled=0)))


ALL = {
    "many_stages": many_stages,
    "few_stages": few_stages,
    "too_few": too_few,
    "huge": huge,
    "world": world,
    "hostile": hostile,
    "empty": empty,
}
