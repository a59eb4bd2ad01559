"""What changed between two versions, in words, and which runs such a change can touch."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.journeys.changes import Aspect, affects, compare, touched_in_words
from clew.journeys.model import Journey
from clew.journeys.parse import parse_journey

TEXT = """\
journey: a
title: A
owner: {operational: anna}
starts: {event: e}
ends:
  won: {event: w, good: true}
  lost: {event: l}
stages:
  - stage: one
    enter: {event: e}
    limit: 14 days
    customer: {needs: a date}
    touchpoints: [{name: mail, channel: email}]
  - stage: two
    enter: {event: f}
handoffs:
  - {from: x, to: y, sent: {event: e}, packet: [risks]}
kpis:
  - {kpi: k, metric: {time: [e, w]}, target: 30 days}
variants:
  big: {when: {segment: big}, stages: {one: {limit: 30 days}}}
marks:
  one.enter: {assumption: workshop}
"""


def parse(text: str) -> Journey:
    return parse_journey(text, Path("a.yaml"))


CHANGES = [
    # what stands there, what stands there then, in words, what it can alter
    ("limit: 14 days", "limit: 21 days", "stage one: limit 14 days → 21 days", Aspect.NORM),
    ("    limit: 14 days\n", "    waiting_on: timer\n", "stage one: limit 14 days → none", Aspect.NORM),
    ("enter: {event: f}", "enter: {event: [f, g]}", "stage two: enter 'f' → 'f' or 'g'", Aspect.PATH),
    ("  - stage: two", "  - {stage: go, enter: {event: z}}\n  - stage: two", "stage go added after one", Aspect.PATH),
    ("  - stage: two\n    enter: {event: f}\n", "", "stage two removed", Aspect.PATH),
    ("enter: {event: f}", "enter: {event: f}\n    back: friction", "stage two: back allowed → friction", Aspect.PATH),
    ("starts: {event: e}", "starts: {date: d, before: 3 days}", "starts 'e' → 3 days before d", Aspect.START),
    ("starts: {event: e}\n", "", "starts 'e' → the first matching stage", Aspect.START),
    ("title: A", "title: A\nagain: each trigger", "again never → each trigger", Aspect.START),
    ("good: true", "good: false", "end won: good yes → no", Aspect.ENDS),
    ("  lost: {event: l}\n", "  lost: {event: l}\n  gone: {event: g}\n", "end gone added: when 'g'", Aspect.ENDS),
    ("  lost: {event: l}\n", "", "end lost removed", Aspect.ENDS),
    ("  won: {event: w, good: true}\n  lost: {event: l}\n", "  lost: {event: l}\n  won: {event: w, good: true}\n",
     "order of ends won, lost → lost, won", Aspect.ENDS),
    ("packet: [risks]", "packet: [risks, promises]", "handoff x-y: packet risks → risks, promises", Aspect.NORM),
    ("target: 30 days", "target: 20 days", "kpi k: target 30 days → 20 days", Aspect.NORM),
    ("limit: 30 days}}", "limit: 40 days}}", "variant big: one limit 30 days → 40 days", Aspect.NORM),
    ("needs: a date", "needs: a name", "stage one: customer needs a date → a name", Aspect.MAP),
    ("channel: email", "channel: phone", "stage one: touchpoint mail: channel email → phone", Aspect.MAP),
    ("operational: anna", "operational: bo", "owner operational anna → operational bo", Aspect.MAP),
    ("assumption: workshop", "evidence: interviews", "mark one.enter: evidence none → interviews", Aspect.MAP),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "words", "aspect"), CHANGES)
def test_a_change_is_said_in_words_with_what_it_can_alter(before: str, after: str, words: str, aspect: Aspect) -> None:
    assert before in TEXT

    changes = compare(parse(TEXT), parse(TEXT.replace(before, after)))

    assert words in [change.text for change in changes]
    assert affects(changes) >= {aspect}


def test_nothing_changed_is_no_change() -> None:
    assert compare(parse(TEXT), parse("# a comment\n" + TEXT)) == ()


@given(st.sets(st.sampled_from(CHANGES[:2] + CHANGES[5:7] + CHANGES[9:10] + CHANGES[13:]), min_size=1))
def test_versions_differ_exactly_when_changes_are_told(chosen: set[tuple[str, str, str, Aspect]]) -> None:
    text = TEXT
    for before, after, _, _ in chosen:
        text = text.replace(before, after)
    old, new = parse(TEXT), parse(text)

    assert (compare(old, new) != ()) == (old.version != new.version)


def test_a_mere_change_of_order_is_told_too() -> None:
    two = TEXT.replace("channel: email}]", "channel: email}, {name: call}]")
    turned = TEXT.replace("[{name: mail", "[{name: call}, {name: mail")

    (change,) = compare(parse(two), parse(turned))
    assert (change.text, change.aspect) == ("only the order of entries changed", Aspect.MAP)


def test_touched_runs_are_named_by_what_a_change_can_alter() -> None:
    assert touched_in_words(frozenset({Aspect.MAP})) == "no run: only words of the map changed"
    assert "no path does" in touched_in_words(frozenset({Aspect.NORM}))
    both = touched_in_words(frozenset({Aspect.START, Aspect.NORM}))
    assert "every run" in both
    assert "late" in both
