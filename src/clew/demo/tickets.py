"""The service desk's log, by its own ids of organisations, on New York's clock: one row for each change of a ticket."""

from __future__ import annotations

import numpy as np

from clew.demo.accounts import desk_org
from clew.demo.dice import Dice, Flags, Floats, Ints, spread
from clew.demo.hours import DAY, NEVER, after, in_zone, later, office
from clew.demo.life import Life
from clew.demo.names import A_TEAM, FIRST_LINE, SECOND_LINE, TEAMS, USERS
from clew.demo.people import EMAIL, addressed, person
from clew.demo.plants.changes import regressing
from clew.demo.plants.frictions import NO_FRICTION, REOPENED, SLOW, friction_tickets
from clew.demo.plants.handoffs import accepted_after
from clew.demo.plants.requests import Routes, answered_after, reopened, routed
from clew.demo.plants.stalls import stalled
from clew.demo.scene import Scene
from clew.demo.tables import Export, Table, moment, number, taken, words

STATUSES = (
    "opened",
    "assigned",
    "answered",
    "waiting for customer",
    "returned",
    "escalated",
    "taken",
    "resolved",
    "reopened",
    "closed",
)
CHANNELS = ("portal", "email", "call")
TOPICS = ("sensor offline", "import failed", "wrong schedule", "user rights", "slow report", "billing question")
TICKETS = 1_000  # more than an account opens
AUTO_CLOSE = 7.0  # days after which a resolved ticket closes by itself
SYSTEM = len(USERS)  # "system" closes it then

EXPORT = Export(
    "tickets",
    {
        "ticket_id": number("T-", "ticket", 9),
        "change_no": "change",
        "org": number("org-", "org"),
        "changed_at": moment("at"),
        "status": words("status", STATUSES),
        "team": words("team", TEAMS),
        "agent": words("agent", (*USERS, "system")),
        "channel": words("channel", CHANNELS),
        "topic": words("topic", TOPICS),
        "requester": EMAIL,
    },
    ("noted", "row"),
)


class _Log:
    """Changes of tickets slot by slot; each slot is one possible change of every ticket, in order of time."""

    def __init__(self, tickets: int) -> None:
        self._tickets = tickets
        self._slots: list[tuple[Ints, int, Ints, Ints]] = []

    def add(self, at: Ints, status: str, team: Ints | int, agent: Ints | int) -> None:
        full = np.ones(self._tickets, np.int64)
        self._slots.append((at, STATUSES.index(status), full * team, full * agent))

    def table(self, end: int) -> Table:
        """Return the changes before the end by ticket, numbered within it; `ticket` is a row."""
        at = np.stack([slot[0] for slot in self._slots], axis=1)
        team, agent = (np.stack([slot[k] for slot in self._slots], axis=1) for k in (2, 3))
        status = np.array([slot[1] for slot in self._slots])
        ticket, slot = np.nonzero(at < end)
        starts = np.searchsorted(ticket, np.arange(self._tickets))
        return {
            "ticket": ticket,
            "change": np.arange(len(ticket)) - starts[ticket] + 1,
            "at": at[ticket, slot],
            "status": status[slot],
            "team": team[ticket, slot],
            "agent": agent[ticket, slot],
        }


def ticket_table(scene: Scene, life: Life) -> Table:
    """Return the changes of all tickets of the chunk."""
    owner, opened, dice, friction = _opened(scene, life)
    first = dice.below("agent", A_TEAM) + A_TEAM * FIRST_LINE
    second = dice.below("second", A_TEAM) + A_TEAM * SECOND_LINE
    log = _Log(len(owner))
    log.add(opened, "opened", FIRST_LINE, -1)
    routes = routed(scene, dice, owner, friction == NO_FRICTION)
    answered = answered_after(scene, dice, owner, opened, slow=friction == SLOW, plain=~routes.passed & (friction == 0))
    log.add(np.minimum(after(opened, dice.between("assigned", 0.05, 0.35)), answered), "assigned", FIRST_LINE, first)
    log.add(answered, "answered", FIRST_LINE, first)
    escalated, resolved = _worked(scene, dice, owner, answered, routes, log, (first, second))
    holder = np.where(routes.last >= 0, routes.last, np.where(escalated, SECOND_LINE, FIRST_LINE))
    agent = np.where(routes.last >= 0, -1, np.where(escalated, second, first))
    log.add(resolved, "resolved", holder, agent)
    back, resolved_again = reopened(dice, resolved, friction == REOPENED)
    log.add(back, "reopened", holder, -1)
    log.add(resolved_again, "resolved", holder, agent)
    done = np.where(resolved_again < NEVER, resolved_again, resolved)
    by_customer = dice.chance("closes", 0.1)
    closes = np.where(by_customer, after(done, dice.between("closed", 1, 15)), later(done, AUTO_CLOSE))
    log.add(closes, "closed", holder, np.where(by_customer, -1, SYSTEM))
    return _spelled(scene, owner, dice, log.table(scene.end))


def _spelled(scene: Scene, owner: Ints, dice: Dice, table: Table) -> Table:
    """Add to the changes of tickets who they are of and what they are about; owner and dice are of each ticket."""
    row = table["ticket"]
    people = addressed(scene.accounts, owner, person(scene, owner, dice))
    account = scene.accounts.index[owner]
    place = np.arange(len(owner)) - np.searchsorted(owner, owner)
    return {
        **table,
        "ticket": (desk_org(account) * TICKETS + place)[row],
        "at": in_zone(table["at"], "America/New_York"),
        "account": account[row],
        "org": desk_org(account)[row],
        "channel": dice.below("channel", len(CHANNELS))[row],
        "topic": dice.below("topic", len(TOPICS))[row],
        **taken(people, row),
    }


def _opened(scene: Scene, life: Life) -> tuple[Ints, Ints, Dice, Ints]:
    """When customers open tickets: evenly over the time they use the product, never while they are silent."""
    stop = np.minimum(np.minimum(life.leaves, scene.end), NEVER)
    years = np.where(life.active < NEVER, np.maximum(stop - life.active, 0), 0) / (365 * DAY)
    mean = years * scene.of_segment(scene.firm.tickets) * scene.accounts.lively
    owner, place = spread(scene.dice.counted("tickets", mean))
    dice = scene.dice[owner].each("ticket", place)
    opened = life.active[owner] + (dice.uniform("opened") * (stop - life.active)[owner]).astype(np.int64)
    opened = office(opened, dice.uniform("opened at") * 0.98)
    keep = (opened < scene.end) & ~life.hush.covers(owner, opened)
    further, then, their_dice, friction = friction_tickets(scene, life.piles)
    owner, opened = np.append(owner[keep], further), np.append(opened[keep], then)
    order = np.argsort(owner, kind="stable")
    dice = Dice(np.append(dice.keys[keep], their_dice.keys))
    friction = np.append(np.full(len(owner) - len(further), NO_FRICTION), friction)
    return owner[order], opened[order], dice[order], friction[order]


def _worked(
    scene: Scene, dice: Dice, owner: Ints, answered: Ints, routes: Routes, log: _Log, agents: tuple[Ints, Ints]
) -> tuple[Flags, Ints]:
    """Log what happens between answer and resolution; return which second line got, and when each was resolved."""
    first, second = agents
    escalated = dice.chance("escalated", scene.firm.escalated) | routes.passed
    at = np.where(escalated, after(answered, dice.between("escalated at", 0.3, 4)), NEVER)
    taken_at, _ = accepted_after(scene, dice, owner, at, limit=4.0, name="first line to second line")
    log.add(at, "escalated", SECOND_LINE, first)
    log.add(taken_at, "taken", SECOND_LINE, second)
    since = routes.log(log, taken_at, dice, agents)
    waits = ~escalated & dice.chance("waits", 0.15)
    waiting = np.where(waits, after(answered, dice.between("waiting", 0.3, 4)), NEVER)
    log.add(waiting, "waiting for customer", FIRST_LINE, first)
    hours = regressing(scene.plan, dice, answered, _hours(dice), start=scene.start, end=scene.end)
    alone = after(answered, hours)
    alone = stalled(
        scene, dice, owner, answered, alone, hours=20.0, where="escalation/answered", only=~waits & ~escalated
    )
    told = office(later(waiting, dice.between("told", 0.5, 1.9)), dice.uniform("told at"))
    by_second = after(since, dice.between("by second", 1.5, 14))
    by_second = stalled(
        scene, dice, owner, at, by_second, hours=30.0, where="escalation/second-line", only=escalated & ~routes.passed
    )
    return escalated, np.where(escalated, by_second, np.where(waits, told, alone))


def _hours(dice: Dice) -> Floats:
    return dice.between("alone", 0.5, 10)
