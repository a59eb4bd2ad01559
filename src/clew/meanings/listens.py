"""The events that meanings name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import get_args

from clew.conditions.happening import event_names
from clew.conditions.model import Condition
from clew.meanings.model import Meanings

_CONDITIONS = get_args(Condition)


def events_of(meanings: Meanings) -> tuple[str, ...]:
    """Every event that some condition of meanings.yaml listens to, each once, in the order of the model."""
    return tuple(dict.fromkeys(event for each in _conditions(meanings) for event in event_names(each)))


def _conditions(value: object) -> Iterator[Condition]:
    if isinstance(value, _CONDITIONS):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _conditions(part)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _conditions(getattr(value, each.name))
