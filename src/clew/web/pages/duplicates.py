"""Duplicates: accounts that are probably one, side by side, with the reasons; a person decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from clew.access.model import Permission
from clew.clock import US
from clew.db.cursors import position_of
from clew.duplicates.deciding import keep_apart, reopen
from clew.duplicates.linking import NoLinkage, is_installed
from clew.duplicates.looking import LOOKED_AT
from clew.duplicates.model import Decision
from clew.duplicates.queries import OPEN, Kept, may_act_on, open_count, pairs_page
from clew.duplicates.reasons import words
from clew.errors import BadRequest
from clew.questions.words import date
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.addresses import address_of_account
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.lists import Column, Listing, Page, exported, wanted_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.merging.beside import Line, lines_of
from clew.web.queries.duplicates import Side, sides

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

SIZE = 10
EXPORTED = ("left", "left_name", "right", "right_name", "chance", "reasons", "found", "decision", "decided")
STATES = (OPEN, Decision.DIFFERENT)
DO = ("apart", "ask again")


@dataclass(frozen=True)
class Shown:
    """A pair as the page shows it. says: reasons in words, each with whether it speaks for one firm"""

    kept: Kept
    left: Side
    right: Side
    lines: Sequence[Line]
    says: Sequence[tuple[bool, str]]
    may_act: bool

    @property
    def merging(self) -> str:
        """Where both become one, after a look at what that means."""
        return f"{address_of_account(self.kept.left, 'merge')}?with={quote(self.kept.right)}"


def listing() -> Listing:
    """Declare the list."""
    return Listing(
        columns=(Column("chance", _("Chance"), "num", rises=False), Column("found", _("Found"), rises=False)),
        sort="-chance",
        search=_("Name or id"),
        size=SIZE,
    )


def show(asked: Asked) -> Response:
    """The page, or the list as a file."""
    declared, workspace = listing(), workspace_of(asked.parts)
    wanted, state = wanted_of(asked, declared, keep=("state",)), asked.query("state", OPEN)
    if state not in STATES:
        raise BadRequest(f"state '{state[:40]}' is not known; allowed: {', '.join(STATES)}")
    with asked.parts.database.read() as connection:
        kept, total = pairs_page(
            connection,
            state=state,
            text=wanted.text,
            sort=wanted.sort,
            falls=wanted.falls,
            first=wanted.first,
            limit=wanted.limit,
        )
        threads = sorted({end for one in kept for end in (one.left, one.right)})
        known = sides(connection, threads)
        mine = may_act_on(connection, asked.actor, threads)
        waiting, looked_at = open_count(connection), position_of(connection, LOOKED_AT)
    shown = [_shown(one, known, mine) for one in kept if one.left in known and one.right in known]
    if wanted.form:
        return exported(asked, "duplicates", EXPORTED, _cells(shown, workspace.firm.time_zone), wanted.form)
    return asked.page(
        "duplicates.html.j2",
        listing=declared,
        page=Page(shown, wanted, total, wanted.first + len(kept) < total),
        next=_next_step(waiting, looked_at),
        installed=is_installed(),
        looked_at=looked_at or None,
        chosen=state,
        teams=workspace.firm.teams,
        currency=workspace.firm.currency,
        updates=("contexts",),
    )


def _shown(kept: Kept, known: Mapping[str, Side], mine: frozenset[str]) -> Shown:
    left, right = known[kept.left], known[kept.right]
    says = [(one.weight > 0, words(one)) for one in kept.reasons]
    return Shown(kept, left, right, lines_of(left, right), says, {kept.left, kept.right} <= mine)


def _next_step(waiting: int, looked_at: int) -> NextStep:
    if waiting:
        says = ngettext(
            "%(n)s pair of accounts is probably one customer.",
            "%(n)s pairs of accounts are probably one customer.",
            waiting,
        )
        return NextStep(
            says % {"n": f"{waiting:,}"} + " " + _("Decide the first; nothing is merged by itself."), kind="waiting"
        )
    if not is_installed():
        return NextStep(_(str(NoLinkage())), kind="none")
    if not looked_at:
        return NextStep(
            _("Nobody has looked for duplicates yet: a worker does once a day, or run: clew duplicates find"),
            kind="none",
        )
    return NextStep(_("No pair of accounts waits for a decision."), kind="good")


def _cells(shown: Sequence[Shown], zone: str) -> list[Sequence[object]]:
    return [
        (
            one.kept.left, one.left.header.name, one.kept.right, one.right.header.name, round(one.kept.chance, 3),
            "; ".join(f"{'for' if speaks else 'against'}: {says}" for speaks, says in one.says),
            date(one.kept.found_at / US, zone), one.kept.decision or "",
            date(one.kept.decided_at / US, zone) if one.kept.decided_at else "",
        )
        for one in shown
    ]  # fmt: skip


def decide(asked: Asked) -> Response:
    """Keep two accounts apart, or take that back."""
    what, left, right = asked.form("do"), asked.form("left"), asked.form("right")
    if what not in DO:
        raise BadRequest(f"cannot do '{what[:40]}'; allowed: {', '.join(DO)}")
    with asked.write() as connection:
        does = keep_apart if what == "apart" else reopen
        does(connection, left, right, by=asked.actor, now=asked.now, secret=asked.secret)
    return asked.go(f"/duplicates?said={'accounts-apart' if what == 'apart' else 'accounts-asked-again'}#said")


ENDPOINTS = (
    Endpoint("/duplicates", ("GET",), Permission.SEE_ACCOUNTS, show),
    Endpoint("/duplicates", ("POST",), Permission.ACT, decide),
)
