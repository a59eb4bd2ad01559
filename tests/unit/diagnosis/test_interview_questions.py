"""The interview fits into fifteen minutes, and fits the facts, the scoring and the architecture that read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer.main
from hypothesis import given
from hypothesis import strategies as st

from clew.cli.app import app
from clew.diagnosis.diagnose import diagnose
from clew.diagnosis.interview.answers import Answers, answers_shape
from clew.diagnosis.interview.form import form_text
from clew.diagnosis.interview.questions import Kind, Question, interview, minutes
from clew.diagnosis.interview.values import Value, said, value_of, written
from clew.diagnosis.interview.walk import Walk
from clew.diagnosis.measured import FACTS
from clew.diagnosis.result import Evidence
from clew.diagnosis.scoring.architecture import Capability, capabilities
from clew.diagnosis.scoring.ladder_facts import JOURNEYS_OWNED, JOURNEYS_REVIEWED
from clew.diagnosis.scoring.model import ElementKind
from clew.diagnosis.scoring.parse import packaged_scoring
from clew.errors import FileProblems
from clew.files.reading import Reading
from clew.files.scan import scan
from clew.signals.registry import DETECTORS

SCORING = packaged_scoring()
QUESTIONS = list(interview().values())
MEASURABLE = {*FACTS, JOURNEYS_OWNED, JOURNEYS_REVIEWED}


def question(name: str) -> Question:
    return interview()[name]


def test_it_takes_no_more_than_fifteen_minutes() -> None:
    assert minutes(QUESTIONS) <= 15
    assert 20 <= len(QUESTIONS) <= 30


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda one: one.id)
def test_each_question_is_weighed_where_it_says_and_beside_the_fact_that_it_names(asked: Question) -> None:
    fed = [one for one in SCORING.indicators() if one.answer == asked.id]

    homes = {SCORING.element_of(one.name).name for one in fed}
    tools = {tool for capability in capabilities() for tool in capability.covered}

    assert homes <= set(asked.serves)
    assert (asked.id in tools) or homes
    assert ("tools" in asked.serves) is (asked.id in tools)
    assert asked.compared in {"", *MEASURABLE}
    assert [one.fact for one in fed if one.fact] in ([], [asked.compared])


def test_every_fact_that_is_weighed_can_be_measured() -> None:
    assert {one.fact for one in SCORING.indicators() if one.fact} <= MEASURABLE


def test_what_is_measured_is_weighed_or_stands_beside_the_losses() -> None:
    unweighed = MEASURABLE - {one.fact for one in SCORING.indicators()}

    assert unweighed == {"warning-days"}  # how early the quiet ones spoke: a chance, neither good nor bad


def test_four_diagnostics_three_failures_prerequisites_and_ladder_all_have_questions() -> None:
    asked = {one.answer for one in SCORING.indicators() if one.answer}

    for element in SCORING.elements:
        assert any(one.answer in asked for one in element.indicators), element.name
    assert len(SCORING.of_kind(ElementKind.DIAGNOSTIC)) == 4
    assert len(SCORING.of_kind(ElementKind.FAILURE)) == 3


@pytest.mark.parametrize("capability", capabilities(), ids=lambda one: one.name)
def test_a_capability_names_tools_answers_and_commands_that_exist(capability: Capability) -> None:
    command: Any = typer.main.get_command(app)
    detectors = {detector.name for detector in DETECTORS}

    for tool, covers in capability.covered.items():
        assert set(covers) <= set(question(tool).values)
    for line in capability.clew:
        _, name, *rest = line.split()
        assert name in command.commands
        if name == "signals":
            assert rest[0] in detectors
        elif name == "show":
            assert rest[0] in command.commands["show"].commands


# What is typed for a question, and what it means; None: it is no answer.
TYPED: list[tuple[str, str, Value | None]] = [
    ("customers", "420", 420.0),
    ("customers", "1,200", 1200.0),
    ("customers", "about 420", None),
    ("customers", "-3", None),
    ("customers", "9" * 400, None),  # more than any number counts
    ("customers", "1000000000000000", None),
    ("customers", "²", None),
    ("customers", "٤٢", None),
    ("one-who-knows", "30 %", 0.3),
    ("one-who-knows", "30%", 0.3),
    ("one-who-knows", "3 of 10", 0.3),
    ("one-who-knows", "3 in 10", 0.3),
    ("one-who-knows", "0.3", 0.3),
    ("one-who-knows", "30", None),  # thirty of what?
    ("one-who-knows", "120 %", None),
    ("one-who-knows", "1 of 0", None),
    ("one-who-knows", f"1 of {'9' * 400}", None),
    ("one-who-knows", f"{'9' * 400} %", None),
    ("kinds-differ", "clearly", "clearly"),
    ("kinds-differ", "Clearly ", "clearly"),
    ("kinds-differ", "3", None),  # a number chooses on the terminal, not in a file
    ("analytics", "Yes", "yes"),
    ("analytics", "false", "no"),
    ("analytics", "maybe", None),
]


@pytest.mark.parametrize(("name", "typed", "value"), TYPED)
def test_what_an_answer_may_look_like(name: str, typed: str, value: Value | None) -> None:
    assert value_of(question(name), typed) == value


# (question, answer, how it is said)
SAID: list[tuple[str, float, str]] = [
    ("people-with-a-say", 1.0, "1 person"),
    ("people-with-a-say", 2.0, "2 people"),
    ("customers", 1.0, "1 customer"),
    ("customers", 40.0, "40 customers"),
]


@pytest.mark.parametrize(("name", "value", "words"), SAID)
def test_one_of_a_thing_is_said_as_one(name: str, value: float, words: str) -> None:
    assert said(question(name), value) == words


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda one: one.id)
def test_an_answer_is_written_so_that_it_reads_back(asked: Question) -> None:
    values: list[Value] = [*asked.values] or ([0.0, 0.125, 1.0] if asked.kind is Kind.SHARE else [0.0, 7.5, 1e6])

    for value in values:
        assert value_of(asked, written(asked, value)) == value
        assert said(asked, value)


SIGNS = st.text(st.sampled_from("0123456789.,'% ²٤½∞ofin-+ebqy\n\x85") | st.characters(codec="utf-8"), max_size=12)
LONG = st.integers(1, 500).map(lambda n: "9" * n)


@given(name=st.sampled_from(sorted(interview())), typed=SIGNS | LONG)
def test_whatever_is_an_answer_is_finite_and_reads_back_as_itself(name: str, typed: str) -> None:
    value = value_of(question(name), typed)

    if value is not None:
        assert isinstance(value, str) or 0 <= value < 1e15
        assert value_of(question(name), written(question(name), value)) == value
        assert said(question(name), value)


LINES = st.tuples(st.sampled_from([*sorted(interview()), "leader", "answers", "date", "x"]), SIGNS | LONG)
FILES = st.lists(LINES, max_size=8).map(lambda lines: "\n".join(f"  {key}: {value}" for key, value in lines))


@given(text=FILES.map(lambda lines: f"leader: Anna\nanswers:\n{lines}\n") | SIGNS)
def test_an_answers_file_of_any_text_is_read_or_told_its_mistakes(text: str) -> None:
    reading = Reading(Path("answers.yaml"))
    try:
        read = answers_shape().read(scan(text, reading.path), reading)
    except FileProblems:
        return
    assert (read is None) <= bool(reading.problems)


class Terminal:
    """What somebody types, line by line, and what they are shown."""

    def __init__(self, *typed: str) -> None:
        self.typed, self.shown, self.saved = list(typed), "", list[Answers]()

    def walk(self, answers: Answers | None = None) -> Answers:
        return Walk(answers or Answers(""), self.read, self.write, self.saved.append).through()

    def read(self, prompt: str) -> str:
        self.write(prompt)
        if not self.typed:
            raise EOFError
        return self.typed.pop(0)

    def write(self, line: str) -> None:
        self.shown += line + "\n"


def test_the_walk_asks_name_and_role_first_and_saves_after_every_answer() -> None:
    terminal = Terminal("Anna Berg", "CEO", "420", "", "3", "q")

    answers = terminal.walk()

    assert answers.said == {"customers": 420.0, "kinds-differ": "clearly"}  # the second was skipped
    assert (answers.leader, answers.role) == ("Anna Berg", "CEO")
    assert [len(saved.said) for saved in terminal.saved] == [0, 0, 1, 2]
    assert f"1 of {len(QUESTIONS)}" in terminal.shown


def test_a_wrong_answer_is_asked_again_with_what_is_allowed() -> None:
    terminal = Terminal("Anna", "", "many", "12")

    assert terminal.walk().said == {"customers": 12.0}
    assert "'many' is no answer here; allowed: a number, as 12" in terminal.shown


def test_b_goes_back_and_a_dash_takes_an_answer_away() -> None:
    terminal = Terminal("Anna", "", "12", "b", "-", "5", "b", "")

    assert terminal.walk().said == {"people-with-a-say": 5.0}
    assert "so far: 5 people" in terminal.shown


def test_the_next_walk_goes_on_at_the_first_open_question() -> None:
    terminal = Terminal("2")

    answers = terminal.walk(Answers("Anna", {"customers": 12.0, "people-with-a-say": 3.0}, "CEO"))

    assert answers.said["kinds-differ"] == "a-little"
    assert "Going on with Anna: 2 answered so far." in terminal.shown


def test_a_line_that_ends_keeps_what_was_answered() -> None:
    terminal = Terminal("Anna", "", "12")

    assert terminal.walk().said == {"customers": 12.0}
    assert terminal.saved[-1].said == {"customers": 12.0}


def test_a_sign_that_only_looks_like_a_digit_is_asked_again() -> None:
    terminal = Terminal("Anna", "", "12", "3", "²", "2")

    assert terminal.walk().said["kinds-differ"] == "a-little"
    assert "'²' is no answer here" in terminal.shown


@given(typed=st.lists(SIGNS | LONG | st.sampled_from(["", "b", "-", "q", "1", "2", "3", "50 %"]), max_size=40))
def test_whatever_is_typed_the_walk_ends_and_its_answers_can_be_written_and_read(typed: list[str]) -> None:
    answers = Terminal(*typed).walk()

    if answers.leader:
        reading = Reading(Path("answers.yaml"))
        read = answers_shape().read(scan(form_text(answers), reading.path), reading)
        assert read is not None
        assert (read.said, reading.problems) == (answers.said, [])
        assert diagnose(SCORING, [read], Evidence()).verdict


def test_nothing_is_saved_before_there_is_a_name() -> None:
    terminal = Terminal("", "")

    terminal.walk()

    assert terminal.saved == []
