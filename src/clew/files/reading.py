"""What is learnt while files are read: problems, names that files declare, and names that they mention."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from clew.errors import FileProblems, Problem, nearest_name
from clew.files.tree import Node, describe


@dataclass(frozen=True)
class Named:
    """A name with its place.

    kind   what it names: team, person, calendar, segment, journey, stage, event, attribute, subject, property, ...
    scope  where the name counts: the journey of a stage, the events of a property; "" within this file or everywhere
    """

    kind: str
    name: str
    path: Path
    line: int
    column: int
    scope: tuple[str, ...] = ()

    def problem(self, wrong: str, allowed: str = "", nearest: str = "") -> Problem:
        return Problem(self.path, self.line, self.column, wrong, allowed, nearest)


@dataclass
class Reading:
    """One file while it is read."""

    path: Path
    problems: list[Problem] = field(default_factory=list)
    declared: list[Named] = field(default_factory=list)
    mentioned: list[Named] = field(default_factory=list)

    def problem(self, node: Node, wrong: str, allowed: str = "", *, nearest: str = "") -> None:
        """Note a fault at a node."""
        self.problems.append(Problem(self.path, node.line, node.column, wrong, allowed, nearest))

    def unfit(self, node: Node, allowed: str) -> None:
        """Note that a node is not what is allowed here."""
        self.problem(node, f"{describe(node)} does not fit here", allowed)

    def unknown(self, node: Node, what: str, name: str, allowed: Iterable[str]) -> None:
        """Note a name that is none of the allowed ones, with the nearest of them."""
        names = tuple(allowed)
        self.problem(node, f"unknown {what} '{name}'", listed(names), nearest=nearest_name(name, names))

    def declare(self, kind: str, name: str, node: Node, *, scope: tuple[str, ...] = ()) -> None:
        self.declared.append(Named(kind, name, self.path, node.line, node.column, scope))

    def mention(self, kind: str, name: str, node: Node, *, scope: tuple[str, ...] = ()) -> None:
        self.mentioned.append(Named(kind, name, self.path, node.line, node.column, scope))

    def raise_problems(self) -> None:
        """Raise FileProblems when there is any."""
        if self.problems:
            raise FileProblems(self.problems)


def listed(names: Iterable[str], most: int = 15) -> str:
    """Names for a message, the first ones where there are many."""
    all_names = list(names)
    if not all_names:
        return "none is known yet"
    more = f", and {len(all_names) - most} more" if len(all_names) > most else ""
    return ", ".join(all_names[:most]) + more
