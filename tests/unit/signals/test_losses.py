"""Lost accounts: which of them had been quiet, and how early the quiet ones' first small signal came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clew.conditions.model import Event
from clew.durations import parse_duration
from clew.meanings.model import Meanings, Requests, ScoreMeaning
from clew.questions.model import TooFew
from clew.signals.measuring.losses import Losses, in_words, losses
from clew.signals.registry import DETECTORS
from clew.stats.model import Estimate, OpenEstimate
from tests.unit.signals.message_sights import looking

REQUESTS = Requests(
    "ticket", Event(("ticket opened",)), answered=Event(("ticket answered",)), answer_within=parse_duration("1 day")
)
MEANINGS = Meanings(
    customers=Event(("deal won",)),
    lost=Event(("contract cancelled",)),
    loud=Event(("complaint made",)),
    requests=REQUESTS,
    scores={"nps": ScoreMeaning("nps", "nps", 9, 6)},
)


def account(n: int, *events: tuple[str, str], lost: str | None = "2026-06-01T00:00") -> list[Any]:
    """A customer of 2025 with some events; lost on 1 June 2026 unless told otherwise."""
    rows = [("deal won", "2025-01-01T00:00"), *events, *([("contract cancelled", lost)] if lost else [])]
    words = {"nps": {"nps": 5}, "ticket opened": {"ticket": f"T-{n}"}}
    return [(f"A-{n}", at, "survey answered" if event == "nps" else event, words.get(event, {})) for event, at in rows]


def lost(*accounts: list[Any], meanings: Meanings = MEANINGS, **options: Any) -> Losses:
    events = [event for each in accounts for event in each]
    return losses(looking(events, meanings, as_of="2026-12-31"), DETECTORS, **options)


UNANSWERED = ("ticket opened", "2026-03-01T00:00")  # late on 2 March, 91 days before the loss
COMPLAINT = ("complaint made", "2026-03-01T00:00")


def test_whoever_complained_within_the_notice_was_not_quiet() -> None:
    found = lost(account(1, COMPLAINT), account(2, ("nps", "2026-03-01T00:00")), *(account(n) for n in range(3, 7)))

    assert (found.lost, found.quiet) == (6, 4)
    assert isinstance(found.share, Estimate)
    assert found.share.value == pytest.approx(4 / 6)


@pytest.mark.parametrize(
    ("at", "quiet"),
    [("2025-12-02T23:59", 1), ("2025-12-03T00:00", 0), ("2026-05-31T23:59", 0), ("2026-06-01T00:00", 1)],
)
def test_a_complaint_counts_from_the_begin_of_the_notice_until_just_before_the_loss(at: str, quiet: int) -> None:
    assert lost(account(1, ("complaint made", at))).quiet == quiet


def test_the_first_small_signal_of_the_quiet_ones_is_dated_before_the_loss() -> None:
    later = ("ticket opened", "2026-05-01T00:00")
    found = lost(*(account(n, UNANSWERED) for n in range(8)), account(8, later), account(9))

    assert (found.quiet, found.spoke) == (10, 9)
    assert isinstance(found.days, OpenEstimate)
    assert found.days.value == 91


def test_signals_before_the_notice_are_no_warning() -> None:
    early = ("ticket opened", "2025-11-01T00:00")

    assert lost(account(1, early)).spoke == 0


def test_customers_that_stayed_are_looked_at_over_the_same_time() -> None:
    lately = ("ticket opened", "2026-11-01T00:00")
    found = lost(account(1), account(2, lately, lost=None), account(3, lost=None), account(4, UNANSWERED, lost=None))

    assert (found.kept, found.kept_spoke) == (3, 1)


def test_a_loss_so_early_that_its_notice_lies_before_the_log_is_left_out() -> None:
    found = lost(account(1, lost="2025-05-01T00:00"), account(2))

    assert (found.lost, found.unwatched) == (1, 1)
    assert in_words(found)[-1] == "Left out: 1 lost account lost less than 180 days after the log begins."


def test_only_losses_since_an_instant_are_counted_where_one_is_given() -> None:
    from clew.testing import micros

    assert lost(account(1, lost="2026-01-01T00:00"), account(2), since=micros("2026-05-01")).lost == 1


def test_few_losses_say_how_many_are_missing() -> None:
    found = lost(account(1, UNANSWERED))

    assert found.share == TooFew(1, 5)
    assert found.days == TooFew(1, 6)
    assert "too few: 4 more needed" in in_words(found)[0]


def test_where_nobody_says_what_is_loud_or_lost_nothing_is_claimed() -> None:
    silent = lost(account(1), meanings=replace(MEANINGS, loud=None, scores={}))
    endless = lost(account(1), meanings=Meanings())

    assert silent.quiet is None
    assert endless.quiet is None
    assert in_words(silent) == [
        "Quiet losses cannot be told: meanings.yaml does not say 'loud': nobody knows which events are complaints, so "
        "nothing of this is seen."
    ]
    assert "'lost'" in in_words(endless)[0]


def test_the_sentences_give_shares_with_intervals_and_days() -> None:
    found = lost(*(account(n, UNANSWERED) for n in range(8)), account(8, COMPLAINT), account(9, lost=None))

    assert in_words(found)[:2] == [
        "8 of 9 lost accounts had given no loud signal in the 180 days before (88.9 %, 56.5 to 98.0).",
        "Of the 8 quiet ones 8 had shown a small signal, the first of them 91 days before the loss (median, 91 to 91).",
    ]


def test_one_quiet_account_is_told_as_one() -> None:
    spoke = in_words(lost(account(1, ("ticket opened", "2026-03-01T00:00"))))[1]
    silent = in_words(lost(account(1)))[1]

    assert spoke.startswith("The quiet one had shown a small signal")
    assert silent == "The quiet one had not shown a small signal."
