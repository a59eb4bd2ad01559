"""Editing a file on a page: an untouched form changes no byte, a touched field nothing but its own lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.files.edits import NotEditable, drop, insert, move, put
from clew.files.scan import scan
from clew.files.spans import ScalarSpan, at, spans
from clew.journeys.parse import parse_journey
from clew.workspace.editing.fields import Field, Kind, is_preset
from clew.workspace.editing.forms import Form
from clew.workspace.editing.journey import filled, journey_form, marks_of

SOURCES = Path(__file__).parents[2] / "src/clew"
COMMENTED = """\
# The whole file: nobody may lose this line.
journey: seller-onboarding   # its id

title: "From signature: to first order"
owner: {professional: head-of-cx, operational: onboarding-lead}   # two people
starts: {event: deal won}
stages:

  # Sales is done here.
  - stage: handed-over
    enter: {event: deal won}   # as the CRM says
    # agreed in March
    limit: 3 working days
    customer:
      does: waits for a call
      pains:
        - silence   # the worst
        - telling everything twice
      # what we heard in May

  # The seller works.
  - stage: set-up
    title: >-
      Set-up of the
      catalogue
    enter: {any: [{event: catalogue started}, {event: kickoff held}]}
    touchpoints: [{name: kickoff, channel: meeting}, {name: mail, channel: email}]
  - {stage: live, enter: {event: [published, went live]}, optional: true}
ends:
  achieved: {event: first order, good: true}
  lapsed:
    silent: {events: [order placed], for: 180 days}   # half a year
kpis:
  - kpi: first
    metric: {time: [deal won, first order]}
    target: 30 days
marks:
  set-up.enter: {assumption: "workshop, March"}
# The end."""
FILES = [COMMENTED, *(path.read_text() for path in sorted(SOURCES.rglob("journeys/*.yaml")))]
TEXTS = st.text(alphabet="abc :#,[]{}'\"&*!|>%@-?é0", min_size=1, max_size=12).map(lambda text: " ".join(text.split()))


def sent(form: Form, text: str) -> Mapping[str, Sequence[str]]:
    """What a browser sends for a form that nobody touched."""
    found = {one.name: ["", *as_sent(one)] for one in form.all_fields()}
    for section in form.sections.values():
        found |= {one.name: ["", *as_sent(one)] for one in section.further.fields}
    rows = [*marks_of(text), ("", "assumption", "")]
    return found | {f"marks/{name}": [row[at] for row in rows] for at, name in enumerate(("element", "kind", "source"))}


def as_sent(one: Field) -> Sequence[str]:
    if one.spec.kind is Kind.LINES:
        return ["\r\n".join(one.values)]
    return list(one.values) or [value for value, _ in one.spec.options[:1]]


def getter(given: Mapping[str, Sequence[str]]) -> Callable[[str], Sequence[str]]:
    return lambda name: given.get(name, ())


@pytest.mark.parametrize("text", FILES)
@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_form_that_nobody_touched_changes_no_byte(text: str, end: str) -> None:
    written = text.rstrip("\n") + end

    assert filled(written, getter(sent(journey_form().read(written), written))) == written


def lines_of(text: str, one: Field) -> set[int]:
    """Numbers of the lines in which a field stands, with the group around it where it stands nowhere."""
    tree = spans(text)
    way = one.way
    while way and at(tree, way) is None:
        way = way[:-1]
    found = at(tree, way)
    assert found is not None
    return set(range(text.count("\n", 0, found.start) - (len(way) > 0), text.count("\n", 0, found.end) + 2))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_touched_field_changes_its_own_lines_and_reads_back(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(FILES))
    form = journey_form().read(text)
    plain = [one for one in form.all_fields() if not one.written and one.spec.kind in (Kind.LINE, Kind.LINES)]
    one = data.draw(st.sampled_from([one for one in plain if one.way[-1] != "stage"]))
    values = data.draw(st.lists(TEXTS.filter(bool), min_size=1, max_size=3 if one.spec.kind is Kind.LINES else 1))

    after = filled(text, getter({**sent(form, text), one.name: ["\r\n".join(values)]}))

    again = next(each for each in journey_form().read(after).all_fields() if each.name == one.name)
    assert list(again.values) == values
    changed = [code for code in matched(text, after) if code[0] != "equal"]
    assert {line for _, first, last, _, _ in changed for line in range(first, max(last, first + 1))} <= lines_of(
        text, one
    )


def matched(before: str, after: str) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(a=before.split("\n"), b=after.split("\n"), autojunk=False).get_opcodes()


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_filled_and_emptied_again_a_field_leaves_every_other_line(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(FILES))
    form = journey_form().read(text)
    empty = [one for one in form.all_fields() if not one.values and not one.written and is_preset(one.spec, ())]
    one = data.draw(st.sampled_from([one for one in empty if one.spec.kind is Kind.LINE]))

    there = filled(text, getter({**sent(form, text), one.name: ["something new"]}))
    gone = filled(there, getter({**sent(journey_form().read(there), there), one.name: [""]}))

    assert gone == text


@pytest.mark.parametrize("text", FILES)
def test_moving_there_and_back_changes_nothing_and_no_comment_is_lost(text: str) -> None:
    count = len(journey_form().read(text).sections["stages"].parts)
    for place in range(count - 1):
        moved = move(text, ("stages",), place, place + 1)

        assert move(moved, ("stages",), place + 1, place) == text
        assert sorted(moved.split("\n")) == sorted(text.split("\n"))
        assert stages(moved)[place + 1] == stages(text)[place]


def stages(text: str) -> list[str]:
    return [part.field("stage").value for part in journey_form().read(text).sections["stages"].parts]


@pytest.mark.parametrize("text", FILES)
def test_new_stage_stands_where_it_was_put_and_can_be_taken_away(text: str) -> None:
    known = stages(text)
    for place in range(len(known) + 1):
        given_ = {"stages/new/title": ["Wait & see"], "stages/new/enter": ["seen"], "stages/new/place": [str(place)]}

        after = filled(text, getter({**sent(journey_form().read(text), text), **given_}))

        assert stages(after) == [*known[:place], "wait-see", *known[place:]]
        assert drop(after, ("stages", place)) == text


def test_comment_of_a_stage_goes_where_the_stage_goes() -> None:
    moved = move(COMMENTED, ("stages",), 0, 1)

    assert moved.index("# The seller works.") < moved.index("- stage: set-up") < moved.index("# Sales is done here.")
    assert (
        moved.index("# Sales is done here.")
        < moved.index("- stage: handed-over")
        < moved.index("# what we heard in May")
    )


def test_renamed_stage_takes_its_marks_along() -> None:
    after = filled(COMMENTED, getter({"stages/1/stage": ["building"]}))

    assert 'building.enter: {assumption: "workshop, March"}' in after
    assert parse_journey(after, Path("x.yaml")).marks["building.enter"].source == "workshop, March"


@settings(max_examples=60, deadline=None)
@given(TEXTS.filter(bool), st.sampled_from(["x: 1\n", "a: {b: c}\n", "a:\n  - b   # c\n", "a: |\n  b\n"]))
def test_any_text_that_is_put_reads_back(value: str, text: str) -> None:
    for way in (("a",), ("a", "new"), ("z", "y")):
        after = ""
        with suppress(NotEditable):  # a text cannot be a group
            after = put(text, way, value)
        if not after:
            continue
        found = at(spans(after), way)
        assert isinstance(found, ScalarSpan)
        assert found.text == value
        assert not found.is_empty


def test_items_of_every_manner_of_list_can_be_added_and_taken_away() -> None:
    for text in ("a: [b]\n", "a:\n- b\n", "a:\n  - b\n\n  - c\n", "a:\n  - b   # d\n  # e\n"):
        more = insert(text, ("a",), 1, "new")

        assert scan(drop(more, ("a", 1)), Path("x")) is not None
        assert drop(more, ("a", 1)).split("\n") == text.split("\n")
