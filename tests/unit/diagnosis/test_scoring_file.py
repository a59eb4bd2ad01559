"""The scoring file is sound, explained, and told on a page; a firm's own thresholds replace those of the package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from clew.diagnosis.scoring.model import HIGHEST, Counts, Element, ElementKind, Indicator
from clew.diagnosis.scoring.own import own_shape, read_own, scoring_of, with_own
from clew.diagnosis.scoring.parse import FILE, packaged_scoring, read_scoring
from clew.errors import FileProblems

ROOT = Path(__file__).resolve().parents[3]
SCORING = packaged_scoring()
PAGE = ROOT / "docs/reference/diagnosis.md"


def test_names_are_used_once() -> None:
    names = [one.name for one in SCORING.indicators()]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("element", SCORING.elements, ids=lambda one: one.name)
def test_each_level_of_an_element_can_be_reached_and_no_single_sign_decides_but_the_direct_one(
    element: Element,
) -> None:
    alone = [one.name for one in element.indicators if one.weight >= element.needs]

    assert element.needs <= element.weight
    if element.kind in (ElementKind.DIAGNOSTIC, ElementKind.FAILURE):
        assert alone in ([], ["first-word"], ["missed-expansion"])


@pytest.mark.parametrize("one", list(SCORING.indicators()), ids=lambda one: one.name)
def test_levels_begin_at_their_thresholds(one: Indicator) -> None:
    beyond = 1e-9 if one.counts is Counts.UPWARDS else -1e-9

    for level, start in enumerate(one.starts, start=1):
        assert one.level_of(start) == level
        assert one.level_of(start - beyond) == level - 1
    assert {*one.steps.values()} <= set(range(HIGHEST + 1))
    assert one.why
    assert one.source


def test_no_seller_is_a_source() -> None:
    text = FILE.read_text(encoding="utf-8").casefold()

    for seller in ("clearlyrated", "dreamdata", "gainsight", "customergauge", "forrester", "gartner", "churnzero"):
        assert seller not in text


def test_the_page_about_the_scoring_is_current() -> None:
    checked = subprocess.run(
        [sys.executable, "scripts/diagnosis_page.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_key_of_the_two_files_is_on_the_page() -> None:
    from clew.diagnosis.interview.answers import answers_shape

    page = PAGE.read_text(encoding="utf-8")
    keys = [*own_shape().key_docs(), *answers_shape().key_docs()]

    assert [path for path, _ in keys if f"`{path.split('.')[-1]}`" not in page] == []


# What a scoring file must not say, as (text to replace, replacement, part of the message)
MISTAKES = [
    ("from: [50, 200, 1000]", "from: [50, 1000, 200]", "thresholds do not go upwards"),
    ("from: [70 %, 45 %, 20 %]", "from: [20 %, 45 %, 70 %]", "thresholds do not go downwards"),
    ("answer: people-with-a-say", "answer: people-with-say", "did you mean 'people-with-a-say'?"),
    ("steps: {alike: 0, a-little: 1, clearly: 2, each-its-own: 3}", "steps: {alike: 0}", "not the answers"),
    ("steps: {clear: 0, mostly: 1,", "steps: {clear: 3, mostly: 1,", "levels rise and fall again"),
    ("stands: {reviews: 3, reviews-held: 2}", "stands: {review: 3}", "unknown indicator 'review'"),
    ("fact: channels\n        counts: upwards\n        from: [2, 3, 5]", "fact: channels", "a fact without thresholds"),
]


@pytest.mark.parametrize(("text", "instead", "message"), MISTAKES)
def test_a_scoring_that_contradicts_itself_is_refused(tmp_path: Path, text: str, instead: str, message: str) -> None:
    whole = FILE.read_text(encoding="utf-8")
    assert text in whole
    path = tmp_path / "scoring.yaml"
    path.write_text(whole.replace(text, instead), encoding="utf-8")

    with pytest.raises(FileProblems, match=message):
        read_scoring(path)


def test_a_fact_that_counted_both_ways_is_refused(tmp_path: Path) -> None:
    whole = FILE.read_text(encoding="utf-8")
    path = tmp_path / "scoring.yaml"
    path.write_text(whole.replace("fact: disputed-invoices", "fact: quiet-losses"), encoding="utf-8")

    with pytest.raises(FileProblems, match="fact 'quiet-losses' counts both ways"):
        read_scoring(path)


def test_a_firm_puts_its_own_thresholds_in(tmp_path: Path) -> None:
    (tmp_path / "diagnosis.yaml").write_text("thresholds:\n  late-handoffs: [5 %, 10 %, 20 %]\n", encoding="utf-8")

    own = scoring_of(tmp_path).indicator("late-handoffs")

    assert own.starts == (0.05, 0.1, 0.2)
    assert own.own
    assert own.level_of(0.12) == 2
    assert SCORING.indicator("late-handoffs").level_of(0.12) == 1
    assert scoring_of(None) is SCORING


# (text of diagnosis.yaml, part of the message)
OWN_MISTAKES = [
    ("thresholds:\n  late-handoff: [1 %, 2 %, 3 %]", "diagnosis.yaml:2:3: unknown key 'late-handoff'"),
    ("thresholds:\n  late-handoff: [1 %, 2 %, 3 %]", "did you mean 'late-handoffs'?"),
    ("thresholds:\n  late-handoffs: [3 %, 2 %, 1 %]", "thresholds of 'late-handoffs' do not go upwards"),
    ("thresholds:\n  losses: [80 %, 90 %, 95 %]", "thresholds of 'losses' do not go downwards"),
    ("thresholds:\n  late-handoffs: [1 %, 2 %]", "a list of 2; allowed: exactly 3"),
    ("thresholds:\n  late-handoffs: [1 %, two, 3 %]", "'two' does not fit here; allowed: a number, or a share"),
    ("late-handoffs: [1 %, 2 %, 3 %]", "key 'thresholds' is missing"),
]


@pytest.mark.parametrize(("text", "message"), OWN_MISTAKES)
def test_a_mistake_in_own_thresholds_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "diagnosis.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(FileProblems) as raised:
        read_own(path)

    assert message in str(raised.value)


def test_own_thresholds_change_nothing_else() -> None:
    changed = with_own(SCORING, {"customers": (5.0, 6.0, 7.0)})

    same = [one for one in changed.indicators() if one.name != "customers"]
    assert same == [one for one in SCORING.indicators() if one.name != "customers"]
    assert changed.rule == SCORING.rule
