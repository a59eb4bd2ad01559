"""What the workspace itself shows of the ladder: journeys that name an owner, journeys that were reviewed in time."""

from __future__ import annotations

from collections.abc import Mapping

from clew.diagnosis.model import Fact, Measure
from clew.journeys.model import Journey
from clew.journeys.reviews import last_review
from clew.questions.words import counted

JOURNEYS_OWNED, JOURNEYS_REVIEWED = "journeys-owned", "journeys-reviewed"


def ladder_facts(journeys: Mapping[str, Journey], as_of: int | None = None, zone: str = "UTC") -> dict[str, Fact]:
    """Facts of the ladder by name.

    journeys  the sound journeys of a workspace
    as_of     the moment at which reviews are judged, microseconds UTC; None: there is no log to date it by
    zone      of the firm, in which days of reviews are days
    """
    found = [_owned(journeys), _reviewed(journeys, as_of, zone)]
    return {fact.name: fact for fact in found}


def _owned(journeys: Mapping[str, Journey]) -> Fact:
    if not journeys:
        return _unknown(JOURNEYS_OWNED, "No journey file yet, so no owner is written down.")
    owned = sum(bool(journey.owner) for journey in journeys.values())
    words = _part(owned, len(journeys), one="names an owner", several="name an owner", no="names no owner")
    words += "; that is written, not yet lived." if owned else "."
    return _share(JOURNEYS_OWNED, owned, len(journeys), words)


def _reviewed(journeys: Mapping[str, Journey], as_of: int | None, zone: str) -> Fact:
    if not journeys or as_of is None:
        missing = "no journey file yet." if not journeys else "no log to judge the days of reviews by."
        return _unknown(JOURNEYS_REVIEWED, f"Not measured: {missing}")
    reviews = [last_review(journey, as_of, zone) for journey in journeys.values()]
    held = sum(review is not None and review.in_time for review in reviews)
    dated = sum(review is not None for review in reviews)
    told = _part(
        held,
        len(journeys),
        one="tells of a review within its rhythm",
        several="tell of a review within their rhythm",
        no="tells of no review within its rhythm",
    )
    words = f"{told} ({dated} of any review: review: {{last: …}})."
    return _share(JOURNEYS_REVIEWED, held, len(journeys), words)


def _part(part: int, whole: int, *, one: str, several: str, no: str) -> str:
    """How many journey files do something, in the right number."""
    if whole == 1:
        return f"The only journey file {one if part else no}"
    of = f"of {counted(whole, 'journey file')}"
    return f"None {of} {one}" if not part else f"{part} {of} {one if part == 1 else several}"


def _share(name: str, part: int, n: int, words: str) -> Fact:
    return Fact(name, Measure.SHARE, part / n, n, "journey files", words, "clew check")


def _unknown(name: str, words: str) -> Fact:
    return Fact(name, Measure.SHARE, None, 0, "journey files", words)
