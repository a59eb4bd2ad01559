"""Gone silent: longer than a multiple of the P90 of the account's own earlier gaps, customers only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clew.conditions.model import Event
from clew.durations import parse_duration
from clew.engine.kernels.silence import silences
from clew.meanings.model import Meanings, Silence
from clew.signals.detectors.silence import DETECTOR
from clew.testing import micros
from tests.unit.signals.message_sights import found, instant, looking, measures, occasions, sentences

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
MEANINGS = Meanings(lost=Event(("contract cancelled",)))


def used(*days: float) -> list[Any]:
    """Product use so many days after the start."""
    return [("A-1", START + timedelta(days=day), "product used") for day in days]


EVERY_TWENTY = used(*range(0, 200, 20))  # nine gaps of 20 days, the last on day 180: 4 July 2026


def test_an_account_is_silent_from_twice_its_usual_gap_on() -> None:
    sight = looking(EVERY_TWENTY, MEANINGS, as_of="2026-12-31")

    assert found(DETECTOR, sight) == ["account:A-1 2026-08-13T09:00"]
    assert measures(DETECTOR, sight) == [40.0]
    assert sentences(DETECTOR, sight) == [
        "account:A-1: nothing since 'product used' on 2026-07-04; silent from 2026-08-13 on, 40 days later (2 times "
        "the P90 of its own gaps)."
    ]


def test_a_quick_rhythm_is_silent_no_sooner_than_the_fixed_time() -> None:
    daily = used(*range(10))

    assert found(DETECTOR, looking(daily, MEANINGS, as_of="2026-12-31")) == ["account:A-1 2026-02-04T09:00"]


def test_a_sign_at_the_very_instant_breaks_the_silence_and_one_later_does_not() -> None:
    in_time, late = used(220), used(220.01)

    assert found(DETECTOR, looking(EVERY_TWENTY + in_time, MEANINGS, as_of="2026-08-20")) == []
    assert len(found(DETECTOR, looking(EVERY_TWENTY + late, MEANINGS, as_of="2026-08-20"))) == 1


def test_only_gaps_before_the_silence_say_what_is_usual() -> None:
    long_gaps_later = used(240, 300, 360, 420)

    [first, *_] = found(DETECTOR, looking(EVERY_TWENTY + long_gaps_later, MEANINGS, as_of="2027-12-31"))

    assert first == "account:A-1 2026-08-13T09:00"


def test_fewer_gaps_than_asked_are_no_rhythm_and_signs_of_one_instant_are_one() -> None:
    few = used(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 40)
    sight = looking(few, MEANINGS, as_of="2026-12-31")

    assert found(DETECTOR, sight) == []
    assert occasions(DETECTOR, sight) == 0
    assert any("fewer than 8 gaps" in line for line in DETECTOR.blind(sight))


def test_a_lost_account_is_not_silent_nor_is_one_that_never_was_a_customer() -> None:
    cancelled = ("A-1", START + timedelta(days=190), "contract cancelled")
    customers = replace(MEANINGS, customers=Event(("deal won",)))

    assert found(DETECTOR, looking([*EVERY_TWENTY, cancelled], MEANINGS, as_of="2026-12-31")) == []
    assert found(DETECTOR, looking(EVERY_TWENTY, customers, as_of="2026-12-31")) == []


def test_what_counts_as_a_sign_of_life_can_be_said() -> None:
    mails = [("A-1", START + timedelta(days=day), "mail sent") for day in range(180, 360, 10)]
    use_only = replace(MEANINGS, silence=Silence(Event(("product used",)), at_least=parse_duration("21 days")))

    assert found(DETECTOR, looking(EVERY_TWENTY + mails, MEANINGS, as_of="2026-12-31")) == []
    assert len(found(DETECTOR, looking(EVERY_TWENTY + mails, use_only, as_of="2026-12-31"))) == 1
    assert any("every event counts" in line for line in DETECTOR.blind(looking(mails, MEANINGS)))
    assert not any("every event counts" in line for line in DETECTOR.blind(looking(mails, use_only)))


def test_each_quarter_of_a_customer_whose_rhythm_is_known_is_an_occasion() -> None:
    # The ninth sign comes on day 160, 14 June: the second, third and fourth quarter of 2026.
    assert occasions(DETECTOR, looking(EVERY_TWENTY, MEANINGS, as_of="2026-12-31")) == 3


def test_who_is_silent_now_is_counted_and_named_with_the_way_to_list_all() -> None:
    back = [("B-1", at + timedelta(days=7), event) for _, at, event in used(*range(0, 200, 20), 300)]
    lost = [("C-1", at, event) for _, at, event in EVERY_TWENTY]
    lost.append(("C-1", START + timedelta(days=290), "contract cancelled"))
    sight = looking([*EVERY_TWENTY, *back, *lost], MEANINGS, as_of="2026-11-15")

    assert len(found(DETECTOR, sight)) == 3
    assert DETECTOR.more(sight) == [
        "1 of 2 customers with a rhythm of their own is silent as of 2026-11-15, the last that fell silent first: "
        "account:A-1.",
        "All of them, beside any who came back since: clew signals silence --since 2026-08-13 --top 0",
    ]
    assert DETECTOR.more(looking(used(0, 20), MEANINGS)) == []
    assert DETECTOR.more(looking(EVERY_TWENTY, MEANINGS)) == [
        "0 of 1 customer with a rhythm of their own are silent as of 2026-07-04."
    ]


@given(st.lists(st.integers(0, 400), min_size=10, max_size=60, unique=True))
def test_what_is_usual_is_the_p90_of_the_gaps_until_then(days: list[int]) -> None:
    """Each silence is found where the rhythm of all signs until its last one says so, taken anew."""
    days, expected = sorted(days), []
    for last in range(8, len(days)):
        usual = silences(np.zeros(last + 1, np.int32), np.array(days[: last + 1]), days[last]).usual[0]
        begin = days[last] + max(2 * usual, 21)
        if begin < [*days, 2000][last + 1] and begin <= 500:
            expected.append(f"account:A-1 {instant(micros((START + timedelta(days=int(begin))).isoformat()))}")

    sight = looking(used(*days), MEANINGS, as_of=(START + timedelta(days=500)).isoformat())

    assert found(DETECTOR, sight) == sorted(expected)


def test_an_export_that_ends_early_is_named_for_it_makes_everybody_silent() -> None:
    daily = used(*range(60))
    others = [("A-2", START + timedelta(days=day), "mail sent") for day in range(0, 200, 5)]

    lines = DETECTOR.blind(looking(daily + others, MEANINGS))

    assert any(
        line.startswith("Hardly recorded any more: 'product used' after 2026-03-05; who is silent") for line in lines
    )
    assert not any(line.startswith("Hardly recorded") for line in DETECTOR.blind(looking(others, MEANINGS)))
