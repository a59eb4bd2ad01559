"""clew conform: planned against actual, for all runs or for one, and how stale a map has grown."""

from __future__ import annotations

import inspect
import json as json_format
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clew.cli.asking import query_asked
from clew.cli.show import COMMON
from clew.cli.terminal import coloured, print_answer, terminal_width, write_heading, write_table, write_text
from clew.errors import BadRequest
from clew.questions.model import Query
from clew.questions.registry import Option, Question
from clew.questions.telling import as_json

if TYPE_CHECKING:
    from clew.discovery.conformance.conform import Conformance
    from clew.discovery.conformance.tally import Measure
    from clew.discovery.staleness.measured import Staleness
    from clew.questions.ground import Ground
    from clew.questions.library import OpenWorkspace

OPTIONS = (
    Option("run", "", "one subject: its runs step by step, planned beside actual"),
    Option("show", "", "a deviation as the table names it, as skipped:set-up: the runs that show it"),
    Option("drop-out", "any", "which runs may stop early: any, lost (all but those with a good end) or none"),
    Option("ordered-only", "", "only the order of stages: skipped, out of order, repeated", flag=True),
    Option("top", "20", "how many rows at most; 0 for all. What is left out is counted in a note"),
    Option("staleness", "", "how stale the map of every journey has grown, and nothing else", flag=True),
    Option("recent", "90 days", "how far back staleness looks from the end of the log"),
)
CONFORM = Question("conform", "", "", "What was planned beside what happened.", OPTIONS)
HELP = """Compare what was planned with what happened: per stage, per deviation, for one run; and how stale the map is.

\b
  clew conform --journey onboarding
  clew conform --by segment --from 2026-01-01
  clew conform --show skipped:set-up
  clew conform --run acme
  clew conform --staleness
"""
_VIEW = ("journey", "as-of", "known-at", "drop-out")  # repeated in commands that look further at the same runs
_FILTERS = ("where", "segment", "team", "channel", "stage", "from", "to")
_QUIET = ("kind", "at", "command")  # what programs read; people have it in words


def conform(**given: Any) -> None:
    from clew.questions.library import open_workspace

    workspace = open_workspace()
    query = query_asked(CONFORM, given, workspace.firm.time_zone)
    query = replace(query, options=CONFORM.check(query))
    repeated = [name for name in query.by if query.by.count(name) > 1]
    if repeated:
        raise BadRequest(f"'{repeated[0]}' stands twice among the dimensions to split by")
    shape = "json" if given["json"] else "csv" if given["csv"] else ""
    if query.options["staleness"]:
        _print_staleness(list(_all_stale(workspace, query)), shape)
        return
    ground, measure = _stand(workspace, query)
    if query.options["run"] or query.options["show"]:
        _print_runs(ground, query, measure, _typed(_VIEW, given), shape)
        return
    from clew.discovery.conformance.conform import conform as held_against

    found = held_against(ground, query, measure, typed=_typed((*_VIEW, *_FILTERS), given))
    stale = _stale(workspace, ground, query)
    _print_all(found, stale, query, shape)


def _stand(workspace: OpenWorkspace, query: Query) -> tuple[Ground, Measure]:
    from clew.discovery.conformance.order import DropOut
    from clew.discovery.conformance.tally import Measure
    from clew.discovery.staleness.workspace import others_of
    from clew.errors import UnknownName

    drop_out, ways = query.options["drop-out"], [way.value for way in DropOut]
    if drop_out not in ways:
        raise UnknownName("way to --drop-out", drop_out, ways)
    ground = workspace.ground(query)
    others = others_of(workspace, ground.journey.name)
    return ground, Measure(others, DropOut(drop_out), ordered_only=bool(query.options["ordered-only"]))


def _typed(names: Sequence[str], given: Mapping[str, Any]) -> list[str]:
    """The words of some options as they were typed."""
    words: list[str] = []
    for name in names:
        value = given["from_" if name == "from" else name.replace("-", "_")]
        for each in value if isinstance(value, list) else [value]:
            words += [f"--{name}", str(each)] if each is not None else []
    return words


def _print_runs(ground: Ground, query: Query, measure: Measure, typed: Sequence[str], shape: str) -> None:
    """--run and --show; `typed` looks at the same log in the same way."""
    run, show = query.options["run"], query.options["show"]
    if query.by or (run and (show or query.where or query.period)):
        raise BadRequest("--run shows every run of one subject, --show lists runs: one of them, and neither with --by")
    if run:
        from clew.discovery.conformance.one_run import conform_one

        answer = conform_one(ground, query, measure, subject=run)
    else:
        from clew.discovery.conformance.runs import runs_showing

        answer = runs_showing(ground, query, measure, deviation=show, typed=typed)
    print_answer(answer, json=shape == "json", csv=shape == "csv", query=query)


def _stale(workspace: OpenWorkspace, ground: Ground, query: Query) -> Staleness:
    from clew.clock import now
    from clew.discovery.staleness.workspace import staleness_in
    from clew.questions.options import span

    at = query.as_of if query.as_of is not None else now()
    return staleness_in(workspace, ground, at=at, recent=span("recent", query.options["recent"]))


def _all_stale(workspace: OpenWorkspace, query: Query) -> Iterator[Staleness]:
    from clew.discovery.staleness.workspace import stalest_first

    names = [workspace.asked_journey(query.journey).name] if query.journey else workspace.sound_journeys()
    if not names:
        workspace.asked_journey(None)  # says what is missing or wrong
    grounds = (workspace.ground(replace(query, journey=name)) for name in names)
    yield from stalest_first(_stale(workspace, ground, query) for ground in grounds)


def _print_staleness(found: list[Staleness], shape: str) -> None:
    if shape == "json":
        typer.echo(json_format.dumps([asdict(each) for each in found], indent=2, ensure_ascii=False))
    elif shape == "csv":
        _staleness_csv(found)
    else:
        for each in found:
            _write_staleness(each)
            typer.echo()
        typer.echo("· 0 is fresh, 100 stale. Weights and thresholds are judgement: docs/reference/conformance.md")


def _staleness_csv(found: list[Staleness]) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["journey", "part", "figure", "low", "high", "value", "n", "words"])
    for each in found:
        writer.writerow([each.journey, "all", each.figure, each.low, each.high, "", "", each.called])
        for part in each.parts:
            writer.writerow([each.journey, part.name, *(part.score or ("", "", "")), part.value, part.n, part.words])


def _print_all(found: Conformance, stale: Staleness, query: Query, shape: str) -> None:
    if shape == "json":
        told = {field.name: as_json(getattr(found, field.name), query) for field in fields(found)}
        typer.echo(json_format.dumps({**told, "staleness": asdict(stale)}, indent=2, ensure_ascii=False))
    elif shape == "csv":
        rows = (*found.deviations.rows, *found.unplanned.rows)
        print_answer(replace(found.deviations, rows=rows), csv=True)
    else:
        _print_page(found, stale, query)


def _print_page(found: Conformance, stale: Staleness, query: Query) -> None:
    from clew.discovery.conformance.picture import band, legend

    out, width = sys.stdout, terminal_width(sys.stdout)
    print_answer(found.fitness, query=query)
    if not query.by and found.stages.rows:
        out.write("\n" + "\n".join(band(found.stages, width)) + "\n")
        write_text(legend(found.stages, width), out, width)
    said = set(found.fitness.notes)
    for answer in (found.deviations, *([found.unplanned] if found.unplanned.rows else [])):
        out.write("\n")
        write_heading(answer.title, out, strong=True)
        out.write("\n")
        shown = [column for column in answer.columns if column.name not in _QUIET]
        write_table(replace(answer, columns=shown), query, out, width=width, tones=coloured(out))
        for note in (note for note in answer.notes if note not in said):
            write_text(note, out, width)
        said.update(answer.notes)
    out.write("\n")
    _write_staleness(stale)
    if found.deviations.next:
        out.write("\n")
        write_text(found.deviations.next, out, width, mark="→ ")


def _write_staleness(stale: Staleness) -> None:
    from clew.discovery.staleness.measured import in_words

    head, *parts = in_words(stale)
    write_heading(head, sys.stdout, strong=True)
    width = min(terminal_width(sys.stdout) or 100, 100)
    for part in parts:
        typer.echo("\n".join(textwrap.wrap(f"  {part}", width, subsequent_indent=" " * 4, drop_whitespace=True)))


def _parameter(name: str, kind: Any, what: Any) -> inspect.Parameter:
    default = False if kind is bool else None
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, what])


def _own(option: Option) -> inspect.Parameter:
    text = f"{option.help}{f' ({option.default})' if option.default else ''}."
    shown = typer.Option(f"--{option.name}", help=text[0].upper() + text[1:], show_default=False)
    return _parameter(option.name.replace("-", "_"), bool if option.flag else str | None, shown)


_PARAMETERS = [*map(_own, OPTIONS), *(_parameter(name, kind, what) for name, (kind, what) in COMMON.items())]
conform.__doc__ = HELP
conform.__signature__ = inspect.Signature(_PARAMETERS)  # type: ignore[attr-defined]
conform.__annotations__ = {parameter.name: parameter.annotation for parameter in _PARAMETERS}
