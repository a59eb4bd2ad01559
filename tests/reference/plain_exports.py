"""The exports of the sample firm read by plain Python, as its source files describe them: nothing of clew is used.

Times are microseconds since 1970 UTC. Rows that cannot be used are left out as loading leaves them out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
HOUR, DAY = 3_600_000_000, 86_400_000_000
NEVER = 2**62
BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
SOURCES = ("activities", "contracts", "deals", "invoices", "marketing", "onboarding", "surveys", "tickets", "usage")
FREE_MAIL = "gmail.com"
HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2023-12-25 2023-12-26 2024-01-01 2024-03-29 2024-04-01 2024-05-01 2024-12-25 2024-12-26 2025-01-01 2025-04-18 "
        "2025-04-21 2025-05-01 2025-12-25 2025-12-26 2026-01-01 2026-04-03 2026-04-06 2026-05-01"
    ).split()
)


@dataclass(frozen=True)
class Event:
    """One event; account "account:A-000001", or "contact:..." where only a free-mail address is known."""

    at: int
    account: str
    name: str
    team: str
    contact: str
    row: tuple[str, int, int]
    day: bool
    said: Mapping[str, str] = field(default_factory=dict)


def micros(moment: datetime) -> int:
    return (moment - BEGIN) // timedelta(microseconds=1)


def local(at: int) -> datetime:
    return (BEGIN + timedelta(microseconds=at)).astimezone(BERLIN)


def day_start(day: date) -> int:
    return micros(datetime.combine(day, time(), BERLIN))


def rows_of(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """Lines of an export with as many fields as its header, exact repetitions once; those of usage have no id."""
    with (folder / "exports" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        lines = csv.reader(file)
        header, seen = next(lines), set()
        for line in lines:
            if line == header or len(line) != len(header) or (name != "usage" and tuple(line) in seen):
                continue
            seen.add(tuple(line))
            yield dict(zip(header, line, strict=True))


def events_of(folder: Path) -> list[Event]:
    """Every event in the total order: instant, what only the day is known of first, source, sequence, line."""
    reader = _Reader(folder)
    found = [event for source in SOURCES for event in reader.read(source)]
    return sorted(found, key=lambda event: (event.at, not event.day, *event.row))


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        accounts, contacts = list(rows_of(folder, "accounts")), list(rows_of(folder, "contacts"))
        self.by_desk = {row["desk_org"]: row["account_id"] for row in accounts}
        self.by_tenant = {row["tenant"]: row["account_id"] for row in accounts}
        self.by_mail = {row["email"].lower(): row["contact_id"] for row in contacts}
        self.by_domain = {row["email"].lower().split("@")[1]: row["account_id"] for row in contacts}

    def read(self, source: str) -> Iterator[Event]:
        for line, row in enumerate(rows_of(self.folder, source)):
            account = self._account(source, row)
            if account is None or (source == "deals" and not _is_number(row["amount_eur"])):
                continue
            mail = (row.get("requester") or row.get("email") or "").lower()
            contact = row.get("contact_id") or self.by_mail.get(mail, mail)
            zone: tzinfo = (
                NEW_YORK if source == "tickets" else UTC if source in ("marketing", "surveys", "usage") else BERLIN
            )
            said = {key: row[key] for key in SAID.get(source, ()) if row.get(key)}
            if source == "contracts":
                said["contract"] = row["contract_id"]
            if source == "tickets":
                said["ticket"] = row["ticket_id"]
            for name, text in _named(source, row):
                at = _instant(text, zone)
                if at is not None:
                    team = ALWAYS.get(source) or row.get("team") or row.get("owner_team") or ""
                    place = (source, int(row.get("change_no") or 0), line)
                    yield Event(at, account, name, team, contact, place, len(text) == 10, said)

    def _account(self, source: str, row: Mapping[str, str]) -> str | None:
        if source == "tickets":
            return f"account:{self.by_desk[row['org']]}"
        if source == "usage":
            return f"account:{self.by_tenant[row['tenant']]}"
        if source != "marketing":
            return f"account:{row['account_id']}" if row["account_id"] else None
        domain = row["email"].lower().partition("@")[2]
        if domain == FREE_MAIL:
            return f"contact:{row['email'].lower()}"
        return f"account:{self.by_domain[domain]}" if domain else None


SAID = {
    "activities": ("topic", "says", "promise_id", "due_on"),
    "marketing": ("topic",),
    "tickets": ("topic",),
    "usage": ("seats_used",),
    "surveys": ("nps",),
}
ALWAYS = {"contracts": "account-management", "invoices": "finance"}
COLUMNS = {
    "deals": {"deal created": "created_on", "deal qualified": "qualified_on", "proposal sent": "proposal_on",
              "deal won": "won_on", "deal lost": "lost_on"},
    "invoices": {"invoice sent": "sent_on", "invoice disputed": "disputed_on", "invoice paid": "paid_on"},
    "contracts": {"contract signed": "signed_on", "usage review held": "review_on", "renewal offered": "offer_on",
                  "contract renewed": "renewed_on", "contract cancelled": "cancelled_on",
                  "contract extended": "extended_on"},
}  # fmt: skip


def _named(source: str, row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Name and time of every event that a row tells of."""
    if source in COLUMNS:
        yield from ((name, row[column]) for name, column in COLUMNS[source].items() if row[column])
    elif source == "tickets":
        yield f"ticket {row['status']}", row["changed_at"]
    elif source == "activities":
        yield row["activity"], row["happened_at"]
    elif source == "usage":
        yield "product used", row["used_at"]
    elif source == "surveys":
        yield "survey answered", row["answered_at"]
    else:
        yield row["event"], row["happened_at"]


def _instant(text: str, zone: tzinfo) -> int | None:
    """The first reading of a local time; None for one that does not exist, a placeholder, or one far ahead."""
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        return None
    exists = moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == moment.replace(tzinfo=None)
    return micros(moment) if exists and 1970 <= moment.year < 2099 else None


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit() or not text


def _open_on(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def _window(day: date) -> tuple[int, int]:
    return micros(datetime.combine(day, time(8), BERLIN)), micros(datetime.combine(day, time(18), BERLIN))


def working_hours_after(at: int, hours: int) -> int:
    """Walk through working windows, Monday to Friday from 8 to 18."""
    left, day = hours * HOUR, local(at).date()
    while True:
        begin, end = _window(day)
        begin = max(begin, at)
        if _open_on(day) and begin < end:
            if end - begin >= left:
                return begin + left
            left -= end - begin
        day += timedelta(days=1)


def working_days_after(at: int, days: int) -> int:
    """The same time of day so many working days later, counted from the first working moment, inside the window."""
    day = local(at).date()
    while not (_open_on(day) and _window(day)[1] > at):
        day += timedelta(days=1)
    clock = local(max(at, _window(day)[0])).time()
    for _ in range(days):
        day += timedelta(days=1)
        while not _open_on(day):
            day += timedelta(days=1)
    begin, end = _window(day)
    return min(max(micros(datetime.combine(day, clock, BERLIN)), begin), end)
