"""Events as others sent them: no nesting, no length and no broken JSON stops whoever looks for texts in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from clew.ingest.wires.values import Written

DEPTH = 100  # objects and lists inside each other; what goes deeper is read as a run of texts

_QUOTED = re.compile(
    r'"((?:[^"\\]|\\.?)*+)', re.DOTALL
)  # one that never ends counts too, so that no text is read twice
_WORD = re.compile(r'[^\s"\\,:;{}\[\]]+')


def tree_of(raw: bytes) -> Any:
    """Return an event as a JSON value, fractions as `Written`; `...` where it is no JSON or nested too deeply."""
    try:
        event = json.loads(raw, parse_float=Written)
    except (ValueError, RecursionError):
        return ...
    return ... if _goes_deeper(event) else event


def texts_of(raw: bytes) -> Iterator[str]:
    """Yield every text in an event as it was sent, numbers too; where it is no tree, whatever may be one."""
    event = tree_of(raw)
    if event is ...:
        yield from _loose(raw.decode("utf-8", "replace"))
        return
    waiting = [event]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif value is not None and not isinstance(value, bool):
            yield str(value)


def _goes_deeper(event: Any) -> bool:
    level = [event]
    for _ in range(DEPTH):
        level = [part for value in level for part in _parts(value)]
        if not level:
            return False
    return True


def _parts(value: Any) -> Iterator[Any]:
    """Yield the objects and lists right inside a value."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (part for part in inner if isinstance(part, (dict, list)))


def _loose(text: str) -> Iterator[str]:
    yield from dict.fromkeys(_WORD.findall(text))
    yield from map(_unquoted, dict.fromkeys(_QUOTED.findall(text)))


def _unquoted(written: str) -> str:
    try:
        return str(json.loads(f'"{written}"', strict=False))
    except ValueError:
        return written
