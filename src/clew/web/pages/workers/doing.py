"""What a process does, in people's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clew.clock import MINUTE_US
from clew.live.model import SHARDS
from clew.texts import N_, ngettext
from clew.texts import gettext as _
from clew.web.queries.health import Process

RESTARTED = "worker"  # under which a web process tells that its worker ended by an error
WORDS: Mapping[str, str] = {
    "intake": N_("takes events in"),
    "fold": N_("keeps journeys current"),
    "archive": N_("writes the archive"),
    "schedule": N_("takes norms, watches thresholds"),
}


@dataclass(frozen=True)
class Work:
    """One duty of a process.

    does     what it does, or that it stands by
    figures  rates and lags, each with its unit
    failing  a sentence, "" while all is well
    """

    does: str
    figures: Sequence[str] = ()
    failing: str = ""


def work_of(process: Process) -> list[Work]:
    """Say what a process does, duty by duty; rates are of the time since it began."""
    told = process.doing
    leases = [str(name) for name in told.get("leases", ())]
    minutes = max((process.seen_at - process.started_at) / MINUTE_US, 1.0)
    if isinstance(told.get(RESTARTED), Mapping):
        return [Work(_("starts its worker again"), (), _failing(told[RESTARTED]))]
    return [
        _work(duty, told[duty], [name for name in leases if name.partition(":")[0] == duty], minutes)
        for duty in WORDS
        if isinstance(told.get(duty), Mapping)
    ]


def _work(duty: str, said: Mapping[str, Any], leases: Sequence[str], minutes: float) -> Work:
    failing = _failing(said)
    if not leases:
        return Work(_("stands by: another process %(does)s") % {"does": _(WORDS[duty])}, (), failing)
    does = _(WORDS[duty])
    if duty == "fold":
        does = _("keeps %(count)d of %(shards)d shards current") % {"count": len(leases), "shards": SHARDS}
    return Work(does, tuple(_figures(duty, said, minutes)), failing)


def _failing(said: Mapping[str, Any]) -> str:
    return _("failing (%(why)s), tried again") % {"why": said["failing"]} if said.get("failing") else ""


def _figures(duty: str, said: Mapping[str, Any], minutes: float) -> Iterator[str]:
    if duty == "intake":
        yield _("%(rate)s events a minute") % {"rate": _rate(said.get("received", 0), minutes)}
        if said.get("waits"):
            yield _("waits %(for)s") % {"for": said["waits"]}
    if duty == "fold":
        yield _("%(rate)s rows a minute") % {"rate": _rate(said.get("rows", 0), minutes)}
        behind = int(said.get("behind") or 0)
        words = ngettext("%(count)s row behind", "%(count)s rows behind", behind)
        yield words % {"count": f"{behind:,}"} if behind else _("nothing behind")
        if said.get("unfolded"):
            count = len(said["unfolded"])
            yield ngettext("%(count)d journey cannot be followed", "%(count)d journeys cannot be followed", count) % {
                "count": count
            }
    if duty == "archive" and said.get("generation"):
        yield _("generation %(number)s") % {"number": f"{said['generation']:,}"}


def _rate(count: int, minutes: float) -> str:
    rate = count / minutes
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"


def details_of(doing: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Everything that a process counts of each of its duties; what is naught is left out."""
    told = [(duty, _amounts(said)) for duty, said in doing.items() if isinstance(said, Mapping)]
    return [(duty, amounts) for duty, amounts in told if amounts]


def _amounts(said: Mapping[str, Any]) -> str:
    parts = []
    for name, value in said.items():
        words = name.replace("_", " ")
        if isinstance(value, list):
            parts.append(f"{words} {', '.join(map(str, value))}")
        elif value is True or (isinstance(value, str) and value):
            parts.append(words if value is True else f"{words} {value}")
        elif isinstance(value, int | float) and value:
            parts.append(f"{words} {value:,}" if isinstance(value, int) else f"{words} {value:,.1f}")
    return "; ".join(part for part in parts if not part.endswith(" "))
