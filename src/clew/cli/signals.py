"""clew signals: what detectors noticed, as a page, JSON or CSV."""

from __future__ import annotations

from typing import Annotated

import typer

from clew.cli.asking import AsCsv, AsJson, AsOf, moment_asked, optional, sight_asked

TOP, OF_ONE = 5, 20


def signals(
    name: Annotated[str | None, typer.Argument(metavar="[SIGNAL]", help="Only this one, with its evidence.")] = None,
    account: Annotated[str | None, optional("--account", "Every signal of one account, newest first.", "ID")] = None,
    top: Annotated[
        int | None,
        typer.Option(
            "--top",
            metavar="N",
            help="How many accounts are shown (5), of one account how many signals (20); 0: all.",
            min=0,
            show_default=False,
        ),
    ] = None,
    since: Annotated[str | None, optional("--since", "Only what was there to be seen since then.", "DATE")] = None,
    as_of: AsOf = None,
    json: AsJson = False,
    csv: AsCsv = False,
) -> None:
    """Show what detectors noticed: inconsistent messages, invisible friction, missed expansion.

    Without a name: every detector with its rate, the share of accounts, the trend and the revenue touched; what cannot
    be seen in this data is named. meanings.yaml says what events mean.

    \b
      clew signals
      clew signals stall --top 3
      clew signals --account A-1001 --since 2026-01-01
    """
    from clew.signals.registry import DETECTORS, detector_of

    detectors = DETECTORS if name is None else (detector_of(name),)
    sight = sight_asked(as_of)
    begin = moment_asked(since, sight.firm.time_zone, "since")
    if account is not None:
        from clew.cli.signals_page import print_account
        from clew.signals.measuring.evidence import of_account

        print_account(
            sight,
            of_account(sight, detectors, account, since=begin),
            top=OF_ONE if top is None else top,
            json=json,
            csv=csv,
        )
    elif name is not None:
        from clew.cli.signals_evidence import print_one

        print_one(sight, detectors[0], since=begin, top=TOP if top is None else top, json=json, csv=csv)
    else:
        from clew.cli.signals_page import print_all

        print_all(sight, since=begin, json=json, csv=csv)
