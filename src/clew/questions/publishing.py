"""What publishing a journey does to runs in flight: how many stand where, what may happen to them, who is late then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from clew.engine.succession import Choice, Governing, InFlight, fold_succession
from clew.questions.in_flight import Standing, in_flight
from clew.questions.library import OpenWorkspace
from clew.workspace.succession import succession_of

MEANS: Mapping[str, str] = {
    Choice.STAY.value: "they go on under their version",
    Choice.MOVE.value: "they go on under the new one, where they stand",
    Choice.END.value: "they end at the publication",
}
CHOICES = tuple(MEANS)


def standing_at(workspace: OpenWorkspace, name: str, moment: int) -> list[Standing]:
    """Count the runs of a journey that are open at a moment, microseconds UTC."""
    return in_flight(workspace.course(name, workspace.view(moment)))


def late_then(workspace: OpenWorkspace, name: str, stages: Mapping[str, str], moment: int) -> int:
    """How many would be past a limit at once, were the draft published at a moment with its runs moved."""
    draft = workspace.journey(name)
    then = Governing(draft, workspace.firm, moment, InFlight(Choice.MOVE, stages))
    governing = [*succession_of(workspace, draft), then]
    return late(in_flight(fold_succession(workspace.view(moment), governing)))


def late(standing: Iterable[Standing]) -> int:
    """Runs past a limit."""
    return sum(each.late for each in standing)


def runs(standing: Iterable[Standing]) -> int:
    """Runs in flight."""
    return sum(each.runs for each in standing)


def by_stage(standing: Iterable[Standing]) -> Mapping[str | None, int]:
    """Runs by the stage in which they stand, of all versions."""
    found: dict[str | None, int] = {}
    for each in standing:
        found[each.stage] = found.get(each.stage, 0) + each.runs
    return found


def strange_targets(stages: Mapping[str, str], known: Sequence[str]) -> list[str]:
    """Stages to which runs would be moved and that the new version has not."""
    return sorted({new for new in stages.values() if new not in known})


def lost_stages(standing: Iterable[Standing], stages: Mapping[str, str], known: Sequence[str]) -> Mapping[str, int]:
    """Stages in which runs stand and from which a move leads to no stage of the new version, with these runs."""
    found = by_stage(each for each in standing if each.stage is not None)
    return {str(stage): count for stage, count in found.items() if stages.get(str(stage), stage) not in known}
