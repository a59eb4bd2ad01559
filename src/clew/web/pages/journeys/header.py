"""Who answers for a journey, how lately it was looked at, and which version of it is in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clew.clock import to_micros
from clew.discovery.staleness.measured import Staleness
from clew.discovery.staleness.weights import STALE
from clew.firm.model import Firm
from clew.journeys.model import Journey
from clew.journeys.reviews import Review, last_review
from clew.questions.words import counted
from clew.reports.plan import part_of, person_title
from clew.texts import gettext as _
from clew.web.addresses import address_of_journey
from clew.web.analytics.permitted import sees_accounts
from clew.web.frame.files import workspace_of
from clew.workspace.publications import Published, published_versions
from clew.workspace.succession import InForce

if TYPE_CHECKING:
    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace


@dataclass(frozen=True)
class Header:
    """What stands above a journey's picture.

    owners    (kind of ownership, name) each        review  when it was looked at and is to be again, in words
    badge     shape and words of its age, "" for none   stale  the parts of its staleness, a sentence each
    part_of   (words, address), ("", "") where it is part of none
    parts     journeys that are part of it: (title, address) each
    published every publication, the latest first
    """

    owners: Sequence[tuple[str, str]]
    review: str
    badge: tuple[str, str]
    stale: Sequence[str]
    part_of: tuple[str, str]
    parts: Sequence[tuple[str, str]]
    published: Sequence[Published]


def header_of(asked: Asked, force: InForce, stale: Staleness | None) -> Header:
    """Put together what files and publications say of a journey."""
    workspace = workspace_of(asked.parts)
    journey, journeys = force.journey, workspace.journeys
    published = published_versions(workspace, journey.name)
    review = last_review(workspace.journey(journey.name), asked.now, workspace.firm.time_zone, _since(published))
    whole = journey.part_of[0] if journey.part_of else ""
    return Header(
        owners=owners_of(journey, workspace.firm),
        review=review_words(journey, review),
        badge=badge_of(stale, review),
        stale=[f"{part.title}: {part.words}" for part in stale.parts] if stale and sees_accounts(asked.actor) else [],
        part_of=(part_of(journey, journeys), address_of_journey(whole) if whole in journeys else ""),
        parts=parts_of(workspace, journey.name),
        published=published[::-1],
    )


def _since(published: Sequence[Published]) -> int | None:
    return to_micros(published[-1].at) if published else None


def owners_of(journey: Journey, firm: Firm) -> list[tuple[str, str]]:
    """Owners by their kind, as pages call them."""
    return [(role, person_title(person, firm)) for role, person in journey.owner.items()]


def parts_of(workspace: Workspace, name: str) -> list[tuple[str, str]]:
    """Journeys that detail a stage of this one."""
    found = [one for one in workspace.journeys.values() if one.part_of and one.part_of[0] == name]
    return [(one.title or one.name, address_of_journey(one.name)) for one in found]


def review_words(journey: Journey, review: Review | None) -> str:
    """When a journey was looked at, and how often it is to be."""
    every = _("to be reviewed every %(span)s") % {"span": journey.review_every} if journey.review_every else ""
    if review is None or not review.dated:
        told = _("no review is dated")
        return f"{told}, {every}" if every else told
    last = _("reviewed %(days)s ago") % {"days": counted(review.days, "day")}
    return f"{last}, {every}" if every else last


def badge_of(stale: Staleness | None, review: Review | None) -> tuple[str, str]:
    """The shape and the words for how well a map still tells of the firm."""
    if stale is not None and stale.figure is not None:
        kind = "late" if stale.called == STALE else "good" if stale.called == "fresh" else "waiting"
        words = _("map %(called)s: staleness %(figure)s of 100")
        return kind, words % {"called": stale.called, "figure": f"{stale.figure:.0f}"}
    if review is not None and review.dated and not review.in_time:
        return "late", _("review overdue")
    return ("none", _("staleness unknown")) if stale is not None else ("", "")
