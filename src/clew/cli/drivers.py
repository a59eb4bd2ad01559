"""clew drivers: what goes with an outcome, ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from clew.cli.asking import AsCsv, AsJson, AsOf, optional, sight_asked

if TYPE_CHECKING:
    from clew.drivers.model import Window
    from clew.questions.model import Answer
    from clew.signals.sight import Sight

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
    journey: Annotated[str | None, optional("--journey", "For achieved: whose good end it is.", "NAME")] = None,
    only: Annotated[
        list[str] | None, optional("--only", "Only this driver, as signal:stall; repeatable.", "MEASURE")
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
    as_of: AsOf = None,
    json: AsJson = False,
    csv: AsCsv = False,
) -> None:
    """Rank what goes with an outcome, importance beside current performance. Association, not cause.

    Every driver is measured before the outcome: signals of each detector, touches, channels, contacts, times in stages,
    scores, numeric attributes, segments.

    \b
      clew drivers --outcome renewed
      clew drivers --outcome achieved --journey onboarding
      clew drivers --outcome nps --only signal:slow-answer --only touches
    """
    from clew.cli.terminal import print_answer

    looked = _window(window, lead)
    sight = sight_asked(as_of)
    answer = _ranked(
        sight, outcome, journey, looked=looked, only=only or (), as_of_is="" if as_of else "the last event"
    )
    print_answer(answer if json or csv else _page(answer), json=json, csv=csv)


def _ranked(
    sight: Sight, outcome: str, journey: str | None, *, looked: Window, only: Sequence[str], as_of_is: str
) -> Answer:
    from clew.drivers.outcomes import outcome_of
    from clew.drivers.page import answer_of
    from clew.drivers.ranking import rank

    return answer_of(sight, rank(sight, outcome_of(sight, outcome, journey), looked, only), as_of_is=as_of_is)


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
