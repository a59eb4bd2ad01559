"""A value written as no number is unknown, and every answer that weighs runs by it says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from clew.journeys.model import Journey
from clew.questions.ask import ask
from clew.questions.ground import Ground
from clew.questions.model import Answer, Query
from clew.reports.standing import stalled_list

Grounded = Callable[..., Ground]
Tell = Callable[..., object]
DAY_31 = 31


@pytest.fixture
def money(grounded: Grounded, tell: Tell, at_day: Callable[..., str]) -> Callable[..., Ground]:
    """Runs that signed on the first day and stand since, one for each text of their value."""

    def build(*texts: str, journey: Journey | None = None) -> Ground:
        stories = [tell(f"a{n}", (0, "contacted"), (1, "signed"), revenue=text) for n, text in enumerate(texts)]
        given = {} if journey is None else {"journey": journey}
        return grounded(*stories, as_of=at_day(DAY_31), **given)

    return build


def notes(ground: Ground, question: str, **given: object) -> str:
    answer: Answer = ask(ground, Query(question, **given))  # type: ignore[arg-type]
    return " | ".join(answer.notes)


@pytest.mark.parametrize(("question", "of"), [("runs", "runs"), ("stalled", "open runs")])
def test_it_is_said_of_how_many_runs_the_text_is_no_number(
    money: Callable[..., Ground], question: str, of: str
) -> None:
    said = notes(money("1,250.00", "$2,000", "900"), question)

    assert f"Value known for 1 of 3 {of}; of 2 the text of 'revenue' is no number, as '$2,000'." in said


@pytest.mark.parametrize("by", [(), ("size",), ("segment",)])
def test_groups_are_counted_together(money: Callable[..., Ground], by: tuple[str, ...]) -> None:
    assert "Value known for 1 of 2 runs; of 1 " in notes(money("12 €", "900"), "runs", by=by)


@pytest.mark.parametrize("question", ["runs", "stalled"])
def test_nothing_is_said_where_every_text_is_a_number(money: Callable[..., Ground], question: str) -> None:
    assert "no number" not in notes(money("900", "12.5"), question)


@pytest.mark.parametrize("question", ["runs", "stalled"])
def test_nothing_is_said_where_the_journey_names_no_value(
    money: Callable[..., Ground], journey: Journey, question: str
) -> None:
    assert "no number" not in notes(money("1,250.00", journey=replace(journey, value=None)), question)


def test_without_a_known_value_stalled_runs_are_ranked_by_time_and_that_is_said(money: Callable[..., Ground]) -> None:
    assert "norm, ranked by the time beyond it: no value is known." in notes(money("1,250.00", "$2,000"), "stalled")
    assert "norm, ranked by value times the time beyond it." in notes(money("1,250.00", "900"), "stalled")


def test_the_report_says_it_below_its_list_of_stalled_runs(money: Callable[..., Ground]) -> None:
    ground = money("1,250.00", "900")
    listed = stalled_list(ask(ground, Query("stalled")), ground.journey, ground.firm)

    assert any(note.startswith("Value known for 1 of 2 open runs") for note in listed.notes)
