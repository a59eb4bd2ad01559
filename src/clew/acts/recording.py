"""Write an act down: one row, in the transaction of whoever does it; the intake makes an event of the log of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import Connection

from clew.access.model import Actor
from clew.acts.model import Act
from clew.acts.vocabulary import PERSON
from clew.clock import to_datetime
from clew.db.engine import Database, after_commit, insert
from clew.db.tables import act as acts
from clew.errors import BadRequest

BELL = "acts"  # rung when one was written down: see `Database.bells`
TEXT = 2_000  # characters of one text
NAME = 200  # characters of a name: of an event, an attribute, an id
MANY = 100  # properties, attributes
PAIRS = 10_000
AHEAD_US = 1_000_000  # clocks of two machines may differ by so much


def record(connection: Connection, act: Act, *, by: Actor, now: int, id: str = "") -> int:
    """Write an act down and return its number, for `clew.live.contexts.settled`.

    connection  inside the transaction that notes the act in the audit log, too
    now         microseconds UTC; what is dated later is refused
    id          of the event; the log takes one in once, however often it is written down. "": a new one
    Raises      BadRequest where it tells of nothing, or a text is too long
    """
    _check(act, now)
    body = msgspec.json.encode(_event(act, by, now, id or uuid4().hex))
    values = {"at": now, "by": by.id, "account": act.account, "body": body, "identity": bool(act.same or act.apart)}
    written = connection.execute(insert(connection, acts).values(values).returning(acts.c.id))
    after_commit(connection, BELL, _ring)
    return int(written.scalar_one())


def _ring(database: Database) -> None:
    database.ring(BELL)


def _event(act: Act, by: Actor, now: int, id: str) -> dict[str, Any]:
    """Return an act as an event of Clew's own form."""
    at = now if act.at is None else act.at
    kind, _, thing = act.subject.partition(":")
    told: dict[str, Any] = {
        "id": f"act-{id}",
        "event": act.event,
        "at": to_datetime(at).isoformat(),
        "account": act.account,
        "contact": _contact(act),
        "team": act.team or _only_team(by),
        "channel": act.channel,
        "by": by.name or by.id,
        "subjects": {kind: thing} if thing else {},
        "properties": dict(act.properties),
        "attributes": dict(act.attributes),
        "same": [list(pair) for pair in act.same],
        "apart": [list(pair) for pair in act.apart],
    }
    return {name: value for name, value in told.items() if value}


def _contact(act: Act) -> dict[str, str]:
    """The person; an address is noted as one, so that mail to it is known to be theirs."""
    told = {"id": act.contact, "name": act.contact_name}
    if "@" in act.contact:
        told["email"] = act.contact
    return {name: text for name, text in told.items() if text}


def _only_team(by: Actor) -> str:
    return next(iter(by.teams)) if len(by.teams) == 1 else ""


# -- what is refused --------------------------------------------------------------------------------------------------


def _check(act: Act, now: int) -> None:
    if act.at is not None and act.at > now + AHEAD_US:
        raise BadRequest(f"an act cannot lie in the future ({to_datetime(act.at):%Y-%m-%d %H:%M} UTC)")
    if not any((act.event, act.attributes, act.same, act.apart)):
        raise BadRequest("an act says something: an event, attributes, or who is one account")
    _check_entity("account", act.account)
    if act.subject:
        _check_entity("subject", act.subject)
    _check_person(act)
    _check_pairs(act)
    for many, told in (("properties", act.properties), ("attributes", act.attributes)):
        if len(told) > MANY:
            raise BadRequest(f"{len(told)} {many}; an act has at most {MANY}")
    for place, text, most in _texts(act):
        _check_text(place, text, most)


def _texts(act: Act) -> Iterator[tuple[str, str, int]]:
    """Yield every text of an act with its place and how long it may be."""
    for name in ("event", "contact", "contact_name", "team", "channel"):
        yield name, getattr(act, name), NAME
    for place, told in (("properties", act.properties), ("attributes", act.attributes)):
        yield from _named(place, told)


def _named(place: str, told: Mapping[str, str]) -> Iterator[tuple[str, str, int]]:
    for name, text in told.items():
        if not name.strip():
            raise BadRequest(f"a name in '{place}' is empty")
        yield f"{place}: name '{name[:50]}'", name, NAME
        yield f"{place}: {name[:50]}", text, TEXT


def _check_text(place: str, text: object, most: int) -> None:
    if not isinstance(text, str):
        raise BadRequest(f"'{place}' is {type(text).__name__}; it must be a text")
    if len(text) > most:
        raise BadRequest(f"'{place}' has {len(text):,} characters; at most {most:,} are kept")
    if "\0" in text or not _is_sound(text):
        raise BadRequest(f"'{place}' holds a character that no text can have")


def _is_sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_entity(place: str, text: str) -> None:
    _check_text(place, text, NAME)
    kind, colon, id = text.partition(":")
    if not (kind.strip() and colon and id.strip()):
        raise BadRequest(f"{place} '{text[:100]}' is none; one is written as its kind and id, as desk:4711")


def _check_person(act: Act) -> None:
    number = act.contact.removeprefix(PERSON)
    if number != act.contact and not (number.isascii() and number.isdigit() and len(number) < 10):
        raise BadRequest(f"contact '{act.contact[:100]}' is none; one that is known is {PERSON} and its number")
    if act.contact_name and not act.contact:
        raise BadRequest("a contact's name without an id or address of the contact")


def _check_pairs(act: Act) -> None:
    if len(act.same) + len(act.apart) > PAIRS:
        raise BadRequest(f"{len(act.same) + len(act.apart):,} pairs; an act has at most {PAIRS:,}")
    for pair in (*act.same, *act.apart):
        for end in pair:
            _check_entity("pair", end)
        if pair[0] == pair[1]:
            raise BadRequest(f"'{pair[0]}' with itself is no pair; name two entities")
    both = {frozenset(pair) for pair in act.same} & {frozenset(pair) for pair in act.apart}
    if both:
        raise BadRequest(f"{' and '.join(sorted(min(map(sorted, both))))} are said to be one account and not to be")
