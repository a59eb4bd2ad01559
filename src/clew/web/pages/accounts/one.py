"""An account on one page: what to do, who it is, what happened, who decides, what we owe, where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clew.clock import US
from clew.context.model import Context, Handoff, HandoffState, Header, Promise, PromiseState, Touch
from clew.live.contexts.queries import names_of_threads
from clew.questions.words import date, time
from clew.signals.registry import title_of
from clew.web.addresses import address_of_account, address_of_handoff
from clew.web.frame.files import workspace_of
from clew.web.frame.spans import span_words
from clew.web.pages.accounts import runs as only_runs
from clew.web.pages.accounts.committee import called, committee_of, without_names
from clew.web.pages.accounts.finding import Opened, elsewhere, opened
from clew.web.pages.accounts.four import four_lines
from clew.web.pages.accounts.log import at_hand, meanings_of
from clew.web.pages.accounts.standing import standings
from clew.web.pages.accounts.topics import topics_of
from clew.web.pages.accounts.track import track_of
from clew.web.pages.accounts.urgency import Stands, next_step
from clew.web.queries.accounts import children_of, persons_of, signals_of
from clew.web.queries.accounts_list import likely_same
from clew.web.queries.accounts_touches import together
from clew.web.queries.runs import runs_of
from clew.web.queries.signals import beside_name
from clew.workspace.succession import in_force

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.accounts.persons import Record
    from clew.firm.model import Firm
    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

LATEST = 15  # lines of touches on the page; the timeline has all
TRACKS = 3  # runs whose track the page shows, beside those that go on
_FIRST = (PromiseState.BROKEN, PromiseState.OPEN, PromiseState.KEPT_LATE, PromiseState.KEPT, PromiseState.RELEASED)


@dataclass(frozen=True)
class Latest:
    """What the log tells beside the context; `known` is False while it is not at hand.

    touches  with how many alike stand in one line
    """

    known: bool
    touches: Sequence[tuple[Touch, int]] = ()
    statements: Sequence[Touch] = ()


def show(asked: Asked) -> Response:
    """The page."""
    found = opened(asked)
    if sent := elsewhere(asked, found):
        return sent
    if found.context is None:
        return only_runs.show(asked)
    _note(asked, found, found.context)
    return asked.page("account_one.html.j2", **_values(asked, found, found.context))


def _note(asked: Asked, found: Opened, context: Context) -> None:
    """Note that names were read, once a view: parts that renew themselves are the same view."""
    if found.sees_persons and context.memberships and not asked.request.headers.get("hx-request"):
        asked.note_read(found.thread if found.thread.startswith("account:") else f"account:{found.thread}")


def _values(asked: Asked, found: Opened, context: Context) -> Mapping[str, Any]:
    workspace, thread = workspace_of(asked.parts), found.thread
    with asked.parts.database.read() as connection:
        runs, signals = runs_of(connection, thread), signals_of(connection, thread)
        children, alike = children_of(connection, thread), likely_same(connection, thread)
        named = names_of_threads(connection, [*alike, *([context.header.parent] if context.header.parent else [])])
    latest, handoffs = _latest(asked, found), sorted(context.handoffs, key=lambda one: -one.history[-1].at)
    persons = persons_of(asked.parts.folder, _numbers(context, latest))
    persons = persons if found.sees_persons else without_names(persons)
    standing = standings(workspace, runs, segment=context.header.segment, thread=thread)
    means = meanings_of(workspace)
    silence = means.silence.at_least.micros
    tracks = _tracks(workspace, runs, thread)
    stands = Stands(context, workspace.firm, standing, signals, found, silence)
    within = means.stated.within.micros if means.stated else 0
    return {
        "found": found,
        "context": context,
        "header": context.header,
        "names": {thread: context.header.name, **named, **children},
        "next": next_step(stands, asked.now),
        "standing": standing,
        "ended": [one for one in runs if one.ended_at is not None],
        "tracks": tracks,
        "more_tracks": len(runs) - len(tracks),
        "committee": committee_of(context, persons),
        "promises": _promises(context, asked.now),
        "handoffs": [one for one in handoffs if _goes_on(one)],
        "settled": [one for one in handoffs if not _goes_on(one)],
        "signals": signals,
        "latest": latest,
        "four": four_lines(context),
        "topics": topics_of(latest.statements, within),
        "children": children,
        "alike": alike,
        "journeys": workspace.journeys,
        "updates": ("contexts", "runs"),
        **_words(context.header, workspace.firm, persons),
    }


def _words(header: Header, firm: Firm, persons: Mapping[int, Record]) -> Mapping[str, Any]:
    """How the page says what it is told."""
    return {
        "called": lambda contact: called(contact, persons),
        "team_words": firm.team_title,
        "title_of": title_of,
        "sentence": lambda one: beside_name(one.says, header.thread, header.name),
        "moment_of": lambda at: time(at / US, firm.time_zone, with_zone=True),
        "day_of": lambda at: date(at / US, firm.time_zone),
        "span": span_words,
        "currency": firm.currency,
        "address_of": address_of_account,
        "address_of_handoff": lambda one: address_of_handoff(header.thread, one.id),
    }


def _latest(asked: Asked, found: Opened) -> Latest:
    touches = at_hand(asked, found.thread)
    if touches is None:
        known = [one for some in (found.context.touches if found.context else {}).values() for one in some]
        return Latest(False, [(one, 1) for one in sorted(known, key=lambda one: -one.at)[:LATEST]])
    rows = touches.every[: LATEST * 20]
    return Latest(True, together(touches.told(rows), LATEST), touches.statements())


def _numbers(context: Context, latest: Latest) -> set[int]:
    """Everybody whom the page may name."""
    told = [*(touch for some in context.touches.values() for touch in some), *latest.statements]
    numbers = {touch.contact for touch in (*told, *(touch for touch, _count in latest.touches))}
    numbers |= {one.contact for each in (context.memberships, context.promises, context.answers) for one in each}
    return {number for number in numbers if number is not None}


def _promises(context: Context, now: int) -> Sequence[tuple[PromiseState, Promise]]:
    """Promises with their state: broken ones first, then those that are due next, then the latest kept."""
    told = [(one.state(now), one) for one in context.promises]
    is_done = {PromiseState.KEPT, PromiseState.KEPT_LATE, PromiseState.RELEASED}
    return sorted(told, key=lambda pair: (_FIRST.index(pair[0]), (-1 if pair[0] in is_done else 1) * pair[1].due_at))


def _goes_on(one: Handoff) -> bool:
    """Whether a team still has something to do about a handoff."""
    return one.lapsed_at is None and one.state is not HandoffState.ACCEPTED


def _tracks(workspace: Workspace, runs: Sequence[Any], thread: str) -> Sequence[Any]:
    sound = set(workspace.sound_journeys())
    known = {one.journey: in_force(workspace, one.journey).journey for one in runs if one.journey in sound}
    shown = max(TRACKS, sum(one.ended_at is None for one in runs))
    return [track_of(one, known.get(one.journey), thread=thread) for one in runs[:shown]]
