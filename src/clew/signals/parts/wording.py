"""Words of evidence: who, what and when, without a person's name, address or number."""

from __future__ import annotations

from clew.archive.model import NO_CODE
from clew.clock import DAY_US, HOUR_US, MINUTE_US, US
from clew.questions.words import counted, date, time
from clew.signals.model import Found
from clew.signals.sight import Sight

PERSON = "contact"  # kind of the threads of people whose account nobody knows
NO_ACCOUNT = "somebody without a known account"


def account(sight: Sight, thread: int) -> str:
    """Name an account as its source does; a person without one stays unnamed."""
    return _entity(sight, thread)


def thing(sight: Sight, found: Found, place: int) -> str:
    """Name what a signal is about: 'ticket:T-12', else its account; a person stays unnamed."""
    return _entity(sight, int(found.subject[place]))


def _entity(sight: Sight, code: int) -> str:
    text = sight.view.names["entity"].text(int(code))
    return NO_ACCOUNT if text.partition(":")[0] == PERSON else text


def team(sight: Sight, code: int) -> str:
    """Name a team as the firm calls it."""
    return sight.firm.team_title(sight.view.names["team"].text(int(code))) if code != NO_CODE else "an unnamed team"


def team_at(sight: Sight, number: int, row: int) -> str:
    """Name the team of an event."""
    return team(sight, int(sight.buckets[number].team[row]))


def event_at(sight: Sight, number: int, row: int) -> str:
    """Name an event as its source spells it: 'mail sent'."""
    return f"'{sight.view.names['event'].text(int(sight.buckets[number].event[row]))}'"


def property_at(sight: Sight, number: int, row: int, *, name: str | None) -> str:
    """Return a kept property of an event, empty where it has none."""
    code = int(sight.codes(number, name)[row]) if name is not None else NO_CODE
    return sight.view.names[f"property:{name}"].text(code) if code != NO_CODE else ""


def about(sight: Sight, number: int, row: int) -> str:
    """Say what an event is about: ' about invoices'; empty where it has no topic."""
    topic = property_at(sight, number, row, name=sight.meanings.about)
    return f" about {topic}" if topic else ""


def day(sight: Sight, at: int) -> str:
    """Write the day of an instant in the firm's zone."""
    return date(at / US, sight.firm.time_zone)


def moment(sight: Sight, at: int) -> str:
    """Write an instant to the minute in the firm's zone."""
    return time(at / US, sight.firm.time_zone)


def later(sight: Sight, number: int, first: int, *, last: int) -> str:
    """Say how long after one event another came: '7 hours after', 'on the same day as' where only days are known."""
    bucket = sight.buckets[number]
    micros = int(bucket.at[last] - bucket.at[first])
    if not (bucket.day[first] or bucket.day[last]):
        return f"{length(micros)} after" if micros >= MINUTE_US else "at the same time as"
    days = round(micros / DAY_US)
    return f"{counted(days, 'day')} after" if days else "on the same day as"


def length(micros: int) -> str:
    """Write a span in whole minutes, hours or days."""
    if micros < HOUR_US:
        return counted(round(micros / MINUTE_US), "minute")
    return counted(round(micros / HOUR_US), "hour") if micros < 2 * DAY_US else counted(round(micros / DAY_US), "day")
