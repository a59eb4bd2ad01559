"""Laws of the verdict: it moves one way with every answer and every fact, and depends on nothing else."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from clew.diagnosis.diagnose import diagnose
from clew.diagnosis.interview.answers import Answers
from clew.diagnosis.interview.questions import Kind, Question, interview
from clew.diagnosis.interview.values import Value
from clew.diagnosis.model import Fact, Measure
from clew.diagnosis.result import Diagnosis, Evidence
from clew.diagnosis.scoring.combined import combined
from clew.diagnosis.scoring.levels import levels_of
from clew.diagnosis.scoring.model import HIGHEST, Counts, Indicator
from clew.diagnosis.scoring.parse import packaged_scoring
from clew.diagnosis.scoring.sensitivity import levels_known
from clew.diagnosis.scoring.verdict import Verdict, judge
from clew.diagnosis.telling.as_json import as_json
from clew.diagnosis.telling.letter import letter
from clew.diagnosis.watching.stored import answers_hash

SCORING = packaged_scoring()
INDICATORS = list(SCORING.indicators())
BY_ANSWER = {one.answer: one for one in INDICATORS if one.answer}
BY_FACT = {one.fact: one for one in INDICATORS if one.fact}


def figures(indicator: Indicator, least: int = 0) -> st.SearchStrategy[float]:
    """Figures at every level from the least on: the thresholds themselves, and what lies just before the first."""
    before_first = indicator.starts[0] / 2 if indicator.counts is Counts.UPWARDS else indicator.starts[0] * 1.5
    return st.sampled_from((before_first, *indicator.starts)[least:])


def values(question: Question, least: int = 0) -> st.SearchStrategy[Value]:
    indicator = BY_ANSWER.get(question.id)
    if question.values:
        return st.sampled_from([v for v in question.steps if indicator is None or indicator.steps[v] >= least])
    assert indicator is not None
    return figures(indicator, least)


@st.composite
def leader_answers(draw: st.DrawFn) -> dict[str, Value]:
    """Answers to some questions; of firms in all states, those where everything is at its height included."""
    least = draw(st.integers(0, 2))
    said = st.fixed_dictionaries({}, optional={one.id: values(one, least) for one in interview().values()})
    return draw(said)


@st.composite
def facts(draw: st.DrawFn) -> dict[str, float | None]:
    """Some facts measured, some not, some never heard of; of firms in all states."""
    least = draw(st.integers(0, 2))
    return draw(
        st.fixed_dictionaries({}, optional={name: st.none() | figures(one, least) for name, one in BY_FACT.items()})
    )


def verdict(sheets: list[dict[str, Value]], measured: dict[str, float | None]) -> Verdict:
    """The verdict alone, which is quick."""
    answers = [Answers(f"leader {number}", said) for number, said in enumerate(sheets)]
    levels = levels_of(SCORING, combined(answers, SCORING), known_facts(measured))
    return judge(SCORING, levels_known(levels)).verdict


def known_facts(measured: dict[str, float | None]) -> dict[str, Fact]:
    return {
        name: Fact(name, Measure.NUMBER, value, 50, "things", f"{name} (n 50).") for name, value in measured.items()
    }


def told(sheets: list[dict[str, Value]], measured: dict[str, float | None]) -> Diagnosis:
    answers = [Answers(f"leader {number}", said) for number, said in enumerate(sheets)]
    return diagnose(SCORING, answers, Evidence(known_facts(measured)))


def raised(indicator: Indicator, value: float, by: float) -> float:
    return value + by if indicator.counts is Counts.UPWARDS else value - by


@given(facts(), leader_answers(), st.floats(0, 2000))
def test_raising_any_one_fact_in_its_direction_never_lowers_the_verdict(
    measured: dict[str, float | None], said: dict[str, Value], by: float
) -> None:
    before = verdict([said], measured)

    for name, value in measured.items():
        if value is not None:
            for after in (*BY_FACT[name].starts, raised(BY_FACT[name], value, by)):
                if BY_FACT[name].level_of(after) >= BY_FACT[name].level_of(value):
                    assert verdict([said], {**measured, name: after}) >= before, name


@given(facts(), leader_answers())
def test_raising_any_one_answer_in_its_direction_never_lowers_the_verdict(
    measured: dict[str, float | None], said: dict[str, Value]
) -> None:
    before = verdict([said], measured)

    for name, value in said.items():
        if name in BY_ANSWER:
            for after in interview()[name].steps or BY_ANSWER[name].starts:
                if BY_ANSWER[name].level_of(after) >= BY_ANSWER[name].level_of(value):
                    assert verdict([{**said, name: after}], measured) >= before, name


@given(facts(), st.lists(leader_answers(), min_size=2, max_size=3), st.sampled_from(sorted(BY_ANSWER)), st.data())
def test_one_leader_raising_one_answer_never_lowers_the_combined_verdict(
    measured: dict[str, float | None], sheets: list[dict[str, Value]], name: str, data: st.DataObject
) -> None:
    question, indicator = interview()[name], BY_ANSWER[name]
    one, other = data.draw(values(question)), data.draw(values(question))
    low, high = sorted((one, other), key=lambda value: place(question, indicator, value))

    before, after = ([{**sheets[0], name: value}, *sheets[1:]] for value in (low, high))

    assert verdict(after, measured) >= verdict(before, measured)


def place(question: Question, indicator: Indicator, value: Value) -> float:
    if isinstance(value, str):
        rising = indicator.steps[question.steps[0]] <= indicator.steps[question.steps[-1]]
        return question.steps.index(value) * (1 if rising else -1)
    return value if indicator.counts is Counts.UPWARDS else -value


@given(st.lists(st.integers(0, HIGHEST), min_size=len(INDICATORS), max_size=len(INDICATORS)))
def test_every_indicator_alone_moves_the_verdict_one_way_over_all_its_levels(levels: list[int]) -> None:
    known = {one.name: level for one, level in zip(INDICATORS, levels, strict=True)}

    for one in INDICATORS:
        verdicts = [judge(SCORING, {**known, one.name: level}).verdict for level in range(HIGHEST + 1)]
        assert verdicts == sorted(verdicts), one.name


@given(facts(), st.lists(leader_answers(), max_size=3), st.randoms(use_true_random=False))
def test_the_order_of_leaders_and_of_facts_changes_nothing(
    measured: dict[str, float | None], sheets: list[dict[str, Value]], dice: random.Random
) -> None:
    answers = [Answers(f"leader {number}", said) for number, said in enumerate(sheets)]
    found = known_facts(measured)
    mixed_answers, mixed = dice.sample(answers, len(answers)), dice.sample(list(found.items()), len(found))

    one = diagnose(SCORING, answers, Evidence(found))
    other = diagnose(SCORING, mixed_answers, Evidence(dict(mixed)))

    assert as_json(one) == as_json(other)
    assert letter(one) == letter(other)
    assert answers_hash(answers) == answers_hash(mixed_answers)


@given(facts(), leader_answers())
def test_what_sensitivity_says_comes_true(measured: dict[str, float | None], said: dict[str, Value]) -> None:
    diagnosis = told([said], measured)

    for step in diagnosis.steps:
        indicator = diagnosis.indicator(step.indicator)
        known = {name: shown.level for name, shown in diagnosis.levels.items() if shown.known}
        assert judge(SCORING, {**known, indicator.name: step.level}).verdict is step.verdict
        assert step.verdict is not diagnosis.verdict
    assert [step.distance for step in diagnosis.steps] == sorted(step.distance for step in diagnosis.steps)


@given(facts(), leader_answers())
def test_a_threshold_that_stands_alone_changes_the_verdict_once_it_is_crossed(
    measured: dict[str, float | None], said: dict[str, Value]
) -> None:
    diagnosis = told([said], measured)

    for each in diagnosis.thresholds:
        assert not each.crossed(each.now)
        if each.alone and each.comparison.startswith("at"):
            assert verdict([said], {**measured, each.fact: each.value}).id == each.alone


def test_figures_of_a_question_always_feed_an_indicator() -> None:
    lone = [one.id for one in interview().values() if one.kind in (Kind.NUMBER, Kind.SHARE) and one.id not in BY_ANSWER]

    assert lone == []
