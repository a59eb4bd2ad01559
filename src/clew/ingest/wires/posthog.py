"""What clients of PostHog send: one event, a list, a batch; persons, groups and aliases as events with a $.

Source  PostHog's documentation; what its libraries were seen to send
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from clew.ingest.wires.bodies import batched, listed
from clew.ingest.wires.envelope import Envelope, Told
from clew.ingest.wires.fault import Unusable
from clew.ingest.wires.model import Why
from clew.ingest.wires.segment import VIEWED, person_of, value_of
from clew.ingest.wires.values import Columns, Written, flatten, object_at, text_at, text_of

_TYPES = {
    "$pageview": "page",
    "$screen": "screen",
    "$identify": "identify",
    "$set": "identify",
    "$groupidentify": "group",
    "$create_alias": "alias",
    "$merge_dangerously": "alias",
}
_ACCOUNTS = ("company", "organization", "organisation", "account", "customer", "workspace", "instance")
_TAKEN = frozenset({"$set", "$set_once", "$groups", "$group_type", "$group_key", "$group_set", "distinct_id", "token"})
_UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


class PostHog:
    """The format of PostHog's capture paths."""

    def open(self, kind: str, headers: Mapping[str, str], body: bytes) -> Envelope:
        del kind, headers
        if body.lstrip()[:1] == b"[":
            return listed(body)
        return batched(body, "batch", sent="sent_at")

    def read(self, event: Mapping[str, Any], envelope: Envelope) -> Told:
        del envelope
        name = text_at(event, "event")
        if not name:
            raise Unusable(Why.FIELD, "event", "an event without its name")
        properties = object_at(event, "properties")
        call = _TYPES.get(name, "internal" if name.startswith("$") else "track")
        columns: Columns = {"type": call, "event": VIEWED.get(call, name)}
        groups = _groups(properties)
        _accounts(columns, groups, properties, call)
        _persons(columns, event, properties, groups)
        flatten(columns, "properties.", {key: part for key, part in properties.items() if key not in _TAKEN})
        value_of(columns, properties)
        _traits(columns, event, properties)
        id = text_at(event, "uuid") or _plain(properties.get("$insert_id"))
        return Told(
            columns,
            id=id,
            at=event.get("timestamp"),
            sent=event.get("sent_at"),
            age=_age(event),
            is_exact=_is_exact(event, properties),
        )


def _groups(properties: Mapping[str, Any]) -> dict[str, str]:
    """Group type -> key: an account, a project, ..."""
    groups = {kind: _plain(key) for kind, key in object_at(properties, "$groups", "properties.$groups").items()}
    kind, key = _plain(properties.get("$group_type")), _plain(properties.get("$group_key"))
    return {kind: key for kind, key in {**groups, kind: key}.items() if kind and key}


def _accounts(columns: Columns, groups: Mapping[str, str], properties: Mapping[str, Any], call: str) -> None:
    """The account is the group of a type that is called so; where there is one group only, that."""
    columns.update({f"groups.{kind}": key for kind, key in groups.items()})
    kind = next((kind for kind in _ACCOUNTS if kind in groups), next(iter(groups), "") if len(groups) == 1 else "")
    if not kind:
        return
    columns["account"] = groups[kind]
    if call == "group" and _plain(properties.get("$group_type")) == kind:
        columns["group"] = groups[kind]
        flatten(columns, "account.", object_at(properties, "$group_set", "properties.$group_set"))


def _persons(
    columns: Columns, event: Mapping[str, Any], properties: Mapping[str, Any], groups: Mapping[str, str]
) -> None:
    distinct = text_at(event, "distinct_id") or _plain(properties.get("distinct_id"))
    other, name = _plain(properties.get("alias")), text_at(event, "event")
    previous = _plain(properties.get("$anon_distinct_id")) if name == "$identify" else ""
    if name == "$create_alias" and other:
        distinct, previous = other, distinct
    elif name == "$merge_dangerously":
        previous = other
    if not distinct or _is_nobody(distinct, event, properties, groups):
        return
    known = properties.get("$is_identified") is not False and distinct != _plain(properties.get("$device_id"))
    columns["user" if known else "anonymous"] = columns["person"] = distinct
    if previous:
        columns["previous"] = previous


def _is_nobody(
    distinct: str, event: Mapping[str, Any], properties: Mapping[str, Any], groups: Mapping[str, str]
) -> bool:
    """Whether an id is a group's ($company_acme), or one that a server made up for want of a person."""
    if any(distinct == f"${kind}_{key}" for kind, key in groups.items()):
        return True
    options = event.get("options")
    personless = properties.get(
        "$process_person_profile", isinstance(options, dict) and options.get("process_person_profile")
    )
    made_up = properties.get("$is_server") is True and _UUID.fullmatch(distinct) is not None
    return made_up and (event.get("event") == "$groupidentify" or personless is False)


def _traits(columns: Columns, event: Mapping[str, Any], properties: Mapping[str, Any]) -> None:
    traits: dict[str, Any] = {}
    for key in ("$set_once", "$set"):
        traits |= object_at(properties, key, f"properties.{key}") | object_at(event, key)
    flatten(columns, "traits.", traits)
    person_of(columns, traits)


def _is_exact(event: Mapping[str, Any], properties: Mapping[str, Any]) -> bool:
    """Whether the sender asks to leave its clock alone."""
    options = event.get("options")
    asked = isinstance(options, dict) and options.get("disable_skew_correction") is True
    return asked or properties.get("$ignore_sent_at") is True


def _age(event: Mapping[str, Any]) -> int | None:
    """Milliseconds since it happened, which the browser's script sends instead of a time."""
    offset = event.get("offset")
    return offset * 1000 if isinstance(offset, int) and not isinstance(offset, bool) and 0 <= offset < 2**40 else None


def _plain(value: Any) -> str:
    return text_of(value) if isinstance(value, (str, int, Written)) and not isinstance(value, bool) else ""
