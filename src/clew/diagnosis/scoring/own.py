"""diagnosis.yaml of a workspace: a firm's own thresholds in place of those that come with Clew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from clew.diagnosis.scoring.model import Element, Indicator, Scoring
from clew.diagnosis.scoring.parse import in_order, packaged_scoring, thresholds
from clew.files.reading import Reading
from clew.files.scan import scan_file
from clew.files.shapes import Found, Key, Record

OWN_FILE = "diagnosis.yaml"
Own = Mapping[str, tuple[float, ...]]


def scoring_of(folder: Path | None) -> Scoring:
    """Return the scoring, with the thresholds of a workspace's diagnosis.yaml put in. Raises FileProblems."""
    path = folder / OWN_FILE if folder else None
    return with_own(packaged_scoring(), read_own(path)) if path and path.is_file() else packaged_scoring()


def read_own(path: Path) -> Own:
    """Read a firm's thresholds. Raises FileProblems with the nearest indicator."""
    reading = Reading(path)
    own = own_shape().read(scan_file(path), reading)
    reading.raise_problems()
    assert own is not None
    return own


def with_own(scoring: Scoring, own: Own) -> Scoring:
    """Put other thresholds in, marked as the firm's own."""

    def changed(indicator: Indicator) -> Indicator:
        return replace(indicator, starts=own[indicator.name], own=True) if indicator.name in own else indicator

    elements: list[Element] = [
        replace(element, indicators=tuple(map(changed, element.indicators))) for element in scoring.elements
    ]
    return replace(scoring, elements=tuple(elements))


@cache
def own_shape() -> Record[Own]:
    """The shape of diagnosis.yaml."""
    indicators = {one.name: one for one in packaged_scoring().indicators() if one.starts}

    def build(found: Found) -> dict[str, Any]:
        for key, starts in found.values.items():
            if not in_order(starts, indicators[key].counts):
                wrong = f"thresholds of '{key}' do not go {indicators[key].counts}"
                found.reading.problem(found.place(key), wrong, "each beyond the one before, for levels 1, 2, 3")
        return found.values

    each = Record({key: Key(thresholds(), f"{one.title}: levels 1, 2, 3.") for key, one in indicators.items()}, build)
    about = "Indicator: where its levels 1, 2 and 3 begin, in place of what comes with Clew."
    return Record({"thresholds": Key(each, about, required=True)}, lambda found: found["thresholds"])
