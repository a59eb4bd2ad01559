"""The teams of stages where an account's runs stand: they work with it too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from clew.context.model import Context
from clew.context.words import Words

Stages = Iterable[tuple[str, str | None]]  # (journey, stage) where a run stands


def team_of_stage(words: Words) -> Mapping[tuple[str, str], str]:
    """Return the team of each stage that has one, of every version that governed; the latest wins."""
    return {
        (each.journey.name, stage.name): stage.team
        for succession in words.journeys
        for each in succession
        for stage in each.journey.stages
        if stage.team is not None
    }


def with_standing(context: Context, stages: Stages, teams: Mapping[tuple[str, str], str]) -> Context:
    """Return a context whose header names the teams of these stages too."""
    found = {teams[journey, stage] for journey, stage in stages if stage is not None and (journey, stage) in teams}
    if found <= set(context.header.teams):
        return context
    return replace(context, header=replace(context.header, teams=sorted({*context.header.teams, *found})))
