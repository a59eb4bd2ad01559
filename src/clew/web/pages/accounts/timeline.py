"""/accounts/ID/touches: every touch of an account, across teams, latest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clew.accounts.persons import Record
from clew.clock import US
from clew.context.model import Touch, TouchKind
from clew.questions.words import date, time
from clew.texts import gettext as _
from clew.web.frame.files import workspace_of
from clew.web.frame.lists import Column, Filter, Listing, Page, Wanted, exported, wanted_of
from clew.web.pages.accounts.committee import called
from clew.web.pages.accounts.finding import Opened, elsewhere, opened
from clew.web.pages.accounts.log import at_hand
from clew.web.pages.accounts.strip import drawn
from clew.web.queries.accounts import persons_of
from clew.web.queries.accounts_touches import NOBODY, Touches, TouchesWanted

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.firm.model import Firm
    from clew.web.request import Asked

NONE = "none"  # in an address: touches that name none
EXPORTED = ("at", "day_only", "kind", "event", "team", "channel", "user", "contact", "topic", "says", "source", "value")
_KINDS: Mapping[TouchKind, str] = {
    TouchKind.ENGAGED: "engaged with",
    TouchKind.RECEIVED: "received",
    TouchKind.DID: "did",
    TouchKind.OTHER: "other",
}


def kind_words(kind: TouchKind) -> str:
    """What a page calls a kind of touch."""
    return _(_KINDS[kind])


def show(asked: Asked) -> Response:
    """The page, or all that is chosen as a file."""
    found = opened(asked)
    if sent := elsewhere(asked, found, "touches"):
        return sent
    touches = at_hand(asked, found.thread)
    if touches is None:
        return asked.page("account_touches.html.j2", found=found, touches=None, **_frame(asked, found))
    return _answer(asked, found, touches)


def _answer(asked: Asked, found: Opened, touches: Touches) -> Response:
    firm = workspace_of(asked.parts).firm
    choices = touches.choices()
    persons = _persons(asked, found, [int(number) for number, _n in choices["person"]])
    declared = listing(choices, firm, persons if found.sees_persons else None)
    wanted = wanted_of(asked, declared)
    rows = touches.chosen(_asked(wanted, found))
    shown = touches.told(rows[wanted.first : wanted.first + wanted.limit])
    if wanted.form:
        cells = _cells(shown, persons, found, firm.time_zone)
        return exported(asked, f"touches-{found.thread.replace(':', '-')}", EXPORTED, cells, wanted.form)
    return asked.page(
        "account_touches.html.j2",
        found=found,
        touches=touches,
        listing=declared,
        page=Page(shown, wanted, len(rows), wanted.first + len(shown) < len(rows)),
        strip=drawn(touches, rows, firm, asked.now),
        **_frame(asked, found),
        **_words(firm, persons),
    )


def _persons(asked: Asked, found: Opened, numbers: Sequence[int]) -> Mapping[int, Record]:
    """Say who took part, where the reader may know it; noted once a view."""
    if not found.sees_persons:
        return {}
    persons = persons_of(asked.parts.folder, numbers)
    if persons and not asked.request.headers.get("hx-request"):
        how = "export" if asked.query("as") else "read"
        asked.note_read(found.thread if found.thread.startswith("account:") else f"account:{found.thread}", action=how)
    return persons


def listing(
    choices: Mapping[str, Sequence[tuple[str, int]]], firm: Firm, persons: Mapping[int, Record] | None
) -> Listing:
    """Declare the list. persons  None: the reader may not choose by them, nor search what was said"""

    def options(name: str, words: Callable[[str], str] = str) -> list[tuple[str, str]]:
        return [
            (value or NONE, f"{words(value) if value else _('none named')} ({count:,})")
            for value, count in choices[name]
            if count
        ]

    filters = [
        Filter("kind", _("Kind"), options("kind", lambda kind: kind_words(TouchKind(kind)))),
        Filter("team", _("Team"), options("team", firm.team_title)),
        Filter("channel", _("Channel"), options("channel")),
        Filter("topic", _("Topic"), options("topic")),
        Filter("source", _("Source"), options("source")),
    ]
    if persons is not None:
        filters.insert(3, Filter("person", _("Person"), options("person", lambda one: called(int(one), persons))))
    columns = (
        Column("at", _("When"), sorts=False),
        Column("event", _("What"), sorts=False),
        Column("kind", _("Kind"), sorts=False),
        Column("team", _("Team"), sorts=False),
        Column("person", _("Person"), sorts=False),
        Column("source", _("Source"), sorts=False),
    )
    return Listing(columns, [one for one in filters if one.options], search=_("Words"))


def _asked(wanted: Wanted, found: Opened) -> TouchesWanted:
    chosen = {name: NOBODY if value == NONE else value for name, value in wanted.filters.items()}
    kind, person = chosen.get("kind"), chosen.get("person")
    return TouchesWanted(
        kind=TouchKind(kind) if kind else None,
        team=chosen.get("team"),
        channel=chosen.get("channel"),
        source=chosen.get("source"),
        topic=chosen.get("topic"),
        person=int(person) if person else None,
        text=wanted.text,
        says=found.sees_persons,
    )


def _frame(asked: Asked, found: Opened) -> dict[str, Any]:
    name = found.context.header.name if found.context else ""
    return {"names": {found.thread: name} if name else {}, "updates": ("arrived",)}


def _words(firm: Firm, persons: Mapping[int, Record]) -> dict[str, Any]:
    return {
        "called": lambda contact: called(contact, persons),
        "team_words": firm.team_title,
        "kind_words": kind_words,
        "day_of": lambda at: date(at / US, firm.time_zone),
        "moment_of": lambda at: time(at / US, firm.time_zone),
        "currency": firm.currency,
    }


def _cells(shown: Sequence[Touch], persons: Mapping[int, Record], found: Opened, zone: str) -> Iterator[Sequence[Any]]:
    for one in shown:
        says = one.says if found.sees_persons else None
        value = None if one.value is None else one.value / 1_000_000
        yield (
            date(one.at / US, zone) if one.day else time(one.at / US, zone), one.day, one.kind.value, one.event,
            one.team, one.channel, one.user, called(one.contact, persons), one.about, says, one.source, value,
        )  # fmt: skip
