"""Random small firms that talk to a few accounts, and what each detector of messages must find in them, word by word.

The oracles read the rows of a view one after the other and share no code with the detectors.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clew.clock import HOUR_US, to_datetime, to_micros
from clew.conditions.model import Condition, Count, Event, Operator
from clew.conditions.model import Test as ValueTest
from clew.durations import Duration
from clew.firm.model import Firm
from clew.meanings.model import Asked, Meanings, Promises, Ready, Requests, Sent, Stated
from clew.testing import MemoryView, memory_log

BERLIN = ZoneInfo("Europe/Berlin")
FIRM = Firm("two teams", "EUR", "Europe/Berlin")
START = to_micros(datetime(2026, 3, 27, tzinfo=BERLIN))  # clocks go forward on the 29th
STEP = 6 * HOUR_US
NAMES = ("touch", "ask", "reply", "tell", "make", "keep", "use", "offer", "won", "gone", "more")
WORDS = {
    "team": ("sales", "service", "finance"),
    "contact": (1, 2),
    "topic": ("price", "dates"),
    "says": ("yes", "no"),
    "promise": ("p1", "p2"),
    "due": ("2026-03-26", "2026-03-27", "2026-03-28", "2026-03-28T22:30:00+00:00", "2026-03-29", "soon"),
    "ticket": ("t1", "t2"),
}


@dataclass(frozen=True)
class Row:
    """One event in the total order of its account; `place` is its number there, `row` that of the bucket."""

    account: str
    place: int
    row: int
    at: int
    event: str
    words: dict[str, Any]

    def word(self, name: str | None) -> Any:
        return self.words.get(name) if name is not None else None


@dataclass(frozen=True)
class Found:
    """One signal: account, subject, instant, place of the events it rests on (None: time alone)."""

    account: str
    subject: str
    at: int
    first: int | None
    last: int | None


Oracle = tuple[list[Found], list[tuple[str, int]]]  # signals, and occasions as (account, instant)


class Talk:
    """Draws a small log in which few words meet few words, and meanings for it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def span(self, most: int = 6) -> Duration:
        return Duration(6.0 * self.random.randint(1, most), "hour")

    def events(self, names: Sequence[str], most: int = 22) -> list[Any]:
        return [self._event(number, names) for number in range(self.random.randint(2, most))]

    def _event(self, number: int, names: Sequence[str]) -> Any:
        at = START + self.random.randrange(16) * STEP
        words = {name: self.pick(*choices) for name, choices in WORDS.items() if self.random.randrange(6)} | {
            "id": number
        }
        day = str(to_datetime(at).date()) if to_datetime(at).hour == 0 and self.pick(0, 1) else at
        return self.pick("acme", "acme", "acme", "bolt"), day, self.pick(*names), words

    def meanings(self) -> Meanings:
        use: Condition = Event(("use",))
        if self.pick(0, 1):
            use = Count(Event(("use",)), ValueTest(((Operator.AT_LEAST, 2),)), self.span())
        return Meanings(
            about=self.pick(None, "topic", "topic", "topic"),
            customers=self.pick(None, Event(("won",)), Event(("won", "touch"))),
            lost=self.pick(None, Event(("gone",))),
            expanded=Event(("more",)),
            sent=Sent(self.pick(Event(("touch",)), Event(("touch", "tell"))), self.span()),
            asked=Asked(Event(("ask",)), self.pick(None, Event(("reply",))), self.span()),
            stated=Stated(Event(("tell",)), "says", self.span()),
            promises=Promises(
                Event(("make",)), Event(("keep",)), "promise", due=self.pick(None, "due", "due"), within=self.span(10)
            ),
            requests=Requests("ticket", Event(("ask",)), teams=self.pick(1, 2)),
            ready={
                name: Ready(name, when, Event(("offer",)), within=self.span(), watch=self.span(10))
                for name, when in (("seats", use), ("sites", Event(("reply", "offer"))))
            },
        )


def view_of(events: Sequence[Any], **options: Any) -> MemoryView:
    return memory_log(events, subjects=("ticket",), **options)


def rows_of(view: MemoryView) -> dict[str, list[Row]]:
    """The events of every account in the total order, told in words."""
    accounts: dict[str, list[Row]] = {}
    for bucket in view.kept:
        for row in range(len(bucket)):
            words: dict[str, Any] = {}
            for name, column in (("team", bucket.team), ("ticket", bucket.subject("ticket"))):
                dictionary = view.names["entity" if name == "ticket" else name]
                words[name] = dictionary.text(int(column[row])) if column[row] >= 0 else None
            for name, column in bucket.properties.items():
                words[name] = view.names[f"property:{name}"].text(int(column[row])) if column[row] >= 0 else None
            words["contact"] = int(bucket.contact[row]) if bucket.contact[row] >= 0 else None
            account = view.names["entity"].text(int(bucket.thread[row]))
            told = accounts.setdefault(account, [])
            event = view.names["event"].text(int(bucket.event[row]))
            told.append(Row(account, len(told), row, int(bucket.at[row]), event, words))
    return accounts


def matching(rows: Sequence[Row], condition: Condition | None) -> list[Row]:
    """The events at which a simple condition comes true."""
    match condition:
        case Event():
            return [row for row in rows if row.event in condition.names]
        case Count():
            assert condition.within is not None
            span, named = condition.within.micros, matching(rows, condition.event)
            return [
                row for row in named if sum(row.at - span < each.at and each.place <= row.place for each in named) >= 2
            ]
    return []


def _by_account(view: MemoryView, of_rows: Callable[[list[Row]], Oracle]) -> Oracle:
    found: list[Found] = []
    occasions: list[tuple[str, int]] = []
    for rows in rows_of(view).values():
        of_account = of_rows(rows)
        found, occasions = found + of_account[0], occasions + of_account[1]
    return found, occasions


def _latest(rows: Sequence[Row], now: Row, fits: Callable[[Row], bool]) -> Row | None:
    before = [row for row in rows if row.place < now.place and fits(row)]
    return before[-1] if before else None


def _pair(first: Row, last: Row) -> Found:
    return Found(last.account, last.account, last.at, first.row, last.row)


def duplicate_contact(view: MemoryView, meanings: Meanings) -> Oracle:
    sent = meanings.sent
    assert sent is not None

    def of_rows(rows: list[Row]) -> Oracle:
        touches = [row for row in matching(rows, sent.when) if row.word("team")]
        found = []
        for now in touches:

            def twice(row: Row, now: Row = now) -> bool:
                who, whom = row.word("contact"), now.word("contact")
                same = who == whom or who is None or whom is None
                return (
                    same
                    and row.word("team") != now.word("team")
                    and row.word(meanings.about) == now.word(meanings.about)
                    and now.at - row.at <= sent.within.micros
                )

            earlier = _latest(touches, now, twice)
            found += [_pair(earlier, now)] if earlier else []
        return found, [(row.account, row.at) for row in touches]

    return _by_account(view, of_rows)


def repeated_question(view: MemoryView, meanings: Meanings) -> Oracle:
    asked, about = meanings.asked, meanings.about
    assert asked is not None
    if about is None:
        return [], []

    def of_rows(rows: list[Row]) -> Oracle:
        questions = [row for row in matching(rows, asked.when) if row.word(about)]
        if asked.answered is None:
            questions = [row for row in questions if row.word("team")]
        sources = questions if asked.answered is None else matching(rows, asked.answered)
        found = []
        for now in questions:

            def known(row: Row, now: Row = now) -> bool:
                other = asked.answered is not None or row.word("team") != now.word("team")
                return other and row.word(about) == now.word(about) and now.at - row.at <= asked.within.micros

            source = _latest(sources, now, known)
            found += [_pair(source, now)] if source else []
        return found, [(row.account, row.at) for row in questions]

    return _by_account(view, of_rows)


def contradiction(view: MemoryView, meanings: Meanings) -> Oracle:
    stated, about = meanings.stated, meanings.about
    assert stated is not None
    if about is None:
        return [], []

    def of_rows(rows: list[Row]) -> Oracle:
        told = [row for row in matching(rows, stated.when) if row.word(about) and row.word("says") and row.word("team")]
        found = []
        for now in told:

            def others(row: Row, now: Row = now) -> bool:
                return bool(row.word("team") != now.word("team") and row.word(about) == now.word(about))

            last = _latest(told, now, others)
            if last and last.word("says") != now.word("says") and now.at - last.at <= stated.within.micros:
                found.append(_pair(last, now))
        return found, [(row.account, row.at) for row in told]

    return _by_account(view, of_rows)


def _requests(rows: Sequence[Row]) -> dict[str, list[Row]]:
    requests: dict[str, list[Row]] = {}
    for row in rows:
        if row.word("ticket") and row.word("team"):
            requests.setdefault(row.word("ticket"), []).append(row)
    return requests


def ping_pong(view: MemoryView, meanings: Meanings) -> Oracle:
    def of_rows(rows: list[Row]) -> Oracle:
        found: list[Found] = []
        occasions: list[tuple[str, int]] = []
        for ticket, held in _requests(rows).items():
            occasions.append((held[0].account, held[0].at))
            turns: list[list[Row]] = []
            for row in held:
                if turns and turns[-1][-1].word("team") == row.word("team"):
                    turns[-1].append(row)
                else:
                    turns.append([row])
            for one, _, other in zip(turns, turns[1:], turns[2:], strict=False):
                if one[0].word("team") == other[0].word("team"):
                    found.append(Found(held[0].account, ticket, other[0].at, one[-1].row, other[0].row))
                    break
        return found, occasions

    return _by_account(view, of_rows)


def re_routing(view: MemoryView, meanings: Meanings) -> Oracle:
    assert meanings.requests is not None
    most = meanings.requests.teams

    def of_rows(rows: list[Row]) -> Oracle:
        found: list[Found] = []
        occasions: list[tuple[str, int]] = []
        for ticket, held in _requests(rows).items():
            occasions.append((held[0].account, held[0].at))
            teams: list[str] = []
            for row in held:
                if row.word("team") not in teams:
                    teams.append(row.word("team"))
                    if len(teams) == most + 1:
                        found.append(Found(row.account, ticket, row.at, held[0].row, row.row))
        return found, occasions

    return _by_account(view, of_rows)


def broken_promise(view: MemoryView, meanings: Meanings) -> Oracle:
    promises = meanings.promises
    assert promises is not None

    def due(row: Row) -> int | None:
        if promises.due is None:
            day = to_datetime(row.at + promises.within.micros).astimezone(BERLIN).date()
        else:
            text = row.word("due")
            if text in (None, "soon"):
                return None
            day = (
                date.fromisoformat(text) if "T" not in text else datetime.fromisoformat(text).astimezone(BERLIN).date()
            )
        following = day + timedelta(days=1)
        end = to_micros(datetime(following.year, following.month, following.day, tzinfo=BERLIN))
        return end if end > row.at else None

    def of_rows(rows: list[Row]) -> Oracle:
        made = [row for row in matching(rows, promises.made) if row.word("promise") and due(row)]
        found: list[Found] = []
        occasions: list[tuple[str, int]] = []
        for row in made:
            end = due(row) or 0
            same = [each for each in rows if each.word("promise") == row.word("promise")]
            moved = any(each in made and row.place < each.place and each.at < end for each in same)
            if moved or end > view.as_of:
                continue
            occasions.append((row.account, end))
            if not any(each.event == "keep" and each.at < end for each in same):
                found.append(Found(row.account, row.account, end, row.row, None))
        return found, occasions

    return _by_account(view, of_rows)


def missed_expansion(view: MemoryView, meanings: Meanings) -> Oracle:
    def customer(rows: Sequence[Row], at: int) -> bool:
        state, standing = False, False
        begins = [rows[0]] if meanings.customers is None else matching(rows, meanings.customers)
        losses = matching(rows, meanings.lost)
        for row in rows:
            if row.at > at:
                break
            state = False if row in losses else True if row in begins else state
            standing = state
        return standing

    def of_rows(rows: list[Row]) -> Oracle:
        found: list[Found] = []
        occasions: list[tuple[str, int]] = []
        for ready in meanings.ready.values():
            last: Row | None = None
            outreach = matching(rows, ready.outreach)
            for row in matching(rows, ready.when):
                if last is not None:
                    answered = any(last.at <= each.at and each.place < row.place for each in outreach)
                    if not answered and row.at <= last.at + ready.watch.micros:
                        continue
                if not customer(rows, row.at):
                    continue
                last, due = row, row.at + ready.within.micros
                if due > view.as_of or not customer(rows, due):
                    continue
                occasions.append((row.account, due))
                if not any(row.at <= each.at <= due for each in outreach):
                    found.append(Found(row.account, row.account, due, row.row, None))
        return found, occasions

    return _by_account(view, of_rows)


ORACLES: dict[str, tuple[Callable[[MemoryView, Meanings], Oracle], tuple[str, ...]]] = {
    "duplicate-contact": (duplicate_contact, ("touch", "touch", "tell")),
    "repeated-question": (repeated_question, ("ask", "ask", "reply")),
    "contradiction": (contradiction, ("tell",)),
    "ping-pong": (ping_pong, ("ask", "reply")),
    "re-routing": (re_routing, ("ask", "reply")),
    "broken-promise": (broken_promise, ("make", "make", "keep")),
    "missed-expansion": (missed_expansion, ("use", "use", "reply", "offer", "won", "gone", "touch")),
}
