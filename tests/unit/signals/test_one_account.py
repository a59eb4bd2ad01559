"""One account as whoever looks after it needs it: what it is, where its runs stand, what is owed to it now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from clew.conditions.model import Event
from clew.engine.fold import fold
from clew.firm.parse import parse_firm
from clew.journeys.parse import parse_journey
from clew.meanings.model import Meanings, Promises
from clew.questions.ground import Ground
from clew.signals.measuring.one_account import About, about, head
from clew.signals.sight import Sight
from clew.testing import memory_log

FIRM = parse_firm(
    "firm: A\ncurrency: EUR\ntime_zone: UTC\nteams: {sales: Sales, care: Care}\n"
    "segments: {large: {attribute: size, at_least: 100}, small: {attribute: size, at_most: 99}}\n",
    Path("clew.yaml"),
)
JOURNEY = parse_journey(
    """
journey: onboarding
stages:
  - {stage: signed, title: Signed, enter: {event: signed}, team: sales}
  - {stage: set-up, title: Set-up, enter: {event: set up}, team: care}
ends:
  live: {event: live, good: true}
handoffs:
  - {from: sales, to: care, sent: {event: sent}, accepted: {event: taken}, accept_within: 2 days}
""",
    Path("onboarding.yaml"),
)
MEANINGS = Meanings(promises=Promises(Event(("promised",)), Event(("kept",)), id="promise", due="due"))


def told(*events: tuple[str, str, dict[str, Any]], attributes: dict[str, str] | None = None) -> About:
    rows = [("a1", at, name, words) for at, name, words in events]
    known = [("a1", name, value) for name, value in (attributes or {}).items()]
    view = memory_log(rows, known, as_of="2026-03-20T12:00")
    sight = Sight(view, FIRM, MEANINGS, {"onboarding": Ground(fold(view, JOURNEY, FIRM), FIRM)})
    return about(sight, 0, int(np.asarray(sight.buckets[0].thread)[0]))


def test_the_head_names_the_account_its_segment_its_open_runs_and_its_next_renewal() -> None:
    attributes = {"company": "Kettle & Co", "size": "120", "renewal_date": "2026-09-01", "renewal_before": "2025-09-01"}
    found = told(("2026-03-01T09:00", "signed", {}), ("2026-03-02T09:00", "set up", {}), attributes=attributes)

    assert head(found, "50,000 EUR a year") == [
        "Kettle & Co, segment large, 50,000 EUR a year",
        "onboarding, in Set-up (care): a1",
        "next renewal 2026-09-01",
    ]


def test_what_is_not_known_is_left_out() -> None:
    found = told(("2026-03-01T09:00", "signed", {}), ("2026-03-02T09:00", "live", {}))

    assert head(found, "") == []


def test_handoffs_without_a_receipt_and_promises_not_kept_are_owed_the_earliest_due_first() -> None:
    found = told(
        ("2026-03-01T09:00", "signed", {}),
        ("2026-03-18T12:00", "sent", {}),
        ("2026-03-01T10:00", "promised", {"promise": "p1", "due": "2026-03-10", "team": "sales"}),
        ("2026-03-01T11:00", "promised", {"promise": "p2", "due": "2026-04-10", "team": "care"}),
        ("2026-03-01T12:00", "promised", {"promise": "p3", "due": "2026-03-12", "team": "care"}),
        ("2026-03-11T12:00", "kept", {"promise": "p3"}),
    )

    assert found.owed == (
        "promise p1 of Sales, made 2026-03-01, was due 2026-03-10 and is not kept.",
        "Sales handed over to Care 2026-03-18 12:00; to be accepted by 2026-03-20 12:00.",
        "promise p2 of Care, made 2026-03-01, is due 2026-04-10 and is not kept.",
    )


def test_a_handoff_of_a_run_that_has_ended_is_owed_no_more() -> None:
    found = told(("2026-03-01T09:00", "signed", {}), ("2026-03-02T12:00", "sent", {}), ("2026-03-09T12:00", "live", {}))

    assert found.owed == ()
