"""Which event an act has to be, so that a condition of the firm's takes it for what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clew.conditions.happening import leaves
from clew.conditions.model import Condition, Count, Event, Operator, Test


@dataclass(frozen=True)
class Named:
    """A name, and properties that go with it."""

    event: str
    properties: Mapping[str, str] = field(default_factory=dict)


def named_by(condition: Condition | None, default: str, said: Mapping[str, str] | None = None) -> Named:
    """Return the first event of a condition that an act can be, else the default.

    said  properties that the act bears; a test that they do not pass is passed by one more, where one value does it
    """
    for leaf in leaves(condition) if condition is not None else ():
        event = leaf.event if isinstance(leaf, Count) else leaf
        if isinstance(event, Event):
            more = _passing(event.where, said or {})
            if more is not None:
                return Named(event.names[0], more)
    return Named(default)


def _passing(tests: Mapping[str, Test], said: Mapping[str, str]) -> dict[str, str] | None:
    """Return the properties with which all tests pass, None where that cannot be said."""
    found: dict[str, str] = {}
    for name, test in tests.items():
        for operator, wanted in test.operators:
            if operator is Operator.KNOWN and wanted is True and name in said:
                continue
            if operator is Operator.IS:
                found[name] = str(wanted)
            elif operator is Operator.IN and isinstance(wanted, tuple) and wanted:
                allowed = [str(one) for one in wanted]
                found[name] = said[name] if said.get(name) in allowed else allowed[0]
            else:
                return None
    return found
