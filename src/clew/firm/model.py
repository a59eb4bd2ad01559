"""The firm as clew.yaml describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clew.calendars import Calendar
from clew.conditions.model import Condition


@dataclass(frozen=True)
class Team:
    """A team inside the firm and the calendar it works by."""

    name: str
    title: str
    calendar: str | None = None


@dataclass(frozen=True)
class Person:
    """A user: a person inside the firm."""

    name: str
    title: str
    team: str | None = None


@dataclass(frozen=True)
class Firm:
    """Everything of clew.yaml, checked."""

    name: str
    currency: str
    time_zone: str
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    segments: Mapping[str, Condition] = field(default_factory=dict)

    def calendar_of(self, team: str | None) -> Calendar:
        """Calendar of a team, else the one named 'default', else Monday to Friday 09:00-17:00 in the firm's zone."""
        named = self.teams[team].calendar if team is not None and team in self.teams else None
        for name in (named, "default"):
            if name and name in self.calendars:
                return self.calendars[name]
        return Calendar(zone=self.time_zone)

    def team_title(self, team: str | None) -> str:
        """What clew.yaml calls a team, its own name where it does not know it, "" for none."""
        return self.teams[team].title if team is not None and team in self.teams else team or ""
