"""The navigation, by task. A page that comes later adds its line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from clew.access.model import Permission


@dataclass(frozen=True)
class Place:
    """One page of the navigation.

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
            Place("Today", "/", Permission.SEE, "t"),
            Place("Firm", "/firm", Permission.SEE, "f"),
        ),
    ),
    (
        "Customers",
        (
            Place("Accounts", "/accounts", Permission.SEE_ACCOUNTS, "a"),
            Place("Handoffs", "/handoffs", Permission.SEE_ACCOUNTS, "h"),
            Place("Promises", "/promises", Permission.SEE_ACCOUNTS, "m"),
            Place("Signals", "/signals", Permission.SEE_ACCOUNTS, "i"),
        ),
    ),
    (
        "Journeys",
        (
            Place("Journeys", "/journeys", Permission.SEE, "j"),
            Place("Questions", "/questions", Permission.SEE, "q"),
        ),
    ),
    (
        "Connect",
        (
            Place("Pipes", "/pipes", Permission.CONNECT, "c"),
            Place("Sources", "/sources", Permission.CONNECT, "s"),
            Place("Live events", "/live", Permission.CONNECT, "l"),
            Place("Rejected events", "/rejected", Permission.CONNECT, "r"),
            Place("Duplicates", "/duplicates", Permission.SEE_ACCOUNTS, "d"),
        ),
    ),
    (
        "Run",
        (
            Place("Workers", "/workers", Permission.SEE, "w"),
            Place("People", "/people", Permission.ADMINISTER, "p"),
            Place("Settings", "/settings", Permission.EDIT_JOURNEYS, "e"),
            Place("Audit", "/audit", Permission.AUDIT, "u"),
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
