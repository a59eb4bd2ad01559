"""One run planned against actual: its stages step by step, handoffs, events that no map mentions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from clew.clock import NEVER, US
from clew.discovery.conformance.deviations import Kind
from clew.discovery.conformance.runs import stands
from clew.discovery.conformance.tally import Measure, Sighting
from clew.discovery.conformance.teams import deciding_rows, entered_by_others
from clew.engine.model import OPEN, FoldedBucket, Runs
from clew.engine.receipts import Receipts, due_of, judged, receipts_of
from clew.errors import BadRequest, UnknownName
from clew.journeys.model import Back
from clew.questions.answers import make
from clew.questions.figures import Row
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.norms import Norms, norms_of
from clew.questions.receipts import names_of
from clew.questions.stages import team_of
from clew.questions.words import counted, listed

Values = NDArray[np.int64]
_SHOWN = 5  # subjects named where the one asked for has no run
AHEAD, NOT_REACHED, AS_PLANNED = "not yet", "not reached", "as planned"


def conform_one(ground: Ground, query: Query, measure: Measure, *, subject: str) -> Answer:
    """Show every run of one subject against its map. Raises UnknownName where the subject has no run."""
    sighting, norms, code = Sighting(ground, measure), norms_of(ground), subject_code(ground, subject)
    runs = [
        _Run(sighting, norms, folded, run)
        for folded in ground.buckets
        for run in np.flatnonzero(folded.runs.subject == code).tolist()
    ]
    if not runs:
        _refuse_account(ground, subject)
        raise UnknownName(f"run of '{ground.journey.name}' for", subject, _some(ground))
    several = len(runs) > 1
    rows: list[Row] = [{"run": number, **row} for number, run in enumerate(runs, 1) for row in run.rows()]
    return make(
        ground,
        query,
        title=f"{subject}: planned against actual",
        columns=_columns(several=several),
        rows=rows,
        n=len(runs),
        notes=(
            *(f"{f'Run {number}: ' if several else ''}{run.in_words}" for number, run in enumerate(runs, 1)),
            "Limit: as its owner set it. Usual, where none is set: the time by which nine in ten have left the stage.",
            *([_GIVER] if any(_entered_by_giver(row) for row in rows) else []),
        ),
    )


_GIVER = (
    "Team: of the event that entered the stage. Where another one is as planned, it finished the stage before with "
    "that event, or handed over: the giver's event counts."
)


def _entered_by_giver(row: Row) -> bool:
    return (
        row.get("verdict") == AS_PLANNED
        and None not in (row.get("team"), row.get("planned_team"))
        and (row["team"] != row["planned_team"])
    )


def _refuse_account(ground: Ground, text: str) -> None:
    """Where a journey of tickets is asked for an account, name its tickets. Raises BadRequest."""
    kind, text_of = ground.journey.subject.kind, ground.view.names["entity"].text
    thread = account_code(ground, text) if kind != "account" else -1
    if thread < 0:
        return
    runs = [folded.runs for folded in ground.buckets]
    found = [(int(at), int(code)) for each in runs for at, code in _of_thread(each, thread)]
    names = [text_of(code).partition(":")[2] for _, code in sorted(found, reverse=True)]
    names = list(dict.fromkeys(names))
    if not names:
        raise BadRequest(f"'{text}' is an account, and no {kind} of it has a run of '{ground.journey.name}'")
    raise BadRequest(
        f"'{text}' is an account, and '{ground.journey.name}' runs by {kind}; name one of its "
        f"{len(names):,}, the newest first: {listed(names, _SHOWN * 2)}"
    )


def _of_thread(runs: Runs, thread: int) -> Iterator[tuple[int, int]]:
    here = runs.thread == thread
    yield from zip(runs.start[here].tolist(), runs.subject[here].tolist(), strict=True)


def subject_code(ground: Ground, text: str) -> int:
    """Find the entity that a person names, with or without its kind; of a linked id its account. -1 where unknown."""
    kind = ground.journey.subject.kind
    if kind == "account":
        return account_code(ground, text)
    return next((code for code, _ in _named(ground, [kind], text)), -1)


def account_code(ground: Ground, text: str) -> int:
    """Find the account of an id of any kind that names accounts, -1 where unknown."""
    view = ground.view
    kinds = [each for each in view.entity_kinds() if each not in view.subject_kinds]
    return next((thread for _, thread in _named(ground, kinds, text)), -1)


def _named(ground: Ground, kinds: Iterable[str], text: str) -> Iterator[tuple[int, int]]:
    """(entity, its thread) of an id, with or without its kind."""
    view = ground.view
    for each in kinds:
        code = view.names["entity"].code(text if text.startswith(f"{each}:") else f"{each}:{text}")
        entities, threads = view.threads_of(each)
        found = np.flatnonzero(entities == code)
        if len(found):
            yield code, int(threads[found[0]])


def _some(ground: Ground) -> list[str]:
    entity = ground.view.names["entity"]
    codes = [code for folded in ground.buckets for code in folded.runs.subject[:_SHOWN].tolist()]
    return [entity.text(code).partition(":")[2] for code in codes[:_SHOWN]]


class _Run:
    """One run with what is known of it."""

    def __init__(self, sighting: Sighting, norms: Norms, folded: FoldedBucket, run: int) -> None:
        self.ground, self.sighting, self.norms, self.folded, self.run = sighting.ground, sighting, norms, folded, run
        seen = sighting.of(folded)
        self.moves, self.most = int(seen.fits.moves[run]), int(seen.fits.most[run])
        self.variant, self.is_open = int(folded.runs.variant[run]), int(folded.runs.outcome[run]) == OPEN
        lo, hi = np.searchsorted(folded.visits.run, [run, run + 1])
        self.visits = [visit for visit in range(lo, hi) if folded.visits.stage[visit] >= 0]
        self.path = [int(folded.visits.stage[visit]) for visit in self.visits]
        self.skipped = seen.paths.skipped[run]
        self.at = np.asarray(folded.bucket.at)[folded.steps.row]
        self.by_others = set(entered_by_others(folded, self.ground, at=self.at).tolist())

    @property
    def in_words(self) -> str:
        """Where the run is now, or how it ended, and how well it fits."""
        runs = self.folded.runs
        where = stands(self.ground.journey, int(runs.stage[self.run]), int(runs.outcome[self.run]))
        told = f"The run {'stands' if self.is_open else 'has'} {where}"
        if not self.path:
            return f"{told}; it entered no stage."
        fitness = 1 - self.moves / self.most
        return f"{told}. Alignment fitness {fitness:.3f}: {counted(self.moves, 'move')}, {self.most} at worst."

    def rows(self) -> Iterator[Row]:
        """Stages in the order in which they were entered, what was skipped before what passed it, then the rest."""
        skipped = [int(stage) for stage in np.flatnonzero(self.skipped)]
        highest = -1
        for number, stage in enumerate(self.path):
            yield from (self._bare(other, "skipped") for other in skipped if highest < other < stage)
            yield self._visit(number, stage)
            highest = max(highest, stage)
        yield from (self._bare(stage, "skipped") for stage in skipped if stage > highest)
        left = [stage for stage in range(highest + 1, len(self.skipped)) if stage not in skipped]
        yield from (self._bare(stage, AHEAD if self.is_open else NOT_REACHED) for stage in left)
        yield from self._handoffs()
        yield from self._unplanned()

    def _team(self, stage: int) -> str | None:
        return team_of(self.ground.journey, self.variant, stage)

    def _bare(self, stage: int, verdict: str) -> Row:
        name = self.ground.journey.stages[stage].name
        return {"planned": name, "verdict": verdict, "planned_team": self._team(stage)}

    def _visit(self, number: int, stage: int) -> Row:
        visit, visits = self.visits[number], self.folded.visits
        enter, deadline = int(visits.enter[visit]), int(visits.deadline[visit])
        until = min(int(visits.leave[visit]), self.ground.as_of)
        order, name = self._order(number), self.ground.journey.stages[stage].name
        other = [Kind.OTHER_TEAM.value] if visit in self.by_others else []
        said = [*order, *(["late"] if until > deadline else []), *other]
        return {
            "planned": None if order else name,
            "actual": name,
            "verdict": ", ".join(said) or AS_PLANNED,
            "at": enter / US,
            "took": (until - enter) / US,
            **self._limit(visit, stage),
            "planned_team": self._team(stage),
            "team": self._acted(stage, enter),
        }

    def _order(self, number: int) -> list[str]:
        stage, before = self.path[number], self.path[:number]
        if stage not in before:
            return [Kind.OUT_OF_ORDER.value] if any(other > stage for other in before) else []
        friction = self.ground.journey.stages[stage].back is Back.FRICTION and before[-1] > stage
        return [*([Kind.OUT_OF_ORDER.value] if friction else []), Kind.REPEATED.value]

    def _limit(self, visit: int, stage: int) -> Row:
        """The owner's limit, else what is usual."""
        deadline = int(self.folded.visits.deadline[visit])
        if deadline != NEVER:
            return {"limit": (deadline - int(self.folded.visits.enter[visit])) / US}
        span = int(self.norms.table[self.norms.segment_of_runs(self.folded)[self.run] + 1, stage])
        return {} if span < 0 else {"usual": span / US}

    def _acted(self, stage: int, enter: int) -> str | None:
        """The team of the event that entered a stage."""
        return self._team_at(int(self._deciding([self.ground.journey.stages[stage].enter], enter)[0]))

    def _deciding(self, asked: list, when: int) -> Values:  # type: ignore[type-arg]
        run, instant = np.array([self.run]), np.array([when])
        return deciding_rows(self.folded, self.ground.terms, asked, run=run, when=instant, at=self.at)

    def _team_at(self, row: int) -> str | None:
        code = int(self.folded.bucket.team[row]) if row >= 0 else -1
        return self.ground.view.names["team"].text(code) if code >= 0 else None

    def _handoffs(self) -> Iterator[Row]:
        journey = self.ground.journey
        if not journey.handoffs:
            return
        received = receipts_of(self.folded, journey, self.ground.terms)
        for number, (name, each) in enumerate(zip(names_of(journey.handoffs), received, strict=True)):
            yield self._handoff(number, name, each)

    def _handoff(self, number: int, name: str, received: Receipts) -> Row:
        handoff = self.ground.journey.handoffs[number]
        sent, accepted = int(received.sent[self.run]), int(received.accepted[self.run])
        row: Row = {"planned": f"handoff {name}", "planned_team": handoff.target}
        if sent == NEVER:
            return {**row, "verdict": "not sent" if not self.is_open else AHEAD}
        ends = due_of(handoff, self.ground.firm, np.array([sent]))
        is_open, due = np.array([self.is_open]), int(ends[0])
        is_late = bool(judged(np.array([accepted]), ends, is_open=is_open, as_of=self.ground.as_of).late[0])
        row |= {"actual": "sent", "at": sent / US, "limit": None if due == NEVER else (due - sent) / US}
        if handoff.accepted is None:
            return {**row, "verdict": "no receipt is declared"}
        if accepted == NEVER:
            verdict = f"waiting{', late' if is_late else ''}" if self.is_open else "never accepted"
            return {**row, "verdict": verdict, "took": (self.ground.as_of - sent) / US if self.is_open else None}
        team = self._team_at(int(self._deciding([handoff.accepted], accepted)[0]))
        said = [*(["late"] if is_late else []), *(["other team"] if team not in (None, handoff.target) else [])]
        took = (accepted - sent) / US
        return {**row, "actual": "accepted", "verdict": ", ".join(said) or AS_PLANNED, "took": took, "team": team}

    def _unplanned(self) -> Iterator[Row]:
        rows = self.folded.steps.row[self.folded.steps.run == self.run]
        bucket = self.folded.bucket
        bare = rows[~self.sighting.mentioned.events(bucket)[rows]]
        text = self.ground.view.names["event"].text
        times = Counter(text(int(bucket.event[row])) for row in bare.tolist())
        first = {text(int(bucket.event[row])): int(bucket.at[row]) for row in bare[::-1].tolist()}
        for event, count in sorted(times.items(), key=lambda item: (-item[1], item[0])):
            often = f", {count} times" if count > 1 else ""
            yield {"actual": f"event '{event}'", "verdict": f"unplanned{often}", "at": first[event] / US}


def _columns(*, several: bool) -> list[Column]:
    run = [Column("run", "run", Unit.COUNT, "Runs of the subject in order.")] if several else []
    return [
        *run,
        Column("planned", "planned", Unit.TEXT, "What the map says comes here."),
        Column("actual", "actual", Unit.TEXT, "What happened."),
        Column("verdict", "is", Unit.TEXT, "As planned, or how it deviates."),
        Column("at", "at", Unit.TIME, "When it happened, the first time."),
        Column(
            "took", "took", Unit.SPAN, "Elapsed time in the stage, or until the receipt; up to now where it goes on."
        ),
        Column("limit", "limit", Unit.SPAN, "The owner's limit, in elapsed time."),
        Column("usual", "usual", Unit.SPAN, "Where no limit is set, the P90 of the stage, in elapsed time."),
        Column("planned_team", "planned team", Unit.TEXT, "The team that the map names."),
        Column("team", "team", Unit.TEXT, "The team of the event that entered or accepted."),
    ]
