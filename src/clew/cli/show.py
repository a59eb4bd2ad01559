"""clew show: one command per question, made from the registry of questions."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any, get_args

import typer

from clew.cli.asking import AsCsv, AsJson, AsOf, optional, query_asked
from clew.cli.terminal import print_answer
from clew.questions.registry import REGISTRY, Option, Question

HELP = """Ask a question of a journey.

Every question can be split (--by), filtered and cut by time, and prints a table, --json or --csv. A figure stands with
its n and interval, or says how many observations it lacks.

\b
  clew show funnel --by segment
  clew show stalled --team onboarding
  clew show time --compare segment=small,mid-market
"""

show_app = typer.Typer(help=HELP, rich_markup_mode=None, no_args_is_help=True)

_BY = "Split by segment, period:month (quarter, week, year), team, channel, stage, variant, end, or any attribute."
_WHERE = "Keep what has this value: --where origin=email; several values with commas; repeatable."

COMMON: dict[str, tuple[Any, Any]] = {
    "journey": (str | None, optional("--journey", "Which journey; needed where there are several.", metavar="NAME")),
    "by": (list[str] | None, optional("--by", _BY, metavar="DIMENSION")),
    "where": (list[str] | None, optional("--where", _WHERE, metavar="NAME=VALUE")),
    "segment": (str | None, optional("--segment", "Keep runs of this segment.", metavar="NAME")),
    "team": (str | None, optional("--team", "Keep what this team answers for.", metavar="NAME")),
    "channel": (str | None, optional("--channel", "Keep what came through this channel.", metavar="NAME")),
    "stage": (str | None, optional("--stage", "Keep this stage.", metavar="NAME")),
    "from_": (str | None, optional("--from", "Keep runs that started on this day or later.", metavar="DATE")),
    "to": (str | None, optional("--to", "Keep runs that started before this day.", metavar="DATE")),
    "as_of": get_args(AsOf),
    "known_at": (str | None, optional("--known-at", "Use only what was known by this day.", metavar="DATE")),
    "least": (int | None, optional("--least", "Below this n say how many are missing (5).", metavar="N")),
    "json": get_args(AsJson),
    "csv": get_args(AsCsv),
}
_COMPARE = (
    "Two groups side by side with difference, interval and test: segment=a,b, period=2018-Q1,2018-Q2, version=x,y or "
    "any dimension."
)


def command_of(question: Question) -> Callable[..., None]:
    """Make the function of one question, with the parameters that its options ask for."""

    def command(**given: Any) -> None:
        from clew.questions.library import open_workspace

        workspace = open_workspace()
        query = query_asked(question, given, workspace.firm.time_zone)
        print_answer(workspace.ask(query), json=given["json"], csv=given["csv"], query=query)

    own = [_own_parameter(option) for option in question.options]
    common = dict(COMMON)
    if question.compares:
        common["compare"] = (str | None, optional("--compare", _COMPARE, metavar="NAME=A,B"))
    if question.name == "time":
        text = "Only what has ended, as other tools count: biased towards the short ones."
        common["finished_only"] = (bool, typer.Option("--finished-only", help=text))
    shared = [
        _parameter(name, kind, what, default=False if kind is bool else None) for name, (kind, what) in common.items()
    ]
    command.__name__ = question.name
    command.__doc__ = "\n".join([question.tells, "", "\b", *(f"  {example}" for example in question.examples)])
    command.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in (*own, *shared)}
    return command


def _parameter(name: str, kind: Any, what: Any, *, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, what])


def _own_parameter(option: Option) -> inspect.Parameter:
    name = option.name.replace("-", "_")
    text = f"{option.help}{f' ({option.default})' if option.default else ''}."
    if option.many < 0:
        return _parameter(
            name, list[str], typer.Argument(help=text, metavar=option.name.upper()), default=inspect.Parameter.empty
        )
    shown = optional(f"--{option.name}", text)
    if option.flag:
        return _parameter(name, bool, typer.Option(f"--{option.name}", help=text), default=False)
    kind: Any = tuple[str, str] | None if option.many == 2 else str | None
    return _parameter(name, kind, shown, default=None)


for _question in REGISTRY.values():
    show_app.command(_question.name, short_help=_question.short)(command_of(_question))
