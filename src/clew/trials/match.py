"""Signals held against what was planted: which plants were found, which signals were right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clew.clock import DAY_US

SLACK_US = DAY_US  # on both sides of a plant's window


@dataclass(frozen=True, order=True)
class Planted:
    """One planted fault.

    kind      name of the detector that should see it
    at, until instants between which a right signal falls
    """

    kind: str
    account: str
    at: int
    until: int


@dataclass(frozen=True, order=True)
class Noticed:
    """One signal of a detector."""

    kind: str
    account: str
    at: int


@dataclass(frozen=True)
class Tally:
    """What one detector did, over any number of firms.

    planted, found   faults there were to find, and those that a signal found
    signals, right   signals raised, and those that lie in the window of a fault
    occasions        on which a signal could have been raised
    accounts, hit    accounts with an occasion, and those with a signal
    """

    planted: int = 0
    found: int = 0
    signals: int = 0
    right: int = 0
    occasions: int = 0
    accounts: int = 0
    hit: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.planted + other.planted,
            self.found + other.found,
            self.signals + other.signals,
            self.right + other.right,
            self.occasions + other.occasions,
            self.accounts + other.accounts,
            self.hit + other.hit,
        )

    @property
    def recall(self) -> float | None:
        return self.found / self.planted if self.planted else None

    @property
    def precision(self) -> float | None:
        return self.right / self.signals if self.signals else None


def tally(planted: Iterable[Planted], noticed: Sequence[Noticed]) -> Tally:
    """Match the signals of one detector with its plants; occasions and accounts are counted elsewhere.

    A signal is right if it lies in the window of any plant of its account, a plant found if any signal does so.
    """
    windows: dict[str, list[Planted]] = {}
    for plant in planted:
        windows.setdefault(plant.account, []).append(plant)
    found: set[Planted] = set()
    right = 0
    for signal in noticed:
        hit = [plant for plant in windows.get(signal.account, ()) if covers(plant, signal.at)]
        found.update(hit)
        right += bool(hit)
    return Tally(sum(map(len, windows.values())), len(found), len(noticed), right)


def covers(plant: Planted, at: int) -> bool:
    """Whether a signal of this instant finds the plant."""
    return plant.at - SLACK_US <= at <= plant.until + SLACK_US
