"""What happens next, one event after the other: the same seed tells the same story, whenever it is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any

from clew.demo.living.cast import ORDER, Cast, Customer, Member
from clew.demo.names import FAMILY, GIVEN
from clew.demo.said import packed

MOST_TICKETS, MOST_ONBOARDINGS = 10, 8  # open at a time
LEFT_WAITING = 3  # handoffs that the tools do not accept: somebody on a page may
TOPICS = ("wrong schedule", "login", "missing machine", "slow page", "export", "interface", "spare parts")
FIRST_LINE = ("Yara Lundmar", "Kaja Immerding", "Ole Castell")
SECOND_LINE = ("Sem Grotmark", "Ivo Barlund")
TICKETS: Mapping[str, tuple[tuple[str, str, float], ...]] = {  # status -> (next status, its team, share)
    "opened": (("assigned", "first-line", 1.0),),
    "assigned": (("answered", "first-line", 0.7), ("escalated", "second-line", 0.3)),
    "answered": (("resolved", "first-line", 0.75), ("waiting for customer", "first-line", 0.25)),
    "waiting for customer": (("answered", "first-line", 1.0),),
    "escalated": (("taken", "second-line", 1.0),),
    "taken": (("returned", "first-line", 0.3), ("resolved", "second-line", 0.7)),
    "returned": (("answered", "first-line", 1.0),),
    "resolved": (("closed", "first-line", 0.9), ("reopened", "first-line", 0.1)),
    "reopened": (("answered", "first-line", 1.0),),
}
TALKS = (("mail written", "email"), ("call made", "call"), ("meeting held", "meeting"), ("question asked", "email"))
PLACES = ("Ashgrove", "Birchholm", "Crowfield", "Duncastle", "Elmsworth", "Foxbridge", "Granby", "Holmside")
TRADES = ("Castings", "Gears", "Plastics", "Textiles", "Valves", "Timber")
OWNERS = ("Silje Rietfeld", "Malte Ostermoor", "Femke Hallvik")
ACCEPTED = "handoff accepted"
STEP_TEAMS = {"deal won": "sales", "handoff sent": "sales", "set-up started": "engineering"}
SHARES = {"usage": 0.42, "ticket": 0.3, "step": 0.16, "talk": 0.12}


class Tool(StrEnum):
    """Which of the firm's tools tells of it; the value names the source that receives from it."""

    PRODUCT = "product"  # a Segment library
    DESK = "service-desk"  # Clew's own form
    CRM = "crm"  # Clew's own form
    PHONE = "telephone"  # Clew's own form; its mapping names the wrong column, for somebody to mend


@dataclass(frozen=True)
class Happening:
    """Something that happens, before it has an id and a time.

    who  the person outside, None where nobody in particular
    """

    tool: Tool
    event: str
    customer: Customer
    who: Member | None = None
    team: str = ""
    by: str = ""
    channel: str = ""
    ticket: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class _Ticket:
    number: int
    customer: Customer
    who: Member
    topic: str
    status: str


def happenings(cast: Cast, seed: int, run: str) -> Iterator[Happening]:
    """Yield what happens, without end.

    run  told in the numbers of tickets, so that a second run opens others
    """
    story = _Story(cast, Random(f"{seed} living"), run)
    while True:
        yield story.next()


class _Story:
    """What is open, and the dice."""

    def __init__(self, cast: Cast, dice: Random, run: str) -> None:
        self._cast, self._dice, self._run = cast, dice, run
        self._tickets: list[_Ticket] = []
        self._steps = dict(cast.onboarding)
        self._prospects = list(cast.prospects)
        self._everybody = dict(cast.everybody)
        self._opened = self._founded = 0
        self._begins = self._opening()

    def next(self) -> Happening:
        begun = next(self._begins, None)
        if begun is not None:
            return begun
        kind = self._dice.choices(list(SHARES), list(SHARES.values()))[0]
        tell = {"ticket": self._ticket, "step": self._step, "talk": self._talk}.get(kind, self._usage)
        return tell()

    def _opening(self) -> Iterator[Happening]:
        """Hand two customers over at once, so that something waits for whoever leads onboarding."""
        for _ in range(2):
            customer = self._won()
            self._everybody[customer.id], self._steps[customer.id] = customer, 0
            while ORDER[self._steps[customer.id]] != ACCEPTED:
                yield self._step_of(customer.id)

    def _usage(self) -> Happening:
        customer = self._dice.choice(self._cast.customers)
        seats = {"seats_used": self._dice.randint(20, 100)}
        return Happening(Tool.PRODUCT, "product used", customer, self._dice.choice(customer.members), properties=seats)

    def _ticket(self) -> Happening:
        if not self._tickets or (len(self._tickets) < MOST_TICKETS and self._dice.random() < 0.3):
            return self._open()
        ticket = self._dice.choice(self._tickets)
        following = TICKETS[ticket.status]
        status, team, _ = self._dice.choices(following, [share for *_, share in following])[0]
        ticket.status = status
        if status == "closed":
            self._tickets.remove(ticket)
        agent = self._dice.choice(SECOND_LINE if team == "second-line" else FIRST_LINE)
        return self._told(ticket, team, agent)

    def _open(self) -> Happening:
        customer = self._dice.choice(self._cast.customers)
        self._opened += 1
        who, topic = self._dice.choice(customer.members), self._dice.choice(TOPICS)
        ticket = _Ticket(self._opened, customer, who, topic, "opened")
        self._tickets.append(ticket)
        return self._told(ticket, "first-line", "")

    def _told(self, ticket: _Ticket, team: str, agent: str) -> Happening:
        number = f"T-{self._run}-{ticket.number:04d}"
        topic = {"topic": ticket.topic}
        return Happening(
            Tool.DESK, f"ticket {ticket.status}", ticket.customer, ticket.who, team, agent, "email", number, topic
        )

    def _step(self) -> Happening:
        """The next step of an onboarding; a won deal begins one more where few are open."""
        if len(self._steps) < MOST_ONBOARDINGS // 2 or self._dice.random() < 0.1:
            customer = self._won()
            self._everybody[customer.id], self._steps[customer.id] = customer, 0
        waiting = [account for account, step in self._steps.items() if ORDER[step] == ACCEPTED][-LEFT_WAITING:]
        going_on = [account for account in sorted(self._steps)[:MOST_ONBOARDINGS] if account not in waiting]
        return self._step_of(self._dice.choice(going_on or waiting))

    def _step_of(self, account: str) -> Happening:
        event = ORDER[self._steps[account]]
        self._steps[account] += 1
        if self._steps[account] == len(ORDER):
            del self._steps[account]
        customer = self._everybody[account]
        says = packed(self._dice) if event == "handoff sent" else {}
        team = STEP_TEAMS.get(event, "onboarding")
        return Happening(Tool.CRM, event, customer, customer.members[0], team, properties=says)

    def _won(self) -> Customer:
        """One of the prospects; later an account that nobody knew before."""
        if self._prospects:
            return self._prospects.pop(self._dice.randrange(len(self._prospects)))
        self._founded += 1
        name, trade = self._dice.choice(PLACES), self._dice.choice(TRADES)
        given, family = self._dice.choice(GIVEN), self._dice.choice(FAMILY)
        id = f"A-{self._run}-{self._founded:03d}"
        email = f"{given}.{family}@{self._run}-{self._founded}.example".lower()
        revenue = 100 * self._dice.randint(40, 200)
        says: dict[str, str | int] = {"company": f"{name} {trade}", "segment": "small", "annual_revenue": revenue}
        who = Member(f"P-{id}", f"{given} {family}", email, "decision maker")
        return Customer(id, f"{name} {trade}", "", "", self._dice.choice(OWNERS), [who], says)

    def _talk(self) -> Happening:
        customer = self._dice.choice(self._cast.customers)
        event, channel = self._dice.choice(TALKS)
        about = {"topic": self._dice.choice(TOPICS)}
        who, team = self._dice.choice(customer.members), "account-management"
        tool = Tool.PHONE if channel == "call" else Tool.CRM
        return Happening(tool, event, customer, who, team, customer.owner, channel, properties=about)
