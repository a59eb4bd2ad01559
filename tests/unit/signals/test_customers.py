"""Who is a customer and when, and the quarters in between."""

from __future__ import annotations

from typing import Any

import numpy as np

from clew.conditions.model import Event
from clew.meanings.model import Meanings
from clew.periods import QUARTER, period_label, period_of, period_start, whole_periods
from clew.signals.parts.customers import customer_quarters, spells, without_begin
from clew.signals.sight import Sight
from clew.testing import micros
from tests.unit.signals.message_sights import instant, looking

MEANINGS = Meanings(customers=Event(("deal won",)), lost=Event(("contract cancelled",)))


def on(day: str, event: str, account: str = "A-1") -> tuple[str, str, str]:
    return account, f"{day}T12:00", event


def spans(sight: Sight) -> list[tuple[str, str]]:
    found = spells(sight, 0)
    ends = [instant(until) if lost >= 0 else "still" for until, lost in zip(found.until, found.lost, strict=True)]
    return [(instant(since), end) for since, end in zip(found.since, ends, strict=True)]


def test_an_account_is_a_customer_from_the_first_win_until_the_first_loss_and_again() -> None:
    days = {"2026-01-05": "deal won", "2026-02-05": "deal won", "2026-03-05": "contract cancelled"}
    more = {"2026-04-05": "contract cancelled", "2026-05-05": "deal won"}

    sight = looking([on(day, event) for day, event in (days | more).items()], MEANINGS)

    assert spans(sight) == [("2026-01-05T12:00", "2026-03-05T12:00"), ("2026-05-05T12:00", "still")]


def test_a_loss_without_a_win_makes_no_customer_and_is_said() -> None:
    sight = looking([on("2026-01-05", "mail sent"), on("2026-03-05", "contract cancelled")], MEANINGS)

    assert spans(sight) == []
    assert without_begin(sight) == [
        "1 account left or renewed, but nothing tells when they became customers: they are not watched."
    ]


def test_where_nobody_says_who_is_a_customer_everyone_is_from_the_first_event() -> None:
    ticket_of_nobody: tuple[Any, ...] = (None, "2026-01-02T12:00", "ticket opened", {"ticket": "T-1"})
    sight = looking([ticket_of_nobody, on("2026-01-05", "mail sent"), on("2026-02-05", "mail sent")], Meanings())

    assert spans(sight) == [("2026-01-05T12:00", "still")]


def test_pairs_of_account_and_instant_are_told_apart_by_the_spell() -> None:
    sight = looking([on("2026-01-05", "deal won"), on("2026-03-05", "contract cancelled")], MEANINGS)
    moments = ["2026-01-05T11:59", "2026-01-05T12:00", "2026-03-05T11:59", "2026-03-05T12:00"]

    at = np.array([micros(each) for each in moments])
    held = spells(sight, 0).hold(np.zeros(len(at), np.int32) + sight.buckets[0].thread[0], at)

    assert held.tolist() == [False, True, True, False]


def test_quarters_of_a_customer_are_those_of_the_firms_own_calendar() -> None:
    sight = looking(
        [on("2025-12-05", "deal won"), on("2026-04-02", "contract cancelled")], MEANINGS, as_of="2026-12-31"
    )

    quarters = customer_quarters(sight, 0)

    assert [(instant(begin), instant(end)) for begin, end in zip(quarters.begin, quarters.end, strict=True)] == [
        ("2025-12-05T12:00", "2025-12-31T23:00"),
        ("2025-12-31T23:00", "2026-03-31T22:00"),
        ("2026-03-31T22:00", "2026-04-02T12:00"),
    ]


def test_quarters_have_numbers_labels_and_starts() -> None:
    at = np.array([micros("2026-03-31T21:59"), micros("2026-03-31T22:00")])

    numbers = period_of(at, QUARTER, "Europe/Berlin")

    assert [period_label(int(number), QUARTER) for number in numbers] == ["2026-Q1", "2026-Q2"]
    assert instant(period_start(numbers, QUARTER, "Europe/Berlin")[1]) == "2026-03-31T22:00"


def test_a_quarter_is_whole_where_the_log_holds_its_first_and_its_last_day() -> None:
    def whole(first: str, last: str) -> list[str]:
        return [
            period_label(each, QUARTER) for each in whole_periods(micros(first), micros(last), QUARTER, "Europe/Berlin")
        ]

    assert whole("2025-01-01T09:00", "2025-09-30T08:00") == ["2025-Q1", "2025-Q2", "2025-Q3"]
    assert whole("2025-01-02T09:00", "2025-09-29T08:00") == ["2025-Q2"]
    assert whole("2025-02-01", "2025-05-01") == []
