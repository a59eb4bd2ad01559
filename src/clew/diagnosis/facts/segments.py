"""The fact about segments: in how many stages and ends their runs differ clearly, and by enough to matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np

from clew.diagnosis.comparing.contrasts import LEAST_RUNS, LEVEL, Compared, Scan
from clew.diagnosis.comparing.dimensions import SEGMENT
from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.words import shown, unknown
from clew.diagnosis.model import Fact, Measure
from clew.questions.words import counted, share
from clew.stats.multiplicity import benjamini_hochberg

MATTERS = 0.1  # the least difference between two segments, 10 points


def segments_differ(base: Base, scan: Scan) -> Fact:
    """The share of stages and ends at which some segment differs clearly from the rest, by 10 points at least."""
    name = "segments-differ"
    compared = [each for each in scan.compared if each.split.kind == SEGMENT]
    if not compared:
        return unknown(name, Measure.SHARE, _missing(base))
    adjusted = benjamini_hochberg([each.p for each in compared])
    clear = {id(each) for each, q in zip(compared, adjusted, strict=True) if q <= LEVEL}
    places = {place: list(rows) for place, rows in groupby(sorted(compared, key=_place), key=_place)}
    apart = {place: _apart(rows) for place, rows in places.items() if any(id(row) in clear for row in rows)}
    apart = {place: by for place, by in apart.items() if by >= MATTERS}
    n, value = len(places), len(apart) / len(places)
    words = (
        f"At {len(apart)} of {counted(n, 'stage')} and ends ({share(value)}) segments differ clearly and by "
        f"10 points or more (corrected for {counted(len(compared), 'comparison')})"
    )
    words += f"; {_largest(places, apart)}." if apart else "."
    return Fact(
        name, Measure.SHARE, value, n, "stages and ends", words, shown(base.sight, "funnel", further="--by segment")
    )


def _place(each: Compared) -> tuple[str, bool, int]:
    return each.journey, each.outcome.is_end, each.outcome.number


def _apart(rows: Sequence[Compared]) -> float:
    """The largest difference between two of the segments, or of one from the rest where it is the only one."""
    shares = [row.share for row in rows] + ([rows[0].rest] if len(rows) == 1 else [])
    return float(np.ptp(shares))


def _largest(
    places: Mapping[tuple[str, bool, int], Sequence[Compared]], apart: Mapping[tuple[str, bool, int], float]
) -> str:
    place = max(apart, key=lambda each: (apart[each], each))
    rows = sorted(places[place], key=lambda row: row.share)
    told = f"{share(rows[-1].share)} of {rows[-1].n:,} runs of '{rows[-1].split.name}'"
    low, of, n = (
        (rows[0].share, rows[0].split.name, rows[0].n)
        if len(rows) > 1
        else (rows[0].rest, "the others", rows[0].rest_n)
    )
    return f"the most at '{rows[0].outcome.title}' of '{place[0]}': {told}, {share(low)} of {n:,} of '{of}'"


def _missing(base: Base) -> str:
    if not base.sight.firm.segments:
        return "clew.yaml names no segments."
    return f"no two segments have {LEAST_RUNS} runs of a journey each that can be compared."
