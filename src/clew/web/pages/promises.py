"""/promises: what we owe, what is broken first; kept or released here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from clew.access.model import Permission
from clew.access.policy import AccountTeam
from clew.context.model import PromiseState
from clew.live.contexts.lists import PromiseRow
from clew.live.contexts.queries import account_team, context_of, promises_page, teams_of_accounts
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.addresses import address_of_account
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.lists import Column, Filter, Listing, Page, Wanted, exported, wanted_of
from clew.web.frame.next_step import NextStep
from clew.web.frame.spans import span_words
from clew.web.pages.accounts.committee import called
from clew.web.pages.accounts.finding import Opened
from clew.web.pages.acts.doing import do, done_already, form_once, go_on
from clew.web.pages.acts.facts import facts_on
from clew.web.pages.acts.settling import NotOpen, keeping, releasing
from clew.web.pages.acts.told import Told, WrongFields
from clew.web.queries.accounts import persons_of
from clew.web.queries.acts import Overtaken
from clew.web.signing_in.reading import told_time

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

WAITING, DONE, ALL = "waiting", "done", "all"
VIEWS = (WAITING, PromiseState.BROKEN, PromiseState.OPEN, DONE, PromiseState.RELEASED, ALL)
COLUMNS = ("id", "account", "name", "says", "topic", "state", "due_at", "made_at", "team", "by", "kept_at")


@dataclass(frozen=True)
class Seen:
    """What whoever looks may do with a promise, and read of it."""

    may_act: bool
    sees: bool


@dataclass(frozen=True)
class Failed:
    """A promise that was to be kept or released, and why it was not."""

    thread: str
    id: str
    says: str
    reason: str = ""


def show(asked: Asked) -> Response:
    """The page, or all that is chosen as a file."""
    return page(asked)


def keep(asked: Asked) -> Response:
    """Say that a promise is kept."""
    return _settle(asked, keeping, "keep promise", "promise-kept")


def release(asked: Asked) -> Response:
    """Say that the customer does without it, and why."""
    return _settle(asked, releasing, "release promise", "promise-released")


def _settle(asked: Asked, settling: Any, action: str, said: str) -> Response:
    """Do it; what cannot be done is said beside the promise, with what was typed."""
    thread, id = asked.form("account"), asked.form("id")
    with asked.parts.database.read() as connection:
        context, team = context_of(connection, thread), account_team(connection, thread)
    asked.require(Permission.ACT, team)
    account = Opened(thread, context, team, asked.may(Permission.SEE_PERSONS, team), True)
    told = Told({"says": asked.form("says"), "reason": asked.form("reason")})
    once = form_once(asked)
    try:
        if before := done_already(asked, once):
            return go_on(asked, before, "/promises", said=said)
        act, settles = settling(facts_on(asked, account), id, told)
        done = do(asked, act, replace(once, settles=settles), action=action, promise=id)
    except WrongFields as fault:
        return page(asked, Failed(thread, id, fault.wrong["reason"], told.said["reason"]), status=422)
    except (NotOpen, Overtaken) as late:
        return page(asked, Failed(thread, id, str(late)), status=409)
    return go_on(asked, done, "/promises", said=said)


def page(asked: Asked, failed: Failed | None = None, status: int = 200) -> Response:
    """Draw it. failed  what could not be done"""
    workspace, view = workspace_of(asked.parts), _view(asked)
    declared = listing(workspace, view)
    wanted = wanted_of(asked, declared, keep=("of",))
    with asked.parts.database.read() as connection:
        found = _found(connection, asked, wanted, view)
        counts = {each: _count(connection, asked, wanted, each) for each in VIEWS}
        seen = _seen(asked, teams_of_accounts(connection, {row.thread for row in found.rows}))
    persons = _persons(asked, found.rows, seen)
    if wanted.form:
        return exported(asked, "promises", COLUMNS, _cells(found.rows, seen), wanted.form)
    return asked.page(
        "promises.html.j2",
        status=status,
        view=view,
        tabs=[(str(each), words, counts[each]) for each, words in view_words().items()],
        next=next_step(counts, found.rows if view == WAITING else (), asked.now),
        listing=declared,
        page=Page(found.rows, wanted, found.total, wanted.first + len(found.rows) < found.total),
        seen=seen,
        called=lambda contact: called(contact, persons),
        team_words=workspace.firm.team_title,
        address_of=address_of_account,
        failed=failed,
        new_once=lambda: uuid4().hex,
        updates=("contexts",),
    )


def listing(workspace: Workspace, view: str) -> Listing:
    """Declare the list; what is due first comes first, what is settled latest first."""
    teams = [(name, team.title) for name, team in workspace.firm.teams.items()]
    columns = (
        Column("topic", _("Promise")),
        Column("account", _("Account")),
        Column("due", _("Due")),
        Column("made", _("Made"), rises=False),
        Column("to", _("To"), sorts=False),
        Column("team", _("Keeps it")),
        Column("do", "", sorts=False),
    )
    mine = Filter("mine", _("Accounts"), [("yes", _("those I work with"))])
    sort = "due" if view in (WAITING, PromiseState.BROKEN, PromiseState.OPEN) else "-due"
    return Listing(columns, (Filter("team", _("Team"), teams), mine), sort=sort, search=_("Words"))


def view_words() -> Mapping[str, str]:
    """What each view is called."""
    return {
        WAITING: _("To keep"),
        PromiseState.BROKEN: _("Broken"),
        PromiseState.OPEN: _("Open"),
        DONE: _("Kept"),
        PromiseState.RELEASED: _("Released"),
        ALL: _("All"),
    }


def next_step(counts: Mapping[str, int], rows: Sequence[PromiseRow], now: int) -> NextStep:
    """Begin with what is broken, then with what is due next."""
    broken, unsettled = counts[PromiseState.BROKEN], counts[PromiseState.OPEN]
    if broken:
        says = ngettext(
            "%(count)d promise is broken: keep it late, or ask the customer to release us from it.",
            "%(count)d promises are broken: keep them late, or ask the customers to release us from them.",
            broken,
        )
        return NextStep(
            says % {"count": broken}, _("See the broken ones"), f"/promises?of={PromiseState.BROKEN}", "late"
        )
    if rows:
        words = {"account": rows[0].account, "in": span_words(rows[0].promise.due_at - now)}
        return NextStep(_("The next promise is due in %(in)s, to %(account)s.") % words, kind="waiting")
    if unsettled:
        says = ngettext(
            "%(count)d promise is open, none is broken.", "%(count)d promises are open, none is broken.", unsettled
        )
        return NextStep(says % {"count": unsettled}, kind="good")
    return NextStep(_("Nothing is promised that is not kept."), kind="good")


def _view(asked: Asked) -> str:
    """The view that is asked for; who looks for words without choosing one looks everywhere."""
    view = asked.query("of")
    return view if view in VIEWS else ALL if asked.query("q") else WAITING


def _found(connection: Any, asked: Asked, wanted: Wanted, view: str) -> Any:
    return promises_page(
        connection,
        asked.actor,
        now=asked.now,
        filters={**_filters(view), **wanted.filters},
        text=wanted.text,
        sort=wanted.sort or "due",
        falls=wanted.falls,
        first=wanted.first,
        limit=wanted.limit,
    )


def _count(connection: Any, asked: Asked, wanted: Wanted, view: str) -> int:
    filters = {**_filters(view), **wanted.filters}
    return promises_page(connection, asked.actor, now=asked.now, filters=filters, text=wanted.text, limit=0).total


def _filters(view: str) -> dict[str, str]:
    return {} if view == ALL else {"state": view}


def _seen(asked: Asked, teams: Mapping[str, AccountTeam]) -> Mapping[str, Seen]:
    """By account."""
    return {
        thread: Seen(asked.may(Permission.ACT, team), asked.may(Permission.SEE_PERSONS, team))
        for thread, team in teams.items()
    }


def _persons(asked: Asked, rows: Sequence[PromiseRow], seen: Mapping[str, Seen]) -> Mapping[int, Any]:
    """Say to whom the promises were made, where the reader may know it; noted once a view."""
    told = [row for row in rows if seen[row.thread].sees and row.promise.contact is not None]
    persons = persons_of(asked.parts.folder, {row.promise.contact for row in told if row.promise.contact is not None})
    if persons and not asked.request.headers.get("hx-request"):
        asked.note_read("promises", accounts=sorted({row.thread for row in told}))
    return persons


def _cells(rows: Sequence[PromiseRow], seen: Mapping[str, Seen]) -> Iterator[Sequence[Any]]:
    for row in rows:
        one = row.promise
        says = one.says if seen[row.thread].sees else None
        times = (told_time(one.due_at), told_time(one.made_at))
        team = one.owner or one.team
        yield (
            one.id,
            row.thread,
            row.account,
            says,
            one.topic,
            row.state.value,
            *times,
            team,
            one.user,
            told_time(one.kept_at),
        )


ENDPOINTS = (
    Endpoint("/promises", ("GET",), Permission.SEE_ACCOUNTS, show),
    Endpoint("/promises/keep", ("POST",), Permission.ACT, keep),
    Endpoint("/promises/release", ("POST",), Permission.ACT, release),
)
