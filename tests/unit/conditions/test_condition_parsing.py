"""The condition language: what each written form means, where it may stand, and what is said when it may not."""

from __future__ import annotations

import pytest

from clew.conditions.happening import Happens, event_names, happens
from clew.conditions.model import (
    All,
    AnyOf,
    Attribute,
    Condition,
    Count,
    Date,
    Dwell,
    Event,
    Not,
    Operator,
    Score,
    Segment,
    Silent,
)
from clew.conditions.model import (
    Test as ValueTest,
)
from clew.conditions.parse import PLACES, parse_condition
from clew.conditions.words import in_words
from clew.durations import Duration
from clew.errors import FileProblems


def days(n: float) -> Duration:
    return Duration(n, "day")


def one(operator: Operator, value: object) -> ValueTest:
    return ValueTest(((operator, value),))  # type: ignore[arg-type]


FORMS = [
    # as written, what it means, what makes it true
    ("{event: deal won}", Event(("deal won",)), {Happens.AT_EVENT}),
    ("{event: [a, b]}", Event(("a", "b")), {Happens.AT_EVENT}),
    (
        "{event: kickoff held, where: {attended: {at_least: 2}}}",
        Event(("kickoff held",), {"attended": one(Operator.AT_LEAST, 2)}),
        {Happens.AT_EVENT},
    ),
    ("{event: a, where: {x: no}}", Event(("a",), {"x": one(Operator.IS, "no")}), {Happens.AT_EVENT}),
    ("{event: a, where: {x: 007}}", Event(("a",), {"x": one(Operator.IS, "007")}), {Happens.AT_EVENT}),
    ("{event: a, where: {x: '7'}}", Event(("a",), {"x": one(Operator.IS, "7")}), {Happens.AT_EVENT}),
    ("{event: a, where: {x: true}}", Event(("a",), {"x": one(Operator.IS, True)}), {Happens.AT_EVENT}),
    ("{event: a, where: {x: [1, two]}}", Event(("a",), {"x": one(Operator.IN, (1, "two"))}), {Happens.AT_EVENT}),
    (
        "{event: a, where: {x: {above: 1, below: 2026-01-01}}}",
        Event(("a",), {"x": ValueTest(((Operator.ABOVE, 1), (Operator.BELOW, "2026-01-01")))}),
        {Happens.AT_EVENT},
    ),
    ("{any: [{event: a}, {event: b}]}", AnyOf((Event(("a",)), Event(("b",)))), {Happens.AT_EVENT}),
    ("{all: [{event: a}, {segment: s}]}", All((Event(("a",)), Segment("s"))), {Happens.AT_EVENT}),
    ("{not: {segment: s}}", Not(Segment("s")), set()),
    (
        "{count: {event: a, where: {x: 1}}, at_least: 3, within: 30 days}",
        Count(Event(("a",), {"x": one(Operator.IS, 1)}), one(Operator.AT_LEAST, 3), days(30)),
        {Happens.AT_EVENT},
    ),
    ("{count: {event: a}, is: 1}", Count(Event(("a",)), one(Operator.IS, 1), None), {Happens.AT_EVENT}),
    ("{silent: {events: [a, b], for: 180 days}}", Silent(("a", "b"), days(180)), {Happens.BY_TIME}),
    ("{stage: set-up, for: 14 days}", Dwell("set-up", days(14)), {Happens.BY_TIME}),
    ("{stage: set-up}", Dwell("set-up", None), set()),
    ("{score: nps, at_most: 6}", Score("nps", one(Operator.AT_MOST, 6)), {Happens.AT_EVENT}),
    ("{date: renewal_date, before: 120 days}", Date("renewal_date", before=days(120)), {Happens.BY_TIME}),
    ("{date: renewal_date, after: 2 weeks}", Date("renewal_date", after=Duration(2, "week")), {Happens.BY_TIME}),
    ("{attribute: tier, is: gold}", Attribute("tier", one(Operator.IS, "gold")), set()),
    ("{attribute: tier, known: false}", Attribute("tier", one(Operator.KNOWN, False)), set()),
    ("{attribute: tier, not_in: [a, b]}", Attribute("tier", one(Operator.NOT_IN, ("a", "b"))), set()),
    ("{segment: enterprise}", Segment("enterprise"), set()),
    (
        "{any: [{event: a}, {silent: {events: b, for: 3 days}}]}",
        AnyOf((Event(("a",)), Silent(("b",), days(3)))),
        {Happens.AT_EVENT, Happens.BY_TIME},
    ),
]


@pytest.mark.parametrize(("written", "meant", "made_true"), FORMS)
def test_a_written_form_means_one_thing(written: str, meant: Condition, made_true: set[Happens]) -> None:
    condition = parse_condition(written, "end")

    assert condition == meant
    assert happens(condition) == made_true


MISTAKES = [
    # as written, place, column, what is said
    ("{}", "end", 1, "an empty condition"),
    ("[{event: a}]", "end", 1, "a list is no condition"),
    ("deal won", "end", 1, "'deal won' is no condition"),
    ("{evnt: a}", "end", 2, "did you mean 'event'"),
    ("{where: {x: 1}}", "end", 1, "no condition"),
    ("{event: a, segment: s}", "end", 12, "'event' and 'segment' are two conditions in one"),
    ("{event: }", "end", 2, "an empty value"),
    ("{event: a, when: {x: 1}}", "end", 12, "unknown key 'when'"),
    ("{event: a, where: {x: {at_lest: 1}}}", "end", 24, "did you mean 'at_least'"),
    ("{event: a, where: {x: {at_least: many}}}", "end", 34, "a number or a date"),
    ("{event: a, where: {x: {}}}", "end", 23, "an empty test"),
    ("{any: []}", "end", 7, "at least 1"),
    ("{any: {event: a}}", "end", 7, "a list"),
    ("{all: [{event: a}, {}]}", "end", 20, "an empty condition"),
    ("{count: {event: a}}", "end", 1, "a count without a number"),
    ("{count: {event: a}, at_least: 1.5}", "end", 31, "a whole number"),
    ("{count: {event: a}, at_least: 1, within: 3 working days}", "end", 42, "working time cannot be used"),
    ("{silent: {events: a}}", "end", 10, "key 'for' is missing"),
    ("{silent: {events: a, for: soon}}", "end", 27, "a number and a unit"),
    ("{score: nps}", "end", 1, "a score without a test"),
    ("{score: nps, at_most: low}", "end", 23, "'low' does not fit"),
    ("{date: d}", "end", 1, "'before' or 'after'"),
    ("{date: d, before: 1 day, after: 1 day}", "end", 1, "exactly one"),
    ("{attribute: a}", "end", 1, "an attribute without a test"),
    # what cannot stand where it stands
    ("{silent: {events: a, for: 1 day}}", "moment", 2, "'silent' cannot stand here: it comes true by time alone"),
    ("{date: d, before: 1 day}", "moment", 2, "'date' cannot stand here"),
    ("{stage: s, for: 1 day}", "moment", 12, "unknown key 'for'"),
    ("{all: [{silent: {events: a, for: 1 day}}]}", "end", 9, "'silent' cannot stand here"),  # no instant is known
    ("{not: {date: d, after: 1 day}}", "end", 8, "'date' cannot stand here"),
    ("{silent: {events: a, for: 1 day}}", "start", 2, "nothing is silent before a run has started"),
    ("{stage: s}", "start", 2, "no run is in a stage here"),
    ("{score: nps, is: 3}", "state", 2, "a score belongs to one event"),
    ("{stage: s}", "state", 2, "no run is in a stage here"),
]


@pytest.mark.parametrize(("written", "place", "column", "said"), MISTAKES)
def test_a_mistake_is_told_with_its_place(written: str, place: str, column: int, said: str) -> None:
    with pytest.raises(FileProblems) as raised:
        parse_condition(written, place)

    told = [problem for problem in raised.value.problems if said in str(problem)]
    assert [problem.column for problem in told] == [column]


def test_one_mistake_is_told_once() -> None:
    for written in (
        "{evnt: a}",
        "{count: {event: a}, at_lest: 1}",
        "{attribute: a, at_least: x}",
        "{date: d, befor: 1 day}",
    ):
        with pytest.raises(FileProblems) as raised:
            parse_condition(written, "end")

        assert len(raised.value.problems) == 1, written


@pytest.mark.parametrize("place", PLACES)
def test_events_attributes_and_segments_may_stand_everywhere(place: str) -> None:
    condition = parse_condition("{all: [{event: a}, {attribute: x, known: true}, {not: {segment: s}}]}", place)

    assert event_names(condition) == ("a",)


def test_every_event_that_a_condition_listens_to_is_named_once() -> None:
    condition = parse_condition(
        "{any: [{event: [a, b]}, {count: {event: c}, at_least: 2}, {silent: {events: [a, d], for: 1 day}}]}"
    )

    assert event_names(condition) == ("a", "b", "c", "d")


WORDS = [
    ("{event: [a, b], where: {x: {at_least: 2}}}", "'a' or 'b' with x at least 2"),
    ("{count: {event: a}, at_least: 3, within: 30 days}", "at least 3 of 'a' within 30 days"),
    ("{silent: {events: [a, b], for: 180 days}}", "none of 'a', 'b' for 180 days"),
    ("{all: [{event: a}, {not: {segment: s}}]}", "('a' and not segment s)"),
    ("{date: renewal_date, before: 120 days}", "120 days before renewal_date"),
    ("{attribute: tier, known: true}", "tier is known"),
    ("{stage: s, for: 1 day}", "in stage s for 1 day"),
]


@pytest.mark.parametrize(("written", "words"), WORDS)
def test_a_condition_can_be_said(written: str, words: str) -> None:
    assert in_words(parse_condition(written)) == words
