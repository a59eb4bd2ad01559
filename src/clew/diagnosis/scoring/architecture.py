"""The minimal architecture: what prevents the failure, what existing tools cover of it, and the smallest next thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from clew.diagnosis.scoring.combined import Stated
from clew.files.reading import Reading
from clew.files.scalars import choice, name, text
from clew.files.scan import scan_file
from clew.files.shapes import Found, Key, ListOf, MapOf, Record

FILE = Path(__file__).with_name("architecture.yaml")


class Cover(StrEnum):
    """How far something is covered."""

    FULL = "full"
    PARTLY = "partly"
    NOT = "not"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Capability:
    """Something that must be possible.

    prevents  a failure, or the operating model for which it is needed
    covered   tool question -> answer -> how far it then covers this
    clew      commands that show it
    """

    name: str
    title: str
    prevents: str
    covered: Mapping[str, Mapping[str, Cover]]
    missing: str
    next: str
    clew: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """A capability beside the firm's tools: how far they cover it, and which of them do, with the answers."""

    capability: Capability
    cover: Cover
    tools: tuple[tuple[Stated, Cover], ...]


def architecture_for(wanted: Sequence[str], stated: Mapping[str, Stated]) -> list[Part]:
    """The capabilities that some failures, or an operating model, ask for, in the order of the wanted ones."""
    return [_part(one, stated) for what in wanted for one in capabilities() if one.prevents == what]


def _part(capability: Capability, stated: Mapping[str, Stated]) -> Part:
    told = [tool for tool in capability.covered if tool in stated]
    tools = [(stated[tool], capability.covered[tool].get(str(stated[tool].value), Cover.NOT)) for tool in told]
    covering = [(one, cover) for one, cover in tools if cover is not Cover.NOT]
    best = next((each for each in (Cover.FULL, Cover.PARTLY) if any(cover is each for _, cover in covering)), None)
    lacking = Cover.NOT if len(told) == len(capability.covered) else Cover.UNKNOWN
    return Part(capability, best or lacking, tuple(covering))


@cache
def capabilities() -> tuple[Capability, ...]:
    """The packaged capabilities in their order."""
    reading = Reading(FILE)
    found = _FILE.read(scan_file(FILE), reading)
    reading.raise_problems()
    assert found is not None
    return found


def _build(found: Found) -> Capability:
    return Capability(
        name=found["capability"],
        title=found["title"],
        prevents=found["prevents"],
        covered=found["covered"],
        missing=found["missing"],
        next=found["next"],
        clew=found.get("clew", ()),
    )


_CAPABILITY: Record[Capability] = Record(
    {
        "capability": Key(name(), "Id.", required=True),
        "title": Key(text(), "What must be possible.", required=True),
        "prevents": Key(name(), "The failure that it prevents, or the operating model.", required=True),
        "covered": Key(MapOf(name(), MapOf(name(), choice(Cover))), "Tool, answer, how far.", required=True),
        "missing": Key(text(), "What lacks.", required=True),
        "next": Key(text(), "The smallest next thing.", required=True),
        "clew": Key(ListOf(text(), at_least=0), "Commands that show it."),
    },
    _build,
)
_FILE: Record[tuple[Capability, ...]] = Record(
    {"capabilities": Key(ListOf(_CAPABILITY), "Every capability.", required=True)}, lambda found: found["capabilities"]
)
