"""Accounts that have been silent for longer than their own rhythm explains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE
from clew.clock import US
from clew.engine.kernels.silence import silences
from clew.engine.model import OPEN
from clew.questions.answers import least_of, make, top
from clew.questions.collect import Key, collect
from clew.questions.figures import Row, by_cells, by_columns, money, share_cells, share_columns
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.options import flag, whole_number
from clew.questions.words import counted

Values = NDArray[np.int64]


@dataclass(frozen=True)
class Quiet:
    """One row per thread asked: its number of gaps, its usual longest gap (-1 unknown), its silence, its value."""

    thread: Values
    last: Values
    gaps: Values
    usual: Values
    silent: Values
    value: Values

    @property
    def known(self) -> NDArray[np.bool_]:
        return self.usual >= 0

    @property
    def beyond(self) -> NDArray[np.bool_]:
        return self.known & (self.silent > self.usual)


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'silence'."""
    everyone, fewest = flag(query.options, "all"), max(1, whole_number("gaps", query.options["gaps"]))
    found = collect(ground, query, Level.RUN, quiet(ground, query, fewest, everyone=everyone), merge)
    n = sum(len(part.thread) for part in found.values())
    unknown = sum(int((~part.known).sum()) for part in found.values())
    beyond = sum(int(part.beyond.sum()) for part in found.values())
    if query.by:
        rows, cut = [_group_row(query, key, part) for key, part in found.items()], ""
    else:
        part = next(iter(found.values()))
        ranked, cut = top(_ranked(part).tolist(), whole_number("top", query.options["top"]), "silent accounts")
        rows = [_account_row(ground, part, each) for each in ranked]
    return make(
        ground,
        query,
        title="Silent beyond their own rhythm",
        columns=_group_columns(query) if query.by else _account_columns(),
        rows=rows,
        n=n,
        n_of="accounts" if ground.journey.subject.kind == "account" else "threads",
        notes=(
            f"Silent: nothing for longer than nine in ten of the account's own gaps; {beyond:,} of {n:,} are.",
            f"{counted(unknown, 'account')} had fewer than {fewest} gaps: no rhythm of their own to compare with."
            if unknown
            else "",
            "" if everyone else "Only accounts with an open run; --all looks at every account.",
            cut,
        ),
        next_step="See where their runs stand: clew show stalled",
        extra={"silent": beyond, "unknown": unknown},
    )


def quiet(ground: Ground, query: Query, fewest: int, *, everyone: bool) -> Callable[[Frame], Quiet]:
    """Kernel: the rhythm and the silence of the threads of the frame's runs, over all their events."""
    del query

    def kernel(frame: Frame) -> Quiet:
        runs, bucket = frame.folded.runs, frame.bucket
        rows = frame.rows if everyone else frame.rows[runs.outcome[frame.rows] == OPEN]
        asked, first = np.unique(runs.thread[rows], return_index=True)
        found = silences(bucket.thread, bucket.at, ground.as_of, fewest=fewest)
        place = np.flatnonzero(np.isin(found.segment, asked))
        value = np.full(len(place), NO_VALUE, np.int64)
        if len(asked):
            value = runs.value[rows][first][np.searchsorted(asked, found.segment[place])]
        thread = found.segment[place].astype(np.int64)
        return Quiet(thread, found.last[place], found.gaps[place], found.usual[place], found.silent[place], value)

    return kernel


def merge(left: Quiet, right: Quiet) -> Quiet:
    """Put two partials of disjoint threads together."""
    names = ("thread", "last", "gaps", "usual", "silent", "value")
    return Quiet(*(np.concatenate((getattr(left, name), getattr(right, name))) for name in names))


def _ranked(part: Quiet) -> Values:
    """Silent accounts, the largest value times the silence beyond the usual first."""
    chosen = np.flatnonzero(part.beyond)
    over = (part.silent - part.usual)[chosen] / US
    weight = np.where(part.value[chosen] == NO_VALUE, 1.0, part.value[chosen].astype(np.float64)) * over
    return chosen[np.lexsort((part.thread[chosen], -over, -weight))]


def _account_row(ground: Ground, part: Quiet, place: int) -> Row:
    value = int(part.value[place])
    return {
        "account": ground.view.names["entity"].text(int(part.thread[place])).partition(":")[2],
        "last": int(part.last[place]) / US,
        "silent": int(part.silent[place]) / US,
        "usual": int(part.usual[place]) / US,
        "beyond": int(part.silent[place] - part.usual[place]) / US,
        "gaps": int(part.gaps[place]),
        "value": None if value == NO_VALUE else money(value),
    }


def _group_row(query: Query, key: Key, part: Quiet) -> Row:
    known, beyond = int(part.known.sum()), int(part.beyond.sum())
    return {
        **by_cells(query.by, key),
        "silent": beyond,
        **share_cells("share", beyond, known, least_of(query)),
        "n": known,
        "unknown": len(part.thread) - known,
    }


def _account_columns() -> list[Column]:
    return [
        Column("account", "account", Unit.TEXT, "The account, or the thread where no account is known."),
        Column("last", "last event", Unit.TIME, "When anything happened last."),
        Column("silent", "silent for", Unit.SPAN, "Elapsed time since then."),
        Column("usual", "usual at most", Unit.SPAN, "Nine in ten of its own gaps are not longer.", n="gaps"),
        Column("beyond", "beyond by", Unit.SPAN, "Silence less the usual."),
        Column("gaps", "gaps known", Unit.COUNT, "Gaps between its events that the usual rests on."),
        Column("value", "value", Unit.MONEY, "Known value of its run."),
    ]


def _group_columns(query: Query) -> list[Column]:
    return [
        *by_columns(query.by),
        Column("silent", "silent", Unit.COUNT, "Accounts silent beyond their own rhythm."),
        *share_columns("share", "share", "Part of the accounts whose rhythm is known.", "n"),
        Column("n", "with a rhythm", Unit.COUNT, "Accounts with enough gaps to know their rhythm."),
        Column("unknown", "too few events", Unit.COUNT, "Accounts without a rhythm of their own."),
    ]
