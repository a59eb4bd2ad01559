"""Signals of accounts that are kept: a list of them, and one line an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from clew.access.model import Actor
from clew.db.spelling import all_within
from clew.db.tables import account, signal
from clew.live.contexts.queries import mine
from clew.live.contexts.teams import bears_team
from clew.signals.parts.evidence_words import evidence_words
from clew.signals.registry import BY_NAME

HOLDS, GONE = "holds", "gone"
SILENCE, READY = "silence", "missed-expansion"  # kinds; ready for the next value step, and nobody spoke of it
STILL_HOLDS = signal.c.gone_at.is_(None)
STILL_SILENT = and_(signal.c.kind == SILENCE, STILL_HOLDS, func.coalesce(account.c.heard_at < signal.c.at, True))
NAME: ColumnElement[str] = func.coalesce(account.c.name, signal.c.subject)
OF_ACCOUNTS = signal.c.kind.in_(tuple(BY_NAME))  # crossed thresholds are signals of the firm
_ACCOUNTS = signal.outerjoin(account, account.c.thread == signal.c.subject)
_TOLD = ("id", "kind", "subject", "at", "says", "evidence", "noticed_at", "gone_at")
SORTS: Mapping[str, Any] = {
    "noticed": signal.c.noticed_at,
    "at": signal.c.at,
    "account": NAME,
    "kind": signal.c.kind,
    "revenue": account.c.revenue,
}


@dataclass(frozen=True)
class SignalRow:
    """One signal with its account.

    count    signals that fall together here        about   things of the account, as "ticket:T-12"
    sources  names of the sources whose events it rests on
    """

    id: int
    kind: str
    thread: str
    account: str
    segment: str | None
    team: str | None
    revenue: int | None
    at: int
    says: str
    evidence: Mapping[str, Any]
    noticed_at: int
    gone_at: int | None

    @property
    def count(self) -> int:
        return int(self.evidence.get("count", 1))

    @property
    def about(self) -> Sequence[str]:
        return list(self.evidence.get("about", ()))

    @property
    def sources(self) -> Sequence[str]:
        return list(dict.fromkeys(one["source"] for one in self.evidence.get("events", ())))

    @property
    def plain(self) -> str:
        """The sentence as it stands beside the account's name."""
        return beside_name(self.says, self.thread, self.account)


@dataclass(frozen=True)
class SignalsWanted:
    """Which signals a list shows; "" and None leave open.

    kind     of the detector          thread  of the account         team  that works with the account
    mine     of accounts that the actor works with                   state HOLDS | GONE
    since    noticed since            text    words of sentence or name
    """

    kind: str = ""
    thread: str = ""
    team: str = ""
    mine: Actor | None = None
    state: str = ""
    since: int | None = None
    text: str = ""
    sort: str = "noticed"
    falls: bool = True


def signals_page(
    connection: Connection, wanted: SignalsWanted, *, first: int = 0, limit: int = 50
) -> tuple[Sequence[SignalRow], int]:
    """Return a page of signals, and how many there are in all; first: leave out so many."""
    where = list(_conditions(connection, wanted))
    total = connection.execute(select(func.count()).select_from(_ACCOUNTS).where(*where)).scalar_one()
    column = SORTS[wanted.sort]
    order = ((column.desc() if wanted.falls else column.asc()).nulls_last(), signal.c.at.desc(), signal.c.id.desc())
    return rows_of(connection, _asked().where(*where).order_by(*order).offset(first).limit(limit)), int(total)


def beside_name(says: str, thread: str, name: str) -> str:
    """A sentence as a page says it, without the account at its beginning; where it comes later, by its name."""
    rest = says.removeprefix(thread).removeprefix(":").strip().replace(thread, name)
    return evidence_words(rest)


def kinds_kept(connection: Connection) -> Sequence[str]:
    """Return the kinds of signals that some account has, or had."""
    asked = select(signal.c.kind).distinct().where(OF_ACCOUNTS)
    return sorted(connection.execute(asked).scalars())


def rows_of(connection: Connection, asked: Select[Any]) -> Sequence[SignalRow]:
    """Make rows of a statement of `_asked`."""
    return [
        SignalRow(
            id=row.id,
            kind=row.kind,
            thread=row.subject,
            account=row.name,
            segment=row.segment,
            team=row.team,
            revenue=row.revenue,
            at=row.at,
            says=row.says,
            evidence=row.evidence,
            noticed_at=row.noticed_at,
            gone_at=row.gone_at,
        )
        for row in connection.execute(asked)
    ]


def _asked() -> Select[Any]:
    of_account = (NAME.label("name"), account.c.segment, account.c.team, account.c.revenue)
    return select(*(signal.c[name] for name in _TOLD), *of_account).select_from(_ACCOUNTS).where(OF_ACCOUNTS)


def _conditions(connection: Connection, wanted: SignalsWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [OF_ACCOUNTS]
    if wanted.kind:
        found.append(signal.c.kind == wanted.kind)
    if wanted.thread:
        found.append(signal.c.subject == wanted.thread)
    if wanted.team:
        found.append(bears_team(connection, [wanted.team]))
    if wanted.mine is not None:
        found.append(mine(connection, wanted.mine))
    if wanted.state:
        found.append(STILL_HOLDS if wanted.state == HOLDS else ~STILL_HOLDS)
    if wanted.since is not None:
        found.append(signal.c.noticed_at >= wanted.since)
    return [*found, all_within(wanted.text, signal.c.says, NAME)]
