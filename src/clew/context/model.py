"""The context of one account, as everybody in the firm sees it. Persons are numbers here; names stand elsewhere.

Instants are int64 microseconds UTC, amounts millionths. Everything follows from the events of the account's thread,
the journeys, meanings.yaml and clew.yaml; what depends on the present moment, as whether a promise is overdue, is a
question to ask with `now`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class TouchKind(StrEnum):
    """Which of the questions a touch answers."""

    ENGAGED = "engaged"  # content the customer engaged with
    RECEIVED = "received"  # messages that the customer received from us
    DID = "did"  # what the customer did
    OTHER = "other"  # everything else that happened


class CustomerState(StrEnum):
    """What an account is to the firm."""

    CUSTOMER = "customer"
    LOST = "lost"
    PROSPECT = "prospect"


class PromiseState(StrEnum):
    """How a promise stands."""

    OPEN = "open"
    KEPT = "kept"
    KEPT_LATE = "kept late"
    BROKEN = "broken"  # due, and nothing kept it
    RELEASED = "released"


class HandoffState(StrEnum):
    """How a handoff stands."""

    SENT = "sent"  # waits for its receipt
    RETURNED = "returned"
    ACCEPTED = "accepted"


@dataclass(frozen=True)
class Touch:
    """Something that happened between the firm and the account.

    day      only the day is known         contact  number in the person store, None where nobody is named
    about    topic                         says     what was said, where a source keeps it
    source   name of the source            value    millionths
    """

    at: int
    event: str
    kind: TouchKind
    source: str
    day: bool = False
    team: str | None = None
    channel: str | None = None
    user: str | None = None
    contact: int | None = None
    about: str | None = None
    says: str | None = None
    value: int | None = None


@dataclass(frozen=True)
class Membership:
    """A contact at the account in a role.

    role   of `clew.context.roles`, "" where nobody said
    since  clock.ALWAYS where undated         until  None: still
    """

    contact: int
    role: str
    since: int
    until: int | None = None
    last_at: int | None = None
    touches: int = 0


@dataclass(frozen=True)
class Answer:
    """Something the customer told us already.

    id     its event's id as the log knows it      until  it counts as known so long
    team, user  whom it was told to
    """

    id: str
    topic: str
    at: int
    until: int
    says: str | None = None
    contact: int | None = None
    team: str | None = None
    user: str | None = None


@dataclass(frozen=True)
class Promise:
    """What was committed, by whom, to whom, due when, kept by which event.

    owner  team that must keep it by now: whoever accepted the handoff that carried it over, else who made it
    """

    id: str
    made_at: int
    due_at: int
    topic: str | None = None
    says: str | None = None
    team: str | None = None
    user: str | None = None
    contact: int | None = None
    kept_at: int | None = None
    kept_by: str | None = None
    released_at: int | None = None
    owner: str | None = None

    @property
    def waits(self) -> bool:
        """Whether it is neither kept nor released, open or broken."""
        return self.kept_at is None and self.released_at is None

    def state(self, now: int) -> PromiseState:
        """What it is by now."""
        if self.kept_at is not None:
            return PromiseState.KEPT if self.kept_at <= self.due_at else PromiseState.KEPT_LATE
        if self.released_at is not None:
            return PromiseState.RELEASED
        return PromiseState.OPEN if now <= self.due_at else PromiseState.BROKEN


@dataclass(frozen=True)
class Receipt:
    """Something that happened to a handoff: sent (again), returned with a reason, accepted."""

    at: int
    state: HandoffState
    by: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Handoff:
    """One team passes a run to another.

    id        "<journey>/<subject>/<number of the handoff in the journey's file>/<n-th of this kind>"
    packet    part -> text, of the parts that were filled in      wanted  parts that the journey asks for
    due_at    of the receipt, in working hours of the receiving team; None without a limit
    promises  ids of promises that were open when it was (last) sent
    history   rising
    lapsed_at its run ended before it was accepted: nobody waits for the receipt any more
    """

    id: str
    journey: str
    subject: str
    source: str
    target: str
    history: Sequence[Receipt]
    due_at: int | None = None
    packet: Mapping[str, str] = field(default_factory=dict)
    wanted: Sequence[str] = ()
    promises: Sequence[str] = ()
    lapsed_at: int | None = None

    @property
    def sent(self) -> Receipt:
        """The latest sending."""
        return [one for one in self.history if one.state is HandoffState.SENT][-1]

    @property
    def state(self) -> HandoffState:
        return self.history[-1].state

    @property
    def waits(self) -> bool:
        """Whether the receiving team must still say something."""
        return self.state is HandoffState.SENT and self.lapsed_at is None

    @property
    def is_returned(self) -> bool:
        """Whether the sending team must complete it and send it again."""
        return self.state is HandoffState.RETURNED and self.lapsed_at is None

    def is_late(self, now: int) -> bool:
        """Whether it waits longer for its receipt than it may."""
        return self.waits and self.due_at is not None and self.due_at < now

    @property
    def missing(self) -> Sequence[str]:
        return [part for part in self.wanted if not self.packet.get(part)]


@dataclass(frozen=True)
class Header:
    """Who the account is.

    ids        every entity that is this account, as "desk:4711"; the thread is one of them
    teams      that work with it: its own, of stages where its runs are, of handoffs and promises that wait
    heard_at   latest sign of life
    attributes every dated attribute's value in force, as sources spell it
    """

    thread: str
    name: str
    ids: Sequence[str]
    segment: str | None = None
    industry: str | None = None
    owner: str | None = None
    team: str | None = None
    teams: Sequence[str] = ()
    revenue: int | None = None
    renewal_at: int | None = None
    parent: str | None = None
    customer_since: int | None = None
    lost_at: int | None = None
    first_at: int | None = None
    last_at: int | None = None
    heard_at: int | None = None
    touches: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """Everything derived of one account. Touches: the latest of each kind, latest first; counts are of all.

    counts   touches by kind          by_team  touches by team          last  the latest touch of each team
    """

    header: Header
    memberships: Sequence[Membership] = ()
    answers: Sequence[Answer] = ()
    promises: Sequence[Promise] = ()
    handoffs: Sequence[Handoff] = ()
    touches: Mapping[TouchKind, Sequence[Touch]] = field(default_factory=dict)
    counts: Mapping[TouchKind, int] = field(default_factory=dict)
    by_team: Mapping[str, int] = field(default_factory=dict)
    last: Mapping[str, Touch] = field(default_factory=dict)
