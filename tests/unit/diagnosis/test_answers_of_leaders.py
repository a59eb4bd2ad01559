"""Answers files: what is wrong in them is said with its place; several leaders are compared and combined."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.diagnosis.interview.answers import Answers, read_all, read_answers
from clew.diagnosis.interview.form import form_text, write_answers, write_form
from clew.diagnosis.interview.nameless import nameless
from clew.diagnosis.interview.questions import Kind, interview
from clew.diagnosis.interview.values import Value
from clew.diagnosis.scoring.combined import combined, differences
from clew.diagnosis.scoring.parse import packaged_scoring
from clew.errors import BadRequest, FileProblems

SCORING = packaged_scoring()


def written(folder: Path, text: str) -> Path:
    path = folder / "anna.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def leader(name: str, **said: Value) -> Answers:
    return Answers(name, {key.replace("_", "-"): value for key, value in said.items()})


# (lines of the file, line, column, part of the message)
MISTAKES = [
    ("role: CEO\nanswers: {}", 1, 1, "key 'leader' is missing"),
    ("leader: Anna", 1, 1, "key 'answers' is missing"),
    ("leader: Anna\nanswers:\n  customers: many", 3, 14, "'many' is no answer to 'customers'; allowed: a number"),
    ("leader: Anna\nanswers:\n  kinds-differ: clearl", 3, 17, "did you mean 'clearly'?"),
    ("leader: Anna\nanswers:\n  kind-differ: clearly", 3, 3, "did you mean 'kinds-differ'?"),
    ("leader: Anna\nanswers:\n  one-who-knows: 130 %", 3, 18, "allowed: a share, as 30 %, 3 of 10 or 0.3"),
    ("leader: Anna\nanswers:\n  crm: [shared]", 3, 8, "a list is no answer to 'crm'"),
    ("leader: Anna\ndate: yesterday\nanswers: {crm: none}", 2, 7, "a date as 2026-12-24"),
    ("leader: Anna\nanswers:\n  crm: none\n  crm: shared", 4, 3, "key 'crm' is written twice"),
    ("leader: Anna\nboss: Tom\nanswers: {crm: none}", 2, 1, "unknown key 'boss'"),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), MISTAKES)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, line: int, column: int, message: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(FileProblems) as raised:
        read_answers(path)

    assert f"{path}:{line}:{column}: " in str(raised.value)
    assert message in str(raised.value)


def test_an_empty_answer_and_the_word_unknown_leave_a_question_open(tmp_path: Path) -> None:
    path = written(tmp_path, "leader: Anna\nanswers:\n  customers:\n  crm: unknown\n  teams: 3\n")

    assert read_answers(path).said == {"teams": 3.0}


def test_the_form_holds_every_question_with_its_allowed_answers(tmp_path: Path) -> None:
    path = tmp_path / "form.yaml"

    write_form(path)

    text = path.read_text(encoding="utf-8")
    flat = " ".join(line.strip().removeprefix("#").strip() for line in text.splitlines())
    for question in interview().values():
        assert f"  {question.id}:\n" in text
        assert " ".join(question.text.split()) in " ".join(flat.split())
        assert all(words in text for words in question.values.values())


def test_a_form_with_nothing_but_a_name_can_be_read(tmp_path: Path) -> None:
    path = written(tmp_path, form_text().replace("leader:", "leader: Anna", 1))

    assert read_answers(path) == Answers("Anna", {}, path=str(path))


def test_a_form_does_not_overwrite_what_is_there(tmp_path: Path) -> None:
    path = written(tmp_path, "leader: Anna\nanswers: {crm: none}\n")

    with pytest.raises(BadRequest, match="is there already and may hold answers"):
        write_form(path)


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="cannot write"):
        write_answers(tmp_path / "missing" / "anna.yaml", Answers("Anna"))


@given(st.data(), st.text("abcÄß :#'\"-", min_size=1, max_size=20).map(str.strip).filter(bool))
def test_answers_read_back_as_they_were_written(data: st.DataObject, name: str) -> None:
    values: dict[str, st.SearchStrategy[Value]] = {
        one.id: st.sampled_from(one.steps)
        if one.values
        else st.integers(0, 1000).map(lambda n: n / 1000)
        if one.kind is Kind.SHARE
        else st.integers(0, 10**6).map(float)
        for one in interview().values()
    }
    said = data.draw(st.fixed_dictionaries({}, optional=values))

    assert read_back(form_text(Answers(name, said))).said == said


def read_back(text: str) -> Answers:
    from clew.diagnosis.interview.answers import answers_shape
    from clew.files.reading import Reading
    from clew.files.scan import scan

    reading = Reading(Path("anna.yaml"))
    answers = answers_shape().read(scan(text, reading.path), reading)
    reading.raise_problems()
    assert answers is not None
    return answers


def test_of_figures_the_median_counts_and_every_leader_is_kept() -> None:
    sheets = [leader("Anna", customers=100.0), leader("Tom", customers=900.0), leader("Ute", customers=200.0)]

    stated = combined(sheets, SCORING)["customers"]

    assert stated.value == 200.0
    assert dict(stated.by) == {"Anna": 100.0, "Tom": 900.0, "Ute": 200.0}


def test_of_two_middle_choices_the_one_that_calls_for_less_counts() -> None:
    sheets = [
        leader("Anna", between_teams="clear", works="reliably"),
        leader("Tom", between_teams="nobody", works="not-yet"),
    ]

    stated = combined(sheets, SCORING)

    assert stated["between-teams"].value == "clear"
    assert stated["works"].value == "not-yet"  # less soundness calls for less as well


def test_leaders_are_shown_side_by_side_where_they_differ_by_more_than_a_step() -> None:
    sheets = [
        leader("Anna", between_teams="clear", first_word="complaints", one_who_knows=0.9, analytics="yes"),
        leader("Tom", between_teams="nobody", first_word="leaving", one_who_knows=0.1, analytics="no"),
    ]

    found = differences(sheets, SCORING)

    assert [each.question.id for each in found] == ["between-teams", "one-who-knows", "analytics"]
    assert dict(found[0].by) == {"Anna": "clear", "Tom": "nobody"}


# (name, role) of each leader, and who they are in what is handed on
ROLES = [
    ([("Anna Berg", "Managing director")], ["the managing director"]),
    ([("Anna Berg", "CEO")], ["the CEO"]),
    ([("Anna Berg", "the head of sales")], ["the head of sales"]),
    ([("Anna Berg", "")], ["a leader"]),
    ([("Anna Berg", "Berg, sales")], ["a leader"]),  # a role that tells the name is none
    ([("Tom", "head of sales"), ("Anna", "Head of sales")], ["the head of sales (1)", "the head of sales (2)"]),
    ([("Tom", ""), ("Anna", "")], ["leader 1", "leader 2"]),
]


@pytest.mark.parametrize(("leaders", "called"), ROLES)
def test_what_is_handed_on_says_the_role_and_never_the_name(leaders: list[tuple[str, str]], called: list[str]) -> None:
    sheets = [Answers(name, {"teams": 3.0}, role, path=f"{name}.yaml") for name, role in leaders]

    told = nameless(sheets)

    assert [sheet.leader for sheet in told] == called
    assert nameless(sheets[::-1]) == told
    assert not [name for name, _ in leaders if name in str(told)]
    assert {str(sheet.said) for sheet in told} == {"{'teams': 3.0}"}


def test_two_files_of_one_name_stay_apart(tmp_path: Path) -> None:
    paths = []
    for number, answer in enumerate(("none", "shared")):
        paths.append(tmp_path / f"{number}.yaml")
        paths[-1].write_text(f"leader: Anna\nanswers: {{crm: {answer}}}\n", encoding="utf-8")

    stated = combined(read_all(paths[::-1]), SCORING)["crm"]

    assert list(stated.by.values()) == ["none", "shared"]
