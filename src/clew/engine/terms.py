"""The words of conditions looked up in a view's dictionaries: once for a fold, then gathered by code everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import LogView
from clew.clock import NEVER, to_micros
from clew.conditions.model import Condition, Test
from clew.engine.value_tests import pass_table
from clew.errors import UnknownName
from clew.zones import day_start, to_utc

if TYPE_CHECKING:
    from clew.firm.model import Firm

Made = TypeVar("Made")

NO_INSTANT = NEVER  # a date attribute's text that is no date
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local readings are counted from the local epoch


class Terms:
    """Tables by code, each with one place more at the end, which NO_CODE picks."""

    def __init__(self, view: LogView, firm: Firm) -> None:
        self.view, self.firm = view, firm
        self._made: dict[object, object] = {}

    def named(self, names: tuple[str, ...]) -> NDArray[np.bool_]:
        """Which event codes bear one of these names."""
        return self._once(("event", names), lambda: self._named(names))

    def passing(self, dictionary: str, test: Test) -> NDArray[np.bool_]:
        """Which codes of a dictionary have a text that passes the test."""
        return self._once((dictionary, repr(test)), lambda: pass_table(self.view.names[dictionary], test))

    def instants(self, attribute: str) -> NDArray[np.int64]:
        """The instant each text of a date attribute names, in the firm's zone; NO_INSTANT where it is no date."""
        texts = self.view.names[f"attribute:{attribute}"].texts
        return self._once(("instants", attribute), lambda: _instants(texts(), self.firm.time_zone))

    def amounts(self, attribute: str) -> NDArray[np.int64]:
        """The amount each text of an attribute names, in millionths; NO_VALUE where it is no number."""
        from clew.engine.amounts import amounts

        texts = self.view.names[f"attribute:{attribute}"].texts
        return self._once(("amounts", attribute), lambda: amounts(texts()))

    def is_thing(self) -> NDArray[np.bool_]:
        """Which entity codes are things of accounts (a ticket, a contract) rather than accounts."""
        return self._once("things", self._things)

    def segment(self, name: str) -> Condition:
        """The firm's definition of a segment. Raises UnknownName."""
        if name not in self.firm.segments:
            raise UnknownName("segment", name, self.firm.segments)
        return self.firm.segments[name]

    def _once(self, key: object, make: Callable[[], Made]) -> Made:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]  # type: ignore[return-value]

    def _named(self, names: tuple[str, ...]) -> NDArray[np.bool_]:
        dictionary = self.view.names["event"]
        table = np.zeros(len(dictionary) + 1, np.bool_)
        codes = [dictionary.code(name) for name in names]
        table[[code for code in codes if code >= 0]] = True
        return table

    def _things(self) -> NDArray[np.bool_]:
        table = np.zeros(len(self.view.names["entity"]) + 1, np.bool_)
        for kind in self.view.subject_kinds:
            table[self.view.threads_of(kind)[0]] = True
        return table


def _instants(texts: object, zone: str) -> NDArray[np.int64]:
    readings = [_reading(text) for text in texts]  # type: ignore[attr-defined]
    days = np.array([micros // 86_400_000_000 for micros, _ in readings], np.int64)
    local = np.array([micros for micros, _ in readings], np.int64)
    kinds = np.array([kind for _, kind in readings], "U5")
    choices = [day_start(days, zone), to_utc(local, zone)[0], local] if len(local) else [local, local, local]
    return np.append(np.select([kinds == "day", kinds == "local", kinds == "utc"], choices, NO_INSTANT), NO_INSTANT)


def _reading(text: str) -> tuple[int, str]:
    """Return (microseconds, how they are to be read): a local day, a local time, UTC, or no date at all."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return 0, "none"
    if moment.tzinfo is not None:
        return to_micros(moment), "utc"
    micros = (moment - _EPOCH) // (moment.resolution)
    return micros, "day" if len(text.strip()) <= len("2026-01-31") else "local"
