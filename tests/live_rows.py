"""Stored runs and their transitions, spelled out to be compared with a fold of the whole log."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import select

from clew.archive.model import LogView
from clew.clock import NEVER
from clew.db.engine import Database
from clew.db.tables import run, transition
from clew.engine.model import BEFORE_STAGES, OPEN, REPLACED, RESTARTED
from clew.journeys.model import Journey
from clew.live.state.definitions import folded
from clew.live.state.model import Definitions
from clew.live.state.paths import read

_OTHERS = {RESTARTED: "restarted", REPLACED: "replaced"}


def in_bulk(view: LogView, definitions: Definitions) -> dict[Any, Any]:
    """Runs by a fold of a whole log, one by one, as rows of `run` would tell them."""
    spelled = view.names["entity"].text
    found = {}
    for each in definitions.defined:
        for version in folded(view, each):
            for part in version.buckets:
                for n in range(len(part.runs)):
                    key = version.journey.name, spelled(part.runs.thread[n]), spelled(part.runs.subject[n])
                    found[*key, int(part.runs.number[n])] = _row(version.journey, part, n)
    return found


def _row(journey: Journey, part: Any, n: int) -> tuple[Any, ...]:
    runs, visits = part.runs, part.visits
    own = [k for k in range(len(visits)) if visits.run[k] == n]
    stages = [None if visits.stage[k] == BEFORE_STAGES else journey.stages[visits.stage[k]].name for k in own]
    outcome = int(runs.outcome[n])
    named = None if outcome == OPEN else _OTHERS[outcome] if outcome < 0 else journey.ends[outcome].name
    path = [(int(visits.enter[k]), ([None, *stages])[place], stages[place], None) for place, k in enumerate(own)]
    return (
        journey.version,
        int(runs.start[n]),
        _instant(runs.end[n]),
        named,
        None if runs.stage[n] == BEFORE_STAGES else journey.stages[runs.stage[n]].name,
        int(visits.enter[own[-1]]),
        _instant(visits.deadline[own[-1]]),
        _instant(runs.due[n]),
        journey.variants[runs.variant[n]].name if runs.variant[n] >= 0 else None,
        int(runs.late[n]),
        path + ([(int(runs.end[n]), stages[-1], stages[-1], named)] if named else []),
    )


def _instant(at: Any) -> int | None:
    return None if at == NEVER else int(at)


def stored(database: Database) -> dict[Any, Any]:
    """Rows of `run`, as `in_bulk` tells them."""
    columns = (
        run.c.version, run.c.started_at, run.c.ended_at, run.c.outcome, run.c.stage, run.c.entered_at, run.c.limit_at,
        run.c.due_at, run.c.variant, run.c.late, run.c.path,
    )  # fmt: skip
    with database.read() as connection:
        rows = connection.execute(select(run.c.journey, run.c.thread, run.c.subject, run.c.number, *columns))
        return {tuple(row[:4]): (*row[4:-1], [tuple(step) for step in read(row[-1])]) for row in rows}


def replayed(database: Database) -> dict[Any, Counter[Any]]:
    """The steps of every run that its transitions leave, one by one."""
    steps: dict[Any, Counter[Any]] = {}
    with database.read() as connection:
        for row in connection.execute(select(transition).order_by(transition.c.id)):
            own = steps.setdefault((row.journey, row.thread, row.subject, row.number), Counter())
            step = (row.at, row.came, row.went, row.outcome)
            assert not row.withdrawn or own[step] > 0, "a step is withdrawn that was never taken"
            own[step] += -1 if row.withdrawn else 1
    return {key: +own for key, own in steps.items() if +own}


def steps_of(runs: dict[Any, Any]) -> dict[Any, Counter[Any]]:
    """The steps of every run by its path, as `replayed` tells them."""
    return {key: Counter(row[-1]) for key, row in runs.items()}
