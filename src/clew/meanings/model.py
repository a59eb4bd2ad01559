"""What events mean to detectors, as meanings.yaml says it. What is not said cannot be seen, and reports say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clew.conditions.model import Condition
from clew.durations import Duration, parse_duration


def _days(count: int) -> Duration:
    return parse_duration(f"{count} days")


@dataclass(frozen=True)
class Sent:
    """Touches that the firm makes, from any team.

    within  two teams that reach one person (or account, where no person is known) about one thing so soon after each
            other do it twice
    """

    when: Condition
    within: Duration = field(default_factory=lambda: _days(3))


@dataclass(frozen=True)
class Asked:
    """What the firm asks of a customer, and what the customer answers, each about a topic.

    within  an answer counts as known for so long
    """

    when: Condition
    answered: Condition | None = None
    within: Duration = field(default_factory=lambda: _days(365))


@dataclass(frozen=True)
class Stated:
    """What teams tell a customer about a topic; `says` is the kept property that holds what was told.

    within  a statement holds for so long: two teams that differ inside it contradict each other
    """

    when: Condition
    says: str
    within: Duration = field(default_factory=lambda: _days(60))


@dataclass(frozen=True)
class Promises:
    """What was promised and kept; both events carry the promise's id in the kept property `id`.

    due     kept property of `made` with the day on which it is due; None: `within` after it was made
    """

    made: Condition
    kept: Condition
    id: str
    due: str | None = None
    within: Duration = field(default_factory=lambda: _days(14))


@dataclass(frozen=True)
class Requests:
    """Requests of customers as the service desk keeps them: one thing (subject) per request.

    answer_within  an answer later than this is slow      teams  a request that more teams than this hold is passed on
    """

    subject: str
    opened: Condition
    answered: Condition | None = None
    reopened: Condition | None = None
    closed: Condition | None = None
    answer_within: Duration = field(default_factory=lambda: parse_duration("8 working hours"))
    teams: int = 3


@dataclass(frozen=True)
class ScoreMeaning:
    """A survey score in a kept property: `good` and more is content, `poor` and less is loud, between is lukewarm."""

    name: str
    property: str
    good: float
    poor: float


@dataclass(frozen=True)
class Frictions:
    """When small frictions pile up: so many within a window and nothing loud; `when` names further ones of the firm."""

    at_least: int = 4
    within: Duration = field(default_factory=lambda: _days(90))
    when: Condition | None = None


@dataclass(frozen=True)
class Silence:
    """When an account is silent against its own rhythm: longer than `times` its own P90 gap, known from `gaps` gaps.

    when  what counts as a sign of life; None: every event
    """

    when: Condition | None = None
    gaps: int = 8
    times: float = 2.0
    at_least: Duration = field(default_factory=lambda: _days(21))


@dataclass(frozen=True)
class Ready:
    """Readiness for the next value step: when the condition comes true, outreach is expected within a time.

    watch  for so long after readiness one looks whether the account expanded
    """

    name: str
    when: Condition
    outreach: Condition
    within: Duration = field(default_factory=lambda: _days(30))
    watch: Duration = field(default_factory=lambda: _days(180))


@dataclass(frozen=True)
class AccountMeaning:
    """Which attributes say who an account is. None: what is usual, see `clew.context.attributes`.

    owner    user who owns it        team     that owns it        parent  id of the account above it
    renewal  day on which it renews, of the account or of its things
    """

    name: str | None = None
    owner: str | None = None
    team: str | None = None
    industry: str | None = None
    parent: str | None = None
    renewal: str | None = None


@dataclass(frozen=True)
class Meanings:
    """Everything of meanings.yaml; None where the firm did not say.

    revenue    attribute: what an account brings a year       about  kept property that names the topic of an event
    customers  an account is a customer from the first time this happens; None: from its first event
    loud       complaints and escalations: signals that nobody can overhear
    notice     a loud signal so long before a loss counts as a warning of it
    account    attributes that say who an account is
    engaged    content that customers engage with         did  what customers do; None: signs of life (silence.when)
    """

    revenue: str | None = None
    about: str | None = None
    customers: Condition | None = None
    lost: Condition | None = None
    renewed: Condition | None = None
    expanded: Condition | None = None
    loud: Condition | None = None
    sent: Sent | None = None
    asked: Asked | None = None
    stated: Stated | None = None
    promises: Promises | None = None
    requests: Requests | None = None
    scores: Mapping[str, ScoreMeaning] = field(default_factory=dict)
    frictions: Frictions = Frictions()
    silence: Silence = Silence()
    ready: Mapping[str, Ready] = field(default_factory=dict)
    notice: Duration = field(default_factory=lambda: _days(180))
    account: AccountMeaning = AccountMeaning()
    engaged: Condition | None = None
    did: Condition | None = None
