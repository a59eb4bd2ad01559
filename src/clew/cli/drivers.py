"""clew drivers: what goes with an outcome, ranked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from clew.drivers.model import Window
    from clew.questions.model import Answer

_BAR = 20
_OF_PROGRAMS = ("measure", "relative", "rho", "n", "now_n")  # columns that a page leaves out


def drivers(
    outcome: Annotated[
        str,
        typer.Option(
            "--outcome",
            metavar="NAME",
            help="What is to be explained: renewed, expanded, lost, achieved, or a score of meanings.yaml.",
            show_default=False,
        ),
    ],
    journey: Annotated[
        str | None,
        typer.Option("--journey", metavar="NAME", help="For achieved: whose good end it is.", show_default=False),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="MEASURE", help="Only this driver, as signal:stall; repeatable."),
    ] = None,
    window: Annotated[
        str, typer.Option("--window", metavar="DURATION", help="How long before the outcome one looks.")
    ] = "180 days",
    lead: Annotated[
        str,
        typer.Option(
            "--lead", metavar="DURATION", help="The last time before the outcome, which belongs to it already."
        ),
    ] = "14 days",
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help="Look at the log as it stood then: a date, or 'now'. Without it: at the latest event.",
            show_default=False,
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print rows as CSV, raw: shares of 1.")] = False,
) -> None:
    """Rank what goes with an outcome, importance beside current performance. Association, not cause.

    Every driver is measured before the outcome: signals of each detector, touches, channels, contacts, times in stages,
    scores, numeric attributes, segments.

    \b
      clew drivers --outcome renewed
      clew drivers --outcome achieved --journey onboarding
      clew drivers --outcome nps --only signal:slow-answer --only touches
    """
    from clew.cli.asking import moment_asked
    from clew.cli.terminal import print_answer
    from clew.drivers.outcomes import outcome_of
    from clew.drivers.page import answer_of
    from clew.drivers.ranking import rank
    from clew.questions.library import open_workspace
    from clew.signals.opening import open_sight

    looked = _window(window, lead)
    workspace = open_workspace()
    sight = open_sight(workspace, moment_asked(as_of, workspace.firm.time_zone, "as-of"))
    ranking = rank(sight, outcome_of(sight, outcome, journey), looked, only or ())
    answer = answer_of(sight, ranking, as_of_is="" if as_of else "the last event")
    print_answer(answer if json or csv else _page(answer), json=json, csv=csv)


def _window(span: str, lead: str) -> Window:
    from clew.drivers.model import Window

    found = Window(_micros(span, "window"), _micros(lead, "lead"))
    if found.span < found.least:
        from clew.errors import BadRequest

        raise BadRequest(f"--window '{span}' is too short; allowed: 30 days or more")
    return found


def _micros(text: str, option: str) -> int:
    from clew.durations import parse_duration
    from clew.errors import BadRequest

    try:
        found = parse_duration(text)
    except ValueError as cause:
        raise BadRequest(f"--{option}: {cause}") from cause
    if found.working:
        raise BadRequest(f"--{option} '{text}' is working time; allowed: elapsed time, as '180 days'")
    return found.micros


def _page(answer: Answer) -> Answer:
    """The answer as a page shows it: the unit beside the driver, a bar beside the importance."""
    from clew.questions.model import Column, Unit

    columns = [column for column in answer.columns if column.name not in (*_OF_PROGRAMS, "unit")]
    place = next(place for place, column in enumerate(columns) if column.name == "importance")
    columns.insert(place, Column("bar", "", Unit.TEXT))
    largest = max((_size(row.get("importance")) for row in answer.rows), default=0.0)
    rows = [
        {
            **row,
            "driver": f"{row['driver']}, {row['unit']}" if row["unit"] else row["driver"],
            "bar": "█" * round(_BAR * _size(row.get("importance")) / largest) if largest else None,
        }
        for row in answer.rows
    ]
    return replace(answer, columns=columns, rows=rows)


def _size(cell: object) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0
