"""The navigation, by task. A page that comes later adds its line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from clew.access.model import Permission
from clew.texts import N_


@dataclass(frozen=True)
class Place:
    """One page of the navigation.

    title translated where it is shown
    key   letter that leads there after g
    """

    title: str
    path: str
    needs: Permission
    key: str


PLACES: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "",
        (
            Place(N_("Today"), "/", Permission.SEE, "t"),
            Place(N_("Firm"), "/firm", Permission.SEE, "f"),
        ),
    ),
    (
        N_("Customers"),
        (
            Place(N_("Accounts"), "/accounts", Permission.SEE_ACCOUNTS, "a"),
            Place(N_("Handoffs"), "/handoffs", Permission.SEE_ACCOUNTS, "h"),
            Place(N_("Promises"), "/promises", Permission.SEE_ACCOUNTS, "m"),
            Place(N_("Signals"), "/signals", Permission.SEE_ACCOUNTS, "i"),
        ),
    ),
    (
        N_("Journeys"),
        (
            Place(N_("Journeys"), "/journeys", Permission.SEE, "j"),
            Place(N_("Questions"), "/questions", Permission.SEE, "q"),
        ),
    ),
    (
        N_("Connect"),
        (
            Place(N_("Pipes"), "/pipes", Permission.CONNECT, "c"),
            Place(N_("Sources"), "/sources", Permission.CONNECT, "s"),
            Place(N_("Live events"), "/live", Permission.CONNECT, "l"),
            Place(N_("Rejected events"), "/rejected", Permission.CONNECT, "r"),
            Place(N_("Duplicates"), "/duplicates", Permission.SEE_ACCOUNTS, "d"),
        ),
    ),
    (
        N_("Run"),
        (
            Place(N_("Workers"), "/workers", Permission.SEE, "w"),
            Place(N_("People"), "/people", Permission.ADMINISTER, "p"),
            Place(N_("Settings"), "/settings", Permission.EDIT_JOURNEYS, "e"),
            Place(N_("Audit"), "/audit", Permission.AUDIT, "u"),
        ),
    ),
)


def places_for(may: Callable[[Permission], bool]) -> Iterator[tuple[str, list[Place]]]:
    """Yield the tasks with the pages that somebody may open."""
    for task, places in PLACES:
        allowed = [place for place in places if may(place.needs)]
        if allowed:
            yield task, allowed


def is_here(place: Place, path: str) -> bool:
    """Whether a path is this page or lies below it."""
    return path == place.path or (place.path != "/" and path.startswith(place.path + "/"))
