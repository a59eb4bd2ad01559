"""clew publish: freeze journeys as versions, and decide what happens to runs in flight."""

from __future__ import annotations

import sys
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
    why: Annotated[str, typer.Option(help="What it is published for; kept with the version.")] = "",
    withdraw: Annotated[
        str | None,
        typer.Option(metavar="JOURNEY", help="Take the latest publication back: runs are as if it had never been."),
    ] = None,
) -> None:
    """Freeze every journey without problems as a version that never changes, and say what changed."""
    from clew.questions.library import open_workspace
    from clew.questions.publishing import CHOICES

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
        _publish_one(workspace, name, by, in_flight=in_flight, stages=stages, why=why)
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
    workspace: OpenWorkspace, name: str, by: str, *, in_flight: str | None, stages: Mapping[str, str], why: str
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
    moved = stages if choice == "move" else {}
    published = freeze(workspace, draft, at=_now(), by=by, in_flight=choice, stages=moved, why=why)
    note(workspace.dir, "publish", f"journey:{name}", version=published.version, in_flight=choice)
    changes = changes_between(before, draft_edition(workspace, name)) if before else ()
    since = f"{_counted(len(changes), 'change')} since {before.label}" if before else "the first"
    typer.echo(f"{name}: published version {published.version}, {since}{f', by {by}' if by else ''}")


def _choose(
    workspace: OpenWorkspace, before: Edition, name: str, *, in_flight: str | None, stages: Mapping[str, str]
) -> str:
    """Say how many runs are in flight and what each choice does to them; ask where nobody chose."""
    from clew.clock import now
    from clew.questions.publishing import CHOICES, MEANS, late, late_then, runs, standing_at

    if not workspace.has_data:
        return in_flight or "stay"
    standing = standing_at(workspace, name, now())
    if not standing:
        typer.echo(f"{name}: no run is in flight")
        return in_flight or "stay"
    typer.echo(f"{name}: {_counted(runs(standing), 'run')} in flight: {_places(standing)}")
    if in_flight is None and sys.stdin.isatty():
        for choice in CHOICES:
            typer.echo(f"  {choice:<5} {MEANS[choice]}")
        in_flight = typer.prompt("What happens to them", default="stay")
        if in_flight not in CHOICES:
            raise BadRequest(f"'{in_flight}' is no choice; allowed: {', '.join(CHOICES)}")
    choice = in_flight or "stay"
    if choice == "move":
        _require_places(workspace, name, standing, stages)
        then = late_then(workspace, name, stages, now())
        typer.echo(f"  past a limit where they stand: {late(standing)} now, {then} then")
    typer.echo(f"  {choice}: {MEANS[choice]}" + ("" if in_flight else "; choose with --in-flight move or end"))
    return choice


def _require_places(
    workspace: OpenWorkspace, name: str, standing: Iterable[Standing], stages: Mapping[str, str]
) -> None:
    """Refuse to move runs to nowhere."""
    from clew.questions.publishing import lost_stages, strange_targets

    known = workspace.journey(name).stage_names
    if unknown := strange_targets(stages, known):
        raise BadRequest(f"--map to '{unknown[0]}', which is no stage of {name}; allowed: {', '.join(known)}")
    if lost := lost_stages(standing, stages, known):
        told = ", ".join(f"{stage} ({_counted(count, 'run')})" for stage, count in lost.items())
        raise BadRequest(
            f"{name} has no stage to which these would move: {told}; add --map {next(iter(lost))}=NEW for each, "
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
    from clew.questions.publishing import by_stage

    return ", ".join(f"{stage or 'before any stage'} {count:,}" for stage, count in by_stage(standing).items())


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _now() -> datetime:
    from datetime import UTC

    return datetime.now(UTC)
