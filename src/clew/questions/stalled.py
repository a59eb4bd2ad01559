"""Who stands still now: where, since when, beyond which norm, waiting on whom, for how much value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE
from clew.clock import NEVER, US
from clew.engine.amounts import total
from clew.questions.answers import least_of, make, top
from clew.questions.collect import Key, collect
from clew.questions.figures import RUN_COLUMNS, Row, by_cells, by_columns, money, run_cells, share_cells, share_columns
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.norms import Norms, norms_of
from clew.questions.options import whole_number
from clew.questions.stages import limit_of, team_of, waiting_on
from clew.questions.words import counted, listed
from clew.questions.worth import no_numbers, no_numbers_note

Values = NDArray[np.int64]
TIMER = "timer"
SIDE_BY_SIDE = 1 << 16  # more than a journey has variants


@dataclass(frozen=True)
class Standing:
    """One row per open visit of a stage.

    norm     microseconds the stay may last, -1 where no norm is known; by_limit: the owner's limit, else the P90
    segment  place in the norms' segments, -1 for all
    unread   code of the text that should be its run's value and is no number, NO_CODE where there is none
    """

    subject: Values
    thread: Values
    stage: Values
    variant: Values
    enter: Values
    norm: Values
    by_limit: NDArray[np.bool_]
    segment: Values
    value: Values
    unread: Values

    def __len__(self) -> int:
        return len(self.subject)


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'stalled'."""
    norms = norms_of(ground)
    found = collect(ground, query, Level.VISIT, standing(norms, no_numbers(ground)), merge)
    judged = {key: Judged(ground, norms, part) for key, part in found.items()}
    if query.by:
        rows = [_group_row(query, key, each) for key, each in judged.items() if len(each.part)]
        cut = ""
    else:
        ranked, cut = top(judged[()].ranked().tolist(), whole_number("top", query.options["top"]), "stalled runs")
        rows = _rows(judged[()], ranked)
    stalled = sum(int(each.stalled.sum()) for each in judged.values())
    n = sum(len(each.part) for each in judged.values())
    return make(
        ground,
        query,
        title="Stalled now",
        columns=_group_columns(query) if query.by else _columns(),
        rows=rows,
        n=n,
        n_of="open runs",
        notes=(*_notes(ground, norms, list(judged.values()), stalled=stalled, n=n), cut),
        next_step="See what usually follows there: clew show transitions" if stalled else "",
        extra={
            "stalled": stalled,
            "value_at_stake": money(sum(each.value_at_stake for each in judged.values())),
            "on_timer": sum(int(each.on_timer.sum()) for each in judged.values()),
            "without_norm": sum(int((each.part.norm < 0).sum()) for each in judged.values()),
        },
    )


def standing(norms: Norms, unread: Callable[[Frame, Values], Values]) -> Callable[[Frame], Standing]:
    """Kernel: the open visits among the frame's rows, each with its norm."""

    def kernel(frame: Frame) -> Standing:
        visits, runs = frame.folded.visits, frame.folded.runs
        rows = frame.rows[(visits.leave[frame.rows] == NEVER) & (visits.stage[frame.rows] >= 0)]
        run, stage = visits.run[rows], visits.stage[rows].astype(np.int64)
        enter, deadline = visits.enter[rows], visits.deadline[rows]
        by_limit = deadline != NEVER
        segment = norms.segment_of_runs(frame.folded)[run]
        norm = np.where(by_limit, deadline - enter, norms.table[segment + 1, stage])
        return Standing(
            runs.subject[run].astype(np.int64),
            runs.thread[run].astype(np.int64),
            stage,
            runs.variant[run].astype(np.int64),
            enter,
            norm,
            by_limit,
            segment,
            runs.value[run],
            unread(frame, run),
        )

    return kernel


def merge(left: Standing, right: Standing) -> Standing:
    """Put two partials of disjoint runs together."""
    names = Standing.__dataclass_fields__
    return Standing(*(np.concatenate((getattr(left, name), getattr(right, name))) for name in names))


class Judged:
    """Open visits against their norms. A mere timer is no stall: nobody waits there."""

    def __init__(self, ground: Ground, norms: Norms, part: Standing) -> None:
        self.ground, self.norms, self.part = ground, norms, part
        pairs, place = np.unique(part.stage * SIDE_BY_SIDE + part.variant + 1, return_inverse=True)
        places = [(pair % SIDE_BY_SIDE - 1, pair // SIDE_BY_SIDE) for pair in pairs.tolist()]
        self.sides = {pair: waiting_on(ground.journey, *pair) for pair in places}
        timers = [self.sides[pair] == TIMER or self._shaped_like_one(*pair) for pair in places]
        self.on_timer = np.array(timers, np.bool_)[place] if places else np.zeros(0, np.bool_)
        self.beyond = ground.as_of - part.enter - part.norm
        self.stalled = (part.norm >= 0) & (self.beyond > 0) & ~self.on_timer

    def _shaped_like_one(self, variant: int, stage: int) -> bool:
        """Whether stays have a timer's shape, where the owner has set no limit."""
        return self.norms.is_timer(stage) and limit_of(self.ground.journey, variant, stage) is None

    @property
    def value_at_stake(self) -> int:
        """Known value of the stalled runs, in millionths."""
        return total(self.part.value[self.stalled])

    def ranked(self) -> Values:
        """Stalled rows, value times the time over the norm first; without known value after them, by time."""
        rows = np.flatnonzero(self.stalled)
        value = self.part.value[rows]
        weight = np.where(value == NO_VALUE, 0.0, value.astype(np.float64)) * self.beyond[rows]
        return rows[np.lexsort((self.part.subject[rows], -self.beyond[rows], -weight))]

    def norm_in_words(self, row: int) -> str:
        """Which norm the row is beyond."""
        variant, stage = int(self.part.variant[row]), int(self.part.stage[row])
        if self.part.by_limit[row]:
            return f"limit {limit_of(self.ground.journey, variant, stage)}"
        return f"P90 of {self.norms.segment_name(int(self.part.segment[row]))}"


def _rows(judged: Judged, chosen: list[int]) -> list[Row]:
    ground, part = judged.ground, judged.part
    entity = ground.view.names["entity"]
    rows: list[Row] = []
    for row in chosen:
        variant, stage = int(part.variant[row]), int(part.stage[row])
        value = int(part.value[row])
        rows.append(
            {
                **run_cells(entity, int(part.subject[row]), int(part.thread[row])),
                "stage": ground.journey.stages[stage].name,
                "since": int(part.enter[row]) / US,
                "standing": (ground.as_of - int(part.enter[row])) / US,
                "norm": judged.norm_in_words(row),
                "norm_span": int(part.norm[row]) / US,
                "beyond": int(judged.beyond[row]) / US,
                "waiting_on": judged.sides[(variant, stage)],
                "team": team_of(ground.journey, variant, stage),
                "value": None if value == NO_VALUE else money(value),
            }
        )
    return rows


def _group_row(query: Query, key: Key, judged: Judged) -> Row:
    n, stalled = len(judged.part), int(judged.stalled.sum())
    longest = int(judged.beyond[judged.stalled].max()) / US if stalled else None
    return {
        **by_cells(query.by, key),
        "stalled": stalled,
        **share_cells("share", stalled, n, least_of(query)),
        "n": n,
        "value": money(judged.value_at_stake),
        "longest": longest,
        "on_timer": int(judged.on_timer.sum()),
    }


def _columns() -> list[Column]:
    return [
        *RUN_COLUMNS,
        Column("stage", "stage", Unit.TEXT, "Where it stands."),
        Column("since", "since", Unit.TIME, "When it entered the stage."),
        Column("standing", "for", Unit.SPAN, "Elapsed time in the stage."),
        Column("norm", "norm", Unit.TEXT, "The owner's limit, else the time by which nine in ten have left the stage."),
        Column("norm_span", "norm is", Unit.SPAN, "The norm in elapsed time, for this very visit."),
        Column("beyond", "beyond by", Unit.SPAN, "Elapsed time over the norm."),
        Column(
            "waiting_on", "waiting on", Unit.TEXT, "Whose move it is; unowned: ours, but no team answers for the stage."
        ),
        Column("team", "team", Unit.TEXT, "The team that answers for the stage."),
        Column("value", "value", Unit.MONEY, "Known value of the run."),
    ]


def _group_columns(query: Query) -> list[Column]:
    return [
        *by_columns(query.by),
        Column("stalled", "stalled", Unit.COUNT, "Open runs beyond their norm."),
        *share_columns("share", "share", "Part of the open runs.", "n"),
        Column("n", "open", Unit.COUNT, "Open runs in a stage."),
        Column("value", "value at stake", Unit.MONEY, "Known value of the stalled runs."),
        Column("longest", "longest beyond", Unit.SPAN, "The longest time over a norm."),
        Column("on_timer", "on a timer", Unit.COUNT, "Open runs in a stage that is a mere timer: not stalled."),
    ]


def _notes(ground: Ground, norms: Norms, judged: list[Judged], *, stalled: int, n: int) -> list[str]:
    bare = sum(int((each.part.norm < 0).sum()) for each in judged)
    timers = sorted({ground.journey.stages[int(s)].name for each in judged for s in each.part.stage[each.on_timer]})
    on_timer = sum(int(each.on_timer.sum()) for each in judged)
    return [
        f"{stalled:,} of {n:,} open runs stand longer than their norm{_ranked_by(judged, stalled)}.",
        "Norm: the owner's limit, else the Kaplan-Meier P90 of the stage in the run's segment"
        + (f", as stored on {norms.dated}." if norms.dated else ", taken from this log."),
        f"{counted(bare, 'open run')} in a stage without limit and with too few visits for a P90: not judged."
        if bare
        else "",
        f"{counted(on_timer, 'open run')} in {listed(timers)} only wait for a timer: not stalled, nobody waits there."
        if on_timer
        else "",
        _unread_note(ground, judged, n),
    ]


def _ranked_by(judged: list[Judged], stalled: int) -> str:
    if not stalled:
        return ""
    known = any(bool((each.part.value[each.stalled] != NO_VALUE).any()) for each in judged)
    return ", ranked by " + ("value times the time beyond it" if known else "the time beyond it: no value is known")


def _unread_note(ground: Ground, judged: list[Judged], n: int) -> str:
    if not judged:
        return ""
    known = sum(int((each.part.value != NO_VALUE).sum()) for each in judged)
    unread = np.concatenate([each.part.unread for each in judged])
    return no_numbers_note(ground, unread, known=known, n=n, of="open run")
