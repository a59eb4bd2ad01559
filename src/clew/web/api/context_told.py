"""An account's whole context as JSON: what a CRM's side panel, a service desk's macro or an assistant shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clew.accounts.persons import Record
from clew.archive.model import UNIT
from clew.clock import ALWAYS, DAY_US
from clew.context.model import Answer, Context, Handoff, Membership, Promise, PromiseState, Touch, TouchKind
from clew.context.roles import role_of
from clew.web.pages.accounts.standing import Standing
from clew.web.signing_in.reading import told_time

if TYPE_CHECKING:
    from sqlalchemy import Row

LATEST = 10  # touches of each question
A_CONTACT = "a contact"
_FOUR = (TouchKind.ENGAGED, TouchKind.RECEIVED, TouchKind.DID)


@dataclass(frozen=True)
class Looked:
    """What an answer is made of.

    persons   who contacts are; without names where the reader may not see them     sees  whether the reader may
    signals   rows that hold        standing  open runs      duplicates  accounts that are probably the same
    parent    what the account above it is called
    """

    context: Context
    as_of: int
    standing: Sequence[Standing]
    signals: Sequence[Row[Any]]
    persons: Mapping[int, Record]
    sees: bool
    duplicates: int
    parent: str | None = None


def told(looked: Looked, now: int) -> dict[str, Any]:
    """Return the answer: instants as ISO 8601 in UTC, amounts in units of the firm's currency."""
    context = looked.context
    ordered = sorted(context.promises, key=lambda one: one.due_at)
    states = {one.id: one.state(now) for one in context.promises}
    answers = _known(context.answers, now)
    return {
        "account": context.header.thread,
        "as_of": told_time(looked.as_of),
        "names": looked.sees,
        "header": _header(looked),
        "next": _next(looked, now),
        "stands": [_stands(one, now) for one in looked.standing],
        "signals": [{"kind": one.kind, "at": told_time(one.at), "says": one.says} for one in looked.signals],
        "committee": [_member(one, looked) for one in context.memberships],
        "answers": [_answer(one, looked) for one in answers],
        "do_not_ask": sorted(one.topic for one in answers),
        "promises": {
            state.value: [_promise(one, looked, now) for one in ordered if states[one.id] is state]
            for state in (PromiseState.BROKEN, PromiseState.OPEN)
        },
        "handoffs": [_handoff(one, looked, now) for one in context.handoffs if one.waits or one.is_returned],
        "four": {kind.value: _question(kind, looked) for kind in _FOUR} | {"where": _where(looked.standing)},
        "other": _question(TouchKind.OTHER, looked),
        "teams": _teams(looked),
        "duplicates": looked.duplicates,
    }


def _known(answers: Iterable[Answer], now: int) -> Sequence[Answer]:
    """The latest answer on each topic that still counts as known, latest first."""
    latest: dict[str, Answer] = {}
    for one in answers:
        if one.at <= now < one.until:
            latest.setdefault(one.topic, one)
    return list(latest.values())


def on_topic(answers: Iterable[Answer], topic: str, looked: Looked, now: int) -> dict[str, Any]:
    """Say whether the customer told us about a topic already: whoever wants to ask looks here first."""
    known = [one for one in _known(answers, now) if one.topic.casefold() == topic.strip().casefold()]
    return {"topic": topic.strip(), "known": bool(known), "answer": _answer(known[0], looked) if known else None}


def _header(looked: Looked) -> dict[str, Any]:
    header = looked.context.header
    plain = ("name", "segment", "industry", "owner", "team", "touches")
    instants = ("renewal_at", "customer_since", "lost_at", "first_at", "last_at", "heard_at")
    return {
        **{name: getattr(header, name) for name in plain},
        **{name: told_time(getattr(header, name)) for name in instants},
        "teams": list(header.teams),
        "revenue": _amount(header.revenue),
        "parent": header.parent and {"account": header.parent, "name": looked.parent or header.parent},
        "ids": list(header.ids),
        "attributes": dict(header.attributes),
    }


def _next(looked: Looked, now: int) -> list[str]:
    """What somebody must do, the most urgent first."""
    late = [one for one in looked.context.handoffs if one.waits and one.due_at is not None and one.due_at < now]
    broken = [one for one in looked.context.promises if one.state(now) is PromiseState.BROKEN]
    said = [f"keep or release a broken promise: {one.topic or one.id}" for one in broken[:LATEST]]
    said += [f"accept or return the handoff from {one.source} to {one.target}" for one in late]
    slow = [one for one in looked.standing if one.is_late(now)]
    return said + [f"look at {one.title}: {one.stage or 'start'}, longer than usual" for one in slow]


def _stands(one: Standing, now: int) -> dict[str, Any]:
    return {
        "journey": one.journey,
        "title": one.title,
        "subject": one.subject or None,
        "stage": one.stage,
        "team": one.team,
        "since": told_time(one.since),
        "days": (now - one.since) // DAY_US,
        "limit_at": told_time(one.limit_at),
        "usual_at": told_time(one.usual_at),
        "late": one.is_late(now),
        "waiting_on": one.waiting_on,
    }


def _where(standing: Sequence[Standing]) -> list[str]:
    return [f"{one.title}: {one.stage or 'before the first stage'}" for one in standing]


def _member(one: Membership, looked: Looked) -> dict[str, Any]:
    known = looked.persons.get(one.contact)
    meant = role_of(known.role) if known else None
    return {
        **_contact(one.contact, looked),
        "role": one.role or (meant.value if meant else None),
        "title": known.role if known and known.role and meant != known.role else None,
        "since": told_time(one.since) if one.since != ALWAYS else None,
        "until": told_time(one.until),
        "last_at": told_time(one.last_at),
        "touches": one.touches,
    }


def _contact(number: int | None, looked: Looked) -> dict[str, Any]:
    """Name a contact, to whom it may be named."""
    if number is None:
        return {"contact": None, "name": None}
    known = looked.persons.get(number) if looked.sees else None
    name = (known.name or known.email or known.identifier) if known else None
    return {"contact": number, "name": name or A_CONTACT}


def _answer(one: Answer, looked: Looked) -> dict[str, Any]:
    return {
        "topic": one.topic,
        "says": one.says if looked.sees else None,
        "at": told_time(one.at),
        "until": told_time(one.until),
        "by": _contact(one.contact, looked),
        "team": one.team,
        "user": one.user,
    }


def _promise(one: Promise, looked: Looked, now: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "topic": one.topic,
        "says": one.says if looked.sees else None,
        "made_at": told_time(one.made_at),
        "due_at": told_time(one.due_at),
        "state": one.state(now).value,
        "team": one.team,
        "owner": one.owner,
        "user": one.user,
        "to": _contact(one.contact, looked),
    }


def _handoff(one: Handoff, looked: Looked, now: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "journey": one.journey,
        "from": one.source,
        "to": one.target,
        "state": one.state,
        "sent_at": told_time(one.sent.at),
        "sent_by": one.sent.by,
        "due_at": told_time(one.due_at),
        "late": one.is_late(now),
        "reason": one.history[-1].reason if looked.sees else None,
        "packet": dict(one.packet) if looked.sees else {},
        "missing": list(one.missing),
        "promises": list(one.promises),
    }


def _question(kind: TouchKind, looked: Looked) -> dict[str, Any]:
    latest = list(looked.context.touches.get(kind, ()))[:LATEST]
    return {"count": looked.context.counts.get(kind, 0), "latest": [_touch(one, looked) for one in latest]}


def _touch(one: Touch, looked: Looked) -> dict[str, Any]:
    when = told_time(one.at)
    return {
        "at": when[:10] if one.day and when else when,
        "event": one.event,
        "source": one.source,
        "team": one.team,
        "channel": one.channel,
        "user": one.user,
        "about": one.about,
        "says": one.says if looked.sees else None,
        "value": _amount(one.value),
        **_contact(one.contact, looked),
    }


def _teams(looked: Looked) -> list[dict[str, Any]]:
    """When each team was last in touch, the latest first."""
    context = looked.context
    rows = sorted(context.last.items(), key=lambda item: (-item[1].at, item[0]))
    return [
        {"team": team, "last_at": told_time(one.at), "event": one.event, "touches": context.by_team.get(team, 0)}
        for team, one in rows
    ]


def _amount(millionths: int | None) -> float | None:
    return None if millionths is None else millionths / UNIT
