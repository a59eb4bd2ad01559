"""Answers of leaders: one file a leader, checked like every other file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from clew.diagnosis.interview.questions import Kind, Question, interview
from clew.diagnosis.interview.values import UNKNOWN_WORDS, Value, allowed, value_of
from clew.errors import nearest_name
from clew.files.reading import Reading
from clew.files.scalars import day, text
from clew.files.scan import scan_file
from clew.files.shapes import Found, Json, Key, Record, Shape
from clew.files.tree import Node, ScalarNode, describe

ANSWERS_FILE = "answers.yaml"


@dataclass(frozen=True)
class Answers:
    """What one leader said.

    said  question id -> a text of a choice, a number, or a share 0..1; questions without an answer are not in it
    path  the file, "" where the answers come from no file
    """

    leader: str
    said: Mapping[str, Value] = field(default_factory=dict)
    role: str = ""
    date: date | None = None
    path: str = ""


class NotSaid:
    """Stands where a question was left open."""


NOT_SAID = NotSaid()


@dataclass(frozen=True)
class AnswerShape(Shape["Value | NotSaid"]):
    """The answer to one question, or nothing."""

    question: Question

    def read(self, node: Node, reading: Reading) -> Value | NotSaid | None:
        if isinstance(node, ScalarNode) and (node.empty or node.text.strip().casefold() in UNKNOWN_WORDS):
            return NOT_SAID
        value = value_of(self.question, node.text) if isinstance(node, ScalarNode) else None
        if value is None:
            near = nearest_name(node.text, self.question.values) if isinstance(node, ScalarNode) else ""
            wrong = f"{describe(node)} is no answer to '{self.question.id}'"
            reading.problem(node, wrong, f"{allowed(self.question)}; empty: unknown", nearest=near)
        return value

    def schema(self, shared: Json) -> Json:
        match self.question.kind:
            case Kind.CHOICE:
                return {"enum": [*self.question.values, "unknown", None]}
            case Kind.YES_NO:
                return {"enum": ["yes", "no", True, False, "unknown", None]}
            case _:
                return {"type": ["number", "string", "null"]}


@cache
def answers_shape() -> Record[Answers]:
    """The shape of an answers file."""
    by_question: dict[str, Key[Any]] = {
        question.id: Key(AnswerShape(question), question.text) for question in interview().values()
    }
    answers = Record(by_question, lambda found: found)
    return Record(
        {
            "leader": Key(text("the name of who answers"), "Who answers.", required=True),
            "role": Key(text("a role"), "What the person is responsible for."),
            "date": Key(day(), "When it was answered."),
            "answers": Key(answers, "Question id: answer; an empty one, or none, is unknown.", required=True),
        },
        _build,
    )


def _build(found: Found) -> Answers | None:
    given: Found = found["answers"]
    said = {key: value for key, value in given.values.items() if not isinstance(value, NotSaid)}
    return Answers(found["leader"], said, found.get("role", ""), found.get("date"))


def read_answers(path: Path) -> Answers:
    """Read an answers file. Raises FileProblems with every fault and its place."""
    reading = Reading(path)
    answers = answers_shape().read(scan_file(path), reading)
    reading.raise_problems()
    assert answers is not None
    return Answers(answers.leader, answers.said, answers.role, answers.date, str(path))


def read_all(paths: Sequence[Path]) -> tuple[Answers, ...]:
    """Read the answers of several leaders, in order of their names, so that the order of files changes nothing."""
    return tuple(sorted((read_answers(path) for path in paths), key=lambda one: (one.leader, one.path)))
