"""From what somebody means to do to the act that says it, in the firm's own words where it has some.

An act bears the event that meanings.yaml or the journey's handoff listens to, so that journeys, detectors and questions
see it as they see those of other systems; where the firm says nothing, the words of `clew.context.vocabulary`.
Everything here is pure: who does it and when stands in `clew.acts.recording`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from uuid import uuid4

from clew.acts.model import Act
from clew.acts.naming import Named, named_by
from clew.conditions.happening import event_names
from clew.conditions.model import Condition
from clew.context import vocabulary as words
from clew.context.roles import CommitteeRole
from clew.errors import UnknownName
from clew.journeys.model import Handoff, Journey
from clew.meanings.model import Meanings

PERSON = "person:"  # before the number of somebody whom the person store knows


def person(number: int) -> str:
    """Return the `contact` of an act about somebody who is known by number, as on a page."""
    return f"{PERSON}{number}"


# -- promises, answers, touches ---------------------------------------------------------------------------------------


def promise_made(
    meanings: Meanings | None,
    account: str,
    *,
    says: str,
    due: date | None = None,
    topic: str = "",
    contact: str = "",
    team: str = "",
    id: str = "",
) -> Act:
    """Return the act of promising something to an account.

    due  None: as meanings.yaml says, `within` after it was made     id  of the promise; "": a new one, unique for ever
    """
    ours = _known(meanings).promises
    said = {
        ours.id if ours else words.PROMISE_ID: id or promise_id(),
        (ours and ours.due) or words.DUE_ON: due.isoformat() if due else "",
        _about(meanings): topic,
        words.SAYS: says,
    }
    return _said(account, ours.made if ours else None, words.PROMISE_MADE, said, contact=contact, team=team)


def promise_id() -> str:
    """Return an id that no promise has."""
    return f"p-{uuid4().hex}"


def promise_kept(meanings: Meanings | None, account: str, *, id: str, says: str = "", team: str = "") -> Act:
    """Return the act of keeping a promise. id  of the promise"""
    ours = _known(meanings).promises
    said = {ours.id if ours else words.PROMISE_ID: id, words.SAYS: says}
    return _said(account, ours.kept if ours else None, words.PROMISE_KEPT, said, team=team)


def promise_released(meanings: Meanings | None, account: str, *, id: str, reason: str, team: str = "") -> Act:
    """Return the act of releasing a promise: the customer does without it. No file names this event."""
    ours = _known(meanings).promises
    said = {ours.id if ours else words.PROMISE_ID: id, words.REASON: reason}
    return _said(account, None, words.PROMISE_RELEASED, said, team=team)


def answer_given(
    meanings: Meanings | None, account: str, *, topic: str, says: str, contact: str = "", team: str = ""
) -> Act:
    """Return the act of writing down what the customer told us."""
    asked = _known(meanings).asked
    said = {_about(meanings): topic, words.SAYS: says}
    return _said(account, asked.answered if asked else None, words.ANSWER_GIVEN, said, contact=contact, team=team)


def question_asked(meanings: Meanings | None, account: str, *, topic: str, contact: str = "", team: str = "") -> Act:
    """Return the act of asking the customer something."""
    asked = _known(meanings).asked
    said = {_about(meanings): topic}
    return _said(account, asked.when if asked else None, words.QUESTION_ASKED, said, contact=contact, team=team)


def statement_made(
    meanings: Meanings | None, account: str, *, topic: str, says: str, contact: str = "", team: str = ""
) -> Act:
    """Return the act of telling the customer something about a topic."""
    stated = _known(meanings).stated
    said = {_about(meanings): topic, stated.says if stated else words.SAYS: says}
    return _said(account, stated.when if stated else None, words.STATEMENT_MADE, said, contact=contact, team=team)


def touch_logged(
    meanings: Meanings | None,
    account: str,
    *,
    event: str = "",
    channel: str = "",
    about: str = "",
    says: str = "",
    contact: str = "",
    team: str = "",
    at: int | None = None,
) -> Act:
    """Return the act of writing down a touch that no system tells of.

    event  as sources name it, as "call held"; "": words.NOTED        at  microseconds UTC, None: now
    """
    stated = _known(meanings).stated
    tells = stated is not None and event in event_names(stated.when)
    said = {_about(meanings): about, stated.says if stated and tells else words.SAYS: says}
    act = _act(account, Named(event or words.NOTED), said, contact=contact, team=team)
    return replace(act, channel=channel, at=at)


# -- handoffs ---------------------------------------------------------------------------------------------------------


def handoff_sent(
    journey: Journey,
    number: int,
    *,
    account: str,
    subject: str,
    packet: Mapping[str, str],
    handoff: str = "",
    team: str = "",
) -> Act:
    """Return the act of handing a run over.

    number   of the handoff in the journey's file, from 0      subject  entity of the run; the account's own thread
    packet   part -> text                                      handoff  its id where it is sent again, "" the first time
    Raises   UnknownName where the journey has no such handoff
    """
    ours = handoff_of(journey, number)
    id = handoff or f"{journey.name}/{subject}/{number}"
    said = {words.HANDOFF: id, **{f"{words.PACKET}{part}": text for part, text in packet.items()}}
    told = _moving(journey, ours.sent, words.HANDOFF_SENT, said)
    return _of_run(journey, subject, _act(account, told, said, team=team or ours.source))


def handoff_accepted(journey: Journey, number: int, *, account: str, subject: str, handoff: str, team: str = "") -> Act:
    """Return the receipt of a handoff. handoff  its id; otherwise as `handoff_sent`"""
    ours, said = handoff_of(journey, number), {words.HANDOFF: handoff}
    told = _moving(journey, ours.accepted, words.HANDOFF_ACCEPTED, said)
    return _of_run(journey, subject, _act(account, told, said, team=team or ours.target))


def handoff_returned(
    journey: Journey, number: int, *, account: str, subject: str, handoff: str, reason: str, team: str = ""
) -> Act:
    """Return the act of giving a handoff back, with the reason. handoff  its id; otherwise as `handoff_sent`"""
    ours, said = handoff_of(journey, number), {words.HANDOFF: handoff, words.REASON: reason}
    told = _moving(journey, ours.returned, words.HANDOFF_RETURNED, said)
    return _of_run(journey, subject, _act(account, told, said, team=team or ours.target))


def handoff_of(journey: Journey, number: int) -> Handoff:
    """Return a handoff of a journey by its number in the file. Raises UnknownName."""
    if not 0 <= number < len(journey.handoffs):
        raise UnknownName(f"handoff of journey '{journey.name}'", str(number), map(str, range(len(journey.handoffs))))
    return journey.handoffs[number]


def _moving(journey: Journey, condition: Condition | None, default: str, said: Mapping[str, str]) -> Named:
    """Name an act on a handoff. What starts the journey is no such name: handing over again would start it again."""
    told = named_by(condition, default, said)
    starts = event_names(journey.starts) if journey.starts is not None else ()
    return Named(default) if told.event in starts else told


def _of_run(journey: Journey, subject: str, act: Act) -> Act:
    return act if journey.subject.kind == "account" else replace(act, subject=subject)


# -- persons, owners, identity ----------------------------------------------------------------------------------------


def role_given(account: str, *, contact: str, role: str, since: date | None = None, team: str = "") -> Act:
    """Return the act of saying what somebody is in the account's decisions. Raises UnknownName.

    role  of CommitteeRole      since  None: from now on
    """
    said = {words.ROLE: _role(role), words.SINCE: since.isoformat() if since else ""}
    return _act(account, Named(words.ROLE_GIVEN), said, contact=contact, team=team)


def role_ended(account: str, *, contact: str, role: str = "", until: date | None = None, team: str = "") -> Act:
    """Return the act of saying that a role, or with "" the whole membership, is over. until  None: from now on"""
    said = {words.ROLE: role and _role(role), words.UNTIL: until.isoformat() if until else ""}
    return _act(account, Named(words.ROLE_ENDED), said, contact=contact, team=team)


def _role(role: str) -> str:
    if role not in set(CommitteeRole):
        raise UnknownName("role", role, CommitteeRole)
    return role


def owner_named(account: str, attributes: Mapping[str, str], *, team: str = "") -> Act:
    """Return the act of naming who owns an account, or anything else lasting of it.

    attributes  name as sources call it -> value, as {"owner": "m.brandt", "owner_team": "success"}
    """
    return Act("", account, team=team, attributes=_filled(attributes))


def merged(account: str, pairs: Iterable[tuple[str, str]]) -> Act:
    """Return the act of saying that pairs of entities, as ("desk:4711", "crm:A-9"), are one account each."""
    return Act("", account, same=tuple(pairs))


def parted(account: str, pairs: Iterable[tuple[str, str]]) -> Act:
    """Return the act of saying that pairs of entities are not one account: undoing a merge, splitting an account."""
    return Act("", account, apart=tuple(pairs))


# -- shared -----------------------------------------------------------------------------------------------------------


def _known(meanings: Meanings | None) -> Meanings:
    return meanings or Meanings()


def _about(meanings: Meanings | None) -> str:
    """The kept property that names the topic."""
    return _known(meanings).about or words.TOPIC


def _said(
    account: str,
    condition: Condition | None,
    default: str,
    said: Mapping[str, str],
    *,
    contact: str = "",
    team: str = "",
) -> Act:
    return _act(account, named_by(condition, default, _filled(said)), said, contact=contact, team=team)


def _act(account: str, told: Named, said: Mapping[str, str], *, contact: str = "", team: str = "") -> Act:
    properties = _filled({**said, **told.properties})
    return Act(told.event, account, contact=contact, team=team, properties=properties)


def _filled(said: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in said.items() if text}
