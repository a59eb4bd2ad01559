"""clew signals: what detectors noticed, as a page, JSON or CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from clew.signals.sight import Sight

TOP = 5


def signals(
    name: Annotated[str | None, typer.Argument(metavar="[SIGNAL]", help="Only this one, with its evidence.")] = None,
    account: Annotated[
        str | None,
        typer.Option("--account", metavar="ID", help="Every signal of one account, newest first.", show_default=False),
    ] = None,
    top: Annotated[int, typer.Option("--top", metavar="N", help="How many accounts are shown; 0: all.", min=0)] = TOP,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="Only what was there to be seen since then.", show_default=False),
    ] = None,
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
    csv: Annotated[bool, typer.Option("--csv", help="Print rows as CSV, raw: shares of 1, ISO times.")] = False,
) -> None:
    """Show what detectors noticed: inconsistent messages, invisible friction, missed expansion.

    Without a name: every detector with its rate, the share of accounts, the trend and the revenue touched; what cannot
    be seen in this data is named. meanings.yaml says what events mean.

    \b
      clew signals
      clew signals stall --top 3
      clew signals --account A-1001 --since 2026-01-01
    """
    from clew.cli.asking import moment_asked
    from clew.signals.registry import DETECTORS, detector_of

    detectors = DETECTORS if name is None else (detector_of(name),)
    sight = _sight(as_of)
    begin = moment_asked(since, sight.firm.time_zone, "since")
    if account is not None:
        from clew.cli.signals_page import print_account
        from clew.signals.measuring.evidence import of_account

        print_account(sight, of_account(sight, detectors, account, since=begin), json=json, csv=csv)
    elif name is not None:
        from clew.cli.signals_evidence import print_one

        print_one(sight, detectors[0], since=begin, top=top, json=json, csv=csv)
    else:
        from clew.cli.signals_page import print_all

        print_all(sight, since=begin, json=json, csv=csv)


def _sight(as_of: str | None) -> Sight:
    from clew.cli.asking import moment_asked
    from clew.questions.library import open_workspace
    from clew.signals.opening import open_sight

    workspace = open_workspace()
    return open_sight(workspace, moment_asked(as_of, workspace.firm.time_zone, "as-of"))
