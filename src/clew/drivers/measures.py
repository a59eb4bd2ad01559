"""Everything that may be measured of an account before an outcome; nothing of it rests on what came later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from clew.drivers.model import RATE_DAYS, Figures, Measure, Moments
from clew.drivers.outcomes import numbers, scores_of
from clew.drivers.stays import mean_stays
from clew.drivers.windows import different, inside, latest
from clew.engine.attributes import Units
from clew.engine.ordered import Positions
from clew.journeys.model import WaitingOn
from clew.meanings.model import ScoreMeaning
from clew.questions.segments import attributes_of, held_at, in_force_at
from clew.signals.model import Detector
from clew.signals.sight import Sight

_PER = f"per {RATE_DAYS} days"
_NUMBERS = 0.9  # share of an attribute's values that must be numbers


def measures_of(sight: Sight, leave_out: Sequence[str] = ()) -> list[Measure]:
    """List the candidates: signals, touches, channels, contacts, stages, scores, attributes, segments.

    leave_out  names of attributes or scores that are the outcome itself
    """
    return [
        *_signals(sight),
        *_touches(sight),
        *_stages(sight),
        *(_score(one) for one in sight.meanings.scores.values() if one.name not in leave_out),
        *(_attribute(sight, name) for name in _numeric(sight) if name not in leave_out),
        *(_segment(sight, name) for name in sight.firm.segments),
    ]


def _signals(sight: Sight) -> Iterator[Measure]:
    from clew.signals.registry import DETECTORS

    for detector in DETECTORS:
        yield _signal(detector)


def _signal(detector: Detector) -> Measure:
    def values(sight: Sight, number: int, moments: Moments) -> Figures:
        found = detector.detect(sight, number).found
        lo, hi = inside(found.thread, found.at, moments)
        return moments.rates(hi - lo)

    def seen(sight: Sight) -> bool:
        return any(len(detector.detect(sight, number).exposed) for number in range(len(sight.buckets)))

    ask = f"clew signals {detector.name}"
    return Measure(f"signal:{detector.name}", detector.title, _PER, values, ask=ask, seen=seen)


def _touches(sight: Sight) -> Iterator[Measure]:
    def touches(seen: Sight, number: int, moments: Moments) -> Figures:
        _, lo, hi = _touched(seen, number, moments)
        return moments.rates(hi - lo)

    def channels(seen: Sight, number: int, moments: Moments) -> Figures:
        rows, lo, hi = _touched(seen, number, moments)
        return different(seen.buckets[number].channel[rows], lo, hi)

    def contacts(seen: Sight, number: int, moments: Moments) -> Figures:
        bucket = seen.buckets[number]
        return different(bucket.contact, *inside(bucket.thread, bucket.at, moments))

    title = "Touches" if sight.meanings.sent else "Events of any kind"
    yield Measure("touches", title, _PER, touches, ask="clew show touches")
    yield Measure("channels", "Channels used", "", channels, ask="clew show touches --by channel")
    yield Measure("contacts", "Contacts met", "", contacts)


def _touched(sight: Sight, number: int, moments: Moments) -> tuple[Positions, Positions, Positions]:
    """Rows of touches, and which of them lie in each window; every event is one where `sent` is not said."""
    bucket, sent = sight.buckets[number], sight.meanings.sent
    rows = np.flatnonzero(sight.happens(number, sent.when)) if sent else np.arange(len(bucket))
    return rows, *inside(bucket.thread[rows], bucket.at[rows], moments)


def _stages(sight: Sight) -> Iterator[Measure]:
    for name, ground in sorted(sight.journeys.items()):
        for place, stage in enumerate(ground.journey.stages):
            if stage.waiting_on is WaitingOn.TIMER:  # it lasts as long as it is set to last
                continue
            title = f"Time in {stage.title or stage.name} ({name})"
            yield Measure(
                f"stage:{name}/{stage.name}",
                title,
                "days",
                lambda _, number, moments, ground=ground, place=place: mean_stays(  # type: ignore[misc]
                    ground.buckets[number], place, moments
                ),
                ask=f"clew show time --journey {name}",
            )


def _score(score: ScoreMeaning) -> Measure:
    def values(sight: Sight, number: int, moments: Moments) -> Figures:
        bucket = sight.buckets[number]
        given = scores_of(sight, score.property)[bucket.property(score.property)]
        rows = np.flatnonzero(~np.isnan(given))
        last = latest(rows, *inside(bucket.thread[rows], bucket.at[rows], moments))
        return np.where(last >= 0, np.append(given, np.nan)[last], np.nan)

    return Measure(f"score:{score.name}", f"Score {score.name}", "", values)


def _numeric(sight: Sight) -> list[str]:
    """Attributes of which nearly every value is a number."""
    found = []
    for name in sorted(sight.view.names["attribute"].texts()):
        known = _numbers_of(sight, name)[:-1]
        if len(known) and np.mean(~np.isnan(known)) >= _NUMBERS:
            found.append(name)
    return found


def _numbers_of(sight: Sight, name: str) -> Figures:
    return sight.made(("numbers", name), lambda: numbers(sight.view.names[f"attribute:{name}"].texts))


def _attribute(sight: Sight, name: str) -> Measure:
    def values(seen: Sight, number: int, moments: Moments) -> Figures:
        codes = in_force_at(
            seen.buckets[number], seen.terms, name, units=_accounts(moments), when=moments.known_by.astype(np.int64)
        )
        figures: Figures = _numbers_of(seen, name)[codes]
        return figures

    return Measure(f"attribute:{name}", name.replace("_", " "), "", values, dated=name not in sight.view.undated)


def _segment(sight: Sight, name: str) -> Measure:
    def values(seen: Sight, number: int, moments: Moments) -> Figures:
        bucket, when = seen.buckets[number], moments.known_by.astype(np.int64)
        held = held_at(bucket, seen.terms, seen.terms.segment(name), units=_accounts(moments), when=when)
        return held.astype(np.float64)

    rests_on = attributes_of(sight.firm.segments[name], sight.firm.segments)
    dated = not rests_on & sight.view.undated
    return Measure(f"segment:{name}", f"In segment {name}", "share", values, dated=dated)


def _accounts(moments: Moments) -> Units:
    return Units(moments.thread, moments.thread, True)
