"""GET /accounts/ID/merge: what makes this account one; what a merge or a split would make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.access.users.queries import all_users
from clew.duplicates.queries import Kept, pair, pairs_of, words_said
from clew.duplicates.queries import Word as SaidBy
from clew.duplicates.reasons import words
from clew.errors import ClewError
from clew.live.contexts.queries import account_named, account_team, names_of_threads
from clew.live.fresh.merging import AccountLink, links_of
from clew.texts import gettext as _
from clew.web.analytics.keeping import analytics_of
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.merging.becoming import sums_of, values_of
from clew.web.pages.merging.beside import lines_of
from clew.web.pages.merging.identity import Split, ids_of, split_of, words_of
from clew.web.queries.duplicates import Said, attributes_of, events_by_id, sides
from clew.web.queries.search import find_accounts

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from starlette.responses import Response

    from clew.live.fresh.log import Fresh
    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

WAIT_S = 5.0  # the log may have to be opened first
FOUND = 8


class LogNotAtHand(ClewError):
    """The log is being opened; ask again in a moment."""

    code = "log-not-at-hand"


@dataclass(frozen=True)
class InLog:
    """What the log says of an account: links, events by id, attributes; of another one its attributes."""

    links: Sequence[AccountLink]
    events: Mapping[str, int]
    told: Mapping[str, Said]
    other: Mapping[str, Said]


def in_log(asked: Asked, thread: str, other: str = "") -> InLog:
    """Read what the log says. Raises LogNotAtHand."""

    def read(fresh: Fresh) -> InLog:
        theirs = attributes_of(fresh, other, asked.now) if other else {}
        told, events = attributes_of(fresh, thread, asked.now), events_by_id(fresh, thread, asked.now)
        return InLog(links_of(fresh, thread), events, told, theirs)

    found = analytics_of(asked.parts).glance(asked.now, read, wait_s=WAIT_S)
    if found is None:
        raise LogNotAtHand
    return found


def show(asked: Asked) -> Response:
    """The page; ?q= searches another account, ?with= previews a merge, ?apart= a split."""
    workspace, text, chosen = workspace_of(asked.parts), asked.query("q").strip(), asked.queries("apart")
    with asked.parts.database.read() as connection:
        thread = account_named(connection, asked.path["account"])
        other = account_named(connection, asked.query("with")) if asked.query("with") else ""
        other = "" if other == thread else other
        known = sides(connection, [one for one in (thread, other) if one])
        may_act = all(asked.may(Permission.ACT, account_team(connection, one)) for one in known)
        found = (
            [one for one in find_accounts(connection, text.split()[:8], limit=FOUND) if one.thread != thread]
            if text
            else []
        )
        suggested, said, users = pairs_of(connection, thread), words_said(connection), _users(connection)
        kept = pair(connection, thread, other) if other else None
        names = names_of_threads(connection, [end for one in suggested for end in (one.left, one.right)])
    log = in_log(asked, thread, other)
    side = known[thread]
    spoken = {ends: _called(word, users) for ends, word in said.items()}
    split = split_of(side.header.ids, log.events, log.links, chosen) if chosen else None
    return asked.page(
        "merge.html.j2",
        side=side,
        thread=thread,
        ids=ids_of(side.header.ids, log.events, log.links),
        links=[link for link in log.links if link.joins],
        words=words_of(log.links, spoken),
        spoken=spoken,
        chosen=frozenset(chosen),
        split=split,
        other=known.get(other),
        lines=lines_of(side, known[other]) if other in known else (),
        values=values_of(log.told, log.other),
        sums=sums_of(side, known[other], _titles(workspace)) if other in known else (),
        reasons=[(one.weight > 0, words(one)) for one in kept.reasons] if kept else (),
        suggested=_suggested(suggested, thread, names),
        text=text,
        found=found,
        may_act=may_act,
        next=_next_step(suggested, bool(other), split),
        teams=workspace.firm.teams,
        currency=workspace.firm.currency,
    )


def _users(connection: Connection) -> Mapping[str, str]:
    return {f"user:{one.id}": one.name for one in all_users(connection)}


def _called(word: SaidBy, users: Mapping[str, str]) -> str:
    return users.get(word.by, word.by)


def _titles(workspace: Workspace) -> Mapping[str, str]:
    return {one.name: one.title or one.name for one in workspace.journeys.values()}


def _suggested(pairs: Sequence[Kept], thread: str, names: Mapping[str, str]) -> list[tuple[str, str, float]]:
    """Accounts that are probably the same: thread, name, chance."""
    others = [(one.right if one.left == thread else one.left, one.chance) for one in pairs]
    return [(one, names.get(one, one), chance) for one, chance in others]


def _next_step(suggested: Sequence[Kept], previews: bool, split: Split | None) -> NextStep:
    if previews:
        return NextStep(_("Look at what becomes one, then say so below. It can be taken back."), kind="waiting")
    if split is not None and not split.pairs:
        return NextStep(_("Nothing links the chosen ids with the others; choose others."), kind="late")
    if split is not None:
        return NextStep(_("Look at the two halves, then say so below. It can be taken back."), kind="waiting")
    if suggested:
        return NextStep(_("This account is probably there twice."), _("See which"), "#with", "waiting")
    return NextStep(_("No other account looks like this one."), kind="good")


ENDPOINTS = (Endpoint("/accounts/{account:path}/merge", ("GET",), Permission.SEE_ACCOUNTS, show),)
