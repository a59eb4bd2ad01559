"""clew report: one page to forward, a summary on the screen, or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clew.cli.asking import AsOf, optional

if TYPE_CHECKING:
    from clew.questions.ground import Ground
    from clew.questions.library import OpenWorkspace
    from clew.questions.model import Query
    from clew.reports.assemble import Beside, Setting

OUTPUT = Path("clew-report.html")


def report(
    journey: Annotated[
        list[str] | None, optional("--journey", "Only this journey; repeatable. Without it: all.", "NAME")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where the page goes.")] = OUTPUT,
    compare: Annotated[str | None, optional("--compare", "Two groups side by side: segment=a,b.", "NAME=A,B")] = None,
    as_of: AsOf = None,
    no_diagnosis: Annotated[bool, typer.Option("--no-diagnosis", help="Leave the first page out.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, write no page.")] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Draw every journey: the diagnosis, what to do next, the picture, stalls, loops, handoffs, comparisons.

    \b
      clew report
      clew report --journey onboarding --compare segment=small,mid-market
      clew report --as-of 2018-06-01 --output june.html
      clew report --no-diagnosis
    """
    from clew.reports.as_json import render_json
    from clew.reports.assemble import assemble
    from clew.reports.html import render_html
    from clew.reports.terminal import render_terminal

    workspace = _workspace()
    names = list(dict.fromkeys(journey or workspace.sound_journeys()))
    asked = _asked(compare, as_of, workspace.firm.time_zone)
    grounds = [_ground(workspace, name, asked) for name in names]
    setting = _setting(journey or [], compare, as_of, asked, diagnosis=not no_diagnosis)
    data = assemble(grounds, setting, _beside(workspace, grounds, asked, diagnosis=not no_diagnosis))
    if json:
        typer.echo(render_json(data))
        return
    page = render_html(data)
    _write(output, page)
    typer.echo(render_terminal(data))
    typer.echo(f"\nWrote {output}, {len(page.encode()) // 1000} kB in one file: open it, or send it to somebody.")
    if open_:
        typer.launch(output.resolve().as_uri())


def _workspace() -> OpenWorkspace:
    from clew.questions.library import open_workspace

    workspace = open_workspace()
    if not workspace.sound_journeys():
        workspace.asked_journey(None)  # says what is missing or wrong
    return workspace


def _asked(compare: str | None, as_of: str | None, zone: str) -> Query:
    """Read the moment and the two groups as `clew show` does."""
    from collections import defaultdict

    from clew.cli.asking import query_asked
    from clew.questions.registry import REGISTRY

    return query_asked(REGISTRY["runs"], defaultdict(lambda: None, compare=compare, as_of=as_of), zone)


def _ground(workspace: OpenWorkspace, name: str, asked: Query) -> Ground:
    from dataclasses import replace

    from clew.reports.rejected import with_reasons

    ground = workspace.ground(replace(asked, journey=name))
    return replace(ground, rejected=with_reasons(ground.rejected, workspace.store))


def _beside(workspace: OpenWorkspace, grounds: list[Ground], asked: Query, *, diagnosis: bool) -> Beside:
    """The diagnosis and how stale each map is, as of one moment; a review's age counts up to now, as in conform."""
    from clew.clock import now
    from clew.discovery.staleness.workspace import staleness_in
    from clew.reports.assemble import Beside
    from clew.reports.diagnosing import diagnosed

    at = now() if asked.as_of is None else asked.as_of
    stale = {ground.journey.name: staleness_in(workspace, ground, at=at) for ground in grounds}
    if not diagnosis:
        return Beside(staleness=stale)
    return Beside(*diagnosed(workspace, asked.as_of, list(stale)), staleness=stale)


def _setting(names: list[str], compare: str | None, as_of: str | None, asked: Query, *, diagnosis: bool) -> Setting:
    from importlib.metadata import version

    from clew.reports.assemble import Setting

    words = [f"--journey {name}" for name in names]
    words += [f"--compare {compare}"] if compare else []
    words += [f"--as-of {as_of}"] if as_of else []
    words += [] if diagnosis else ["--no-diagnosis"]
    return Setting(
        as_of_words="as asked" if as_of else "the last event",
        made_by=f"clew {version('clew')}",
        command=" ".join(["clew report", *words]),
        compare=asked.compare,
    )


def _write(output: Path, page: str) -> None:
    from clew.errors import BadRequest

    try:
        output.write_text(page, encoding="utf-8")
    except OSError as cause:
        raise BadRequest(
            f"cannot write '{output}': {cause.strerror or cause}; name another file with --output"
        ) from cause
