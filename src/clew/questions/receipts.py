"""Whether the handoffs that a journey declares are received: how many, how soon, in time, and who waits now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from clew.archive.model import NO_VALUE
from clew.clock import NEVER, US
from clew.journeys.model import Handoff
from clew.questions.answers import least_of, make, top
from clew.questions.collect import Key, collect
from clew.questions.compare import compare_spans, sides
from clew.questions.figures import RUN_COLUMNS, Row, by_cells, by_columns, money, run_cells, share_cells, share_columns
from clew.questions.frames import Level
from clew.questions.ground import Ground
from clew.questions.model import Answer, Cell, Column, Query, TooFew, Unit
from clew.questions.options import flag, whole_number
from clew.questions.sent import Sent, merge, sent_by_run, value_beyond
from clew.questions.spans import Spans, quantile_cells, quantile_columns
from clew.questions.words import iso, listed

Found = Mapping[Key, tuple[Sent, ...]]
KAPLAN_MEIER = (
    "Median and P90 are Kaplan-Meier's: what has no receipt counts as waiting at least until now, "
    "also where the run ended without one."
)


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'receipts'."""
    if not ground.journey.handoffs:
        return _nothing_declared(ground, query)
    if query.compare:
        return _compared(ground, query)
    working = flag(query.options, "working")
    found = collect(ground, query, Level.RUN, sent_by_run(ground, working=working), merge)
    waiting, cut = top(_waiting(ground, query, found), whole_number("top", query.options["top"]), "waiting runs")
    as_list = flag(query.options, "waiting")
    every = [part for parts in found.values() for part in parts]
    return make(
        ground,
        query,
        title="Handoffs that wait for a receipt now" if as_list else "Receipts of declared handoffs",
        columns=_list_columns(query, working=working) if as_list else _columns(query, working=working),
        rows=waiting if as_list else list(_rows(ground, query, found)),
        n=sum(len(part) for part in every),
        n_of="handoffs",
        notes=(*_notes(ground, working=working, as_list=as_list), cut),
        next_step="" if as_list or not waiting else "See who waits now: clew show receipts --waiting",
        extra={
            "beyond": sum(int(part.beyond.sum()) for part in every),
            "value_at_stake": money(value_beyond(every)),
            "waiting": [{**row, "since": iso(float(str(row["since"])))} for row in waiting],
        },
    )


def names_of(handoffs: Sequence[Handoff]) -> list[str]:
    """Name each handoff; where two go the same way the later ones are numbered."""
    ways = [f"{handoff.source} to {handoff.target}" for handoff in handoffs]
    earlier = [ways[:place].count(way) for place, way in enumerate(ways)]
    return [f"{way} ({count + 1})" if count else way for way, count in zip(ways, earlier, strict=True)]


def _rows(ground: Ground, query: Query, found: Found) -> Iterator[Row]:
    for key, parts in found.items():
        for handoff, part in zip(ground.journey.handoffs, parts, strict=True):
            yield {**by_cells(query.by, key), **_way(handoff), "sent": len(part), **_received(query, handoff, part)}


def _way(handoff: Handoff) -> Row:
    limit = handoff.accept_within
    return {"from": handoff.source, "to": handoff.target, "limit": str(limit) if limit else None}


def _received(query: Query, handoff: Handoff, part: Sent) -> Row:
    if handoff.accepted is None:
        return {}
    least, followed = least_of(query), int(part.followed.sum())
    cells: Row = {
        "accepted": int(part.is_accepted.sum()),
        "waiting": int(part.waiting.sum()),
        "without": int(part.without.sum()),
        "followed": followed,
        **share_cells("share", int((part.is_accepted & part.followed).sum()), followed, least),
        **quantile_cells("median", part.spans, 0.5, least),
        **quantile_cells("p90", part.spans, 0.9, least),
    }
    if handoff.accept_within is None:
        return cells
    longest = int(part.over[part.beyond].max()) / US if part.beyond.any() else None
    return {
        **cells,
        **share_cells("in_time", int((part.in_time & part.followed).sum()), followed, least),
        "beyond": int(part.beyond.sum()),
        "value": money(value_beyond([part])),
        "longest": longest,
    }


def _waiting(ground: Ground, query: Query, found: Found) -> list[Row]:
    """Everything that waits for a receipt, what is furthest beyond its limit first, then what was sent first."""
    rows = [
        {**by_cells(query.by, key), **row}
        for key, parts in found.items()
        for handoff, part in zip(ground.journey.handoffs, parts, strict=True)
        if handoff.accepted is not None
        for row in _list(ground, handoff, part)
    ]
    return sorted(rows, key=lambda row: (-_number(row["beyond"]), _number(row["since"]), str(row["subject"])))


def _list(ground: Ground, handoff: Handoff, part: Sent) -> Iterator[Row]:
    entity = ground.view.names["entity"]
    for row in part.waiting.nonzero()[0].tolist():
        due, value = int(part.due[row]), int(part.value[row])
        yield {
            **_way(handoff),
            **run_cells(entity, int(part.subject[row]), int(part.thread[row])),
            "since": int(part.sent[row]) / US,
            "waits": int(part.waited[row]) / US,
            "beyond": int(part.over[row]) / US if due != NEVER and due < part.as_of else None,
            "value": None if value == NO_VALUE else money(value),
        }


def _number(cell: Cell | TooFew) -> float:
    return float(cell) if isinstance(cell, int | float) else -1.0


def _columns(query: Query, *, working: bool) -> list[Column]:
    unit, kind = (Unit.WORKING_SPAN, "working time") if working else (Unit.SPAN, "elapsed time")
    return [
        *by_columns(query.by),
        *_way_columns(),
        Column("sent", "sent", Unit.COUNT, "Runs in which it was sent."),
        Column("accepted", "accepted", Unit.COUNT, "Of these, with a receipt."),
        Column("waiting", "waiting", Unit.COUNT, "Without a receipt now, in a run that goes on."),
        Column("without", "ended without", Unit.COUNT, "Runs that ended without a receipt."),
        *share_columns(
            "in_time", "in time", "Part of those old enough that were accepted within the limit.", "followed"
        ),
        *share_columns("share", "accepted at all", "Part of those old enough that have a receipt by now.", "followed"),
        Column(
            "followed", "old enough", Unit.COUNT, "Sent so long ago that the limit has passed; all without a limit."
        ),
        *quantile_columns("median", f"The {kind} by which half have a receipt.", unit, n="sent"),
        *quantile_columns("p90", f"The {kind} by which 90 % have a receipt.", unit, n="sent"),
        Column("beyond", "beyond the limit", Unit.COUNT, "Waiting now for longer than the limit."),
        Column("value", "value", Unit.MONEY, "Known value of the runs that wait beyond the limit."),
        Column("longest", "longest beyond", unit, f"The longest {kind} over the limit."),
    ]


def _list_columns(query: Query, *, working: bool) -> list[Column]:
    unit, kind = (Unit.WORKING_SPAN, "Working time") if working else (Unit.SPAN, "Elapsed time")
    return [
        *by_columns(query.by),
        *RUN_COLUMNS,
        *_way_columns(),
        Column("since", "since", Unit.TIME, "When it was sent."),
        Column("waits", "for", unit, f"{kind} since then."),
        Column("beyond", "beyond by", unit, f"{kind} over the limit; empty while the limit has not passed."),
        Column("value", "value", Unit.MONEY, "Known value of the run."),
    ]


def _way_columns() -> list[Column]:
    return [
        Column("from", "from", Unit.TEXT, "The team that hands over."),
        Column("to", "to", Unit.TEXT, "The team that takes over."),
        Column("limit", "limit", Unit.TEXT, "The receipt is due so long after, in the calendar of the receiving team."),
    ]


def _notes(ground: Ground, *, working: bool, as_list: bool) -> Iterator[str]:
    handoffs = ground.journey.handoffs
    silent = [
        name for name, each in zip(names_of(handoffs), handoffs, strict=True) if each.accepted is None
    ]  # no receipt declared
    if not as_list:
        yield "Sent: the first time in the run; accepted: the first receipt then or after, before the run's end."
        yield "In time and accepted at all are parts of those old enough: sent so long ago that the limit has passed."
        yield KAPLAN_MEIER
    if working:
        yield "Working time, in the calendar of the receiving team."
    else:
        yield "Elapsed time; --working counts working hours of the receiving team. Limits follow its calendar."
    if silent:
        yield f"No receipt is declared for {listed(silent)}: add 'accepted:' to see whether it arrives."


def _nothing_declared(ground: Ground, query: Query) -> Answer:
    name, columns = ground.journey.name, _list_columns if flag(query.options, "waiting") else _columns
    return make(
        ground,
        query,
        title="Receipts of declared handoffs",
        columns=columns(query, working=flag(query.options, "working")),
        rows=(),
        n=0,
        n_of="handoffs",
        notes=(
            f"'{name}' declares no handoff. Write one in journeys/{name}.yaml: handoffs: [{{from: sales, "
            "to: onboarding, sent: {event: …}, accepted: {event: …}, accept_within: 1 working day}].",
        ),
        next_step=f"See who passes work to whom anyway: clew show handoffs --journey {name}",
    )


def _compared(ground: Ground, query: Query) -> Answer:
    found: list[dict[Key, Spans]] = []
    working = flag(query.options, "working")
    for side in sides(ground, query):
        parts = collect(side.ground, side.query, Level.RUN, sent_by_run(side.ground, working=working), merge)[()]
        handoffs = side.ground.journey.handoffs
        named = zip(names_of(handoffs), handoffs, parts, strict=True)
        found.append({(name,): part.spans for name, handoff, part in named if handoff.accepted is not None})
    return compare_spans(
        ground,
        query,
        (found[0], found[1]),
        row_title="handoff",
        title="Time from sent to accepted",
        what="handoffs",
        notes=(KAPLAN_MEIER, *_notes(ground, working=working, as_list=True)),
    )
