"""The report of a made-up firm with its diagnosis: a verdict with everything beside it, and one without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import nordlicht

from clew.diagnosis.diagnose import diagnose
from clew.diagnosis.interview.answers import Answers
from clew.diagnosis.interview.values import Value
from clew.diagnosis.model import Fact, Finding, Measure, RankedJourney
from clew.diagnosis.result import About, Diagnosis, Evidence
from clew.diagnosis.scoring.parse import packaged_scoring
from clew.questions.model import Unit
from clew.reports.diagnosed import FailurePart, Fitness, OfDetector, StalePart
from clew.reports.failures import COLUMNS
from clew.reports.first_page import first_page
from clew.reports.model import Figure, ReportData, Table

NUMBERS = {
    "contacts-per-account": 9.0,
    "touches-per-account-year": 80.0,
    "channels": 5.0,
    "systems": 6.0,
    "teams-per-account": 7.0,
    "handoffs-per-run": 11.2,
}
SHARES = {
    "segments-differ": 0.62,
    "self-service-share": 0.12,
    "late-handoffs": 0.34,
    "returned-handoffs": 0.3,
    "existing-business-share": 0.64,
    "revenue-in-top-20": 0.56,
    "renewal-rate": 0.75,
    "quiet-losses": 0.61,
    "silent-accounts": 0.2,
    "survey-coverage": 0.1,
    "slow-answers": 0.17,
    "rejected-rows": 0.001,
    "unlinked-accounts": 0.02,
    "disputed-invoices": 0.02,
    "duplicate-contact": 0.73,
    "repeated-question": 0.36,
    "ping-pong": 0.6,
    "contradiction": 0.5,
    "broken-promise": 0.5,
    "small-frictions": 0.22,
    "missed-expansion": 0.6,
}
STATED: Mapping[str, Value] = {
    "customers": 6.0,
    "teams": 2.0,
    "existing-customers": 0.1,
    "between-teams": "clear",
    "people-with-a-say": 1.0,
}
LONG = (
    "14 of 156 runs of 'renewal' that entered 'Reviewed' did so after 2026-07-18, 9.0 % [5.4, 14.5] (n 156): until "
    "2026-09-30, the last day on which going on is recorded as usual, they had less than the 74.1 days that nine in "
    "ten took. 78.6 % [52.4, 92.4] (n 14) of them went on, of those before 97.9 % [94.0, 99.3] (n 142)."
)
LOSS = "Over half of 7,999 runs that reached 'lead' never reached 'won': 89.5 % [88.8, 90.1] (n 7,999)."
CONTRAST = (
    "Runs of origin 'unknown' reach 'won' at 16.3 % [14.2, 18.6] (n 1,099), of 'email' at 3.0 % [1.9, 5.0] (n 493)."
)


def facts() -> Mapping[str, Fact]:
    """Facts by name: many of everything, so that failures are evident and diagnostics press."""
    counted = {
        name: Fact(
            name, Measure.NUMBER, value, 97, "customers",
            f"Half of the customers of the last year had {value} [{value - 1}, {value + 1}] (n 97) of them or more.",
            "clew show touches --whole", value - 1, value + 1,
        )
        for name, value in NUMBERS.items()
    }  # fmt: skip
    shares = {
        name: Fact(
            name, Measure.SHARE, value, 152, "accounts",
            f"{value * 100:.1f} % [{value * 80:.1f}, {value * 110:.1f}] (n 152) of the accounts looked at in the last "
            f"12 months show '{name}', 343 times in all.", f"clew signals {name}", value * 0.8, min(1.0, value * 1.1),
        )
        for name, value in SHARES.items()
    }  # fmt: skip
    return {**counted, **shares}


def journeys() -> tuple[RankedJourney, ...]:
    """Three that carry much; the report shows the first."""
    reason = "5 of 20 open runs stand beyond their norm, 25.0 % [11.2, 46.9] (n 20); most in 'live' 2 and 'data' 2."
    return tuple(
        RankedJourney(name, title, 20 + place, 1_156_600.0, 1_015_100.0 - place, 9.0 - place, (reason,))
        for place, (name, title) in enumerate(
            [
                ("onboarding", "From signature to adoption"),
                ("renewal", "From 120 days before the renewal date to a decision"),
                ("escalation", "A ticket from first line to its close"),
            ]
        )
    )


def diagnosis() -> Diagnosis:
    """Everything is known and much is wrong."""
    findings = (
        *(Finding("limit", LONG, "Leave them out of shares.", "clew show coverage", 0.9 - at / 10) for at in range(4)),
        Finding("loss", LOSS, "This says where runs stop, not why.", "clew show funnel", 0.9),
        Finding("contrast", CONTRAST, "An association, not a cause.", "clew show funnel --by origin", 0.8),
    )
    about = About("Halden & Voss", "EUR", "Europe/Berlin", nordlicht.AS_OF, 1)
    sheets = [Answers("Anna Berg", STATED)]
    return diagnose(packaged_scoring(), sheets, Evidence(facts(), findings, journeys()), about)


def knowing_nothing() -> Diagnosis:
    """A log without meanings, and nobody was asked."""
    return diagnose(packaged_scoring(), [], Evidence(), About("Halden & Voss", as_of=nordlicht.AS_OF, generation=1))


def failures() -> tuple[FailurePart, ...]:
    """One failure that is measured, one that nobody can see."""
    row = (
        "Contacted twice",
        "343 of 1,616 touches",
        Figure(0.212, Unit.SHARE, 0.195, 0.228, 1616),
        Figure(0.73, Unit.SHARE, 0.655, 0.794, 152),
        "unclear: -10.4 to 14.4 points",
        Figure(4_911_600.0, Unit.MONEY, n=111),
    )
    told = "account:A-000126: 'mail written' by onboarding reached the same person 1 hour after 'call made' by sales."
    return (
        FailurePart(
            "messages",
            "Inconsistent messages and duplicated effort",
            "3 of 3, plain in most places",
            Table("What detectors found in the last 12 months", COLUMNS, (row,)),
            (OfDetector("Contacted twice", told, "clew signals duplicate-contact"),),
            partly=(OfDetector("Contacted twice", "0.2 % of the touches name no team."),),
        ),
        FailurePart(
            "expansion",
            "Missed expansion",
            "not known",
            Table("What detectors found in the last 12 months", COLUMNS, ()),
            blind=(OfDetector("Ready and nobody called", "meanings.yaml does not say 'ready'."),),
        ),
    )


def report(found: Diagnosis | None = None) -> ReportData:
    """Nordlicht's report with a first page before it."""
    made = nordlicht.report()
    fitness = Fitness(
        Figure(0.989, Unit.SHARE, 0.95, 0.998, 89), "clew conform --journey onboarding", 62.0, 58.0, 66.0, "stale",
        (StalePart("elements still marked assumption: 80", 98.0), StalePart("age of the last review: no day", None)),
    )  # fmt: skip
    return replace(
        made,
        firm="Halden & Voss",
        journeys=(replace(made.journeys[0], fitness=fitness),),
        diagnosis=first_page(found or diagnosis(), ["onboarding"]),
        failures=failures(),
    )


def unknowing() -> ReportData:
    """A report of a firm of which nothing is known yet."""
    return report(knowing_nothing())


def hostile() -> ReportData:
    """Names from data that try to break out of the page."""
    told, bad = diagnosis(), '</bdi><script>alert("x")</script>'
    named = RankedJourney(bad, bad, 3, None, None, 1.0, (bad,))
    finding = Finding("limit", bad, bad, bad, 1.0)
    return report(diagnose(told.scoring, told.sheets, Evidence(told.evidence.facts, (finding,), (named,)), told.about))


ALL = {"diagnosed": report, "diagnosed_unknowing": unknowing, "diagnosed_hostile": hostile}
