"""The faults that real exports have, at fixed places: they are rejected with line and reason, the rest loads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Lines = list[list[str]]


def in_tickets(lines: Lines) -> Lines:
    """A header from joining two exports, a row cut short, and times that never were."""
    columns = {name: place for place, name in enumerate(lines[0])}
    middle = len(lines) // 2
    cut = lines[middle][:4]
    return [
        *lines[:middle],
        lines[0],
        cut,
        _changed(lines[middle], {columns["ticket_id"]: "T-90001", columns["changed_at"]: "0001-01-01 00:00:00"}),
        _changed(lines[middle], {columns["ticket_id"]: "T-90002", columns["changed_at"]: "2025-02-31 10:00:00"}),
        _changed(lines[middle], {columns["ticket_id"]: "T-90003", columns["changed_at"]: "2026-03-29 02:30:00"}),
        *lines[middle:],
    ]


def in_onboarding(lines: Lines) -> Lines:
    """An event of nobody, and two events exported twice."""
    columns = {name: place for place, name in enumerate(lines[0])}
    nobody = _changed(lines[1], {columns["event_id"]: "O-90001", columns["account_id"]: ""})
    return [*lines, nobody, lines[1], lines[2]]


def in_deals(lines: Lines) -> Lines:
    """A deal whose amount is no number."""
    columns = {name: place for place, name in enumerate(lines[0])}
    return [*lines, _changed(lines[1], {columns["deal_id"]: "D-90001", columns["amount_eur"]: "to be agreed"})]


def in_logins(lines: Lines) -> Lines:
    """A clock that ran ahead."""
    return [*lines, _changed(lines[1], {0: "2099-01-01 09:00:00"})]


BY_EXPORT: Mapping[str, Callable[[Lines], Lines]] = {
    "tickets": in_tickets,
    "onboarding": in_onboarding,
    "deals": in_deals,
    "logins": in_logins,
}


def _changed(line: list[str], cells: Mapping[int, str]) -> list[str]:
    return [cells.get(place, cell) for place, cell in enumerate(line)]
