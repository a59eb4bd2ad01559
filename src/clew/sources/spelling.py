"""Names in a receiving source that mean properties, and read as if a column of the flat record were meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clew.errors import nearest_name
from clew.sources.mapped import needed_columns
from clew.sources.model import Source
from clew.sources.receiving import COLUMNS, GROUPS, PROPERTIES, record_column

# How wires themselves call what the flat record calls otherwise.
_AS_SENT: Mapping[str, str] = {
    "userId": "user",
    "anonymousId": "anonymous",
    "previousId": "previous",
    "groupId": "account",
    "messageId": "id",
    "uuid": "id",
    "distinct_id": "person",
    "timestamp": "at",
    "originalTimestamp": "original_at",
    "sentAt": "sent_at",
    "receivedAt": "received_at",
    "contact": "person",
    "time": "at",
}
_GROUPS_AS_SENT = {"attributes": "account", "data": "properties"}
_ALIKE = 0.8  # acount, emial, recieved_at; but not amount (account) or date (data), which are properties everywhere
_GROUP_ALIKE = 0.75  # property.amount, trait.plan


def doubtful_columns(source: Source) -> list[tuple[str, str]]:
    """Return such names of a source, each with the column that may be meant; none where it reads files.

    What stands in `properties` and `personal` is meant as it is written.
    """
    if source.receives is None:
        return []
    named = needed_columns(replace(source, properties=None, personal=()))
    meant = {name: _meant(name) for name in named if record_column(name) == PROPERTIES + name}
    return sorted((name, column) for name, column in meant.items() if column)


def _meant(name: str) -> str:
    if name in _AS_SENT:
        return _AS_SENT[name]
    group, dot, rest = name.partition(".")
    if dot:
        near = _GROUPS_AS_SENT.get(group) or nearest_name(
            group, [each.rstrip(".") for each in GROUPS], alike=_GROUP_ALIKE
        )
        return f"{near}.{rest}" if near else ""
    near = nearest_name(name, COLUMNS, alike=_ALIKE)
    return near if abs(len(near) - len(name)) <= 1 else ""
