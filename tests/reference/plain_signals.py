"""The detectors once more, in plain Python over the sample firm's events: loops and lists, nothing of clew.

Each returns its signals as (account, instant) and its occasions as (account, instant). The windows are those of the
sample firm's meanings.yaml, the limits those of its journey files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from math import ceil

from tests.reference.plain_exports import (
    DAY,
    NEVER,
    Event,
    day_start,
    local,
    working_hours_after,
)
from tests.reference.plain_journeys import (
    Moment,
    Seen,
    late_handoffs,
    stalls,
    steps_back,
    walks_of,
)

Spells = dict[str, list[list[int]]]
SIGNS = {"product used", "ticket opened", "ticket reopened", "quarterly review held", "usage review held",
         "survey answered"}  # fmt: skip
SHOWING = {"ticket opened", "ticket reopened"}


def recomputed(events: Sequence[Event], large: set[str], as_of: int) -> dict[str, Seen]:
    """Detector -> signals and occasions. Only what happened by as_of is looked at; large: enterprises."""
    events = [event for event in events if event.at <= as_of]
    tickets: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        if "ticket" in event.said:
            tickets[event.account, event.said["ticket"]].append(event)
    customers, walks = spells(events), walks_of(events, as_of)
    found = {
        "late-handoff": late_handoffs(walks, as_of),
        "stall": stalls(walks, large, as_of),
        "duplicate-contact": duplicate_contact(events),
        "repeated-question": repeated_question(events),
        **teams_of_tickets(tickets),
        "contradiction": contradiction(events),
        "broken-promise": broken_promise(events, as_of),
        "slow-answer": slow_answer(tickets, as_of),
        "silence": silence(events, customers, as_of),
        "missed-expansion": missed_expansion(events, customers, as_of),
    }
    small = [*steps_back(walks), *found["stall"][0], *found["slow-answer"][0]]
    shown = [event.at for event in events if event.name in SHOWING or "nps" in event.said]
    watched = min([*shown, *(run.events[0].at for _, runs in walks for run in runs)], default=NEVER)
    return found | {"small-frictions": small_frictions(events, customers, small, as_of=as_of, watched=watched)}


def duplicate_contact(events: Iterable[Event]) -> Seen:
    found, seen = [], []
    before: dict[object, list[Event]] = defaultdict(list)
    for event in events:
        if event.name not in ("mail sent", "mail written", "call made") or not event.team:
            continue
        seen.append((event.account, event.at))
        earlier = before[event.account, event.said.get("topic")]
        close = [one for one in earlier if event.at - one.at <= 3 * DAY and one.team != event.team]
        if any(not event.contact or not one.contact or one.contact == event.contact for one in close):
            found.append((event.account, event.at))
        earlier.append(event)
    return found, seen


def repeated_question(events: Iterable[Event]) -> Seen:
    found, seen, answered = [], [], {}
    for event in events:
        about = event.account, event.said.get("topic")
        if event.name == "answer given" and about[1]:
            answered[about] = event.at
        if event.name == "question asked" and about[1]:
            seen.append((event.account, event.at))
            if event.at - answered.get(about, -NEVER) <= 365 * DAY:
                found.append((event.account, event.at))
    return found, seen


def teams_of_tickets(tickets: dict[tuple[str, str], list[Event]]) -> dict[str, Seen]:
    back, many, seen = [], [], []
    for (account, _), events in tickets.items():
        held = [event for event in events if event.team]
        if held:
            seen.append((account, held[0].at))
        turns: list[str] = []
        returns: list[tuple[str, int]] = []
        for event in held:
            if turns and turns[-1] == event.team:
                continue
            if turns[-2:-1] == [event.team]:
                returns.append((account, event.at))
            if event.team not in turns and len(set(turns)) == 3:
                many.append((account, event.at))
            turns.append(event.team)
        back += returns[:1]
    return {"ping-pong": (back, seen), "re-routing": (many, seen)}


def contradiction(events: Iterable[Event]) -> Seen:
    found, seen = [], []
    told: dict[object, list[Event]] = defaultdict(list)
    for event in events:
        if event.name != "statement given" or not (event.team and event.said.keys() >= {"topic", "says"}):
            continue
        seen.append((event.account, event.at))
        about = told[event.account, event.said["topic"]]
        other = next((one for one in reversed(about) if one.team != event.team), None)
        if other and other.said["says"] != event.said["says"] and event.at - other.at <= 60 * DAY:
            found.append((event.account, event.at))
        about.append(event)
    return found, seen


def broken_promise(events: Iterable[Event], as_of: int) -> Seen:
    made: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    kept: dict[tuple[str, str], int] = {}
    for event in events:
        promise = event.account, event.said.get("promise_id", "")
        if event.name == "promise kept":
            kept.setdefault(promise, event.at)
        if event.name == "promise made" and "due_on" in event.said:
            made[promise].append((event.at, day_start(date.fromisoformat(event.said["due_on"]) + timedelta(days=1))))
    due = [
        (promise, end)
        for promise, times in made.items()
        for place, (at, end) in enumerate(times)
        if at < end <= as_of and all(later >= end for later, _ in times[place + 1 : place + 2])
    ]
    broken = [(promise[0], end) for promise, end in due if kept.get(promise, NEVER) >= end]
    return broken, [(promise[0], end) for promise, end in due]


def slow_answer(tickets: dict[tuple[str, str], list[Event]], as_of: int) -> Seen:
    found, seen = [], []
    for (account, _), events in tickets.items():
        first = next((place for place, event in enumerate(events) if event.name == "ticket opened"), None)
        if first is None or (due := working_hours_after(events[first].at, 8)) > as_of:
            continue
        seen.append((account, due))
        ends = [event.at for event in events[first + 1 :] if event.name in ("ticket answered", "ticket closed")]
        if not ends or ends[0] > due:
            found.append((account, due))
    return found, seen


def spells(events: Iterable[Event]) -> Spells:
    """Spans [since, until) in which each account is a customer."""
    found: Spells = defaultdict(list)
    for event in events:
        own = found[event.account]
        if event.name in ("deal won", "contract signed") and (not own or own[-1][1] < NEVER):
            own.append([event.at, NEVER])
        if event.name == "contract cancelled" and own and own[-1][1] == NEVER:
            own[-1][1] = event.at
    return found


def is_customer(customers: Spells, account: str, at: int) -> bool:
    return any(since <= at < until for since, until in customers.get(account, ()))


def customer_quarters(customers: Spells, as_of: int) -> list[tuple[str, int, int]]:
    found = []
    for account, spans in customers.items():
        for since, until in spans:
            begin, end = since, min(until, as_of + 1)
            while begin < end or begin == since:
                day = local(begin).date()
                month = 3 * ((day.month - 1) // 3) + 4
                following = day_start(date(day.year + month // 13, (month - 1) % 12 + 1, 1))
                found.append((account, begin, min(following, end)))
                begin = following
    return found


def silence(events: Iterable[Event], customers: Spells, as_of: int) -> Seen:
    signs: dict[str, list[int]] = defaultdict(list)
    for event in events:
        if event.name in SIGNS and signs[event.account][-1:] != [event.at]:
            signs[event.account].append(event.at)
    found = []
    for account, times in signs.items():
        for place in range(8, len(times)):
            gaps = sorted(times[n + 1] - times[n] for n in range(place))
            usual = gaps[ceil(round(0.9 * len(gaps), 9)) - 1]
            at = times[place] + max(2 * usual, 21 * DAY)
            if at < min([*times[place + 1 : place + 2], as_of + 1]) and is_customer(customers, account, at):
                found.append((account, at))
    known = {account: times[8] for account, times in signs.items() if len(times) > 8}
    quarters = customer_quarters(customers, as_of)
    seen = [(who, max(begin, known.get(who, NEVER))) for who, begin, end in quarters if known.get(who, NEVER) < end]
    return found, seen


def missed_expansion(events: Sequence[Event], customers: Spells, as_of: int) -> Seen:
    used, outreach, ready = defaultdict(list), defaultdict(list), defaultdict(list)
    for place, event in enumerate(events):
        if event.name in ("offer made", "expansion talk held"):
            outreach[event.account].append((place, event.at))
        if event.name != "product used" or float(event.said.get("seats_used", 0)) < 90:
            continue
        used[event.account].append(event.at)
        in_window = sum(at > event.at - 60 * DAY for at in used[event.account])
        if in_window >= 3 and is_customer(customers, event.account, event.at):
            ready[event.account].append((place, event.at))
    found, seen = [], []
    for account, moments in ready.items():
        answered, over = -1, -1  # until which place, and instant, the account is not ready again
        for place, at in moments:
            if place <= answered and at <= over:
                continue
            answered, reached = next((one for one in outreach[account] if one[1] >= at), (NEVER, NEVER))
            over, due = at + 180 * DAY, at + 30 * DAY
            if due <= as_of and is_customer(customers, account, due):
                seen.append((account, due))
                found += [(account, due)] if reached > due else []
    return found, seen


def small_frictions(
    events: Iterable[Event], customers: Spells, small: Iterable[Moment], *, as_of: int, watched: int
) -> Seen:
    """Four within 90 days and no complaint or poor score in them; once for each account and window.

    watched  from when on anything could show a friction
    """
    told: dict[str, set[int]] = defaultdict(set)
    loud: dict[str, list[int]] = defaultdict(list)
    for account, at in small:
        told[account].add(at)
    for event in events:
        score = float(event.said.get("nps", "nan"))
        if event.name == "ticket reopened" or 6 < score < 9:
            told[event.account].add(event.at)
        if event.name == "complaint made" or score <= 6:
            loud[event.account].append(event.at)
    found: list[Moment] = []
    for account, instants in told.items():
        times, last = sorted(at for at in instants if is_customer(customers, account, at)), -NEVER
        for at in times:
            window = sum(at - 90 * DAY < one <= at for one in times)
            if window >= 4 and at - last >= 90 * DAY and not any(at - 90 * DAY < one <= at for one in loud[account]):
                found.append((account, at))
                last = at
    quarters = customer_quarters(customers, as_of)
    return found, [(account, max(begin, watched)) for account, begin, end in quarters if end > watched]
