"""What the data shows: every fact that the diagnosis weighs, findings beside them, and the journeys at stake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clew.diagnosis.comparing.contrasts import Scan, scan
from clew.diagnosis.comparing.courses import courses_of
from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.growth import growth_facts
from clew.diagnosis.facts.handoffs import handoff_facts
from clew.diagnosis.facts.identity import unlinked_accounts
from clew.diagnosis.facts.journeys_at_stake import Stake, rank_journeys, stakes_of
from clew.diagnosis.facts.listening import listening_facts, rejected_rows
from clew.diagnosis.facts.losses import Lost, loss_facts, losses_of
from clew.diagnosis.facts.segments import segments_differ
from clew.diagnosis.facts.shape import shape_facts
from clew.diagnosis.facts.signals import lately, signal_facts
from clew.diagnosis.findings.ranked import findings_of
from clew.diagnosis.model import Fact, Finding, RankedJourney
from clew.questions.ground import Rejected
from clew.signals.sight import Sight

if TYPE_CHECKING:
    from clew.questions.library import OpenWorkspace

FACTS = (
    "customers", "contacts-per-account", "touches-per-account-year", "channels", "systems", "teams-per-account",
    "segments-differ", "path-variety", "handoffs-per-run", "late-handoffs", "returned-handoffs", "named-owner-share",
    "existing-business-share", "revenue-in-top-20", "renewal-rate", "stalled-revenue", "quiet-losses", "warning-days",
    "silent-accounts", "slow-answers", "survey-coverage", "self-service-share", "sales-free-share", "disputed-invoices",
    "rejected-rows", "unlinked-accounts", "duplicate-contact", "repeated-question", "ping-pong", "re-routing",
    "contradiction", "broken-promise", "small-frictions", "missed-expansion",
)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """What the data shows: facts by name, all of FACTS; findings by kind and weight; journeys, most at stake first."""

    facts: Mapping[str, Fact]
    findings: Sequence[Finding]
    journeys: Sequence[RankedJourney]


def measure(workspace: OpenWorkspace, sight: Sight) -> Measured:
    """Measure a workspace as a sight shows it."""
    return measured(sight, workspace.rejected())


def measured(sight: Sight, rejected: Sequence[Rejected] = ()) -> Measured:
    """Measure what a sight shows.

    rejected  rows that could not be used, per source
    """
    base, courses = Base(sight, rejected), {name: courses_of(ground) for name, ground in sight.journeys.items()}
    compared, stakes, lost = scan(courses), stakes_of(base), losses_of(base)
    facts = {fact.name: fact for fact in _facts(base, compared, stakes, lost)}
    return Measured(
        {name: facts[name] for name in FACTS},
        findings_of(base, courses, compared, lost),
        rank_journeys(base, stakes, lately(base)),
    )


def _facts(base: Base, compared: Scan, stakes: Mapping[str, Stake], lost: Lost) -> Iterator[Fact]:
    yield from shape_facts(base)
    yield segments_differ(base, compared)
    yield from handoff_facts(base)
    yield from growth_facts(base, stakes)
    yield from listening_facts(base)
    yield rejected_rows(base)
    yield unlinked_accounts(base)
    yield from signal_facts(base)
    yield from loss_facts(lost)
