"""Laws of the verdict: it moves one way with every answer and every fact, and depends on nothing else."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from clew.diagnosis.answers import Answers
from clew.diagnosis.diagnose import diagnose
from clew.diagnosis.interview import Kind, Question, interview
from clew.diagnosis.interview_values import Value
from clew.diagnosis.model import Fact, Measure
from clew.diagnosis.result import Diagnosis, Evidence
from clew.diagnosis.result_json import as_json
from clew.diagnosis.scoring import HIGHEST, Counts, Indicator
from clew.diagnosis.scoring_parse import packaged_scoring
from clew.diagnosis.stored import answers_hash
from clew.diagnosis.verdict import judge
from clew.diagnosis.words_letter import letter

SCORING = packaged_scoring()
INDICATORS = list(SCORING.indicators())
BY_ANSWER = {one.answer: one for one in INDICATORS if one.answer}
BY_FACT = {one.fact: one for one in INDICATORS if one.fact}


def figures(indicator: Indicator) -> st.SearchStrategy[float]:
    """Figures on both sides of every threshold, and the thresholds themselves."""
    low, high = min(indicator.starts), max(indicator.starts)
    return st.one_of(st.sampled_from(indicator.starts), st.floats(0, 1 if high <= 1 else 2 * high), st.just(low / 2))


def values(question: Question) -> st.SearchStrategy[Value]:
    if question.values:
        return st.sampled_from(question.steps)
    return figures(BY_ANSWER[question.id])


def leader_answers() -> st.SearchStrategy[dict[str, Value]]:
    return st.fixed_dictionaries({}, optional={one.id: values(one) for one in interview().values()})


def facts() -> st.SearchStrategy[dict[str, float | None]]:
    return st.fixed_dictionaries({}, optional={name: st.none() | figures(one) for name, one in BY_FACT.items()})


def told(sheets: list[dict[str, Value]], measured: dict[str, float | None]) -> Diagnosis:
    found = {
        name: Fact(name, Measure.NUMBER, value, 50, "things", f"{name} (n 50).") for name, value in measured.items()
    }
    answers = [Answers(f"leader {number}", said) for number, said in enumerate(sheets)]
    return diagnose(SCORING, answers, Evidence(found))


def raised(indicator: Indicator, value: float, by: float) -> float:
    return value + by if indicator.counts is Counts.UPWARDS else value - by


@given(facts(), leader_answers(), st.sampled_from(sorted(BY_FACT)), st.floats(0, 2000))
def test_raising_one_fact_in_its_direction_never_lowers_the_verdict(
    measured: dict[str, float | None], said: dict[str, Value], name: str, by: float
) -> None:
    value = measured.get(name)
    before = measured if value is not None else {**measured, name: 0.0}

    after = {**before, name: raised(BY_FACT[name], before[name] or 0.0, by)}

    assert told([said], after).verdict >= told([said], before).verdict


@given(facts(), leader_answers(), st.sampled_from(sorted(BY_ANSWER)), st.data())
def test_raising_one_answer_in_its_direction_never_lowers_the_verdict(
    measured: dict[str, float | None], said: dict[str, Value], name: str, data: st.DataObject
) -> None:
    question, indicator = interview()[name], BY_ANSWER[name]
    one, other = data.draw(values(question)), data.draw(values(question))

    low, high = sorted((one, other), key=indicator.level_of)

    assert told([{**said, name: high}], measured).verdict >= told([{**said, name: low}], measured).verdict


@given(facts(), st.lists(leader_answers(), min_size=2, max_size=3), st.sampled_from(sorted(BY_ANSWER)), st.data())
def test_one_leader_raising_one_answer_never_lowers_the_combined_verdict(
    measured: dict[str, float | None], sheets: list[dict[str, Value]], name: str, data: st.DataObject
) -> None:
    question, indicator = interview()[name], BY_ANSWER[name]
    one, other = data.draw(values(question)), data.draw(values(question))
    low, high = sorted((one, other), key=lambda value: place(question, indicator, value))

    before, after = ([{**sheets[0], name: value}, *sheets[1:]] for value in (low, high))

    assert told(after, measured).verdict >= told(before, measured).verdict


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
    found = {name: Fact(name, Measure.NUMBER, value, 50, "things", name) for name, value in measured.items()}
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
            after = told([said], {**measured, each.fact: each.value}).verdict
            assert after.id == each.alone


def test_figures_of_a_question_always_feed_an_indicator() -> None:
    lone = [one.id for one in interview().values() if one.kind in (Kind.NUMBER, Kind.SHARE) and one.id not in BY_ANSWER]

    assert lone == []
