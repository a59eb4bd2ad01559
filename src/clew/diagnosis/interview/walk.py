"""The interview on a terminal: one question at a time, saved after each answer, so that stopping loses nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace

from clew.diagnosis.interview.answers import Answers
from clew.diagnosis.interview.questions import Question, interview, minutes
from clew.diagnosis.interview.values import allowed, said, value_of

BACK, STOP, FORGET = "b", "q", "-"
WIDTH = 90
INTRODUCTION = (
    "Enter skips: it leaves a question unknown, or an answer as it is. 'b' goes back, '-' takes an answer away, "
    "'q' stops. Every answer is saved at once; the next time it goes on from there."
)


@dataclass
class Walk:
    """One person's walk through the questions.

    answers  so far               read   shows a prompt, returns the line typed; EOFError where no more comes
    save     keeps the answers    write  shows a line
    """

    answers: Answers
    read: Callable[[str], str]
    write: Callable[[str], None]
    save: Callable[[Answers], None]

    def through(self) -> Answers:
        """Ask from the first open question on, until the end or until the person stops."""
        questions = list(interview().values())
        self.write(f"{len(questions)} questions, about {minutes(questions)} minutes.")
        self._say(INTRODUCTION)
        try:
            self._introduce()
            self._walk(questions)
        except EOFError:
            self.write("")
        return self.answers

    def _introduce(self) -> None:
        if self.answers.leader:
            return
        while not self.answers.leader:
            self._keep(replace(self.answers, leader=self.read("\nYour name: ").strip()))
        self._keep(replace(self.answers, role=self.read("What you are responsible for (Enter skips): ").strip()))

    def _walk(self, questions: list[Question]) -> None:
        place = self._first_open(questions)
        while place < len(questions):
            typed = self._show(questions, place)
            if typed == STOP:
                return
            if typed == BACK:
                place = max(0, place - 1)
            elif self._take(questions[place], typed):
                place += 1

    def _first_open(self, questions: list[Question]) -> int:
        places = (place for place, question in enumerate(questions) if question.id not in self.answers.said)
        first = next(places, 0)
        if self.answers.said:
            self.write(f"\nGoing on with {self.answers.leader}: {len(self.answers.said)} answered so far.")
        return first

    def _show(self, questions: list[Question], place: int) -> str:
        question = questions[place]
        self.write(f"\n{place + 1} of {len(questions)} · {question.part}")
        self._say(question.text)
        for number, words in enumerate(question.values.values(), start=1):
            self.write(f"  {number}  {words}")
        if question.id in self.answers.said:
            self.write(f"  so far: {said(question, self.answers.said[question.id])}")
        hint = f"1-{len(question.values)}" if question.values else allowed(question)
        return self.read(f"[{hint}] > ").strip()

    def _take(self, question: Question, typed: str) -> bool:
        """Keep an answer; False where it is none, after saying what is allowed."""
        if not typed:
            return True
        given = dict(self.answers.said)
        if typed == FORGET:
            given.pop(question.id, None)
        else:
            value = value_of(question, _chosen(question, typed))
            if value is None:
                self.write(f"'{typed}' is no answer here; allowed: {self._allowed(question)}")
                return False
            given[question.id] = value
        self._keep(replace(self.answers, said=given))
        return True

    def _allowed(self, question: Question) -> str:
        keys = f"a number from 1 to {len(question.values)}" if question.values else allowed(question)
        return f"{keys}; Enter, b, - and q"

    def _keep(self, answers: Answers) -> None:
        self.answers = answers
        if answers.leader:
            self.save(answers)

    def _say(self, text: str) -> None:
        for line in textwrap.wrap(text, WIDTH):
            self.write(line)


def _chosen(question: Question, typed: str) -> str:
    """The value of a typed number of a choice; else what was typed."""
    if question.values and typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= len(question.values):
        return question.steps[int(typed) - 1]
    return typed
