"""The report for programs: every number with n and interval, keys that stay. Times ISO 8601 UTC, spans seconds."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from enum import Enum

from clew.clock import US
from clew.questions.words import iso
from clew.reports.diagnosed import Diagnosed
from clew.reports.model import SCHEMA, Picture, ReportData

_TIMES = frozenset({"as_of", "first", "last", "since"})


def render_json(report: ReportData) -> str:
    """Return the report as JSON text; the diagnosis in it is what `clew diagnose --json` prints."""
    return json.dumps({"schema": SCHEMA, **as_dict(report)}, ensure_ascii=False, indent=2)


def as_dict(value: object) -> dict[str, object]:
    """Return a frozen value with its fields by name, all the way down."""
    names = [field.name for field in fields(value)]  # type: ignore[arg-type]
    shown = {name: _plain(getattr(value, name), name) for name in names}
    if isinstance(value, Picture):
        shown["flows"] = _named_flows(value)
    return shown


def _plain(value: object, name: str) -> object:
    if isinstance(value, Diagnosed):
        return dict(value.told)
    if is_dataclass(value):
        return as_dict(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): _plain(part, "") for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part, "") for part in value]
    if name in _TIMES and isinstance(value, int):
        return iso(value / US)
    return value


def _named_flows(picture: Picture) -> list[dict[str, object]]:
    """Flows name their stages, so that a reader need not count places."""
    names = [stage.name for stage in picture.stages]
    return [
        {
            "from": None if flow.source is None else names[flow.source],
            "to": None if flow.target is None else names[flow.target],
            "end": flow.end or None,
            "visits": flow.visits,
        }
        for flow in picture.flows
    ]
