"""The invented firms: how they live and what is planted in them. Names, customers and figures belong to nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Three = tuple[float, float, float]  # of enterprise, mid-market, small


@dataclass(frozen=True)
class Effect:
    """How much of one kind is planted.

    share  of eligible accounts or occasions, 0..1
    size   how plainly it shows: 0 not at all, 1 plainly, up to 2
    """

    share: float
    size: float = 1.0


@dataclass(frozen=True)
class Firm:
    """How a firm lives; numbers in threes are of enterprise, mid-market and small accounts.

    segments        shares of accounts                     before     share that were customers before the first month
    contacts        fewest and most people at an account   won        share of decided deals that are won
    steps           median days from one step of a deal to the next
    touches         of one account by the firm's people in a year as a customer
    courting        touches by sales before a deal is decided
    mails           from marketing in a year               rhythm     median days between two uses of the product
    tickets         in a year                              escalated  share of tickets that second line gets
    surveyed        share of customers asked for a score   renewing   share of terms that are renewed
    expanding       share of customers with a short rhythm that come to be ready for more
    self_service    customers sign up and start alone      one_owner  one person does everything for an account
    """

    name: str
    accounts: int
    segments: Three
    before: float = 0.27
    contacts: tuple[tuple[int, int], tuple[int, int], tuple[int, int]] = ((6, 20), (4, 10), (3, 5))
    won: float = 0.74
    steps: Three = (22, 13, 7)
    courting: Three = (5, 3, 2)
    touches: Three = (8, 4.5, 2.3)
    mails: Three = (4.6, 4, 3.3)
    rhythm: Three = (11.5, 17.5, 22)
    tickets: Three = (4.2, 2.1, 1.1)
    escalated: float = 0.25
    surveyed: float = 0.55
    renewing: float = 0.9
    expanding: float = 0.7
    self_service: bool = False
    one_owner: bool = False
    effects: Mapping[str, Effect] = field(default_factory=dict)


DEFAULT = "tarnfield"
FIRMS: Mapping[str, Firm] = {
    "tarnfield": Firm(
        name="Tarnfield Systems",
        accounts=200,
        segments=(0.13, 0.45, 0.42),
        effects={
            "duplicate-contact": Effect(0.15, 0.9),
            "repeated-question": Effect(0.15, 0.9),
            "ping-pong": Effect(0.15, 0.9),
            "re-routing": Effect(0.1, 0.9),
            "contradiction": Effect(0.12, 0.9),
            "broken-promise": Effect(0.15, 0.9),
            "late-handoff": Effect(0.22, 0.9),
            "stall": Effect(0.35, 0.9),
            "slow-answer": Effect(0.15, 0.9),
            "small-frictions": Effect(0.1, 0.9),
            "silence": Effect(0.15, 0.9),
            "missed-expansion": Effect(0.4, 0.9),
            "improvement": Effect(1.0, 0.8),
            "mix-shift": Effect(0.5, 0.8),
            "regression-to-mean": Effect(1.0, 0.8),
            "censoring": Effect(0.2, 0.8),
        },
    ),
    "product-led": Firm(
        name="Quillmark",
        accounts=140,
        segments=(0, 0, 1),
        before=0.2,
        contacts=((3, 4), (3, 4), (3, 4)),
        won=0.8,
        steps=(2, 2, 2),
        courting=(0, 0, 0.04),
        touches=(0, 0, 0.05),
        mails=(4, 4, 4),
        rhythm=(5, 5, 5),
        tickets=(0.6, 0.6, 0.6),
        escalated=0,
        surveyed=0.5,
        renewing=0.88,
        expanding=0.0,
        self_service=True,
    ),
    "relationship-led": Firm(
        name="Brackwater Engineering",
        accounts=24,
        segments=(1, 0, 0),
        before=0.75,
        contacts=((3, 5), (3, 5), (3, 5)),
        won=0.85,
        courting=(8, 8, 8),
        touches=(22, 22, 22),
        mails=(2, 2, 2),
        rhythm=(14, 14, 14),
        tickets=(1.2, 1.2, 1.2),
        escalated=0,
        surveyed=0.9,
        renewing=0.98,
        expanding=0.2,
        one_owner=True,
    ),
    "coordinated": Firm(
        name="Halden & Voss",
        accounts=180,
        segments=(0.25, 0.4, 0.35),
        before=0.62,
        touches=(14, 9, 5),
        tickets=(8, 5, 3),
        renewing=0.9,
        expanding=0.9,
        effects={
            "duplicate-contact": Effect(0.45),
            "repeated-question": Effect(0.3),
            "ping-pong": Effect(0.2),
            "re-routing": Effect(0.2),
            "contradiction": Effect(0.35),
            "broken-promise": Effect(0.4),
            "late-handoff": Effect(0.55),
            "stall": Effect(0.35),
            "slow-answer": Effect(0.2),
            "small-frictions": Effect(0.2),
            "silence": Effect(0.25),
            "missed-expansion": Effect(0.5),
        },
    ),
}
