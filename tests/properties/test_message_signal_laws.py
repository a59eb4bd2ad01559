"""Laws of the detectors of messages and of missed expansion on small random worlds, and equality with naive oracles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from clew.clock import NEVER
from clew.conditions.model import Event
from clew.engine.fold import fold
from clew.engine.model import Folded
from clew.firm.model import Firm
from clew.journeys.model import Again, AgainKind, End, Handoff, Journey, Stage, Subject
from clew.meanings.model import Meanings
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground
from clew.questions.sent import sent_by_run
from clew.signals.detectors import (
    broken_promise,
    contradiction,
    duplicate_contact,
    late_handoff,
    missed_expansion,
    ping_pong,
    re_routing,
    repeated_question,
)
from clew.signals.model import NO_ROW, Detector
from clew.signals.sight import Sight
from clew.testing import MemoryView
from tests.properties.message_worlds import FIRM, ORACLES, START, STEP, Found, Talk, view_of

DETECTORS: dict[str, Detector] = {
    module.DETECTOR.name: module.DETECTOR
    for module in (
        duplicate_contact, repeated_question, contradiction, ping_pong, re_routing, broken_promise, missed_expansion,
        late_handoff,
    )
}  # fmt: skip
SEEDS = st.integers(0, 2**32)
CHECKED = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
every_detector = pytest.mark.parametrize("name", ORACLES)
Told = tuple[list[Found], list[tuple[str, int]]]


def told(detector: Detector, sight: Sight, *, rows: bool = True) -> Told:
    """What a detector saw in all buckets, in words and in order."""
    found, occasions = [], []
    text = sight.view.names["entity"].text
    for number in range(len(sight.buckets)):
        seen = detector.detect(sight, number)
        part = seen.found
        assert list(part.at) == [at for _, at in sorted(zip(part.thread, part.at, strict=True))]
        for n in range(len(part)):
            first, last = (int(row) if rows and row != NO_ROW else None for row in (part.first[n], part.last[n]))
            found.append(Found(text(part.thread[n]), text(part.subject[n]), int(part.at[n]), first, last))
            assert detector.sentence(sight, number, part, n).startswith(text(part.thread[n]))
        occasions += [(text(t), int(at)) for t, at in zip(seen.exposed.thread, seen.exposed.at, strict=True)]
    return sorted(found, key=repr), sorted(occasions)


def drawn(name: str, seed: int) -> tuple[list[Any], Meanings, Talk]:
    talk = Talk(seed)
    events, meanings = talk.events(ORACLES[name][1]), talk.meanings()
    note(f"{events}\n{meanings}")
    return events, meanings, talk


@every_detector
@CHECKED
@given(seed=SEEDS)
def test_a_detector_finds_what_a_naive_reader_finds(name: str, seed: int) -> None:
    events, meanings, talk = drawn(name, seed)
    view = view_of(events, as_of=START + talk.random.randrange(24) * STEP)

    found, occasions = ORACLES[name][0](view, meanings)
    assert told(DETECTORS[name], Sight(view, FIRM, meanings)) == (sorted(found, key=repr), sorted(occasions))


@every_detector
@CHECKED
@given(seed=SEEDS)
def test_the_log_cut_at_an_instant_holds_exactly_the_signals_until_then(name: str, seed: int) -> None:
    events, meanings, talk = drawn(name, seed)
    view = view_of(events, as_of=START + 40 * STEP)
    now = START + talk.random.randrange(40) * STEP

    whole = told(DETECTORS[name], Sight(view, FIRM, meanings), rows=False)
    cut = told(DETECTORS[name], Sight(view.cut(as_of=now), FIRM, meanings), rows=False)
    assert cut[0] == [found for found in whole[0] if found.at <= now]


@every_detector
@CHECKED
@given(seed=SEEDS, buckets=st.integers(2, 4))
def test_neither_buckets_nor_the_order_of_arrival_matter(name: str, seed: int, buckets: int) -> None:
    events, meanings, talk = drawn(name, seed)
    shuffled = talk.random.sample(events, len(events))

    once = told(DETECTORS[name], Sight(view_of(events), FIRM, meanings), rows=False)
    assert told(DETECTORS[name], Sight(view_of(shuffled, buckets=buckets), FIRM, meanings), rows=False) == once


@every_detector
@CHECKED
@given(seed=SEEDS)
def test_every_signal_belongs_to_an_account_with_an_occasion(name: str, seed: int) -> None:
    events, meanings, _ = drawn(name, seed)

    found, occasions = told(DETECTORS[name], Sight(view_of(events, as_of=START + 40 * STEP), FIRM, meanings))
    assert {signal.account for signal in found} <= {account for account, _ in occasions}


# Handoffs: what the question 'receipts' says at each instant, gathered through time.


HANDING_OVER = ("make", "tell", "keep", "won", "touch", "gone", "gone")


def handing_over(talk: Talk) -> Journey:
    ends = [End("done", Event(("gone",)), reopens=talk.pick(True, False))]
    handoffs = [
        Handoff("sales", "service", Event((sent,)), Event((taken,)), accept_within=talk.span())
        for sent, taken in (("make", "keep"), ("tell", "keep"))
    ]
    again = Again(talk.pick(AgainKind.NEVER, AgainKind.AFTER_END, AgainKind.EACH_TRIGGER))
    subject = talk.pick(Subject(), Subject("ticket", "ticket"))
    stages = (Stage("begun", Event(("won",))), Stage("run", Event(("touch",))))
    starts = talk.pick(None, Event(("won",)))
    return Journey("j", "J", "v", subject, stages, starts, again, tuple(ends), handoffs=tuple(handoffs))


def sight_on(view: MemoryView, journey: Journey, firm: Firm = FIRM) -> Sight:
    return Sight(view, firm, Meanings(), {"j": Ground(fold(view, journey, firm), firm)})


def late_by_the_question(view: MemoryView, journey: Journey) -> set[tuple[Any, ...]]:
    """(handoff, account, subject, sent) of every handoff that 'receipts' counts as old enough and not in time."""
    folded: Folded = fold(view, journey, FIRM)
    kernel, text, late = sent_by_run(Ground(folded, FIRM), working=False), view.names["entity"].text, set()
    for part in folded.buckets:
        for number, sent in enumerate(kernel(Frame(part, Level.RUN, np.arange(len(part.runs))))):
            for row in np.flatnonzero(sent.followed & ~sent.in_time & (sent.due != NEVER)):
                late.add((number, text(sent.thread[row]), text(sent.subject[row]), int(sent.sent[row])))
    return late


@CHECKED
@given(seed=SEEDS)
def test_a_late_handoff_is_found_when_receipts_would_first_have_told_of_it(seed: int) -> None:
    talk = Talk(seed)
    events, journey = talk.events(HANDING_OVER, 40), handing_over(talk)
    note(f"{events}\n{journey}")
    view = view_of(events, as_of=START + 24 * STEP)

    known: set[tuple[Any, ...]] = set()
    expected = []
    for step in range(25):
        now = START + step * STEP
        late = late_by_the_question(view.cut(as_of=now), journey) - known
        expected += [(account, subject, now) for _, account, subject, _ in late]
        known |= late

    found, _ = told(late_handoff.DETECTOR, sight_on(view, journey))
    assert [(each.account, each.subject, each.at) for each in found] == sorted(expected, key=repr)


@CHECKED
@given(seed=SEEDS)
def test_late_handoffs_of_the_log_cut_at_an_instant_are_those_until_then(seed: int) -> None:
    talk = Talk(seed)
    events, journey = talk.events(HANDING_OVER, 40), handing_over(talk)
    view, now = view_of(events, as_of=START + 24 * STEP, buckets=2), START + talk.random.randrange(24) * STEP

    whole = told(late_handoff.DETECTOR, sight_on(view, journey), rows=False)
    cut = told(late_handoff.DETECTOR, sight_on(view.cut(as_of=now), journey), rows=False)
    assert cut[0] == [found for found in whole[0] if found.at <= now]
