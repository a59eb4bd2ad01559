"""clew discover: draft a journey from the events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clew.cli.asking import AsOf, moment_asked, optional

if TYPE_CHECKING:
    from clew.discovery.drafting.draft import Wish
    from clew.discovery.drafting.model import Draft
    from clew.questions.library import OpenWorkspace


def discover(
    journey: Annotated[
        str | None, optional("--journey", "Name of the journey; without it: its subject.", "NAME")
    ] = None,
    subject: Annotated[
        str | None,
        optional(
            "--subject",
            "Whose journey: 'account' or a kind of thing, as ticket. Without it: what most events are about.",
            "KIND",
        ),
    ] = None,
    starts: Annotated[list[str] | None, optional("--starts", "The journey starts here; repeatable.", "EVENT")] = None,
    ends: Annotated[list[str] | None, optional("--ends", "The journey ends here; repeatable.", "EVENT")] = None,
    segment: Annotated[str | None, optional("--segment", "Only accounts in this segment.", "NAME")] = None,
    as_of: AsOf = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where the file goes; without it: journeys/NAME.yaml.",
            show_default=False,
        ),
    ] = None,
    print_: Annotated[bool, typer.Option("--print", help="Print the file, write nothing.")] = False,
    meanings: Annotated[
        bool, typer.Option("--meanings", help="Draft meanings.yaml instead: what events mean to detectors.")
    ] = False,
) -> None:
    """Draft a journey file from what the loaded log shows: stages, limits, handoffs, ends, each with its counts.

    \b
      clew discover
      clew discover --subject ticket --journey escalation
      clew discover --journey onboarding --starts "deal won" --ends "first plan in use"
      clew discover --meanings
    """
    from clew.discovery.drafting.draft import Wish
    from clew.questions.library import open_workspace

    workspace = open_workspace()
    if meanings:
        _refuse_more(journey=journey, subject=subject, starts=starts, ends=ends, segment=segment, as_of=as_of)
        _draft_meanings(workspace, output, print_=print_)
        return
    wish = Wish(journey, subject, segment, tuple(starts or ()), tuple(ends or ()))
    _draft_journey(workspace, wish, as_of, output=output, print_=print_)


def _draft_journey(
    workspace: OpenWorkspace, wish: Wish, as_of: str | None, *, output: Path | None, print_: bool
) -> None:
    from clew.discovery.drafting.for_workspace import draft_of

    name = wish.journey or wish.subject
    if name is not None and not print_:
        _refuse_written(workspace, output, name)
    draft = draft_of(workspace, wish, as_of=moment_asked(as_of, workspace.firm.time_zone, "as-of"))
    if print_:
        typer.echo(draft.text, nl=False)
        return
    path = _refuse_written(workspace, output, draft.journey.name)
    _write(path, draft.text)
    for line in _told(draft, path, workspace):
        typer.echo(line)


def _refuse_more(**given: object) -> None:
    from clew.errors import BadRequest

    named = ", ".join(f"--{name.replace('_', '-')}" for name, value in given.items() if value)
    if named:
        raise BadRequest(f"--meanings drafts meanings.yaml and no journey; leave out {named}")


def _draft_meanings(workspace: OpenWorkspace, output: Path | None, *, print_: bool) -> None:
    from clew.discovery.meanings.draft import draft_meanings
    from clew.errors import BadRequest
    from clew.workspace.find import shown

    path = output or workspace.dir / "meanings.yaml"
    if path.exists() and not print_:
        raise BadRequest(f"'{shown(path)}' is there already; name another file with --output, or look with --print")
    text = draft_meanings(workspace)
    if print_:
        typer.echo(text, nl=False)
        return
    _write(path, text)
    typer.echo(f"Wrote {shown(path)}, guessed from the words of the events that are loaded.")
    typer.echo("Next: correct what they mean, then 'clew check' and 'clew signals'")


def _refuse_written(workspace: OpenWorkspace, output: Path | None, name: str) -> Path:
    """Return the file to write. Raises BadRequest where it is there already, or the journey is in another file."""
    from clew.errors import BadRequest
    from clew.workspace.find import shown

    path = output or workspace.dir / "journeys" / f"{name}.yaml"
    if path.exists():
        raise BadRequest(
            f"'{shown(path)}' is there already; name another journey with --journey, another file with --output, "
            "or look at the draft with --print"
        )
    if output is None and name in workspace.journeys:
        raise BadRequest(
            f"journey '{name}' is written in '{shown(workspace.path_of(name))}' already; "
            "name another one with --journey"
        )
    return path


def _write(path: Path, text: str) -> None:
    from clew.errors import BadRequest

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as cause:
        raise BadRequest(
            f"cannot write '{path}': {cause.strerror or cause}; name another file with --output"
        ) from cause


def _told(draft: Draft, path: Path, workspace: OpenWorkspace) -> Iterator[str]:
    from textwrap import wrap

    from clew.discovery.drafting.event_words import spoken_kind
    from clew.questions.words import counted
    from clew.workspace.find import shown

    kind = spoken_kind(draft.journey.subject.kind, draft.subjects)
    yield f"Wrote {shown(path)}, drafted from {draft.events:,} events of {draft.subjects:,} {kind}."
    for lead, names in (
        ("stages: ", " → ".join(draft.journey.stage_names)),
        ("ends: ", ", ".join(draft.ends) or "none"),
        ("handoffs: ", ", ".join(f"{one.source} to {one.target}" for one in draft.journey.handoffs) or "none"),
    ):
        yield from wrap(lead + names, 118, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
    marked, left = counted(len(draft.marks), "element"), counted(len(draft.dropped), "event")
    yield f"  marked as evidence: {marked}; left out: {left}, the end of the file says why"
    yield "Next: correct what it means, then 'clew check' and 'clew report --journey " + draft.journey.name + "'"
