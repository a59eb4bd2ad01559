"""The interview: the questions that a leader is asked, read from interview.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from clew.files.reading import Reading
from clew.files.scalars import choice, name, number, text
from clew.files.scan import scan_file
from clew.files.shapes import Found, Key, ListOf, MapOf, Record

FILE = Path(__file__).with_name("interview.yaml")


class Kind(StrEnum):
    """What an answer is."""

    CHOICE = "choice"
    NUMBER = "number"
    SHARE = "share"
    YES_NO = "yes-no"


YES_NO: Mapping[str, str] = {"no": "no", "yes": "yes"}


@dataclass(frozen=True)
class Question:
    """One question of the interview.

    part      heading under which it stands           title  what it asks for, as a noun
    values    of a choice: id -> words, in order; of yes-no both; else empty
    unit      of a number: "customers"
    serves    what it is weighed in: a diagnostic, a failure, prerequisites, ladder, tools
    compared  name of the fact that measures the same thing, "" where none does
    seconds   what it takes to read and answer
    """

    id: str
    part: str
    title: str
    text: str
    kind: Kind
    why: str
    seconds: int
    serves: tuple[str, ...]
    values: Mapping[str, str]
    unit: str = ""
    compared: str = ""

    @property
    def steps(self) -> tuple[str, ...]:
        """Allowed values of a choice in their order, none of a number or share."""
        return tuple(self.values)


Interview = Mapping[str, Question]


@cache
def interview() -> Interview:
    """Return the packaged questions by id, in the order in which they are asked."""
    return read_interview(FILE)


def read_interview(path: Path) -> Interview:
    """Read the questions of a file. Raises FileProblems."""
    reading = Reading(path)
    questions = _FILE.read(scan_file(path), reading)
    reading.raise_problems()
    assert questions is not None
    return {question.id: question for question in questions}


def minutes(questions: Iterable[Question]) -> int:
    """Whole minutes that questions take, rounded up."""
    return -(-sum(question.seconds for question in questions) // 60)


def _build(found: Found) -> Question | None:
    kind: Kind = found["kind"]
    values: Mapping[str, str] = YES_NO if kind is Kind.YES_NO else found.get("values", {})
    if (kind is Kind.CHOICE) != bool(found.get("values")):
        wrong = f"a question of kind {kind} {'lacks' if kind is Kind.CHOICE else 'has'} values"
        found.reading.problem(found.place("kind"), wrong, "values with a choice, and with nothing else")
        return None
    return Question(
        id=found["question"],
        part=found["part"],
        title=found["title"],
        text=found["text"],
        kind=kind,
        why=found["why"],
        seconds=int(found["seconds"]),
        serves=found["serves"],
        values=values,
        unit=found.get("unit", ""),
        compared=found.get("compared", ""),
    )


_QUESTION: Record[Question] = Record(
    {
        "question": Key(name(), "Id of the question; answers files name it.", required=True),
        "part": Key(text(), "Heading under which it stands.", required=True),
        "title": Key(text(), "What it asks for, as a noun.", required=True),
        "text": Key(text(), "The question as it is asked.", required=True),
        "kind": Key(choice(Kind), "What an answer is.", required=True),
        "values": Key(MapOf(name(), text()), "Allowed values of a choice with their words, in order."),
        "unit": Key(text(), "What a number counts."),
        "serves": Key(ListOf(name()), "What the answer is weighed in.", required=True),
        "compared": Key(name(), "The fact that measures the same thing."),
        "why": Key(text(), "Why it is asked.", required=True),
        "seconds": Key(number(least=1, whole=True), "What it takes to read and answer.", required=True),
    },
    _build,
)
_FILE: Record[tuple[Question, ...]] = Record(
    {"questions": Key(ListOf(_QUESTION), "Every question in its order.", required=True)},
    lambda found: found["questions"],
)
