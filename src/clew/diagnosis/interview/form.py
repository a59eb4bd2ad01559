"""Write answers files: an empty commented form to send around, and the answers that somebody gave."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

from clew.diagnosis.interview.answers import Answers
from clew.diagnosis.interview.questions import Interview, Question, interview, minutes
from clew.diagnosis.interview.values import allowed, written
from clew.errors import BadRequest
from clew.files.replace import replace_file
from clew.files.tree import ScalarNode
from clew.files.write import scalar_text

WIDTH = 110


def form_text(answers: Answers | None = None) -> str:
    """Return the text of an answers file; without answers a form to fill in."""
    return "\n".join(_lines(answers or Answers(""), interview())) + "\n"


def write_answers(path: Path, answers: Answers) -> None:
    """Replace an answers file as a whole, so that an interruption leaves the former one."""
    try:
        replace_file(path, form_text(answers))
    except OSError as cause:
        raise BadRequest(f"cannot write '{path}': {cause.strerror or cause}; name another file") from cause


def write_form(path: Path) -> None:
    """Write an empty form. Raises BadRequest where a file stands already."""
    if path.exists():
        raise BadRequest(f"'{path}' is there already and may hold answers; name a new file")
    write_answers(path, Answers(""))


def _lines(answers: Answers, asked: Interview) -> Iterator[str]:
    yield f"# What one leader believes, in about {minutes(asked.values())} minutes. Leave empty what you do not know."
    yield "# Then: clew diagnose --answers THIS-FILE; several files are compared side by side."
    yield f"leader: {_text(answers.leader)}".rstrip()
    yield f"role: {_text(answers.role)}".rstrip() if answers.role else "# role: head of customer success"
    yield f"date: {answers.date}" if answers.date else "# date: 2026-01-31"
    yield "answers:"
    part = ""
    for question in asked.values():
        if question.part != part:
            part = question.part
            yield from ("", f"  # -- {part} --")
        yield from _question(question, answers)


def _question(question: Question, answers: Answers) -> Iterator[str]:
    yield ""
    yield from textwrap.wrap(question.text, WIDTH, initial_indent="  # ", subsequent_indent="  # ")
    if question.values and set(question.values) != {"yes", "no"}:
        width = max(len(value) for value in question.values)
        yield from (f"  #   {value.ljust(width)}  {words}" for value, words in question.values.items())
    else:
        yield f"  #   {allowed(question)}"
    value = answers.said.get(question.id)
    yield f"  {question.id}:" + ("" if value is None else f" {written(question, value)}")


def _text(text: str) -> str:
    return scalar_text(ScalarNode(1, 1, text)) if text else ""
