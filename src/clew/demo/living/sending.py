"""How the firm's tools put it into requests, and what goes wrong with some of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from clew.demo.living.happening import Happening, Tool

EVERY = 12  # one event in so many is told wrongly, late, twice or too early


class Flaw(StrEnum):
    """What is wrong with how an event is told."""

    NONE = "none"
    TWICE = "twice"  # the library was not answered and sends again: counted once
    LATE = "late"  # a phone was offline for two days
    EARLY = "early"  # a clock that runs ahead: held until its time
    NOBODY = "nobody"  # names no account and no person: rejected
    NO_TIME = "no time"  # a time that is none: rejected
    WRONG_KEY = "wrong key"  # a key that the form does not know: rejected


# Rejected ones of each tool, by what its form can get wrong
_BAD: Mapping[Tool, Sequence[Flaw]] = {
    Tool.PRODUCT: (Flaw.NOBODY,),
    Tool.DESK: (Flaw.NO_TIME, Flaw.WRONG_KEY),
    Tool.CRM: (Flaw.NO_TIME, Flaw.NOBODY),
    Tool.PHONE: (Flaw.NO_TIME, Flaw.NOBODY),
}


@dataclass(frozen=True)
class Request:
    """One request: the tool whose key it bears, path, body."""

    tool: Tool
    path: str
    body: bytes


@dataclass(frozen=True)
class Flawed:
    """A happening with its number and what is wrong with how it is told."""

    number: int
    happening: Happening
    flaw: Flaw


def flawed(happenings: Iterator[Happening], seed: int) -> Iterator[Flawed]:
    """Number what happens and spoil some of it, the same for the same seed."""
    dice = Random(f"{seed} flaws")
    for number, happening in enumerate(happenings, start=1):
        flaw = Flaw.NONE
        if dice.randrange(EVERY) == 0:
            flaw = dice.choice((Flaw.TWICE, Flaw.LATE, Flaw.EARLY, *_BAD[happening.tool]))
        yield Flawed(number, happening, flaw)


def requests_of(one: Flawed, run: str, now: datetime) -> Sequence[Request]:
    """Write the requests of one event, as its tool would at this moment."""
    at = now + {Flaw.LATE: timedelta(days=-2), Flaw.EARLY: timedelta(minutes=3)}.get(one.flaw, timedelta())
    number = f"{run}-{one.number:06d}"
    tell = _segment if one.happening.tool is Tool.PRODUCT else _own
    request = tell(one, number, at)
    return (request, request) if one.flaw is Flaw.TWICE else (request,)


def _segment(one: Flawed, number: str, at: datetime) -> Request:
    happening = one.happening
    event: dict[str, Any] = {
        "type": "track",
        "messageId": number,
        "event": happening.event,
        "timestamp": _written(at),
        "properties": dict(happening.properties),
    }
    if one.flaw is not Flaw.NOBODY:
        event["userId"] = happening.who.id if happening.who else ""
        event["context"] = {"groupId": happening.customer.tenant}
    body = {"batch": [event]}
    return Request(happening.tool, "/v1/batch", json.dumps(body).encode())


def _own(one: Flawed, number: str, at: datetime) -> Request:
    happening = one.happening
    desk = happening.tool is Tool.DESK
    event: dict[str, Any] = {
        "id": number,
        "event": happening.event,
        "at": "yesterday" if one.flaw is Flaw.NO_TIME else _written(at),
        "account": happening.customer.org if desk else happening.customer.id,
        "contact": _contact(happening),
        "attributes": dict(happening.customer.says),
        "team": happening.team,
        "by": happening.by,
        "channel": happening.channel,
        "subjects": {"ticket": happening.ticket} if happening.ticket else None,
        "properties": dict(happening.properties),
    }
    if one.flaw is Flaw.NOBODY:
        event = {**event, "account": None, "contact": None}
    if happening.tool is Tool.PHONE:  # it knows no person, and calls the account in its own way
        event = {**event, "account": None, "contact": None, "attributes": None}
        customer = {} if one.flaw is Flaw.NOBODY else {"customer_number": happening.customer.id}
        event["properties"] = {**event["properties"], **customer}
    if one.flaw is Flaw.WRONG_KEY:
        event["custmer"] = event.pop("account")
    told = {key: value for key, value in event.items() if value}
    return Request(happening.tool, "/v1/events", json.dumps({"events": [told]}).encode())


def _contact(happening: Happening) -> dict[str, str] | None:
    """The person: of a new account with name and address, else the id that the exports know."""
    who = happening.who
    if who is None:
        return None
    if not happening.customer.says:
        return {"id": who.id}
    return {"id": who.id, "name": who.name, "email": who.email, "role": who.role}


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
