"""What runs take, who is silent, and what the data cannot show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from clew.engine.fold import fold
from clew.errors import BadRequest
from clew.journeys.elements import elements
from clew.journeys.model import Journey, Mark
from clew.questions.ask import ask
from clew.questions.blind import late_events
from clew.questions.ground import Ground, Rejected
from clew.questions.model import Answer, Query
from clew.testing import memory_log

Ask = Callable[..., Answer]
Grounded = Callable[..., Ground]
DAY = 86400.0


def test_touches_count_events_people_and_channels_of_each_run(journey: Journey, small_world: Ground) -> None:
    events: list[tuple[str, str, str, dict[str, object]]] = [
        ("a", "2018-01-01", "contacted", {"channel": "mail", "contact": 1, "user": "ann"}),
        ("a", "2018-01-02", "noted", {"user": "ann"}),
        ("a", "2018-01-03", "signed", {"channel": "call", "contact": 2, "user": "bob"}),
        ("b", "2018-01-01", "contacted", {"channel": "mail", "contact": 3}),
    ]
    ground = replace(small_world, folded=fold(memory_log(events), journey, small_world.firm))

    rows = {row["measure"]: row for row in ask(ground, Query("touches", options={"least": "1"})).rows}

    assert {name: row["total"] for name, row in rows.items()} == {
        "events": 4, "touches": 3, "channels": 3, "contacts": 3, "people inside": 2, "teams": 0,
    }  # fmt: skip
    assert (rows["channels"]["mean"], rows["channels"]["most"]) == (1.5, 2)


def test_filters_on_events_choose_the_events_that_count(journey: Journey, small_world: Ground) -> None:
    events = [("a", "2018-01-01", "contacted", {"channel": "mail"}), ("a", "2018-01-03", "signed", {"channel": "call"})]
    ground = replace(small_world, folded=fold(memory_log(events), journey, small_world.firm))

    [row] = [
        row for row in ask(ground, Query("touches", where={"channel": ("call",)})).rows if row["measure"] == "events"
    ]

    assert row["total"] == 1


@pytest.fixture
def weekly(grounded: Grounded, tell: Ask, at_day: Callable[..., str]) -> Ground:
    """An account that speaks every week and has been silent for three, one in its rhythm, one too young to have any."""
    steady = [(0, "contacted"), (7, "signed"), (14, "called"), (21, "called"), (28, "called"), (35, "called")]
    return grounded(
        tell("quiet", *steady, revenue=500),
        tell("steady", *steady, (42, "called"), (49, "called"), (55, "called")),
        tell("young", (50, "contacted")),
        as_of=at_day(56),
    )


def test_silence_is_measured_against_the_accounts_own_rhythm(weekly: Ground) -> None:
    [row] = ask(weekly, Query("silence")).rows

    assert (row["account"], row["silent"], row["usual"]) == ("quiet", 21 * DAY, 7 * DAY)
    assert row["value"] == 500


def test_an_account_with_too_few_events_has_no_rhythm_and_is_counted(weekly: Ground) -> None:
    answer = ask(weekly, Query("silence"))

    assert (answer.n, answer.extra["unknown"]) == (3, 1)


def test_groups_show_the_share_of_silent_accounts(weekly: Ground) -> None:
    rows = ask(weekly, Query("silence", by=("segment",), options={"least": "1"})).rows

    assert [(row["segment"], row["silent"], row["n"]) for row in rows] == [("enterprise", 0, 0), ("smb", 1, 2)]


@pytest.fixture
def recorded_late(grounded: Grounded, tell: Ask, at_day: Callable[..., str]) -> Ground:
    """Forty accounts sign five days after the contact, but signatures are recorded only from day 30 on."""
    told = [tell(f"a{n}", (n, "contacted"), *([(n + 5, "signed")] if n + 5 >= 30 else [])) for n in range(60)]
    return grounded(*told, as_of=at_day(70))


def test_an_event_recorded_late_says_which_runs_cannot_be_compared(recorded_late: Ground) -> None:
    [late] = late_events(recorded_late)

    assert (late.event, late.before) == ("signed", 30)
    assert late.expected == pytest.approx(25)
    assert late.chance < 1e-10
    expected = "'signed' is first recorded on 2018-01-31; the 30 runs started before cannot be compared."
    assert expected in ask(recorded_late, Query("coverage")).notes
    assert expected in ask(recorded_late, Query("conversion", options={"points": "contacted > signed"})).notes


def test_an_event_that_other_threads_show_earlier_is_not_called_late(
    recorded_late: Ground, grounded: Grounded, tell: Ask, at_day: Callable[..., str]
) -> None:
    told = [tell(f"a{n}", (n, "contacted"), *([(n + 5, "signed")] if n + 5 >= 30 else [])) for n in range(60)]
    early = tell("elsewhere", (-5, "signed"))

    assert late_events(grounded(*told, early, as_of=at_day(70))) == []


def test_an_event_that_is_merely_rare_is_not_called_late(told: Ask) -> None:
    assert told("coverage").extra["late"] == []


def test_recent_runs_are_censored_and_not_never(grounded: Grounded, tell: Ask, at_day: Callable[..., str]) -> None:
    done = [tell(f"d{n}", (n, "contacted"), (n + 10, "signed")) for n in range(20)]
    ground = grounded(*done, tell("young", (55, "contacted")), as_of=at_day(60))

    notes = ask(ground, Query("coverage")).notes

    assert any("1 run entered 'lead' after" in note and "censored, not 'never'" in note for note in notes)


def test_a_stage_that_never_occurs_is_named(grounded: Grounded, tell: Ask, at_day: Callable[..., str]) -> None:
    ground = grounded(tell("a", (0, "contacted")), as_of=at_day(3))

    assert ask(ground, Query("coverage")).extra["silent_stages"] == ["won", "selling"]


def test_elements_without_evidence_are_assumptions(
    grounded: Grounded, tell: Ask, at_day: Callable[..., str], journey: Journey
) -> None:
    marked = replace(
        journey, marks={"won.limit": Mark("evidence", "contract"), "lead.team": Mark("assumption", "guess")}
    )
    ground = grounded(tell("a", (0, "contacted")), as_of=at_day(3), journey=marked)

    answer = ask(ground, Query("coverage"))
    found = {row["name"]: row["note"] for row in answer.rows if row["what"] == "assumption"}

    assert "won.limit" not in found
    assert (found["lead.team"], found["won.team"]) == ("guess", "not marked")
    every = elements(marked)  # the same count as staleness and the report have
    assert set(found) == {*every} - {"won.limit"}
    assert any(note.startswith(f"{len(every) - 1} of {len(every)} elements of the map rest") for note in answer.notes)


def test_rejected_rows_stand_beside_what_was_read(small_world: Ground) -> None:
    ground = replace(small_world, rejected=[Rejected("deals", 100, 3, {"no account": 2, "bad time": 1})])

    [row] = [row for row in ask(ground, Query("coverage")).rows if row["what"] == "rejected"]

    assert (row["count"], row["note"]) == (3, "of 100 rows read: no account 2, bad time 1")


def test_coverage_looks_at_the_whole_log(told: Ask) -> None:
    with pytest.raises(BadRequest, match="leave out filters"):
        told("coverage", by=("segment",))
