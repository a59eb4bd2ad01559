"""Put a report together from the answers to the questions that a CX leader asks of every journey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clew.clock import US
from clew.discovery.staleness.measured import Staleness
from clew.journeys.model import Journey
from clew.questions.ask import ask
from clew.questions.ground import Ground
from clew.questions.model import Answer, Query, TooFew
from clew.questions.stages import titled
from clew.questions.threads import plural, thread_word
from clew.reports.actual import Answers, picture
from clew.reports.blind_spots import coverage, spots_of
from clew.reports.compared import Compared, comparisons, slowest_stage
from clew.reports.definitions import DEFINITIONS
from clew.reports.diagnosed import Diagnosed, FailurePart
from clew.reports.figures import Row, number
from clew.reports.findings import Seen, find
from clew.reports.fitness import fitness
from clew.reports.kept import kpi_lines, receipt_tables
from clew.reports.listed import handoff_tables, loop_tables
from clew.reports.model import Basis, BlindSpot, JourneyPart, Picture, ReportData
from clew.reports.plan import part_of, person_title
from clew.reports.standing import stalled_by_stage, stalled_list

ALL = {"top": "0"}
ELAPSED = "Times are elapsed time, not working time, unless they say so."


@dataclass(frozen=True)
class Setting:
    """What the report says of itself.

    as_of_words  "the last event" or "as asked"      made_by  product and version      command  that makes it again
    compare      two groups to set side by side in every journey, None for none
    """

    as_of_words: str = "the last event"
    made_by: str = "clew"
    command: str = "clew report"
    compare: Compared | None = None


@dataclass(frozen=True)
class Beside:
    """What is known beside the answers: the diagnosis, the three failures, how stale each journey's map is by name."""

    diagnosis: Diagnosed | None = None
    failures: tuple[FailurePart, ...] = ()
    staleness: Mapping[str, Staleness] = field(default_factory=dict)


@dataclass(frozen=True)
class _Part:
    """One journey as the report shows it, and what findings and coverage need of it."""

    journey: JourneyPart
    seen: Seen
    spots: tuple[BlindSpot, ...]


def assemble(grounds: Sequence[Ground], setting: Setting | None = None, beside: Beside | None = None) -> ReportData:
    """Ask all questions of each journey and put the report together; the journeys share one log and one firm."""
    setting, beside = setting or Setting(), beside or Beside()
    first = grounds[0]
    journeys = {ground.journey.name: ground.journey for ground in grounds}
    parts = [_part(ground, setting.compare, journeys, beside.staleness.get(ground.journey.name)) for ground in grounds]
    covered = coverage(first, [spot for part in parts for spot in part.spots])
    return ReportData(
        firm=first.firm.name,
        currency=first.firm.currency,
        time_zone=first.firm.time_zone,
        as_of=first.as_of,
        as_of_words=setting.as_of_words,
        basis=_basis(first, [part.journey.picture for part in parts]),
        findings=find([part.seen for part in parts], covered),
        journeys=tuple(part.journey for part in parts),
        coverage=covered,
        definitions=DEFINITIONS,
        made_by=setting.made_by,
        command=setting.command,
        diagnosis=beside.diagnosis,
        failures=beside.failures,
    )


def _part(ground: Ground, compare: Compared | None, journeys: Mapping[str, Journey], stale: Staleness | None) -> _Part:
    def answer(name: str, **options: str) -> Answer:
        return ask(ground, Query(name, options=options))

    journey, firm = ground.journey, ground.firm
    stalled = answer("stalled", **ALL)
    here = stalled_by_stage(stalled)
    answers = Answers(answer("runs"), answer("funnel"), answer("time", **ALL), answer("transitions", **ALL))
    drawn = picture(journey, firm, answers, here)
    loops, handoffs = answer("loops", **ALL), answer("handoffs", **ALL)
    stages = {stage.name: titled(stage) for stage in journey.stages}
    teams = {name: team.title for name, team in firm.teams.items()}
    slowest = slowest_stage(journey, lambda name: _median(answers.time, name))
    part = JourneyPart(
        name=journey.name,
        title=journey.title,
        version=journey.version,
        subject=plural(journey.subject.kind),
        owner=", ".join(f"{person_title(person, firm)} ({role})" for role, person in journey.owner.items()),
        picture=drawn,
        stalled=stalled_list(stalled, journey, firm),
        open=sum(stage.here for stage in drawn.stages),
        loops=loop_tables(loops, answer("pingpong", **ALL), stages, teams),
        handoffs=(
            *receipt_tables(answer("receipts"), answer("receipts", waiting="yes", **ALL), teams),
            *handoff_tables(handoffs, teams),
        ),
        comparisons=comparisons(ground, lambda query: ask(ground, query), slowest, compare),
        notes=(ELAPSED,),
        kpis=kpi_lines(answer("kpis")),
        review=str(journey.review_every or ""),
        part_of=part_of(journey, journeys),
        part_of_journey=journey.part_of[0] if journey.part_of else "",
        fitness=fitness(ground, stale),
    )
    seen = Seen(part.name, part.title, part.subject, firm.currency, drawn, here, loops, handoffs, teams)
    return _Part(part, seen, tuple(spots_of(ground, drawn, answers.runs)))


def _median(time: Answer, stage: str) -> float | None:
    row: Row = next((row for row in time.rows if row.get("stage") == stage), {})
    cell = row.get("median")
    return None if cell is None or isinstance(cell, TooFew | str) else float(cell)


def _basis(ground: Ground, pictures: Sequence[Picture]) -> Basis:
    rows = ask(ground, Query("coverage")).rows
    log: Row = next((row for row in rows if row.get("what") == "log" and row.get("name") == "events"), {})
    ends = [None if (cell := log.get(name)) is None else round(float(str(cell)) * US) for name in ("first", "last")]
    return Basis(
        events=number(log, "count") or 0,
        accounts=number(log, "runs") or 0,
        runs=sum(drawn.started for drawn in pictures),
        sources=len(ground.rejected),
        first=ends[0],
        last=ends[1],
        one=thread_word(ground.view),
    )
