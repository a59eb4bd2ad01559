"""Meanings that no event of the log ever fulfils: a wrong name in meanings.yaml, or something that never happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import get_args

from clew.archive.model import NO_CODE
from clew.conditions.happening import event_names
from clew.conditions.model import Condition
from clew.errors import nearest_name
from clew.meanings.listens import events_of
from clew.questions.words import listed
from clew.signals.sight import Sight

_CONDITIONS = get_args(Condition)


def unheard(sight: Sight, *keys: str) -> str:
    """Say which events of some keys of meanings.yaml are not in the log; "" where each key has one that is."""
    lacking = {key: names for key, names in never_heard(sight) if key in keys}
    told = [f"no event {_quoted(names)} ('{key}' in meanings.yaml) is in the log" for key, names in lacking.items()]
    return f"{'; '.join(told)}: it never happened, or has another name." if told else ""


def never_heard(sight: Sight) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Keys of meanings.yaml, as 'lost' or 'promises: made', of whose events none is in the log, with these events."""
    known = sight.view.names["event"]
    for key, condition in _conditions(sight.meanings):
        names = event_names(condition)
        if names and all(known.code(name) == NO_CODE for name in names):
            yield key, names


def nearest_in_log(sight: Sight, names: tuple[str, ...]) -> str:
    """The event of the log whose name is most like one of some names and that no meaning takes; "" where none is."""
    taken = set(events_of(sight.meanings))
    known = [name for name in sight.view.names["event"].texts() if name not in taken]
    return next((near for near in (nearest_name(name, known) for name in names) if near), "")


def _quoted(names: tuple[str, ...]) -> str:
    return listed([f"'{name}'" for name in names])


def _conditions(value: object, key: str = "") -> Iterator[tuple[str, Condition]]:
    if isinstance(value, _CONDITIONS):
        yield key, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _conditions(part, f"{key}: {name}" if key else str(name))
    elif is_dataclass(value):
        for each in fields(value):
            part = getattr(value, each.name)
            yield from _conditions(part, f"{key}: {each.name}" if key else each.name)
