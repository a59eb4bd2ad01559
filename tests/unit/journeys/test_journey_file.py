"""A journey file: the example of the design means what it says, and every mistake inside one file is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.conditions.model import Event, Segment
from clew.durations import Duration
from clew.errors import FileProblems
from clew.journeys.elements import elements
from clew.journeys.model import AgainKind, Back, Journey, Mark, Subject, WaitingOn
from clew.journeys.parse import parse_journey

FILE = Path("journeys/a.yaml")
DESIGN = Path(__file__).parents[1] / "workspace/design_example/journeys/seller-onboarding.yaml"
SMALL = """\
journey: a
stages:
  - stage: s
    enter: {event: e}
"""


def parse(text: str) -> Journey:
    return parse_journey(text, FILE)


def test_the_example_of_the_design_means_what_it_says() -> None:
    journey = parse(DESIGN.read_text("utf-8"))

    assert journey.name == "seller-onboarding"
    assert journey.subject == Subject("account")
    assert journey.value == "annual_revenue"
    assert journey.owner == {"professional": "head-of-cx", "operational": "onboarding-lead"}
    assert journey.review_every == Duration(4, "week")
    assert journey.starts == Event(("deal won",))
    assert journey.again.kind is AgainKind.NEVER
    assert journey.part_of == ("seller-lifecycle", "onboarding")
    assert [(end.name, end.good, end.reopens) for end in journey.ends] == [
        ("achieved", True, False),
        ("lost", False, False),
        ("lapsed", False, True),
    ]
    assert journey.stage_names == ("handed-over", "set-up", "live")
    set_up = journey.stages[1]
    assert (set_up.waiting_on, set_up.back, set_up.limit) == (WaitingOn.CUSTOMER, Back.FRICTION, Duration(14, "day"))
    assert (set_up.milestone, set_up.optional) == (True, True)
    assert journey.stages[0].limit == Duration(3, "day", working=True)
    assert journey.stages[0].customer.pains == ("silence",)
    assert journey.stages[0].touchpoints[0].event == "welcome sent"
    (handoff,) = journey.handoffs
    assert (handoff.source, handoff.target, handoff.accept_within) == ("sales", "onboarding", Duration(1, "day", True))
    assert len(handoff.packet) == 6
    assert journey.kpis[0].metric == {"time": ("deal won", "first order"), "statistic": "median"}
    assert journey.kpis[0].target == "30 days"
    assert journey.variants[0].when == Segment("enterprise")
    assert journey.variants[0].stages == {"set-up": {"limit": Duration(30, "day")}}
    assert journey.marks == {"set-up.limit": Mark("assumption", "workshop of March")}


def test_the_smallest_journey_has_a_name_and_a_stage() -> None:
    journey = parse(SMALL)

    assert journey.title == "a"
    assert journey.starts is None
    assert journey.stages[0].waiting_on is WaitingOn.US


SAME = [
    SMALL.replace("{event: e}", "{event: [e]}  # a list of one"),
    "# a comment\n" + SMALL,
    "stages: [{enter: {event: 'e'}, stage: s}]\njourney: a\n",
    SMALL + "    waiting_on: us\n    back: allowed\nagain: never\nsubject: account\n",
]


@pytest.mark.parametrize("text", SAME)
def test_layout_comments_and_written_defaults_leave_the_version(text: str) -> None:
    assert parse(text).version == parse(SMALL).version


OTHERS = [
    SMALL.replace("event: e", "event: f"),
    SMALL.replace("stage: s", "stage: t"),
    SMALL + "    limit: 3 days\n",
    SMALL + "title: b\n",
    SMALL + "ends: {x: {event: f}, y: {event: g}}\n",
    SMALL + "ends: {y: {event: g}, x: {event: f}}\n",  # the first in the file wins: order has meaning
]


def test_every_change_of_meaning_is_another_version() -> None:
    versions = {parse(text).version for text in (SMALL, *OTHERS)}

    assert len(versions) == len(OTHERS) + 1
    assert all(len(version) == 12 and int(version, 16) >= 0 for version in versions)


FURTHER = [
    ("again: {after: ended, wait: 30 days}\nends: {x: {event: f}}\n", AgainKind.AFTER_END),
    ("again: each trigger\n", AgainKind.EACH_TRIGGER),
]


@pytest.mark.parametrize(("text", "kind"), FURTHER)
def test_a_further_run_is_allowed_in_words(text: str, kind: AgainKind) -> None:
    assert parse(SMALL + text).again.kind is kind


MISTAKES = [
    # added to the small journey, line, what is said
    ("again: sometimes\n", 5, "never | each trigger"),
    ("again: {after: ended, wait: 3 working days}\nends: {x: {event: f}}\n", 5, "working time cannot be used"),
    ("again: {after: ended}\n", 5, "a further run after the end, but no ends"),
    ("subject: acount\n", 5, "did you mean 'account'"),
    ("subject: {ticket: id, deal: id}\n", 5, "at most 1"),
    ("starts: {segment: big}\n", 5, "nothing makes it happen"),
    ("starts: {silent: {events: e, for: 1 day}}\n", 5, "nothing is silent before a run has started"),
    ("ends:\n  x: {segment: big}\n", 6, "nothing makes it happen"),
    ("ends:\n  x: {event: f, godo: true}\n", 6, "did you mean 'good'"),
    ("ends:\n  x: {good: true}\n", 6, "no condition"),
    ("ends:\n  x: {event: f}\n  x: {event: g}\n", 7, "key 'x' is written twice, first in line 6"),
    ("ends: {x: {stage: t, for: 3 days}}\n", 5, "unknown stage 't'; allowed: s"),
    ("  - stage: s\n    enter: {event: f}\n", 5, "stage 's' is written twice"),
    ("  - stage: handoffs\n    enter: {event: f}\n", 5, "no stage can be named 'handoffs'"),
    ("  - stage: t\n", 5, "key 'enter' is missing"),
    ("  - stage: t\n    enter: {date: d, before: 3 days}\n", 6, "'date' cannot stand here"),
    ("    limit: 3\n", 5, "a number and a unit"),
    ("    waiting_on: nobody\n", 5, "us | customer | third party | timer"),
    ("    milestone: yes\n", 5, "true or false"),
    ("    customer: {does: a, b}\n", 5, "unknown key 'b'"),
    ("    touchpoints: [{channel: email}]\n", 5, "key 'name' is missing"),
    (
        "handoffs:\n  - {from: a, to: b, sent: {event: e}, accept_within: 1 day}\n",
        6,
        "'accept_within' without 'accepted'",
    ),
    ("kpis: [{kpi: k, metric: {time: [e]}}]\n", 5, "exactly 2"),
    ("kpis: [{kpi: k, metric: {tiem: [e, f]}}]\n", 5, "did you mean 'time'"),
    ("kpis: [{kpi: k, metric: {time: [e, f], statistic: mean}}]\n", 5, "median | p75 | p90"),
    ("kpis: [{kpi: k, metric: {time: [e, f]}, target: 0.5}]\n", 5, "does not fit the metric"),
    ("kpis: [{kpi: k, metric: {share: [e, f]}, target: 30 days}]\n", 5, "does not fit the metric"),
    ("kpis: [{kpi: k, metric: {share: [e, f]}, target: 80}]\n", 5, "a share from 0 to 1"),
    ("variants: {v: {when: {segment: b}, stages: {t: {limit: 1 day}}}}\n", 5, "unknown stage 't'"),
    ("variants: {v: {when: {segment: b}, stages: {s: {enter: {event: f}}}}}\n", 5, "unknown key 'enter'"),
    ("marks: {s.limit: {assumption: x}}\n", 5, "'s.limit' is no element"),
    ("marks: {s.entre: {assumption: x}}\n", 5, "did you mean 's.enter'"),
    ("marks: {s: {guess: x}}\n", 5, "unknown key 'guess'"),
    ("part_of: {journey: b}\n", 5, "key 'stage' is missing"),
    ("stges: []\n", 5, "did you mean 'stages'"),
]


@pytest.mark.parametrize(("added", "line", "said"), MISTAKES)
def test_a_mistake_is_told_in_its_line(added: str, line: int, said: str) -> None:
    with pytest.raises(FileProblems) as raised:
        parse(SMALL + added)

    assert [problem.line for problem in raised.value.problems if said in str(problem)] == [line]


def test_a_share_can_be_a_percentage() -> None:
    journey = parse(SMALL + "kpis: [{kpi: k, metric: {share: [e, s]}, target: 80 %}]\n")

    assert journey.kpis[0].target == 0.8


def test_elements_are_what_a_mark_may_speak_of() -> None:
    journey = parse(DESIGN.read_text("utf-8"))

    paths = elements(journey)
    assert {"set-up", "set-up.limit", "set-up.milestone", "handed-over.customer.pains"} <= set(paths)
    assert {"ends.lapsed", "handoffs.sales-onboarding", "kpis.time-to-first-order", "variants.enterprise"} <= set(paths)
    assert "live.limit" not in paths
