"""What is so now in a journey, from the live state: the row of the picture that renews itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from clew.access.model import Permission
from clew.clock import DAY_US
from clew.config.store import STORE
from clew.engine.norms import Norm, norm_of
from clew.journeys.model import Journey
from clew.questions.library import NORMS, read_norms
from clew.questions.stages import by_variant, team_of, titled, waiting_on
from clew.reports.model import Stage
from clew.reports.picture.frame import Note, Overlay
from clew.reports.plan import arrives
from clew.reports.words import brief, count
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.addresses import address_of_journey
from clew.web.analytics.permitted import sees_accounts
from clew.web.frame.files import workspace_of
from clew.web.queries.journeys import JourneyNow, StageNow, journey_now
from clew.web.queries.runs import ended_since
from clew.web.queries.runs_list import NO_STAGE
from clew.web.queries.stalled import LIMITS, Norming, Places, signalled, standing, waiting_handoffs
from clew.workspace.succession import InForce, in_force

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clew.web.request import Asked

KEPT = "norms"
TIMER = "timer"
MICRO = 1_000_000


@dataclass(frozen=True)
class Live:
    """A journey as it is in force, and what is live in it."""

    force: InForce
    now: JourneyNow

    @property
    def journey(self) -> Journey:
        return self.force.journey

    @property
    def here(self) -> Mapping[str, int | None]:
        """Open runs by the name of a stage, as they are told."""
        return {stage: one.open for stage, one in self.now.stages.items() if stage is not None}


def live_of(asked: Asked, connection: Connection, name: str, ended: Mapping[str, Any] | None = None) -> Live:
    """Ask the live state of one journey.

    ended  of `ended_since`, where it is known already
    """
    force = in_force(workspace_of(asked.parts), name)
    told = ended_since(connection, asked.now - DAY_US) if ended is None else ended
    found = journey_now(
        asked.actor,
        standing(connection, name, norming_of(asked, force.journey), asked.now),
        told.get(name, ()),
        waiting_handoffs(connection, name, asked.now),
        signalled(connection, name),
    )
    return Live(force, found)


def norming_of(asked: Asked, journey: Journey) -> Norming:
    """What stays are held against. Who sees no single accounts gets limits alone, as on every other page.

    Two counts under two norms, beside each other, would tell of the few between them.
    """
    if not sees_accounts(asked.actor):
        return LIMITS
    norms = _norms(asked, journey)
    spans = {(norm.stage, norm.segment): norm.span_us for norm in _latest(norms, journey, asked.now)}
    by_shape = {norm.stage for norm in norms if norm.timer}
    unlimited = [stage.name for stage in journey.stages if stage.limit is None and stage.name in by_shape]
    timers = {variant: [*stages, *unlimited] for variant, stages in places(journey, waits=TIMER).items()}
    return Norming(spans, timers)


def places(journey: Journey, *, waits: str = "", team: str = "") -> Places:
    """Stages where runs of a variant (None: of none) wait on somebody, or are a team's."""
    variants = [None, *(variant.name for variant in journey.variants)]
    return {
        variant: [
            stage.name
            for place, stage in enumerate(journey.stages)
            if (not waits or waiting_on(journey, row - 1, place) == waits)
            and (not team or team_of(journey, row - 1, place) == team)
        ]
        for row, variant in enumerate(variants)
    }


def waits_on(journey: Journey) -> list[str]:
    """On whom runs of a journey may wait."""
    sides = [
        waiting_on(journey, row, place)
        for row in range(-1, len(journey.variants))
        for place in range(len(journey.stages))
    ]
    return list(dict.fromkeys(sides))


def teams_of(journey: Journey) -> list[str]:
    """Teams that answer for a stage, under any variant."""
    found = [str(team) for row in by_variant(journey, "team") for team in row if team]
    return list(dict.fromkeys(found))


def _latest(norms: Sequence[Norm], journey: Journey, now: int) -> Iterator[Norm]:
    for stage, segment in dict.fromkeys((norm.stage, norm.segment) for norm in norms):
        found = norm_of(norms, version=journey.version, stage=stage, segment=segment, known_at=now)
        if found is not None:
            yield found


def _norms(asked: Asked, journey: Journey) -> Sequence[Norm]:
    """The stored norms, read again when their file has changed."""
    path = Path(asked.parts.folder) / STORE / NORMS
    if not path.is_file():
        return ()
    stamp = (journey.name, journey.version, path.stat().st_mtime_ns)
    kept: dict[str, tuple[object, Sequence[Norm]]] = asked.parts.kept.setdefault(KEPT, {})
    known = kept.get(journey.name)
    if known is None or known[0] != stamp:
        known = kept[journey.name] = (stamp, read_norms(path.parent, journey))
    return known[1]


class Leads:
    """Where figures of a journey lead: to the runs behind them, for whoever may see those."""

    def __init__(self, asked: Asked, journey: str) -> None:
        self.path, self._sees = address_of_journey(journey), asked.may(Permission.SEE_ACCOUNTS)

    def runs(self, **filters: str) -> str:
        """The list of runs, "" for whoever may not see it."""
        told = {name: value for name, value in filters.items() if value}
        return f"{self.path}/runs?{urlencode(told)}" if self._sees else ""

    def stage(self, name: str) -> str:
        return f"{self.path}/stages/{quote(name)}"

    def handoffs(self) -> str:
        return "/handoffs" if self._sees else ""

    def signals(self) -> str:
        return "/signals" if self._sees else ""

    def to(self, stage: Stage, what: str) -> str:
        """Where a figure of the picture leads (`clew.reports.picture.frame.To`)."""
        kind = what.partition(":")[0]
        if stage.before:
            return self.runs(stage=NO_STAGE, state="open") if kind in ("stage", "here") else ""
        if kind == "end":
            return self.runs(stage=stage.name, state="ended")
        return self.runs(stage=stage.name, state="open") if kind == "here" else self.stage(stage.name)


def overlay(live: Live, leads: Leads, currency: str) -> Overlay:
    """The row of the picture: for each stage who is there, who is stalled and waits on whom, what is at stake."""
    notes: dict[str, list[Note]] = {}
    for place, stage in enumerate(live.journey.stages):
        one = live.now.stages.get(stage.name, StageNow())
        side = waiting_on(live.journey, -1, place)
        notes[stage.name] = [
            *standing_notes(one, leads, stage.name, currency, side),
            *_handoff_notes(live, stage.name, leads),
        ]
    if None in live.now.stages:
        notes["before"] = standing_notes(live.now.stages[None], leads, NO_STAGE, currency, "us")
    return Overlay(_("Now"), notes)


def standing_notes(one: StageNow, leads: Leads, stage: str, currency: str, side: str) -> list[Note]:
    """Who stands in a stage."""
    if one.open is None:
        return [Note(_("few here"), "quiet")]
    if not one.open:
        return [Note(_("nobody here"), "quiet")]
    found = [
        Note(_("%(n)s here") % {"n": brief(one.open)}, "ink", bold=True, href=leads.runs(stage=stage, state="open"))
    ]
    if one.stalled is None:
        found.append(Note(_("few stalled"), "quiet"))
    elif one.stalled:
        words = _("▲ %(n)s stalled") % {"n": brief(one.stalled)}
        if one.at_stake is not None:
            worth = f"{currency} {brief(one.at_stake / MICRO)}"
            words = _("%(stalled)s, %(worth)s at stake") % {"stalled": words, "worth": worth}
        found.append(Note(words, "alert", bold=True, href=leads.runs(stage=stage, state="stalled")))
        found.append(Note(_("waiting on %(whom)s") % {"whom": side_words(side)}, "quiet"))
    else:
        found.append(Note(_("none stalled"), "quiet"))
    if one.signals:
        words = ngettext("%(n)s account with a signal", "%(n)s accounts with a signal", one.signals)
        found.append(Note(words % {"n": brief(one.signals)}, href=leads.signals()))
    return found


def _handoff_notes(live: Live, stage: str, leads: Leads) -> list[Note]:
    found = []
    for waiting, shown in live.now.handoffs:
        into = next((arrives(one, live.journey) for one in live.journey.handoffs if _same(one, waiting)), None)
        if into is None or into.name != stage or not shown:
            continue
        words = ngettext("%(n)s handoff without receipt", "%(n)s handoffs without receipt", shown)
        words = words % {"n": count(shown)}
        if waiting.late:
            words = _("▲ %(words)s, %(late)s late") % {"words": words, "late": count(waiting.late)}
        found.append(Note(words, "alert" if waiting.late else "ink", bold=bool(waiting.late), href=leads.handoffs()))
    return found


def _same(one: Any, waiting: Any) -> bool:
    return (one.source, one.target) == (waiting.source, waiting.target)


def side_words(side: str) -> str:
    """On whom a stage waits, as a sentence has it."""
    told = {
        "us": _("us"),
        "customer": _("the customer"),
        "third party": _("a third party"),
        "timer": _("a timer"),
        "unowned": _("nobody in particular: no team answers for it"),
    }
    return told.get(side, side)


def elsewhere(live: Live, drawn: Sequence[str], leads: Leads) -> list[tuple[str, str]]:
    """Sentences about runs that stand in no stage of what is drawn, and where each leads."""
    titles = {stage.name: titled(stage) for stage in live.journey.stages}
    found = []
    for stage, one in live.now.stages.items():
        if (stage or "before") in drawn or not (one.open or one.open is None):
            continue
        many = (
            _("Few runs")
            if one.open is None
            else ngettext("%(n)s run", "%(n)s runs", one.open) % {"n": count(one.open)}
        )
        where = _("before the first stage") if stage is None else titles.get(stage, stage)
        words = _("%(runs)s in %(stage)s") % {"runs": many, "stage": where}
        found.append((words, leads.runs(stage=stage or NO_STAGE, state="open")))
    return found
