"""clew init, check, publish, diff: the files of a workspace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from clew.errors import Problem
    from clew.questions.library import OpenWorkspace
    from clew.workspace.editions import Edition
    from clew.workspace.workspace import Workspace


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to begin in; it is made where it is missing.")] = Path(),
    template: Annotated[
        str | None, typer.Option(help="A journey to begin with: onboarding, escalation or renewal.")
    ] = None,
) -> None:
    """Begin a workspace: a commented clew.yaml, JSON Schemas for editors, and a first journey from a template."""
    from clew.workspace.create import create_workspace

    written = create_workspace(folder, template)
    typer.echo(f"Wrote {len(written)} files to {folder.resolve().name}/: clew.yaml, sources/, journeys/, schemas/.")
    if template is None:
        typer.echo("Next: 'clew start FILE.csv' guesses a source from an export, or write sources/NAME.yaml yourself.")
    else:
        typer.echo("Next: edit sources/ so that it names your exports, then 'clew check'.")
    typer.echo("Live pages, and events as they arrive: 'clew serve'.")


def check() -> None:
    """Check every file of the workspace and print each problem with its place. Exit code 1 where there is any."""
    from clew.workspace.workspace import open_workspace

    workspace = open_workspace()
    beside, wrong = _of_diagnosis(workspace.dir)
    problems = sorted({*workspace.problems, *wrong})
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        files = len({problem.path for problem in problems})
        typer.echo(f"{_counted(len(problems), 'problem')} in {_counted(files, 'file')}.", err=True)
        raise typer.Exit(1)
    n = len(workspace.files) + len(beside)
    fine = "1 file is fine" if n == 1 else f"{n} files are fine"
    typer.echo(f"{fine}: {', '.join([_contents(workspace), *beside])}.")
    for line in _doubtful(workspace):
        typer.echo(line)
    for line in _never_seen(workspace) if workspace.has_data else ():
        typer.echo(line)
    typer.echo(f"Next: {_next_step(workspace)}")


def _of_diagnosis(folder: Path) -> tuple[list[str], list[Problem]]:
    """Read what leaders answered and the firm's own thresholds; return which there are, and what is wrong in them."""
    from clew.diagnosis.interview.answers import ANSWERS_FILE, read_answers
    from clew.diagnosis.scoring.own import OWN_FILE, read_own
    from clew.errors import FileProblems
    from clew.workspace.find import shown

    readers = {"answers": (ANSWERS_FILE, read_answers), "thresholds": (OWN_FILE, read_own)}
    there: list[str] = []
    problems: list[Problem] = []
    for title, (name, read) in readers.items():
        if not (folder / name).is_file():
            continue
        there.append(title)
        try:
            read(shown(folder / name))
        except FileProblems as found:
            problems += found.problems
    return there, problems


def _doubtful(workspace: Workspace) -> Iterator[str]:
    """Say which names of sources that receive mean properties and read as if something else were meant."""
    from clew.sources.spelling import doubtful_columns

    for name, source in sorted(workspace.sources.items()):
        for written, meant in doubtful_columns(source):
            says = f"Note: source {name} names '{written}', which is a property of that name"
            yield f"{says}; did you mean '{meant}'? Write 'properties.{written}' if you do mean the property"


def _never_seen(workspace: Workspace) -> Iterator[str]:
    """Say which events that files listen to no loaded row tells of: misspelt, or they have not happened yet."""
    from clew.questions.library import open_workspace

    for who, event, nearest in open_workspace(workspace.dir).events_never_seen():
        hint = f"; did you mean '{nearest}'?" if nearest else ""
        yield f"Note: {who} listens to '{event}', which no loaded event is called{hint}"


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _contents(workspace: Workspace) -> str:
    counts = f"{_counted(len(workspace.sources), 'source')}, {_counted(len(workspace.journeys), 'journey')}"
    return f"{counts}, meanings" if workspace.says_meanings else counts


def _next_step(workspace: Workspace) -> str:
    if not workspace.sources:
        return "'clew start FILE.csv' guesses a source from an export."
    if not workspace.journeys:
        return "write journeys/NAME.yaml, or look at one with 'clew init OTHER-FOLDER --template onboarding'."
    return "'clew load' reads the exports; 'clew publish' freezes the journeys as versions."


def diff(
    journey: Annotated[str | None, typer.Argument(help="A journey; absent: every one.")] = None,
    old: Annotated[str | None, typer.Argument(help="A published version; absent: the last one.")] = None,
    new: Annotated[str | None, typer.Argument(help="Another published version; absent: the draft.")] = None,
) -> None:
    """Say in words what changed between two versions of a journey, and which runs that touches."""
    from clew.questions.library import open_workspace

    workspace = open_workspace()
    if new is None:
        workspace.require_sound()
    for name in [journey] if journey else sorted(workspace.journeys):
        _diff_one(workspace, name, old, new)


def _diff_one(workspace: OpenWorkspace, name: str, old: str | None, new: str | None) -> None:
    from clew.workspace.editions import changes_between, draft_edition, published_edition

    before = published_edition(workspace, name, old)
    after = published_edition(workspace, name, new) if new else draft_edition(workspace, name)
    if before is None or after is None:
        typer.echo(f"{name}: never published. 'clew publish' makes the first version.")
        return
    changes = changes_between(before, after)
    typer.echo(f"{name}: {before.label} → {after.label}" + ("" if changes else ": nothing changed"))
    for change in changes:
        typer.echo(f"  {change.text}")
    if changes:
        typer.echo(f"  Touches {_touched(workspace, before, after)}.")


def _touched(workspace: OpenWorkspace, before: Edition, after: Edition) -> str:
    from clew.journeys.changes import affects, touched_in_words
    from clew.workspace.editions import changes_between

    said = touched_in_words(affects(changes_between(before, after)))
    if not workspace.has_data:
        return f"{said} (load data to count the runs)"
    return f"{said} ({_counted(workspace.count_touched_runs(before, after), 'run')} so far)"
