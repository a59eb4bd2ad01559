"""Answers without names: what is stored or published says the role of a leader, never who it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from clew.diagnosis.interview.answers import Answers

ANYBODY = "a leader"


def nameless(sheets: Sequence[Answers]) -> tuple[Answers, ...]:
    """The same answers, each given by a role: 'the managing director'; several of one role are numbered."""
    ordered = sorted(sheets, key=lambda one: (_role(one), one.leader, one.path))
    of_role, seen = Counter(map(_role, ordered)), Counter[str]()
    told = []
    for sheet in ordered:
        role = _role(sheet)
        seen[role] += 1
        told.append(replace(sheet, leader=_called(role, seen[role] if of_role[role] > 1 else 0), role=role, path=""))
    return tuple(told)


def _called(role: str, number: int) -> str:
    if not role:
        return f"leader {number}" if number else ANYBODY
    return f"the {role} ({number})" if number else f"the {role}"


def _role(sheet: Answers) -> str:
    """The role in the middle of a sentence; "" where it holds a part of the name."""
    words = sheet.role.split()
    if words and words[0].casefold() == "the":
        words = words[1:]
    if {word.strip(".,()").casefold() for word in words} & {word.casefold() for word in sheet.leader.split()}:
        return ""
    role = " ".join(words)
    return role[:1].lower() + role[1:] if role[1:2].islower() else role
