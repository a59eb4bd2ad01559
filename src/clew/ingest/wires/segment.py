"""What clients of Segment and RudderStack send: track, identify, group, page, screen, alias, merge; batch and import.

Source  Segment's specification; what its and RudderStack's libraries were seen to send
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clew.ingest.wires.bodies import batched, listed, one
from clew.ingest.wires.envelope import Envelope, Told
from clew.ingest.wires.fault import Unusable
from clew.ingest.wires.model import Why
from clew.ingest.wires.values import Columns, Written, flatten, object_at, text_at, text_of, wrong_field

CALLS = frozenset({"track", "identify", "group", "page", "screen", "alias", "merge"})
VIEWED = {"page": "page viewed", "screen": "screen viewed"}
_NAMES = (("firstName", "lastName"), ("first_name", "last_name"))
_ROLES = ("role", "title", "jobTitle", "job_title", "position")
_AMOUNTS = ("revenue", "total")


class Segment:
    """The format that Segment specified and RudderStack took over."""

    def open(self, kind: str, headers: Mapping[str, str], body: bytes) -> Envelope:
        del headers
        if body.lstrip()[:1] == b"[":
            return listed(body)
        if kind in CALLS:
            return Envelope(kind, one(body), extra={"type": kind})
        return batched(body, "batch", sent="sentAt", inherits=("context",))

    def read(self, event: Mapping[str, Any], envelope: Envelope) -> Told:
        call = envelope.kind or self._call(event)
        context = envelope.shared.get("context", {}) | object_at(event, "context")
        columns: Columns = {"type": "alias" if call == "merge" else call}
        _persons(columns, event, call)
        if call in ("track", "page", "screen"):
            _happening(columns, event, call)
        _accounts(columns, event, context, call)
        _traits(columns, event, context, call)
        context.pop("traits", None)
        flatten(columns, "context.", context)
        original = event.get("originalTimestamp")
        written = event.get("timestamp")
        return Told(
            columns,
            id=text_at(event, "messageId"),
            at=written if original is None else original,
            place="timestamp" if original is None else "originalTimestamp",
            sent=event.get("sentAt"),
            corrected=written if original is not None and written != original else None,
        )

    def _call(self, event: Mapping[str, Any]) -> str:
        call = event.get("type")
        if isinstance(call, str) and call in CALLS:
            return call
        raise Unusable(Why.UNKNOWN_TYPE, "type", f"this is no call; allowed: {', '.join(sorted(CALLS))}")


def _persons(columns: Columns, event: Mapping[str, Any], call: str) -> None:
    """Who it is about. An identify with both ids says that they are one person, as alias does of the previous id."""
    if call == "merge":
        user, previous, anonymous = *_merged(event), ""
    else:
        user, anonymous = text_at(event, "userId"), text_at(event, "anonymousId")
        previous = text_at(event, "previousId") if call == "alias" else anonymous if call == "identify" and user else ""
    named = {"user": user, "anonymous": anonymous, "person": user or anonymous, "previous": previous}
    columns.update({name: text for name, text in named.items() if text})


def _merged(event: Mapping[str, Any]) -> tuple[str, str]:
    """RudderStack's merge names two identifiers of a person."""
    pair = event.get("mergeProperties")
    if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(item, dict) for item in pair):
        raise wrong_field("mergeProperties", pair, "two objects with type and value")
    return text_at(pair[0], "value"), text_at(pair[1], "value")


def _happening(columns: Columns, event: Mapping[str, Any], call: str) -> None:
    name = text_at(event, "event") if call == "track" else VIEWED[call]
    if not name:
        raise Unusable(Why.FIELD, "event", "a track without the name of its event")
    columns["event"] = name
    properties = object_at(event, "properties")
    if call != "track":
        seen = {key: text_at(event, key) for key in ("name", "category")}
        properties = {key: text for key, text in seen.items() if text} | properties
    flatten(columns, "properties.", properties)
    value_of(columns, properties)


def value_of(columns: Columns, properties: Mapping[str, Any]) -> None:
    """Take the amount of money, where one of the usual properties is a number."""
    for name in _AMOUNTS:
        amount = properties.get(name)
        if isinstance(amount, (int, Written)) and not isinstance(amount, bool):
            columns["value"] = text_of(amount)
            return


def _accounts(columns: Columns, event: Mapping[str, Any], context: Mapping[str, Any], call: str) -> None:
    """The account; a group call says that the person belongs to it, unless it says `assigned: false`."""
    account = text_at(event, "groupId") or text_at(context, "groupId")
    if not account:
        account = columns.get("properties.groupId", "")
    if not account:
        return
    columns["account"] = account
    if call in ("group", "identify") and object_at(event, "traits").get("assigned") is not False:
        columns["group"] = account


def _traits(columns: Columns, event: Mapping[str, Any], context: Mapping[str, Any], call: str) -> None:
    """Traits of the call over those of its context; those of a group call itself are the account's."""
    own = object_at(event, "traits")
    traits = object_at(context, "traits", "context.traits")
    if call == "group":
        flatten(columns, "account.", own)
        role = {key: own[key] for key in _ROLES[:1] if key in own}
    else:
        traits, role = {**traits, **own}, {}
    flatten(columns, "traits.", traits)
    person_of(columns, {**traits, **role})


def person_of(columns: Columns, traits: Mapping[str, Any]) -> None:
    """Take address, name and role of the person from their traits."""
    found = {"email": _plain(traits, "email"), "name": _plain(traits, "name"), "role": ""}
    for pair in _NAMES:
        found["name"] = found["name"] or " ".join(filter(None, (_plain(traits, part) for part in pair)))
    for name in _ROLES:
        found["role"] = found["role"] or _plain(traits, name)
    columns.update({name: text for name, text in found.items() if text})


def _plain(traits: Mapping[str, Any], name: str) -> str:
    value = traits.get(name)
    return value.strip() if isinstance(value, str) else ""
