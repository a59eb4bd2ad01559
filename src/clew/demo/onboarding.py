"""From signature to the first plan in use, as the onboarding team's tool records it.

Planted: sales hands over late and one handoff in four comes back for what is missing; enterprise customers need weeks
longer to deliver their data, and data are asked for again; since spring 2026 engineering is short of hands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from clew.demo.deals import Deal
from clew.demo.moments import Row, about, after, known, later, office_time, stream

_GUIDES = ("Aino Maasbergen", "Emil Quast", "Tilda Jonker")
_ENGINEERS = ("Ivo Barlund", "Vera Dornbach")
_DATA_DAYS = {"enterprise": 41.0, "mid-market": 11.0, "small": 9.0}
_SHORT_OF_HANDS = date(2026, 3, 15)
_GIVES_UP = {"enterprise": 0.05, "mid-market": 0.08, "small": 0.14}


@dataclass(frozen=True)
class Step:
    """One recorded step of an onboarding."""

    at: datetime
    event: str
    team: str
    by: str
    channel: str
    note: str = ""


@dataclass(frozen=True)
class Onboarding:
    """All steps of one customer, also those beyond the day of the export; `live` is None where it was given up."""

    deal: Deal
    steps: tuple[Step, ...]
    live: datetime | None


def make_onboardings(deals: Sequence[Deal], seed: int) -> list[Onboarding]:
    return [_onboarding(deal, stream(seed, "onboarding", deal.id)) for deal in deals if deal.is_won]


def onboarding_rows(onboardings: Sequence[Onboarding]) -> list[Row]:
    steps = sorted(
        ((step, o.deal.account) for o in onboardings for step in o.steps if known(step.at)),
        key=lambda pair: (pair[0].at, pair[1].id),
    )
    return [
        {
            "event_id": f"O-{number:05d}",
            "account_id": account.id,
            "happened_at": known(step.at),
            "event": step.event,
            "team": step.team,
            "by": step.by,
            "channel": step.channel,
            "contact_id": account.contacts[0].id if step.channel else "",
            "note": step.note,
        }
        for number, (step, account) in enumerate(steps, start=1)
    ]


def _onboarding(deal: Deal, rng: Random) -> Onboarding:
    steps: list[Step] = []
    guide, engineer = rng.choice(_GUIDES), rng.choice(_ENGINEERS)
    assert deal.won is not None
    signed = office_time(rng, deal.won)
    at = signed
    for step in _handoff(rng, at, deal.seller, guide):
        steps.append(step)
        at = step.at
    at = after(rng, at, about(rng, 6))
    steps.append(Step(at, "kickoff held", "onboarding", guide, "meeting"))
    if rng.random() < _GIVES_UP[deal.account.segment]:
        return Onboarding(deal, tuple(steps), None)
    for step in _data(rng, at, deal.account.segment, guide):
        steps.append(step)
        at = step.at
    for step in _set_up(rng, at, guide, engineer):
        steps.append(step)
        at = step.at
    live = next(step.at for step in steps if step.event == "went live")
    return Onboarding(deal, tuple(steps), live)


def _handoff(rng: Random, signed: datetime, seller: str, guide: str) -> Iterator[Step]:
    at = later(signed, about(rng, 9, 0.8))
    yield Step(at, "handoff sent", "sales", seller, "")
    missing = ("success outcome", "stakeholders", "promises")
    while rng.random() < 0.25:
        at = later(at, about(rng, 16))
        yield Step(at, "handoff returned", "onboarding", guide, "", f"missing: {rng.choice(missing)}")
        at = later(at, about(rng, 24))
        yield Step(at, "handoff sent", "sales", seller, "")
    yield Step(later(at, about(rng, 19, 0.7)), "handoff accepted", "onboarding", guide, "")


def _data(rng: Random, kickoff: datetime, segment: str, guide: str) -> Iterator[Step]:
    at = after(rng, kickoff, about(rng, _DATA_DAYS[segment]))
    yield Step(at, "data received", "onboarding", guide, "portal")
    while rng.random() < 0.22:
        at = later(at, about(rng, 14))
        yield Step(at, "data requested again", "onboarding", guide, "email", "machine list incomplete")
        at = after(rng, at, about(rng, _DATA_DAYS[segment] / 3))
        yield Step(at, "data received", "onboarding", guide, "portal")


def _set_up(rng: Random, received: datetime, guide: str, engineer: str) -> Iterator[Step]:
    at = later(received, about(rng, 8))
    yield Step(at, "set-up started", "engineering", engineer, "")
    at = later(at, about(rng, 42) * (3 if at.date() > _SHORT_OF_HANDS else 1))
    yield Step(at, "set-up finished", "engineering", engineer, "")
    if rng.random() < 0.85:
        at = after(rng, at, about(rng, 7))
        yield Step(at, "training held", "onboarding", guide, "meeting")
    at = after(rng, at, about(rng, 5))
    yield Step(at, "went live", "onboarding", guide, "call")
    yield Step(after(rng, at, about(rng, 12)), "first plan in use", "onboarding", "", "portal")
