"""CloudEvents over HTTP: structured, batched, binary.

An account and a person are extension attributes, `account` and `contact`, or stand in the data under these names.

Source  CloudEvents 1.0.2, HTTP Protocol Binding and JSON Event Format
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import msgspec

from clew.ingest.wires.bodies import listed, one
from clew.ingest.wires.envelope import Envelope, Told
from clew.ingest.wires.fault import Unusable
from clew.ingest.wires.model import EVENT, Why
from clew.ingest.wires.segment import person_of, value_of
from clew.ingest.wires.values import Columns, Written, encodable, flatten, read_json, text_at, text_of, wrong_field

NEEDED = ("specversion", "id", "source", "type")
_OWN = frozenset({*NEEDED, "time", "subject", "datacontenttype", "dataschema", "data", "data_base64"})
_HEADER, _MARKS = "ce-", frozenset({"ce-id", "ce-type", "ce-source", "ce-specversion"})
_JSON = re.compile(r"(application|text)/([\w.-]+\+)?json", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)")
_TEXT_LENGTH = 10_000


class CloudEvents:
    """The three content modes of HTTP."""

    def open(self, kind: str, headers: Mapping[str, str], body: bytes) -> Envelope:
        if kind == "binary" or (is_binary(headers) and kind == EVENT):
            return Envelope("binary", [body], shared=_attributes(headers))
        return listed(body) if body.lstrip()[:1] == b"[" else Envelope("", one(body))

    def read(self, event: Mapping[str, Any], envelope: Envelope) -> Told:
        del envelope
        for name in NEEDED:
            if not isinstance(event.get(name), str) or not event[name]:
                raise wrong_field(name, event.get(name), "a text that is not empty")
        if not event["specversion"].startswith("1."):
            raise Unusable(Why.FIELD, "specversion", "this version is not known; allowed: 1.0")
        columns: Columns = {"type": "track", "event": event["type"], "source": event["source"]}
        if subject := text_at(event, "subject"):
            columns["subject"] = subject
        extensions = {name: value for name, value in event.items() if name not in _OWN}
        flatten(columns, "extensions.", extensions)
        data = _data(event)
        _carried(columns, data)
        _whose(columns, extensions, data if isinstance(data, dict) else {})
        return Told(columns, id=f"{event['source']} {event['id']}", at=event.get("time"), place="time")


def is_binary(headers: Mapping[str, str]) -> bool:
    """Say whether headers hold the attributes of an event. Their names are in lower case."""
    return headers.keys() >= _MARKS


def _attributes(headers: Mapping[str, str]) -> dict[str, Any]:
    named = {key.lower(): text for key, text in headers.items()}
    found: dict[str, Any] = {key[len(_HEADER) :]: _unquoted(text) for key, text in named.items() if key[:3] == _HEADER}
    return found | {"datacontenttype": named.get("content-type", "")}


def _unquoted(text: str) -> str:
    """Read a header's value: in quotes or not, then percent-encoded UTF-8."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = _ESCAPED.sub(r"\1", text[1:-1])
    return unquote(text, errors="replace")


def binary_event(body: bytes, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a binary event as the structured one that it is."""
    event = dict(attributes)
    if not body:
        return event
    data = read_json(body) if _may_be_json(event.get("datacontenttype")) else None
    if data is not None:
        return event | {"data": data}
    return event | {"data_base64": base64.b64encode(body).decode()}


def structured(event: Mapping[str, Any]) -> bytes:
    """Return an event in the JSON format."""
    return msgspec.json.encode(encodable(event))


def _may_be_json(media: Any) -> bool:
    """Whether data is JSON, or nothing says that it is not."""
    return not media or (isinstance(media, str) and _JSON.match(media.strip()) is not None)


def _data(event: Mapping[str, Any]) -> Any:
    """What the event carries: of JSON its value, of text the text, of other bytes nothing."""
    encoded, media = event.get("data_base64"), event.get("datacontenttype")
    if encoded is None:
        return event.get("data")
    decoded = _from_base64(encoded)
    if _may_be_json(media):
        data = read_json(decoded)
        if data is None and media and decoded.strip() != b"null":
            raise Unusable(Why.NO_OBJECT, "data", "the data is no JSON, though its content type says so")
        if data is not None or media:
            return data
    try:
        return decoded.decode()
    except UnicodeDecodeError:
        return None


def _from_base64(encoded: Any) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError, TypeError) as fault:
        raise Unusable(Why.FIELD, "data_base64", "this is no base64") from fault


def _carried(columns: Columns, data: Any) -> None:
    if isinstance(data, dict):
        flatten(columns, "properties.", data)
        value_of(columns, data)
    elif data is not None and (text := text_of(data)):
        columns["data"] = text[:_TEXT_LENGTH]


def _whose(columns: Columns, extensions: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    account = _id(extensions, "account") or _id(data, "account")
    contact = _id(extensions, "contact") or _id(data, "contact")
    if account:
        columns["account"] = account
    if contact:
        columns["user"] = columns["person"] = contact
    if isinstance(data.get("contact"), dict):
        person_of(columns, data["contact"])


def _id(values: Mapping[str, Any], name: str) -> str:
    """account, account.id, accountid, account_id or accountId."""
    value = values.get(name)
    if isinstance(value, dict):
        value = value.get("id")
    for spelling in (f"{name}id", f"{name}_id", f"{name}Id"):
        value = values.get(spelling) if value is None else value
    return text_of(value) if isinstance(value, (str, int, Written)) and not isinstance(value, bool) else ""
