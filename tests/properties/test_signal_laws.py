"""Laws of every detector on small random worlds: no look-ahead, and nothing depends on how the log was put together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from math import ceil
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from clew.clock import DAY_US, US
from clew.questions.ask import ask
from clew.questions.model import Query
from clew.signals.measuring.losses import losses
from clew.signals.measuring.measure import measured
from clew.signals.model import NO_ROW, Detector
from clew.signals.registry import BY_NAME, DETECTORS
from clew.signals.sight import Sight
from tests.properties.signal_worlds import END, Draw, Firm
from tests.properties.small_worlds import QUARTER, START, World

SEEDS = st.integers(0, 2**32)
CHECKED = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
every_detector = pytest.mark.parametrize("name", BY_NAME)
Signal = tuple[Any, ...]


def drawn(seed: int, *, standing: bool = False) -> tuple[Firm, Draw]:
    chance = Draw(seed)
    firm = chance.standing_firm() if standing else chance.firm()
    note(f"{firm}")
    return firm, chance


def signals(sight: Sight, detector: Detector) -> Counter[Signal]:
    """What a detector found, in words: account, subject, instant, the events it rests on, how much."""
    text, event = sight.view.names["entity"].text, sight.view.names["event"].text
    told: Counter[Signal] = Counter()
    for number, bucket in enumerate(sight.buckets):
        found = detector.detect(sight, number).found
        for n in range(len(found)):
            rows = [
                (event(bucket.event[row]), int(bucket.at[row])) if row != NO_ROW else None
                for row in (found.first[n], found.last[n])
            ]
            measure = None if np.isnan(found.measure[n]) else round(float(found.measure[n]), 6)
            told[(text(found.thread[n]), text(found.subject[n]), int(found.at[n]), *rows, measure)] += 1
    return told


def occasions(sight: Sight, detector: Detector) -> Counter[tuple[str, int]]:
    text = sight.view.names["entity"].text
    parts = [detector.detect(sight, number).exposed for number in range(len(sight.buckets))]
    return Counter((text(t), int(at)) for part in parts for t, at in zip(part.thread, part.at, strict=True))


@every_detector
@CHECKED
@given(seed=SEEDS)
def test_the_log_cut_at_a_moment_gives_exactly_the_signals_up_to_it(name: str, seed: int) -> None:
    firm, chance = drawn(seed)
    moment = chance.instant()
    whole, cut = (signals(firm.sight(as_of), BY_NAME[name]) for as_of in (END, moment))

    assert cut == Counter({signal: n for signal, n in whole.items() if signal[2] <= moment})


@every_detector
@CHECKED
@given(seed=SEEDS, buckets=st.integers(2, 4))
def test_buckets_order_of_arrival_and_duplicates_change_nothing(name: str, seed: int, buckets: int) -> None:
    firm, chance = drawn(seed)
    world = firm.world
    rows = [chance.random.sample(part + part, 2 * len(part)) for part in (world.events, world.attributes, world.links)]
    shuffled = replace(firm, world=World(*rows))

    one, other = firm.sight(), shuffled.sight(buckets=buckets)
    assert signals(one, BY_NAME[name]) == signals(other, BY_NAME[name])
    assert occasions(one, BY_NAME[name]) == occasions(other, BY_NAME[name])


@every_detector
@CHECKED
@given(seed=SEEDS)
def test_signals_stand_in_order_each_with_a_sentence_and_never_after_the_view(name: str, seed: int) -> None:
    firm, _ = drawn(seed)
    sight, detector = firm.sight(START + 30 * QUARTER), BY_NAME[name]

    for number in range(len(sight.buckets)):
        seen = detector.detect(sight, number)
        for part in (seen.found, seen.exposed):
            places = list(zip(part.thread.tolist(), part.at.tolist(), strict=True))
            assert places == sorted(places)
            assert all(at <= sight.as_of for _, at in places)
        exposed = set(seen.exposed.thread.tolist())
        for n, thread in enumerate(seen.found.thread.tolist()):
            assert thread in exposed
            assert sight.view.names["entity"].text(thread) in detector.sentence(sight, number, seen.found, n)


@every_detector
@CHECKED
@given(seed=SEEDS)
def test_what_is_measured_is_what_was_seen(name: str, seed: int) -> None:
    firm, chance = drawn(seed)
    since = chance.pick(None, chance.instant())
    sight, detector = firm.sight(buckets=2), BY_NAME[name]
    told = [signal for signal in signals(sight, detector).elements() if since is None or signal[2] >= since]

    found = measured(sight, detector, since=since)

    assert found.signals == len(told)
    assert found.touched == len({signal[0] for signal in told})
    assert found.touched <= found.accounts
    assert found.occasions >= found.accounts
    assert sum(example.signals for example in found.examples) <= found.signals


@CHECKED
@given(seed=SEEDS)
def test_no_stall_rests_on_an_end_withdrawn_a_tier_learnt_or_a_norm_taken_later(seed: int) -> None:
    firm, chance = drawn(seed, standing=True)
    moment = chance.instant()
    whole, cut = (signals(firm.sight(as_of), BY_NAME["stall"]) for as_of in (END, moment))

    assert cut == Counter({signal: n for signal, n in whole.items() if signal[2] <= moment})


@settings(CHECKED, max_examples=30)
@given(seed=SEEDS)
def test_a_stall_is_found_when_show_stalled_would_first_list_the_visit(seed: int) -> None:
    firm, _ = drawn(seed, standing=True)
    first: dict[tuple[object, ...], int] = {}
    for at in range(START, END + 1, QUARTER):  # every instant of such a world lies on a quarter of a day
        ground = firm.sight(at + 1).journeys["j"]
        for row in ask(ground, Query("stalled", options={"top": "0"})).rows:
            first.setdefault((row["account"] or row["subject"], row["subject"], row["stage"], row["since"]), at)

    found = signals(firm.sight(END), BY_NAME["stall"])

    plain = [
        (who.partition(":")[2], subject.partition(":")[2], round(at / US - days * 86_400), at)
        for who, subject, at, *_, days in found.elements()
    ]
    assert Counter(plain) == Counter(
        (who, what, round(float(str(since))), at) for (who, what, _, since), at in first.items()
    )


@CHECKED
@given(seed=SEEDS)
def test_silence_is_what_a_naive_reader_of_each_account_finds(seed: int) -> None:
    firm, chance = drawn(seed)
    asked = chance.silence()
    meanings = replace(firm.meanings, silence=replace(asked, when=None), customers=None, lost=None)
    sight = replace(firm, meanings=meanings).sight()

    expected = Counter(
        (account, at)
        for account, moments in moments_by_account(sight).items()
        for at in naive_silences(moments, asked.gaps, asked.times, asked.at_least.micros)
    )

    assert Counter((who, at) for who, _, at, *_ in signals(sight, BY_NAME["silence"]).elements()) == expected


def moments_by_account(sight: Sight) -> dict[str, list[int]]:
    text, things = sight.view.names["entity"].text, sight.terms.is_thing()
    found: dict[str, set[int]] = {}
    for bucket in sight.buckets:
        for thread, at in zip(bucket.thread, bucket.at, strict=True):
            if not things[thread]:
                found.setdefault(text(thread), set()).add(int(at))
    return {account: sorted(moments) for account, moments in found.items()}


def naive_silences(moments: list[int], gaps: int, times: float, at_least: int) -> list[int]:
    found = []
    for n in range(gaps, len(moments)):
        earlier = sorted(later - sooner for sooner, later in pairwise(moments[: n + 1]))
        usual = earlier[ceil(0.9 * len(earlier) - 1e-9) - 1]
        at = moments[n] + max(round(times * usual), at_least)
        following = moments[n + 1] if n + 1 < len(moments) else END + 1
        if at < following and at <= END:
            found.append(at)
    return found


@CHECKED
@given(seed=SEEDS)
def test_small_frictions_of_one_account_lie_a_window_apart_and_nothing_loud_is_in_it(seed: int) -> None:
    firm, _ = drawn(seed)
    sight, within = firm.sight(), firm.meanings.frictions.within.micros
    loud = firm.meanings.loud

    found = sorted((who, at) for who, _, at, *_ in signals(sight, BY_NAME["small-frictions"]).elements())

    for (who, at), (other, later) in pairwise(found):
        assert who != other or later - at >= within
    text = sight.view.names["entity"].text
    for number, bucket in enumerate(sight.buckets):
        for row in np.flatnonzero(sight.happens(number, loud)):
            who, at = text(bucket.thread[row]), int(bucket.at[row])
            assert not [each for each in found if each[0] == who and each[1] - within < at <= each[1]]


@CHECKED
@given(seed=SEEDS)
def test_quiet_losses_are_a_part_of_the_losses_and_speak_within_the_notice(seed: int) -> None:
    firm, _ = drawn(seed)

    found = losses(firm.sight(buckets=2), DETECTORS)

    if found.quiet is not None and found.spoke is not None:
        assert 0 <= found.spoke <= found.quiet <= found.lost
        value = getattr(found.days, "value", None)
        assert value is None or 0 < value <= firm.meanings.notice.micros / DAY_US
    assert found.kept_spoke <= found.kept
