"""Which events a draft takes for stages and ends, in which order, and why it leaves others out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from clew.clock import DAY_US, HOUR_US
from clew.conditions.model import Event
from clew.discovery.drafting.draft import Wish, draft_journey
from clew.discovery.drafting.model import Draft
from clew.errors import BadRequest, UnknownName
from clew.firm.model import Firm
from clew.journeys.model import AgainKind, Back
from clew.testing import memory_log

START = 1_767_225_600_000_000  # 2026-01-01, midnight UTC
FIRM = Firm("firm", "EUR", "UTC")
Told = tuple[float, str] | tuple[float, str, dict[str, Any]]


def story(number: int, *told: Told, account: str | None = None) -> list[Any]:
    """Events of one account: (day, event) or (day, event, words)."""
    return [
        (account or f"a{number}", START + round((number + one[0]) * 24) * HOUR_US, one[1], *one[2:]) for one in told
    ]


def draft(events: Iterable[Any], *, subjects: tuple[str, ...] = (), **wish: Any) -> Draft:
    columns = {kind: f"{kind}_id" for kind in subjects}
    return draft_journey(memory_log(events, subjects=subjects), FIRM, columns, Wish(**wish))


def entries(made: Draft) -> list[tuple[str, ...]]:
    return [stage.enter.names for stage in made.journey.stages if isinstance(stage.enter, Event)]


def reasons(made: Draft) -> dict[str, str]:
    return {one.event: one.reason for one in made.dropped}


SALE = [(0, "asked"), (10, "offered"), (25, "won")]


def sales(n: int = 40) -> list[Any]:
    return [event for number in range(n) for event in story(number, *SALE)]


def test_what_many_have_in_one_order_are_stages_and_what_comes_last_is_an_end() -> None:
    made = draft(sales())

    assert entries(made) == [("asked",), ("offered",)]
    assert made.ends == ("won",)
    assert made.marks["offered"] == "40 of 40 accounts have 'offered'"


def test_the_order_is_that_of_most_subjects_not_of_names_or_arrival() -> None:
    turned = [event for number in range(5) for event in story(number, (0, "offered"), (5, "asked"), (9, "won"))]
    made = draft([*turned, *(event for number in range(5, 40) for event in story(number, *SALE))])

    assert entries(made) == [("asked",), ("offered",)]


def test_what_few_have_is_left_out_with_its_counts() -> None:
    made = draft([*sales(100), *story(1, (3, "visited the stand"))])

    assert reasons(made)["visited the stand"] == "too rare"
    assert "#   visited the stand (1 time, 1 account): too rare" in made.text


def test_chatter_is_no_stage_but_a_touchpoint_where_it_mostly_falls() -> None:
    mail = {"channel": "mail", "contact": 1}
    chatter = [
        event for n in range(40) for event in story(n, *((11 + 2 * part, "mail opened", mail) for part in range(6)))
    ]
    made = draft([*sales(), *chatter])

    (touchpoint,) = made.journey.stages[1].touchpoints
    assert (touchpoint.name, touchpoint.channel, touchpoint.event) == ("mail opened", "mail", "mail opened")
    assert made.marks["offered.touchpoints.mail opened"] == "240 of its 240 in runs fall into this stage"
    assert reasons(made)["mail opened"] == "too often: 6 in the typical account; a touchpoint of offered"


def test_touches_that_come_again_are_no_stages_unless_there_is_nothing_else() -> None:
    call, names = {"channel": "call"}, ("briefed", "priced", "settled")
    touches = [
        event
        for n in range(40)
        for event in story(n, *((9 * p + d, name, call) for p, name in enumerate(names) for d in (1, 3)))
    ]
    made = draft([*sales(), *touches])

    assert entries(made) == [("asked",), ("offered",)]
    assert reasons(made)["priced"].startswith("a touch that comes again: 40 of 40 have it again")
    assert [name for names_of in entries(draft(touches)) for name in names_of] == ["briefed", "priced", "settled"]


def test_what_happens_often_in_nobodys_name_is_noise() -> None:
    noise = [event for n in range(40) for event in story(n, *((part, "record synced") for part in range(6)))]
    named = [event for n in range(40) for event in story(n, *((day, name, {"user": "Ann"}) for day, name in SALE))]
    made = draft([*named, *noise])

    assert reasons(made)["record synced"].startswith("noise of a system")
    assert not any(stage.touchpoints for stage in made.journey.stages)


def test_what_comes_as_often_before_as_after_the_others_has_no_order() -> None:
    anywhere = [event for n in range(40) for event in story(n, ((-2, 5, 15, 30)[n % 4], "newsletter read"))]
    made = draft([*sales(), *anywhere])

    assert reasons(made)["newsletter read"].startswith("no order")
    assert entries(made) == [("asked",), ("offered",)]


def test_two_events_of_one_moment_are_one_stage() -> None:
    events = [
        event
        for n in range(40)
        for event in story(n, (0, "asked"), (10, "offered"), (10.04, "offer filed"), (60, "won"))
    ]

    assert entries(draft(events)) == [("asked",), ("offered", "offer filed")]


def test_what_comes_at_that_moment_and_again_later_enters_no_stage() -> None:
    told = [(0, "opened"), (0.001, "assigned"), (10, "answered"), (30, "closed")]
    passed_on = [*told[:3], (15, "assigned"), told[3]]
    made = draft(event for n in range(60) for event in story(n, *(told if n % 4 else passed_on)))

    assert entries(made) == [("opened",), ("answered",)]
    assert reasons(made)["assigned"] == "at the same moment as 'opened', and again later"


def test_an_event_that_is_followed_as_an_earlier_one_leads_back_to_it() -> None:
    straight = [(0, "asked"), (10, "offered"), (20, "tried"), (40, "won")]
    round_again = [(0, "asked"), (10, "offered"), (20, "tried"), (25, "changed"), (32, "tried"), (50, "won")]
    made = draft(event for n in range(60) for event in story(n, *(round_again if n % 4 == 0 else straight)))

    assert entries(made) == [("asked",), ("offered", "changed"), ("tried",)]
    assert made.journey.stages[1].back is Back.FRICTION
    assert "back: friction                        # 15 of 60 runs come back here from a later stage" in made.text


def test_what_several_teams_answer_several_events_with_is_a_receipt_and_no_stage() -> None:
    def ticket(n: int) -> list[Any]:
        first, second = {"team": "first"}, {"team": "second"}
        passed = [(1, "escalated", second), (1.5, "taken", second)] if n % 2 else []
        return story(
            n, (0, "opened", first), (0.5, "taken", first), *passed, (4, "closed", second if passed else first)
        )

    made = draft(event for n in range(60) for event in ticket(n))

    assert entries(made) == [("opened",), ("escalated",)]
    assert reasons(made)["taken"].startswith("no stage of its own: 'taken' answers several others")


def test_events_of_things_belong_to_journeys_of_their_own() -> None:
    tickets = [
        event
        for n in range(40)
        for part in range(3)
        for event in story(n, (part * 9, "ticket opened", {"ticket": f"t{n}-{part}"}))
    ]
    made = draft([*sales(), *tickets], subjects=("ticket",), subject="account")

    assert reasons(made)["ticket opened"] == "belongs to each ticket: clew discover --subject ticket"


def test_the_first_of_many_things_can_open_the_last_stage() -> None:
    def seller(n: int) -> list[Any]:
        orders = [(30 + 3 * part, "order placed", {"order": f"o{n}-{part}"}) for part in range(5)] if n % 2 else []
        return story(n, (0, "asked"), (10, "won"), *orders)

    made = draft((event for n in range(60) for event in seller(n)), subjects=("order",), subject="account")

    assert entries(made) == [("asked",), ("won",), ("order placed",)]
    assert "# the first of many enters the stage, the others change nothing" in made.text


def test_of_more_than_twelve_stages_those_that_most_have_are_kept() -> None:
    names = [f"step {letter}" for letter in "abcdefghijklmn"]
    events = [
        event
        for n in range(60)
        for event in story(n, *((5 * place, name) for place, name in enumerate(names) if n % 4 or name != "step c"))
    ]
    made = draft(events)

    assert len(made.journey.stages) == 12
    assert reasons(made)["step c"].startswith("one stage more than 12")


@pytest.mark.parametrize(
    ("last", "good", "remark"),
    [
        ("won", True, "good: a guess from the word 'won'"),
        ("deal lost", False, "not good: a guess from the word 'lost'"),
        ("survey answered", False, "add good: true if this is what you want"),
    ],
)
def test_good_and_bad_ends_are_guesses_from_words_and_say_so(last: str, good: bool, remark: str) -> None:
    made = draft(event for n in range(40) for event in story(n, (0, "asked"), (10, "offered"), (25, last)))

    (end,) = made.journey.ends
    assert end.good is good
    assert f"# {remark}" in made.text


def test_an_end_after_which_something_follows_may_be_reopened() -> None:
    again = [event for n in range(6) for event in story(n, (30, "offered"))]

    assert draft(sales()).journey.ends[0].reopens is False
    assert draft([*sales(), *again]).journey.ends[0].reopens is True


def waits(n: int) -> list[Any]:
    """Asked and called back four times at growing distance, and nothing ends it."""
    return story(n, (0, "asked"), (10, "called back"), (25, "asked"), (45, "called back"))


def test_where_nothing_ends_runs_silence_does_by_the_p99_of_gaps_between_events() -> None:
    made = draft([*(event for n in range(60) for event in waits(n)), *story(400, (0, "asked"))])

    (silent,) = made.journey.ends
    assert (silent.name, silent.reopens) == ("silent", True)
    assert str(silent.when.duration) == "20 days"  # type: ignore[union-attr]
    assert made.marks["ends.silent"].startswith("P99 of 180 gaps between events; 60 of 61 accounts")


def test_beside_other_ends_who_falls_silent_stays_open_and_that_is_said() -> None:
    quiet = [event for n in range(10) for event in story(n, (0, "asked"), account=f"q{n}")]
    made = draft([*sales(60), *quiet, *story(400, *SALE)])

    assert made.ends == ("won",)
    assert "P99 of 122 gaps between events is 15 days; 10 of 71 accounts have been silent for longer" in made.notes[0]


def test_a_start_is_written_where_nearly_all_begin_with_it() -> None:
    elsewhere = [event for n in range(60, 80) for event in story(n, *SALE[1:])]

    assert draft(sales()).journey.starts == Event(("asked",))
    made = draft([*sales(60), *elsewhere])
    assert made.journey.starts is None
    assert any("only 60 of 80 accounts begin with 'asked'" in note for note in made.notes)


def test_starts_straight_after_ends_make_further_runs() -> None:
    twice = [event for n in range(40) for event in story(n, *SALE, *((100 + day, name) for day, name in SALE))]
    made = draft(twice)

    assert made.journey.again.kind is AgainKind.AFTER_END
    assert "# 40 of 40 further 'asked' come straight after an end" in made.text


def test_a_person_may_say_where_a_journey_starts_and_ends() -> None:
    long = [(0, "asked"), (10, "offered"), (20, "won"), (30, "kicked off"), (50, "went live"), (90, "renewed")]
    events = [event for n in range(40) for event in story(n, *long)]
    made = draft(events, starts=("won",), ends=("went live",), journey="onboarding")

    assert made.journey.name == "onboarding"
    assert entries(made) == [("won",), ("kicked off",)]
    assert made.ends == ("went-live",)
    assert made.journey.starts == Event(("won",))
    assert made.marks["starts"] == "asked for; 40 accounts have it"


def test_the_subject_is_what_most_events_are_about() -> None:
    tickets = [
        (f"a{n % 4}", START + n * DAY_US, name, {"ticket": f"t{n}"}) for n in range(60) for name in ("opened", "closed")
    ]

    made = draft([*tickets, *sales(10)], subjects=("ticket",))

    assert made.journey.subject.kind == "ticket"
    assert made.journey.subject.column == "ticket_id"
    assert made.journey.name == "ticket"


def test_a_kind_that_names_begin_with_is_left_out_of_ids() -> None:
    events = [
        (None, START + n * DAY_US + place * HOUR_US, name, {"ticket": f"t{n}"})
        for n in range(30)
        for place, name in enumerate(("ticket opened", "ticket answered", "ticket closed"))
    ]

    made = draft(events, subjects=("ticket",))

    assert made.journey.stage_names == ("opened", "answered")
    assert made.ends == ("closed",)


def test_what_is_not_there_is_named_with_what_is() -> None:
    with pytest.raises(UnknownName, match="there is no event 'deal wno'; known: asked, offered, won"):
        draft(sales(), starts=("deal wno",))
    with pytest.raises(UnknownName, match="there is no subject 'order'; known: account"):
        draft(sales(), subject="order")
    with pytest.raises(UnknownName, match="there is no segment 'big'"):
        draft(sales(), segment="big")
    with pytest.raises(BadRequest, match="there is no ticket with any event"):
        draft([*sales(2), ("a", START, "x", {"order": "o"})], subjects=("order", "ticket"), subject="ticket")
