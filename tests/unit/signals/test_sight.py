"""What is made of a sight is made once, whoever asks, in however many threads."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier
from time import sleep

import pytest

from clew.conditions.model import Condition, Event, Operator
from clew.conditions.model import Test as ValueTest
from clew.meanings.model import Meanings
from clew.signals.sight import Sight
from tests.unit.signals.message_sights import looking

THREADS = 16


def sight() -> Sight:
    return looking([("A-1", "2026-03-02", "mail sent", {"seats": 1}), ("A-1", "2026-03-03", "call made")], Meanings())


def above(number: float | bool) -> Condition:
    return Event(("mail sent",), {"seats": ValueTest(((Operator.IS, number),))})


def test_many_threads_that_ask_at_once_get_one_thing_that_was_made_once() -> None:
    for _ in range(20):
        seen, made, start = sight(), Counter[int](), Barrier(THREADS)

        def ask(thread: int, seen: Sight = seen, made: Counter[int] = made, start: Barrier = start) -> list[object]:
            def make(key: int) -> object:
                made[key] += 1
                sleep(0.0005)
                return object()

            start.wait()
            return [seen.made(("thing", key), partial(make, key)) for key in range(4)]

        with ThreadPoolExecutor(THREADS) as pool:
            got = list(pool.map(ask, range(THREADS)))

        assert made == dict.fromkeys(range(4), 1)
        assert all(one is other for one, other in zip(got[0], got[-1], strict=True))
        assert len({tuple(map(id, each)) for each in got}) == 1


def test_one_thing_may_be_made_of_another() -> None:
    seen = sight()

    assert seen.made("outer", lambda: seen.made("inner", lambda: 1) + 1) == 2


def test_what_could_not_be_made_is_tried_again() -> None:
    seen = sight()

    with pytest.raises(ZeroDivisionError):
        seen.made("share", lambda: 1 // 0)
    assert seen.made("share", lambda: 3) == 3


def test_equal_conditions_are_one_key_and_different_ones_two() -> None:
    seen = sight()

    assert seen.happens(0, above(1)) is seen.happens(0, above(1))
    assert seen.made(("said", above(1)), lambda: "number") != seen.made(("said", above(True)), lambda: "truth")
    one = Event(("mail sent",), {"seats": ValueTest(()), "topic": ValueTest(())})
    other = Event(("mail sent",), {"topic": ValueTest(()), "seats": ValueTest(())})
    assert seen.happens(0, one) is seen.happens(0, other)


def test_a_sight_with_other_meanings_keeps_nothing_of_the_first() -> None:
    seen = sight()
    seen.made("revenue", lambda: "of the first")

    assert replace(seen, meanings=Meanings(revenue="other")).made("revenue", lambda: "its own") == "its own"
