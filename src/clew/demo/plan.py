"""What firm is written and what is planted in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from clew.demo.firms import DEFAULT, FIRMS, Effect, Firm
from clew.errors import BadRequest, UnknownName

__all__ = ["CHANGES", "FAULTS", "KINDS", "Effect", "Plan"]

FAULTS = (
    "duplicate-contact",
    "repeated-question",
    "ping-pong",
    "re-routing",
    "contradiction",
    "broken-promise",
    "late-handoff",
    "stall",
    "slow-answer",
    "small-frictions",
    "silence",
    "missed-expansion",
)
CHANGES = ("improvement", "mix-shift", "regression-to-mean", "censoring")
KINDS = FAULTS + CHANGES
FEWEST, MOST = 20, 2_000_000
SHORTEST, LONGEST = 12, 36
NOTHING = Effect(0.0, 0.0)


@dataclass(frozen=True)
class Plan:
    """Everything that a firm depends on: the same plan gives the same bytes.

    firm      one of firms.FIRMS
    accounts  how many accounts it knows; None: as many as the firm has
    seed      another number, another firm
    months    length of the exports, which end on 2026-09-30
    effects   what is planted, by kind; what is not named is not planted; None: what the firm has
    """

    firm: str = DEFAULT
    accounts: int | None = None
    seed: int = 7
    months: int = 30
    effects: Mapping[str, Effect] | None = field(default=None)

    def __post_init__(self) -> None:
        if self.firm not in FIRMS:
            raise UnknownName("firm", self.firm, FIRMS)
        if self.accounts is not None and not FEWEST <= self.accounts <= MOST:
            raise BadRequest(f"{self.accounts} accounts cannot be written; allowed: {FEWEST} to {MOST:,}")
        if not SHORTEST <= self.months <= LONGEST:
            raise BadRequest(f"{self.months} months cannot be written; allowed: {SHORTEST} to {LONGEST}")
        for kind, effect in self.planted.items():
            _check(kind, effect)

    @property
    def described(self) -> Firm:
        return FIRMS[self.firm]

    @property
    def size(self) -> int:
        """How many accounts are written."""
        return self.described.accounts if self.accounts is None else self.accounts

    @property
    def planted(self) -> Mapping[str, Effect]:
        return self.described.effects if self.effects is None else self.effects

    def effect(self, kind: str) -> Effect:
        """Return what is planted of a kind; share 0 where nothing."""
        effect = self.planted.get(kind, NOTHING)
        return effect if effect.size > 0 else NOTHING

    def parameters(self) -> dict[str, object]:
        """Return every parameter, as truth/plan.json has them."""
        return {
            "firm": self.firm,
            "name": self.described.name,
            "accounts": self.size,
            "seed": self.seed,
            "months": self.months,
            "effects": {kind: asdict(self.effect(kind)) for kind in KINDS},
        }


def _check(kind: str, effect: Effect) -> None:
    if kind not in KINDS:
        raise UnknownName("kind of effect", kind, KINDS)
    if not 0 <= effect.share <= 1:
        raise BadRequest(f"{kind}: a share of {effect.share} cannot be planted; allowed: 0 to 1")
    if not 0 <= effect.size <= 2:
        raise BadRequest(f"{kind}: a size of {effect.size} cannot be planted; allowed: 0 (not at all) to 2")
