"""Hold the search for duplicates against invented firms whose truth is known, beside two plain ways of searching.

python bench/duplicates.py [--accounts 2000 20000] [--seed 7]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

from clew.duplicates.linking import probable_pairs
from clew.duplicates.model import LIKELY, Firm
from clew.duplicates.naming import words_of
from clew.trials.firms_alike import Found, Town, invented, pair_of

# -- plain ways of searching, to compare with ------------------------------------------------------------------------


def same_name_or_domain(firms: Sequence[Firm]) -> Found:
    """Take for one who has the same name without its legal form, or the same domain."""
    groups: dict[str, list[str]] = {}
    for firm in firms:
        for key in (" ".join(words_of(firm.name)), *firm.domains):
            groups.setdefault(key, []).append(firm.thread)
    return {pair_of(*two) for group in groups.values() for two in combinations(sorted(set(group)), 2)}


def names_alike(firms: Sequence[Firm], *, least: float = 0.9) -> Found:
    """Take for one whose names, beginning alike, are alike letter by letter."""
    blocks: dict[str, list[tuple[str, str]]] = {}
    for firm in firms:
        plain = " ".join(words_of(firm.name))
        blocks.setdefault(plain[:4], []).append((firm.thread, plain))
    return {
        pair_of(one[0], other[0])
        for block in blocks.values()
        for one, other in combinations(block, 2)
        if SequenceMatcher(None, one[1], other[1]).ratio() >= least
    }


def by_splink(firms: Sequence[Firm]) -> Found:
    """Take for one what the product names as probably one."""
    return {(pair.left, pair.right) for pair in probable_pairs(firms)}


@dataclass(frozen=True)
class Measured:
    """How well a way of searching did. precision, recall: 0..1"""

    way: str
    found: int
    right: int
    true: int
    seconds: float

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 0.0


WAYS: dict[str, Callable[[Sequence[Firm]], Found]] = {
    "Clew (Splink)": by_splink,
    "same name or domain": same_name_or_domain,
    "names alike by letters": names_alike,
}


def measured(town: Town) -> Iterator[Measured]:
    """Search in every way."""
    for way, search in WAYS.items():
        begun = time.perf_counter()
        found = search(town.firms)
        took = time.perf_counter() - begun
        yield Measured(way, len(found), len(found & town.truth), len(town.truth), took)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--accounts", type=int, nargs="+", default=[300, 2_000, 20_000])
    asked.add_argument("--seed", type=int, default=7)
    told = asked.parse_args()
    for accounts in told.accounts:
        town = invented(accounts, told.seed)
        print(f"{len(town.firms):,} accounts, {len(town.truth):,} pairs of one firm, chance from {LIKELY:.0%} on")
        for one in measured(town):
            shares = f"precision {one.precision:6.1%} (n {one.found:,})  recall {one.recall:6.1%} (n {one.true:,})"
            print(f"  {one.way:<24} {shares}  {one.seconds:6.1f} s")


if __name__ == "__main__":
    main()
