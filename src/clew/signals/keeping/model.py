"""What a kept signal says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clew.clock import DAY_US

KEPT_US = 365 * DAY_US  # older ones are let go of: what matters after a year is told by figures, not by signals
SIGNALS = "signals"  # cursor: how often kept signals have changed; live pages watch it

Key = tuple[str, str, int]  # kind, thread, instant


@dataclass(frozen=True)
class Trace:
    """An event that a signal rests on: its name and where it was recorded."""

    event: str
    at: int
    source: str


@dataclass(frozen=True)
class Noticed:
    """All that one detector noticed of one account at one instant.

    kind     name of the detector       subject  thread of the account
    says     a sentence, without a person's name, address or number
    count    signals that fall together here: of several tickets, for example
    about    things of the account that they are about, as "ticket:T-12"
    measure  how much, in `unit` of the detector, of the largest; None where it has none
    """

    kind: str
    subject: str
    at: int
    says: str
    count: int = 1
    about: Sequence[str] = ()
    measure: float | None = None
    unit: str = ""
    traces: Sequence[Trace] = ()

    @property
    def key(self) -> Key:
        return self.kind, self.subject, self.at

    @property
    def evidence(self) -> Mapping[str, object]:
        """What it rests on, as JSON; ids and counts alone."""
        return {
            "count": self.count,
            "about": list(self.about),
            "measure": self.measure,
            "unit": self.unit,
            "events": [{"event": one.event, "at": one.at, "source": one.source} for one in self.traces],
        }


@dataclass(frozen=True)
class Changed:
    """What keeping changed: signals that are new, told anew, gone, back again, and too old to be kept."""

    new: int = 0
    told: int = 0
    gone: int = 0
    back: int = 0
    old: int = 0

    @property
    def any(self) -> bool:
        return bool(self.new or self.told or self.gone or self.back or self.old)
