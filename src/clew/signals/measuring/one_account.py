"""One account as whoever looks after it needs it: what it is, where its runs stand, and what somebody owes it now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from clew.archive.model import NO_CODE, Times
from clew.clock import NEVER
from clew.engine.attributes import Units
from clew.engine.model import OPEN
from clew.engine.terms import NO_INSTANT
from clew.questions.segments import held_at, in_force_at
from clew.questions.stages import team_of, titled
from clew.signals.parts import wording
from clew.signals.parts.handoffs_due import handed_over, handoffs_due, waiting_still
from clew.signals.parts.promises_due import promises_due
from clew.signals.sight import Sight

_NAMES = ("company", "company name", "account name", "customer name", "name", "firm", "organisation", "organization")


@dataclass(frozen=True)
class OpenRun:
    """A run that goes on: its journey, the id of its subject as a source writes it, and where it stands, in words."""

    journey: str
    subject: str
    where: str


@dataclass(frozen=True)
class About:
    """What is known of an account as of the view.

    name     "" where no attribute holds it      segments  of clew.yaml, in their order
    renewal  day of the next renewal that an attribute names, "" where none does
    owed     sentences: handoffs that wait for a receipt, promises that are not kept, the earliest due first
    """

    name: str
    segments: tuple[str, ...]
    renewal: str
    runs: tuple[OpenRun, ...]
    owed: tuple[str, ...]


def about(sight: Sight, number: int, thread: int) -> About:
    """Put together what is known of an account of a bucket."""
    runs = tuple(_runs(sight, number, thread))
    owed = sorted([*_handoffs(sight, number, thread), *_promises(sight, number, thread)])
    return About(
        _name(sight, number, thread),
        tuple(_segments(sight, number, thread)),
        _renewal(sight, number, thread),
        runs,
        tuple(sentence for _, sentence in owed),
    )


def _alone(sight: Sight, thread: int) -> tuple[Units, Times]:
    one = np.array([thread], np.int32)
    return Units(one, one, True), np.array([sight.as_of], np.int64)


def _name(sight: Sight, number: int, thread: int) -> str:
    plain = {text.replace("_", " ").lower(): text for text in sight.view.names["attribute"].texts()}
    units, when = _alone(sight, thread)
    for attribute in (plain[name] for name in _NAMES if name in plain):
        code = int(in_force_at(sight.buckets[number], sight.terms, attribute, units=units, when=when)[0])
        if code != NO_CODE:
            return sight.view.names[f"attribute:{attribute}"].text(code)
    return ""


def _segments(sight: Sight, number: int, thread: int) -> Iterator[str]:
    units, when = _alone(sight, thread)
    for name in sight.firm.segments:
        if bool(held_at(sight.buckets[number], sight.terms, sight.terms.segment(name), units=units, when=when)[0]):
            yield name


def _renewal(sight: Sight, number: int, thread: int) -> str:
    table, names = sight.buckets[number].attributes, sight.view.names["attribute"]
    rows = np.flatnonzero(np.asarray(table.thread) == thread)
    days = [
        int(sight.terms.instants(name)[int(table.value[row])])
        for row in rows.tolist()
        if "renewal" in (name := names.text(int(table.name[row]))).lower()
    ]
    ahead = [day for day in days if day != NO_INSTANT and day >= sight.as_of]
    return wording.day(sight, min(ahead)) if ahead else ""


def _runs(sight: Sight, number: int, thread: int) -> Iterator[OpenRun]:
    for name, ground in sight.journeys.items():
        runs = ground.folded.buckets[number].runs
        for run in np.flatnonzero((runs.thread == thread) & (runs.outcome == OPEN)).tolist():
            stage, variant = int(runs.stage[run]), int(runs.variant[run])
            where = f"{name}, before the first stage"
            if stage >= 0:
                team = team_of(ground.journey, variant, stage)
                where = f"{name}, in {titled(ground.journey.stages[stage])}{f' ({team})' if team else ''}"
            subject = sight.view.names["entity"].text(int(runs.subject[run]))
            yield OpenRun(name, subject.partition(":")[2] or subject, where)


def _handoffs(sight: Sight, number: int, thread: int) -> Iterator[tuple[int, str]]:
    for part in handoffs_due(sight, number):
        for row in np.flatnonzero(waiting_still(sight, number, part) & (part.thread == thread)).tolist():
            subject, due = int(part.subject[row]), int(part.due[row])
            whom = "" if subject == thread else f"{sight.view.names['entity'].text(subject)}: "
            late = f", {wording.length(sight.as_of - due)} late" if due < sight.as_of else ""
            yield (
                due,
                f"{whom}{handed_over(sight, part)} "
                f"{wording.moment(sight, int(part.sent[row]))}; to be accepted by {wording.moment(sight, due)}{late}.",
            )


def _promises(sight: Sight, number: int, thread: int) -> Iterator[tuple[int, str]]:
    promises = sight.meanings.promises
    if promises is None:
        return
    due, bucket = promises_due(sight, number, promises), sight.buckets[number]
    for place in np.flatnonzero((bucket.thread[due.row] == thread) & (due.kept == NEVER)).tolist():
        row, end = int(due.row[place]), int(due.end[place])
        what = f"promise {wording.property_at(sight, number, row, name=promises.id)}{wording.about(sight, number, row)}"
        by = f"{wording.team_at(sight, number, row)}, made {wording.day(sight, int(bucket.at[row]))}"
        verb = "is" if end > sight.as_of else "was"
        yield end, f"{what} of {by}, {verb} due {wording.day(sight, end - 1)} and is not kept."


def head(found: About, revenue: str) -> Sequence[str]:
    """Say it in short sentences, what is not known left out; revenue: in words, "" where unknown."""
    who = [found.name, f"segment {', '.join(found.segments)}" if found.segments else "", revenue]
    lines = [", ".join(each for each in who if each)]
    lines += [f"{run.where}: {run.subject}" for run in found.runs]
    lines += [f"next renewal {found.renewal}" if found.renewal else ""]
    return [line for line in lines if line]
