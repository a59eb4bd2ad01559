"""Clew's own form: {"events": [...]}, a list, or one event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from clew.errors import nearest_name
from clew.ingest.wires.bodies import batched, listed
from clew.ingest.wires.envelope import Envelope, Told
from clew.ingest.wires.fault import Unusable
from clew.ingest.wires.model import Why
from clew.ingest.wires.values import Columns, Written, flatten, object_at, text_at, text_of, wrong_field
from clew.sources.receiving import WORDS

TEXTS = ("event", "account", "team", "channel", "by", "previous")
IDS = ("subjects", "links")
FREE = {"properties": "properties.", "personal": "personal.", "attributes": "account."}
KEYS = (*TEXTS, *IDS, *FREE, "id", "at", "sent_at", "contact", "value")
SAID = ("same", "apart")
CONTACT = ("id", "email", "name", "role")


class Clew:
    """Strict where the others are lenient: an unknown key is a mistake, said at once."""

    keys: tuple[str, ...] = KEYS

    def open(self, kind: str, headers: Mapping[str, str], body: bytes) -> Envelope:
        del kind, headers
        return listed(body) if body.lstrip()[:1] == b"[" else batched(body, "events", sent="sent_at")

    def read(self, event: Mapping[str, Any], envelope: Envelope) -> Told:
        del envelope
        for key in event:
            if key not in self.keys:
                raise _unknown(key, self.keys, "")
        columns: Columns = {"type": "track" if text_at(event, "event") else "about"}
        columns.update({name: text for name in TEXTS if (text := text_at(event, name))})
        _contact(columns, event)
        if "account" in columns and "person" in columns and columns["type"] == "about":
            columns["group"] = columns["account"]
        _value(columns, event)
        for name in IDS:
            for kind in (ids := object_at(event, name)):
                if text := text_at(ids, kind):
                    columns[f"{name}.{kind}"] = text
        for name, prefix in FREE.items():
            flatten(columns, prefix, object_at(event, name))
        self._more(columns, event)
        if len(columns) == 1:
            raise Unusable(Why.NO_ID, "", f"this tells of nothing; allowed: {', '.join(sorted(KEYS))}")
        return Told(columns, id=text_at(event, "id"), at=event.get("at"), place="at", sent=event.get("sent_at"))

    def _more(self, columns: Columns, event: Mapping[str, Any]) -> None:
        """Read what only some may say."""


class Acts(Clew):
    """What people do in Clew: they may also say which entities are one account, and which are not."""

    keys = (*KEYS, *SAID)

    def _more(self, columns: Columns, event: Mapping[str, Any]) -> None:
        for name in SAID:
            if pairs := event.get(name):
                columns[WORDS + name] = msgspec.json.encode(_pairs(name, pairs)).decode()


def _pairs(name: str, value: Any) -> list[list[str]]:
    if isinstance(value, list) and all(isinstance(one, list) and list(map(type, one)) == [str, str] for one in value):
        return value
    raise wrong_field(name, value, "a list of pairs of entities")


def _contact(columns: Columns, event: Mapping[str, Any]) -> None:
    """The person: an id, or an object with it."""
    if not isinstance(event.get("contact"), dict):
        found = {"id": text_at(event, "contact")}
    else:
        contact = object_at(event, "contact")
        for key in contact:
            if key not in CONTACT:
                raise _unknown(key, CONTACT, "contact.")
        found = {key: text_at(contact, key) for key in CONTACT}
        found["id"] = found["id"] or found["email"]
    person = found.pop("id")
    if person:
        columns["user"] = columns["person"] = person
    columns.update({key: text for key, text in found.items() if text})


def _value(columns: Columns, event: Mapping[str, Any]) -> None:
    value = event.get("value")
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, Written)):
        raise wrong_field("value", value, "a number")
    columns["value"] = text_of(value)


def _unknown(key: str, allowed: tuple[str, ...], place: str) -> Unusable:
    near = nearest_name(key, allowed)
    meant = f"; did you mean '{near}'?" if near else ""
    return Unusable(Why.FIELD, place + key[:50], f"there is no such key{meant} Allowed: {', '.join(sorted(allowed))}")
