"""What follows what inside a run, how often, and after how long."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes
from clew.engine.kernels.counts import Counted, count_by, merge_counted, places_among
from clew.engine.model import OPEN, RESTARTED, ended
from clew.questions.answers import least_of, make, top
from clew.questions.collect import Key, gather
from clew.questions.figures import Row, by_cells, by_columns, share_cells, share_columns
from clew.questions.frames import Frame
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.options import flag, whole_number
from clew.questions.over import Over, told
from clew.questions.spans import sample_cells

Values = NDArray[np.int64]
Pair = tuple[int, int]
FIRST_VISIT = -2  # Visits.came of a run's first visit


@dataclass(frozen=True)
class Links:
    """One row per move: codes from 0 on, and the microseconds from the beginning of the one to that of the other.

    between  measures them, for those who ask
    """

    source: Codes
    target: Codes
    between: Callable[[], Values]

    @property
    def micros(self) -> Values:
        return self.between()


class Coded:
    """Codes from 0 on for all that can follow each other: of stages, before, ends, restart and start too."""

    def __init__(self, over: Over) -> None:
        self.over, journey = over, over.ground.journey
        self.stages, ends = len(journey.stages), [end.name for end in journey.ends]
        self.names = ["(before the first stage)", *journey.stage_names, *ends, "(restarted)", "(start)"]
        self.start = len(self.names) - 1

    def label(self, code: int) -> str:
        """Text of a code."""
        return self.names[code] if self.over.stages else self.over.label(code)

    def links(self, frame: Frame) -> Links:
        """The moves of a frame's rows."""
        if not self.over.stages:
            trail = told(self.over.trail(frame))
            same = trail.run[1:] == trail.run[:-1]
            return Links(trail.code[:-1][same], trail.code[1:][same], lambda: np.diff(trail.begin)[same])
        visits, rows = frame.folded.visits, frame.rows
        stage, came, following = (column[rows].astype(np.int64) for column in (visits.stage, visits.came, visits.next))
        left, first = following != OPEN, came == FIRST_VISIT
        spent = (visits.leave[rows] - visits.enter[rows])[left]
        begun = int(first.sum())
        return Links(
            np.concatenate((np.full(begun, self.start), stage[left] + 1)),
            np.concatenate((stage[first] + 1, self._targets(following[left]))),
            lambda: np.concatenate((np.zeros(begun, np.int64), spent)),
        )

    def _targets(self, following: Values) -> Values:
        end = ended(0) - following
        restarted = following == ended(RESTARTED)
        ends = self.stages + 1 + np.where(restarted, len(self.names) - self.stages - 3, end)
        return np.where(following >= 0, following + 1, ends)


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'transitions'."""
    if flag(query.options, "whole"):
        ground = ground.whole()
    coded = Coded(Over(ground, query.options["over"]))
    level = coded.over.level
    found = {key: merge_counted(parts) for key, parts in gather(ground, query, level, count(coded)).items()}
    ranked = [(key, pair, n) for key, part in found.items() for pair, n in _ranked(coded, part)]
    ranked.sort(key=lambda item: -item[2])
    shown, cut = top(ranked, whole_number("top", query.options["top"]), "transitions")
    timed = gather(ground, query, level, times(coded, {pair for _, pair, _ in shown}))
    spans = {key: _joined(parts) for key, parts in timed.items()}
    return make(
        ground,
        query,
        title=f"What follows what, over {coded.over.name}",
        columns=_columns(query, coded.over),
        rows=[_row(coded, query, key, pair, n, found[key], spans[key][pair]) for key, pair, n in shown],
        n=sum(int(part.count.sum()) for part in found.values()),
        n_of="transitions",
        notes=(
            "Time is that between two that did follow each other; what is still awaited is in 'clew show time'.",
            "" if coded.over.stages else f"Rows without {coded.over.one} are passed over.",
            cut,
        ),
        next_step="See what is done twice: clew show loops",
    )


def count(coded: Coded) -> Callable[[Frame], Counted]:
    """Kernel: how often what follows what."""

    def kernel(frame: Frame) -> Counted:
        links = coded.links(frame)
        return count_by(links.source, links.target)

    return kernel


def times(coded: Coded, pairs: set[Pair]) -> Callable[[Frame], dict[Pair, Values]]:
    """Kernel: the spans between the two of each pair asked for."""

    radix = 1 + max((code for pair in pairs for code in pair), default=0)
    wanted = np.array(sorted(a * radix + b for a, b in pairs), np.int64)

    def kernel(frame: Frame) -> dict[Pair, Values]:
        links = coded.links(frame)
        packed = np.minimum(links.source.astype(np.int64), radix) * radix
        packed += links.target
        place = places_among(wanted, np.where(links.target < radix, packed, radix * radix))
        hit = np.flatnonzero(place >= 0)
        order = hit[np.argsort(place[hit], kind="stable")]
        edges = np.cumsum([0, *np.bincount(place[hit], minlength=len(wanted))])
        micros = links.micros[order]
        return {
            divmod(int(code), radix): micros[edges[number] : edges[number + 1]] for number, code in enumerate(wanted)
        }

    return kernel


def _joined(parts: Sequence[Mapping[Pair, Values]]) -> dict[Pair, Values]:
    return {pair: np.concatenate([part[pair] for part in parts]) for pair in parts[0]}


def _ranked(coded: Coded, part: Counted) -> Iterator[tuple[Pair, int]]:
    """Pairs by falling count, ties by their names."""
    pairs = [(int(a), int(b)) for a, b in part.keys.reshape(len(part), -1)] if len(part) else []
    by_count = sorted(zip(pairs, part.count.tolist(), strict=True), key=lambda item: (-item[1], _named(coded, item[0])))
    yield from by_count


def _named(coded: Coded, pair: Pair) -> tuple[str, str]:
    return coded.label(pair[0]), coded.label(pair[1])


def _row(coded: Coded, query: Query, key: Key, pair: Pair, n: int, part: Counted, micros: Values) -> Row:
    least = least_of(query)
    of_source = int(part.count[part.keys[:, 0] == pair[0]].sum())
    started = coded.over.stages and pair[0] == coded.start
    return {
        **by_cells(query.by, key),
        "from": coded.label(pair[0]),
        "to": coded.label(pair[1]),
        "count": n,
        **share_cells("share", n, of_source, least),
        "n": of_source,
        **({} if started else sample_cells("median", micros, 0.5, least)),
    }


def _columns(query: Query, over: Over) -> list[Column]:
    return [
        *by_columns(query.by),
        Column("from", "from", Unit.TEXT, f"The {over.one} before."),
        Column("to", "to", Unit.TEXT, f"The {over.one} after."),
        Column("count", "times", Unit.COUNT, "How often the one follows directly on the other."),
        *share_columns("share", "share", "Part of all that follows on 'from'.", "n"),
        Column("n", "of", Unit.COUNT, "All transitions from there."),
        Column(
            "median", "median time", Unit.SPAN, "Elapsed time between the two.", "median_low", "median_high", "count"
        ),
        Column("median_low", "median time, low", Unit.SPAN, "Lower end of the 95 % interval."),
        Column("median_high", "median time, high", Unit.SPAN, "Upper end of the 95 % interval."),
    ]
