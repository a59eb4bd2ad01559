"""clew publish: freeze journeys as versions, and decide what happens to runs in flight."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from clew.cli.beside import note
from clew.errors import BadRequest

if TYPE_CHECKING:
    from clew.questions.in_flight import Standing
    from clew.questions.library import OpenWorkspace
    from clew.workspace.editions import Edition

CHOICES = ("stay", "move", "end")
_MEANS = {
    "stay": "they go on under their version",
    "move": "they go on under the new one, where they stand",
    "end": "they end at the publication",
}


def publish(
    by: Annotated[str, typer.Option(help="Who publishes; kept with the version.")] = "",
    in_flight: Annotated[
        str | None,
        typer.Option(
            help="What happens to runs in flight: stay, move or end. Asked where runs are in flight; 'stay' in a pipe.",
            show_default=False,
        ),
    ] = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="OLD=NEW", help="With 'move': where runs in stage OLD go on.", show_default=False
        ),
    ] = None,
    withdraw: Annotated[
        str | None,
        typer.Option(metavar="JOURNEY", help="Take the latest publication back: runs are as if it had never been."),
    ] = None,
) -> None:
    """Freeze every journey without problems as a version that never changes, and say what changed."""
    from clew.questions.library import open_workspace

    workspace = open_workspace()
    stages = _stages(mapped or ())
    if in_flight not in (None, *CHOICES):
        raise BadRequest(f"--in-flight '{in_flight}'; allowed: {', '.join(CHOICES)}")
    if stages and in_flight != "move":
        raise BadRequest("--map says where moved runs go on; add --in-flight move")
    if withdraw is not None:
        _withdraw(workspace, withdraw, by)
        return
    sound = workspace.sound_journeys()
    for name in sound:
        _publish_one(workspace, name, by, in_flight=in_flight, stages=stages)
    _say_unsound(workspace, sound)


def _say_unsound(workspace: OpenWorkspace, sound: list[str]) -> None:
    if workspace.problems:
        for problem in workspace.problems:
            typer.echo(str(problem), err=True)
        left = _counted(len(workspace.journeys) - len(sound), "journey")
        typer.echo(f"Not published because of these problems: {left}.", err=True)
        raise typer.Exit(1)
    if not sound:
        typer.echo("There is no journey to publish. Next: write journeys/NAME.yaml.")


def _publish_one(
    workspace: OpenWorkspace, name: str, by: str, *, in_flight: str | None, stages: Mapping[str, str]
) -> None:
    from clew.workspace.editions import changes_between, draft_edition, published_edition
    from clew.workspace.publications import latest_version
    from clew.workspace.versions import publish as freeze

    before, latest, draft = published_edition(workspace, name), latest_version(workspace, name), workspace.journey(name)
    if latest is not None and latest.version == draft.version:
        freeze(workspace, draft, at=_now())  # refuses a file that was altered
        typer.echo(f"{name}: unchanged, version {latest.version} of {latest.at:%Y-%m-%d %H:%M} UTC")
        return
    choice = _choose(workspace, before, name, in_flight=in_flight, stages=stages) if before else "stay"
    published = freeze(workspace, draft, at=_now(), by=by, in_flight=choice, stages=stages if choice == "move" else {})
    note(workspace.dir, "publish", f"journey:{name}", version=published.version, in_flight=choice)
    changes = changes_between(before, draft_edition(workspace, name)) if before else ()
    since = f"{_counted(len(changes), 'change')} since {before.label}" if before else "the first"
    typer.echo(f"{name}: published version {published.version}, {since}{f', by {by}' if by else ''}")


def _choose(
    workspace: OpenWorkspace, before: Edition, name: str, *, in_flight: str | None, stages: Mapping[str, str]
) -> str:
    """Say how many runs are in flight and what each choice does to them; ask where nobody chose."""
    if not workspace.has_data:
        return in_flight or "stay"
    standing = _standing(workspace, name)
    if not standing:
        typer.echo(f"{name}: no run is in flight")
        return in_flight or "stay"
    runs = sum(each.runs for each in standing)
    typer.echo(f"{name}: {_counted(runs, 'run')} in flight: {_places(standing)}")
    if in_flight is None and sys.stdin.isatty():
        for choice in CHOICES:
            typer.echo(f"  {choice:<5} {_MEANS[choice]}")
        in_flight = typer.prompt("What happens to them", default="stay")
        if in_flight not in CHOICES:
            raise BadRequest(f"'{in_flight}' is no choice; allowed: {', '.join(CHOICES)}")
    choice = in_flight or "stay"
    if choice == "move":
        _require_places(workspace, name, standing, stages)
        typer.echo(
            f"  past a limit where they stand: {_late(standing)} now, {_late_after(workspace, name, stages)} then"
        )
    typer.echo(f"  {choice}: {_MEANS[choice]}" + ("" if in_flight else "; choose with --in-flight move or end"))
    return choice


def _standing(workspace: OpenWorkspace, name: str) -> list[Standing]:
    from clew.clock import now
    from clew.questions.in_flight import in_flight

    return in_flight(workspace.course(name, workspace.view(now())))


def _late_after(workspace: OpenWorkspace, name: str, stages: Mapping[str, str]) -> int:
    """How many would be past a limit at once, were the draft published now with its runs moved."""
    from clew.clock import now
    from clew.engine.succession import Choice, Governing, InFlight, fold_succession
    from clew.questions.in_flight import in_flight
    from clew.workspace.succession import succession_of

    draft, moment = workspace.journey(name), now()
    then = Governing(draft, workspace.firm, moment, InFlight(Choice.MOVE, stages))
    return _late(in_flight(fold_succession(workspace.view(moment), [*succession_of(workspace, draft), then])))


def _late(standing: Iterable[Standing]) -> int:
    return sum(each.late for each in standing)


def _require_places(
    workspace: OpenWorkspace, name: str, standing: Iterable[Standing], stages: Mapping[str, str]
) -> None:
    """Refuse to move runs to nowhere."""
    known = workspace.journey(name).stage_names
    unknown = sorted({new for new in stages.values() if new not in known})
    if unknown:
        raise BadRequest(f"--map to '{unknown[0]}', which is no stage of {name}; allowed: {', '.join(known)}")
    lost = [each for each in standing if each.stage is not None and stages.get(each.stage, each.stage) not in known]
    if lost:
        told = ", ".join(f"{each.stage} ({_counted(each.runs, 'run')})" for each in lost)
        raise BadRequest(
            f"{name} has no stage to which these would move: {told}; add --map {lost[0].stage}=NEW for each, "
            f"NEW one of: {', '.join(known)}"
        )


def _withdraw(workspace: OpenWorkspace, journey: str, by: str) -> None:
    from clew.workspace.publications import latest_version, withdraw

    workspace.journey(journey)
    gone = withdraw(workspace, journey, at=_now(), by=by)
    note(workspace.dir, "withdraw", f"journey:{journey}", version=gone.version)
    left = latest_version(workspace, journey)
    in_force = (
        f"version {left.version} of {left.at:%Y-%m-%d %H:%M} UTC is in force" if left else "its draft is in force"
    )
    typer.echo(f"{journey}: withdrew version {gone.version} of {gone.at:%Y-%m-%d %H:%M} UTC; {in_force} again")


def _stages(mapped: Iterable[str]) -> dict[str, str]:
    stages: dict[str, str] = {}
    for text in mapped:
        old, equals, new = text.partition("=")
        if not (old and equals and new):
            raise BadRequest(f"--map '{text}' maps nothing; write it as --map old-stage=new-stage")
        stages[old] = new
    return stages


def _places(standing: Iterable[Standing]) -> str:
    runs = Counter[str]()
    for each in standing:
        runs[each.stage or "before any stage"] += each.runs
    return ", ".join(f"{stage} {count:,}" for stage, count in runs.items())


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _now() -> datetime:
    from datetime import UTC

    return datetime.now(UTC)
