"""clew trial: recall, precision and false alarms of every detector on firms whose truth is known."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from clew.cli.asking import AsCsv, AsJson

if TYPE_CHECKING:
    from clew.trials.run import Trial

_SIZES = "How plainly faults show, 0 to 2, with commas; 0 plants nothing. Without it: 0, 0.25, 0.5, 0.75 and 1."


def trial(
    seeds: Annotated[str, typer.Option(metavar="N,N", help="Seeds of the invented firms, with commas.")] = "1,2,3",
    sizes: Annotated[str | None, typer.Option(metavar="X,X", help=_SIZES, show_default=False)] = None,
    accounts: Annotated[int, typer.Option(help="Accounts of each firm.", min=50)] = 300,
    json: AsJson = False,
    csv: AsCsv = False,
) -> None:
    """Try the detectors on invented firms whose truth is known.

    Each firm is made from a seed with faults planted in it, loaded, and looked at by every detector.

    \b
      clew trial
      clew trial --seeds 21,22,23,24,25 --sizes 0,0.5,1 --accounts 500
    """
    from clew import clock
    from clew.cli.terminal import print_answer
    from clew.trials.run import SIZES, curves
    from clew.trials.table import as_answer, curve_lines

    asked = list(dict.fromkeys(_whole(text) for text in seeds.split(",")))
    steps = sorted({_size(text) for text in sizes.split(",")}) if sizes else list(SIZES)
    trials = curves(asked, steps, accounts=accounts, done=_teller(len(asked) * len(steps)))
    print_answer(as_answer(trials, accounts=accounts, as_of=clock.now()), json=json, csv=csv)
    if not json and not csv:
        typer.echo("\n".join(["", *curve_lines(trials)]))


def _teller(of: int) -> Callable[[Trial], None]:
    """Say on the terminal how far the work is."""
    done = 0

    def tell(one: Trial) -> None:
        nonlocal done
        done += 1
        if sys.stderr.isatty():
            print(f"\r{done} of {of} firms, seed {one.seed}, size {one.size:g}   ", end="", file=sys.stderr)
            if done == of:
                print(file=sys.stderr)

    return tell


def _whole(text: str) -> int:
    from clew.errors import BadRequest

    if not text.strip().isdigit():
        raise BadRequest(f"'{text}' is no seed; allowed: whole numbers with commas, as --seeds 1,2,3")
    return int(text)


def _size(text: str) -> float:
    from clew.errors import BadRequest
    from clew.trials.run import LARGEST

    try:
        size = float(text)
    except ValueError:
        size = -1.0
    if not 0 <= size <= LARGEST:
        raise BadRequest(f"'{text}' is no size; allowed: numbers from 0 to {LARGEST:g} with commas, as --sizes 0,0.5,1")
    return size
