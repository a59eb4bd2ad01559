"""Where to look first: the stage with the most value x time over its norm."""

from __future__ import annotations

from collections.abc import Sequence

from clew.questions.stages import titled, waiting_on
from clew.reports.words import count, money
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.addresses import address_of_journey
from clew.web.frame.next_step import NextStep
from clew.web.frame.spans import days_words
from clew.web.pages.journeys.now import MICRO, Leads, Live, side_words
from clew.web.queries.journeys import StageNow


def next_step(live: Sequence[Live], leads: Sequence[Leads], currency: str, faulty: Sequence[str] = ()) -> NextStep:
    """Say where most value has waited longest beyond its norm.

    faulty  journeys whose file holds mistakes: these come first
    """
    if faulty:
        says = _("The file of %(journey)s holds mistakes; its runs stay as they are until it is mended.")
        return NextStep(says % {"journey": faulty[0]}, _("Mend it"), address_of_journey(faulty[0], "edit"), "bad")
    stages = [
        ((one.weight, one.over), each, lead, stage, one)
        for each, lead in zip(live, leads, strict=True)
        for stage, one in each.now.stages.items()
        if one.stalled and stage is not None
    ]
    if stages:
        _weight, each, lead, stage, one = max(stages, key=lambda found: found[0])
        href = lead.runs(stage=stage, state="stalled") or lead.stage(stage)
        return NextStep(_stalled(each, stage, one, currency, named=len(live) > 1), _("See which"), href, "late")
    if not all(each.now.figures.late.whole for each in live):
        return NextStep(_("Where few accounts are behind a figure, your role does not see it."), kind="none")
    return NextStep(_("Nobody is stalled."), kind="good")


def _stalled(live: Live, stage: str, one: StageNow, currency: str, *, named: bool) -> str:
    place = next((at for at, each in enumerate(live.journey.stages) if each.name == stage), 0)
    worth = _(" worth %(money)s") % {"money": money(one.at_stake / MICRO, currency)} if one.at_stake else ""
    says = ngettext(
        "Look first at %(stage)s: %(n)s run%(worth)s stands beyond its norm, waiting on %(whom)s",
        "Look first at %(stage)s: %(n)s runs%(worth)s stand beyond their norm, waiting on %(whom)s",
        one.stalled or 0,
    ) % {
        "stage": titled(live.journey.stages[place]),
        "n": count(one.stalled or 0),
        "worth": worth,
        "whom": side_words(waiting_on(live.journey, -1, place)),
    }
    if one.weight and one.at_stake:
        over = one.weight / (one.at_stake / MICRO)
        words = _("%(span)s over") if one.stalled == 1 else _("%(span)s over on average")
        says += ", " + words % {"span": days_words(round(over) or 1)}
    title = live.journey.title or live.journey.name
    return f"{says} ({title})." if named else f"{says}."
