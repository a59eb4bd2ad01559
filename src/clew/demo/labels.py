"""What is true of the firm and in no export: every planted fault and change, with the window to see it in."""

from __future__ import annotations

import numpy as np

from clew.demo.dice import Ints
from clew.demo.hours import in_zone
from clew.demo.plan import KINDS
from clew.demo.tables import Table, joined


class Labels:
    """Gathers the labels of one chunk; details are short texts, kept as places in one list."""

    def __init__(self) -> None:
        self._rows: list[Table] = []

    def add(self, kind: str, account: Ints, at: Ints, until: Ints, detail: str) -> None:
        """Note plants of one kind; times in seconds on Berlin's clock."""
        if len(account):
            self._rows.append(
                {
                    "kind": np.full(len(account), KINDS.index(kind)),
                    "account": account,
                    "at": in_zone(at, "UTC"),
                    "until": in_zone(until, "UTC"),
                    "detail": np.full(len(account), DETAILS.index(detail)),
                }
            )

    def table(self) -> Table:
        """Return all of them in the order of account, kind and time."""
        if not self._rows:
            return {name: np.zeros(0, np.int64) for name in ("kind", "account", "at", "until", "detail")}
        table = joined(self._rows)
        order = np.lexsort((table["detail"], table["at"], table["kind"], table["account"]))
        return {name: column[order] for name, column in table.items()}


DETAILS: tuple[str, ...] = (
    "two teams wrote to one person about one topic",
    "asked again what was answered",
    "asked again in other words",
    "back and forth between two teams",
    "back and forth, the second team not recorded",
    "passed from team to team",
    "two teams said different things",
    "kept late",
    "never kept",
    "sales to onboarding",
    "onboarding to engineering",
    "first line to second line",
    "onboarding/preparing",
    "onboarding/data",
    "onboarding/set-up",
    "onboarding/trained",
    "onboarding/live",
    "escalation/answered",
    "escalation/second-line",
    "renewal/reviewed",
    "renewal/offered",
    "answered late",
    "part of small frictions",
    "small frictions without a word",
    "came back",
    "left without a word",
    "outreach late",
    "no outreach",
    "onboarding/set-up: truly faster from this date on",
    "onboarding/data: more small customers from this date on, each segment as slow as before",
    "escalation/answered: slow by chance before this date, as always since",
    "onboarding: many deals won since this date, only the fast ones have finished",
)
