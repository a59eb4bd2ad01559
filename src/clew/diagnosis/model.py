"""What a diagnosis is made of: facts measured in the log, beliefs stated by leaders, and what nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How a figure is known."""

    MEASURED = "measured"
    STATED = "stated"
    UNKNOWN = "unknown"


class Measure(StrEnum):
    """How the value of a fact is to be read."""

    COUNT = "count"
    SHARE = "share"  # 0..1
    DAYS = "days"
    NUMBER = "number"
    MONEY = "money"


@dataclass(frozen=True)
class Fact:
    """One figure about the firm, measured in its log.

    name      id in kebab-case, as "late-handoffs"; the interview and the scoring name facts by it
    value     None where it could not be measured: `sentence` then says what is missing
    low, high 95 % interval, None where the figure is a plain count of everything
    n         observations it rests on, n_of what they are: "handoffs due"
    sentence  the figure in words with its n and interval, complete and traceable
    see       the command that shows where it comes from, "" where none does
    """

    name: str
    measure: Measure
    value: float | None
    n: int
    n_of: str
    sentence: str
    see: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def standing(self) -> Standing:
        return Standing.UNKNOWN if self.value is None else Standing.MEASURED


@dataclass(frozen=True)
class Finding:
    """Something that a consultant would point at: one claim with its figures, and what follows from it.

    kind      "limit" (what the data cannot say) | "contrast" (who differs from whom) | "loss" (where runs go) |
              "failure" (which of the three)
    claim     one sentence with figures, n and interval
    meaning   one sentence: what follows, what not to conclude
    see       the command that shows the numbers
    weight    0..1, for the order within a kind
    brief     the same in one short sentence for whoever has no time for figures; "" where the claim is short enough
    """

    kind: str
    claim: str
    meaning: str
    see: str
    weight: float = 0.0
    brief: str = ""


@dataclass(frozen=True)
class RankedJourney:
    """One journey with the revenue and the risk it carries.

    revenue   of accounts with an open run, in units of the firm's currency; None where unknown
    at_risk   part of it of accounts with a stall, or with any signal in the last 90 days
    score     what the order rests on: the part of accounts in which the journey itself shows something
    reasons   sentences with figures              unknown  sentences on what nobody can say of it
    owner     as its file names one, "" where it names none
    """

    name: str
    title: str
    open_runs: int
    revenue: float | None
    at_risk: float | None
    score: float
    reasons: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    owner: str = ""
