"""Who passes work to whom, how long it waits there, and how often it comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes
from clew.calendars import Calendar
from clew.engine.kernels.handoffs import Handoffs, handoffs
from clew.questions.answers import least_of, make, top
from clew.questions.collect import Key, gather
from clew.questions.figures import Row, by_cells, by_columns, share_cells, share_columns
from clew.questions.frames import Frame
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.options import flag, span, whole_number
from clew.questions.over import Over
from clew.questions.spans import sample_cells
from clew.questions.words import counted

Values = NDArray[np.int64]
_DENSE = 4_000_000  # pairs of codes up to which a table is cheaper than sorting


@dataclass(frozen=True)
class Passed:
    """One row per handoff, and the number of handoffs of each run (runs without any included).

    waited    microseconds from the giver's last event to the receiver's first
    returned  the giver has it again within the time asked; known: enough time has passed to tell
    """

    source: Codes
    target: Codes
    waited: Values
    returned: NDArray[np.bool_]
    known: NDArray[np.bool_]
    of_run: Values


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'handoffs'."""
    if flag(query.options, "whole"):
        ground = ground.whole()
    over = Over(ground, query.options["over"])
    within = span("returns-within", query.options["returns-within"])
    working = flag(query.options, "working")
    gathered = gather(ground, query, over.level, passed(over, within.micros, working=working))
    found = {key: together(parts) for key, parts in gathered.items()}
    pairs = [(key, pair) for key, part in found.items() for pair in _pairs(over, part)]
    pairs.sort(key=lambda item: (-len(item[1].rows), item[1].source, item[1].target))
    shown, cut = top(pairs, whole_number("top", query.options["top"]), "pairs")
    of_run = np.concatenate([part.of_run for part in found.values()]) if found else np.zeros(0, np.int64)
    return make(
        ground,
        query,
        title=f"Handoffs over {over.name}",
        columns=_columns(query, over, within=str(within), working=working),
        rows=[_row(query, key, found[key], pair) for key, pair in shown],
        n=int(of_run.sum()),
        n_of="handoffs",
        notes=(
            f"A handoff: two events of a run in a row (those without {over.one} passed over) whose {over.one} differs.",
            _per_run(of_run),
            f"Returns count handoffs that lie at least {within} back.",
            "Working time, in the calendar of the receiver."
            if working
            else "Elapsed time; --working counts hours worked.",
            cut,
        ),
        next_step="See what goes straight back: clew show pingpong",
        extra=_summary(of_run),
    )


def passed(over: Over, within: int, *, working: bool) -> Callable[[Frame], Passed]:
    """Kernel: the handoffs of each run."""
    ground = over.ground

    def kernel(frame: Frame) -> Passed:
        trail = over.trail(frame)
        found = handoffs(trail.run, trail.begin, trail.code)
        target = found.target
        waited = _worked(over, found.sent, found.received, target) if working else found.waiting
        runs = np.flatnonzero(np.bincount(trail.run, minlength=len(frame.folded.runs)))
        return Passed(
            found.source,
            target,
            waited,
            _returned(found, within),
            found.received <= ground.as_of - within,
            np.bincount(found.segment, minlength=len(frame.folded.runs))[runs],
        )

    return kernel


def _returned(found: Handoffs, within: int) -> NDArray[np.bool_]:
    """Say of each handoff whether its giver receives work of the same run again within so many microseconds.

    Looks one handoff further at a time, and only for those that are still undecided.
    """
    returned = np.zeros(len(found.row), np.bool_)
    asked, ahead = np.arange(len(found.row)), 1
    while len(asked := asked[asked + ahead < len(found.row)]):
        later = asked + ahead
        inside = found.segment[later] == found.segment[asked]
        inside &= found.received[later] - found.received[asked] <= within
        asked, later = asked[inside], later[inside]
        back = found.target[later] == found.source[asked]
        returned[asked[back]] = True
        asked, ahead = asked[~back], ahead + 1
    return returned


def _worked(over: Over, sent: Values, received: Values, target: Codes) -> Values:
    """Working time of each wait, in the calendar of the team that receives."""
    firm, spans = over.ground.firm, np.zeros(len(sent), np.int64)
    teams = {int(code): over.label(int(code)) for code in np.unique(target)}
    calendars: dict[int, Calendar] = {code: firm.calendar_of(name) for code, name in teams.items()}
    for code, calendar in calendars.items():
        chosen = target == code
        spans[chosen] = calendar.working_time(sent[chosen], received[chosen])
    return spans


def together(parts: Sequence[Passed]) -> Passed:
    """Put partials of disjoint runs together."""
    names = ("source", "target", "waited", "returned", "known", "of_run")
    return Passed(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True)
class _Pair:
    """Names of giver and receiver, and the rows of their handoffs."""

    source: str
    target: str
    rows: Values


def _pairs(over: Over, part: Passed) -> Iterator[_Pair]:
    size = 1 + int(max(part.source.max(initial=0), part.target.max(initial=0)))
    packed = part.source.astype(np.int64) * size + part.target
    if size * size <= _DENSE:
        pairs = np.flatnonzero(np.bincount(packed, minlength=size * size))
        place = np.zeros(size * size, np.int16 if len(pairs) < 2**15 else np.int32)
        place[pairs] = np.arange(len(pairs))
        group = place[packed]
    else:
        pairs, group = np.unique(packed, return_inverse=True)
    small = np.int16 if len(pairs) < 2**15 else np.int32  # numpy sorts short integers by radix
    order = np.argsort(group.astype(small), kind="stable")
    edges = np.cumsum([0, *np.bincount(group, minlength=len(pairs))])
    for number, pair in enumerate(pairs.tolist()):
        source, target = divmod(pair, size)
        yield _Pair(over.label(source), over.label(target), order[edges[number] : edges[number + 1]])


def _row(query: Query, key: Key, part: Passed, pair: _Pair) -> Row:
    least, rows, n = least_of(query), pair.rows, len(part.source)
    known = part.known[rows]
    return {
        **by_cells(query.by, key),
        "from": pair.source,
        "to": pair.target,
        "count": len(rows),
        **share_cells("share", len(rows), n, least),
        "n": n,
        **sample_cells("median", part.waited[rows], 0.5, least),
        **sample_cells("p90", part.waited[rows], 0.9, least),
        **share_cells("returned", int(part.returned[rows][known].sum()), int(known.sum()), least),
        "n_returned": int(known.sum()),
    }


def _summary(of_run: Values) -> dict[str, object]:
    if not len(of_run):
        return {"handoffs": 0, "runs_with": 0, "runs_without": 0}
    return {
        "handoffs": int(of_run.sum()),
        "runs_with": int((of_run > 0).sum()),
        "runs_without": int((of_run == 0).sum()),
        "mean": float(of_run.mean()),
        "p90": float(np.quantile(of_run, 0.9)),
        "max": int(of_run.max()),
    }


def _per_run(of_run: Values) -> str:
    if not len(of_run):
        return ""
    without = counted(int((of_run == 0).sum()), "run")
    return (
        f"{counted(len(of_run), 'run')} took {of_run.mean():.2f} handoffs on average, one in ten "
        f"{np.quantile(of_run, 0.9):g} or more, at most {of_run.max():,}; {without} took none."
    )


def _columns(query: Query, over: Over, *, within: str, working: bool) -> list[Column]:
    unit, kind = (Unit.WORKING_SPAN, "Working") if working else (Unit.SPAN, "Elapsed")
    columns = [
        *by_columns(query.by),
        Column("from", f"from {over.one}", Unit.TEXT, "Who gives."),
        Column("to", f"to {over.one}", Unit.TEXT, "Who receives."),
        Column("count", "handoffs", Unit.COUNT, "How often."),
        *share_columns("share", "share", "Part of all handoffs of the group.", "n"),
        Column("n", "of handoffs", Unit.COUNT, "All handoffs of the group."),
    ]
    for name, title in (("median", "median wait"), ("p90", "P90 wait")):
        text = f"{kind} time from the giver's last event to the receiver's first."
        columns += [
            Column(name, title, unit, text, low=f"{name}_low", high=f"{name}_high", n="count"),
            Column(f"{name}_low", f"{title}, low", unit, "Lower end of the 95 % interval."),
            Column(f"{name}_high", f"{title}, high", unit, "Upper end of the 95 % interval."),
        ]
    text = f"Part that the giver had again within {within}."
    return [
        *columns,
        *share_columns("returned", f"back in {within}", text, "n_returned"),
        Column("n_returned", "old enough", Unit.COUNT, f"Handoffs at least {within} ago."),
    ]
