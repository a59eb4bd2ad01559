"""A first meanings.yaml, drafted from the names in the log: every guess with its count, the rest as examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from clew.discovery.drafting.event_words import one_line
from clew.discovery.meanings import words
from clew.discovery.meanings.log import LoggedNames, Scale, logged_names
from clew.discovery.meanings.words import Reads, reading, spoken
from clew.ingest.guessed_names import flow, kebab

if TYPE_CHECKING:
    from clew.questions.library import OpenWorkspace

_NUMBERS = 0.9  # share of values that must be numbers
_FULL = 100.0
_WIDEST = 110
_SCALES = ((5.0, 4, 2), (7.0, 6, 3), (10.0, 9, 6), (_FULL, 80, 50))  # largest value, good, poor
_NPS = (9, 6)  # promoters and detractors, Reichheld (2003)


def draft_meanings(workspace: OpenWorkspace) -> str:
    """Draft meanings.yaml from the words of loaded events, properties and attributes.

    Returns  the text of a file that passes `clew check`: what could be guessed with its count of events, what could not
             as a commented-out example
    Raises   BadRequest where nothing was loaded yet
    """
    return _Draft(logged_names(workspace.view(), tuple(workspace.sources.values()))).text()


class _Draft:
    """The text of one file."""

    def __init__(self, log: LoggedNames) -> None:
        self.log = log

    def text(self) -> str:
        sections: Sequence[Callable[[], Iterator[str]]] = (
            self._head, self._revenue, self._about, self._ends, self._sent, self._asked, self._stated,
            self._promises, self._requests, self._scores, self._habits, self._ready,
        )  # fmt: skip
        return "\n".join(line for section in sections for line in section()) + "\n"

    def _head(self) -> Iterator[str]:
        yield "# yaml-language-server: $schema=schemas/meanings.schema.json"
        names = f"{len(self.log.events):,} names of {self.log.total:,} events"
        yield f"# What events mean, so that detectors can see: a draft from the {names}."
        yield "# A name is no proof: keep what is true, correct the rest, say what is missing; the rest is not seen."

    def _revenue(self) -> Iterator[str]:
        found, maybe = (
            [name for way in ways for name in reading(self.log.attributes, way) if self._is_number(name)]
            for ways in (words.REVENUE, (words.MAYBE_REVENUE,))
        )
        if not found and not maybe:
            yield _example("revenue: {attribute: annual_revenue}", "an attribute with what an account brings a year")
            return
        name = (found or maybe)[0]
        line, n = f"revenue: {{attribute: {flow(name)}}}", len(self.log.view.names[f"attribute:{name}"])
        if found:
            yield f"{line}  # {n:,} values; what an account brings a year?"
        else:
            yield f"# {line}  # {n:,} values; only if it is what an account brings you a year, not its own turnover"

    def _is_number(self, attribute: str) -> bool:
        return self.log.scale(f"attribute:{attribute}").share >= _NUMBERS

    def _about(self) -> Iterator[str]:
        found = [name for way in words.TOPIC for name in reading(self.log.properties, way)]
        if not found:
            yield _example("about: topic", "a property that names the topic of an event")
            return
        n = sum(self.log.properties[found[0]].values())
        yield f"about: {flow(found[0])}  # carried by {n:,} of {self.log.total:,} events"

    def _ends(self) -> Iterator[str]:
        yield from self._plain("customers", "deal won", "the beginning of a customer", words.CUSTOMERS)
        yield from self._plain("lost", "contract cancelled", "the loss of an account", *words.LOST)
        yield from self._plain("renewed", "contract renewed", "a renewal", words.RENEWED)
        yield from self._plain("expanded", "contract extended", "an account that buys more", words.EXPANDED)
        yield from self._plain("loud", "complaint made", "a complaint or an escalation", words.LOUD)

    def _plain(self, key: str, example: str, what: str, *ways: Reads) -> Iterator[str]:
        found = self._events(*ways)
        line = f"{key}: {_when(found or [example])}"
        yield _told(line, self._counted(found)) if found else _example(line, what)

    def _sent(self) -> Iterator[str]:
        found = self._events(*words.SENT)
        line = f"sent: {{when: {_when(found or ['mail sent', 'call made'])}, within: 3 days}}"
        yield _told(line, self._counted(found)) if found else _example(line, "a touch that the firm makes")

    def _asked(self) -> Iterator[str]:
        asked = self._events(words.ASKED)
        answered = [name for name in self._events(words.ANSWERED) if name not in asked] if asked else ["answer given"]
        known = f", answered: {_when(answered)}" if answered else ""
        line = f"asked: {{when: {_when(asked or ['question asked'])}{known}, within: 365 days}}"
        if asked:
            yield _told(line, self._counted([*asked, *answered]))
        else:
            yield _example(line, "a question to a customer")

    def _stated(self) -> Iterator[str]:
        told = self._events(words.STATED)
        says = reading(self.log.kept_by(told), words.SAYS)
        prop = flow((says or ["says"])[0])
        line = f"stated: {{when: {_when(told or ['statement given'])}, says: {prop}, within: 60 days}}"
        if told and says:
            yield _told(line, self._counted(told))
        else:
            yield _example(line, "a statement to a customer with a property that holds what was told")

    def _promises(self) -> Iterator[str]:
        made, kept = self._events(*words.PROMISED), self._events(words.KEPT)
        both = [name for name in self.log.kept_by(made) if name in self.log.kept_by(kept)]
        ids = [name for way in words.PROMISE_ID for name in reading(both, way)]
        due = reading(self.log.kept_by(made), words.DUE)
        sure = bool(made and kept and ids)
        line = _promises(made, kept, ids, due if sure else ["due_on"])
        yield _told(line, self._counted([*made, *kept])) if sure else _example(line, "promises and what keeps them")

    def _requests(self) -> Iterator[str]:
        kinds = [kind for kind in reading(self.log.subjects, words.REQUEST) if self._of(kind, words.OPENED)]
        if not kinds:
            line = "requests: {subject: ticket, opened: {event: ticket opened}, answered: {event: ticket answered}}"
            yield _example(line, "requests of customers as a kind of subject")
            return
        kind = max(kinds, key=lambda one: sum(self.log.subjects[one].values()))
        yield "requests:"
        yield f"  subject: {flow(kind)}"
        yield from self._steps(kind)
        yield "  answer_within: 8 working hours"
        yield "  teams: 3"

    def _steps(self, kind: str) -> Iterator[str]:
        closed = next((found for way in words.CLOSED if (found := self._of(kind, way))), [])
        steps = {
            "opened": self._of(kind, words.OPENED),
            "answered": self._of(kind, words.REPLIED),
            "reopened": self._of(kind, words.REOPENED),
            "closed": closed,
        }
        for key, found in steps.items():
            if found:
                yield _told(f"  {key}: {_when(found)}", self._counted(found))
            else:
                yield f"  # {key}: {{event: {kind} {key}}}  # not guessed"

    def _of(self, kind: str, way: Reads) -> list[str]:
        """Events about a thing of this kind that read so."""
        return reading(self.log.subjects[kind], way)

    def _scores(self) -> Iterator[str]:
        found = {name: scale for name in reading(self.log.properties, words.SCORE) if (scale := self._score_of(name))}
        if not found:
            yield _example("scores: {nps: {property: nps, good: 9, poor: 6}}", "a property with a survey score")
            return
        yield "scores:"
        for name, scale in {kebab(name) or "score": (name, scale) for name, scale in found.items()}.values():
            good, poor = _good_and_poor(name, scale)
            n = sum(self.log.properties[name].values())
            seen = f"{n:,} events, {scale.low:g} to {scale.high:g}"
            yield f"  {kebab(name) or 'score'}: {{property: {flow(name)}, good: {good}, poor: {poor}}}  # {seen}"

    def _score_of(self, name: str) -> Scale | None:
        scale = self.log.scale(f"property:{name}")
        return scale if scale.share >= _NUMBERS and 0 <= scale.low < scale.high <= _FULL else None

    def _habits(self) -> Iterator[str]:
        yield "frictions: {at_least: 4, within: 90 days}  # as usual, not guessed"
        yield "silence: {gaps: 8, times: 2, at_least: 21 days}  # as usual, not guessed"

    def _ready(self) -> Iterator[str]:
        used, outreach = self._events(words.USED), self._events(words.OUTREACH)
        shares = [name for name in reading(self.log.kept_by(used), words.IN_USE) if self._is_percent(name)]
        sure = bool(used and outreach and shares)
        bearing = [event for event in used if shares and event in self.log.properties[shares[0]]]
        lines = _readiness(bearing or ["product used"], (shares or ["seats_used"])[0], outreach or ["offer made"])
        if sure:
            lines[1] = f"  # {self._counted(bearing)}; from where on is an account ready?\n{lines[1]}"
            lines[2] = _told(lines[2], self._counted(outreach))
            yield from lines
        else:
            yield _not_guessed("use that nears its limit, and the offer that should follow")
            yield from (f"# {line}" for line in lines)

    def _is_percent(self, name: str) -> bool:
        scale = self.log.scale(f"property:{name}")
        return scale.share >= _NUMBERS and scale.low >= 0 and 1 < scale.high <= 2 * _FULL

    def _events(self, *ways: Reads) -> list[str]:
        return reading(self.log.events, *ways)

    def _counted(self, events: Sequence[str]) -> str:
        if len(events) == 1:
            n = self.log.events[events[0]]
            return f"{n:,} events" if n != 1 else "1 event"
        return ", ".join(f"{one_line(event)} {self.log.events[event]:,}" for event in events)


def _when(events: Sequence[str]) -> str:
    names = ", ".join(flow(event) for event in events)
    return f"{{event: {names}}}" if len(events) == 1 else f"{{event: [{names}]}}"


def _promises(made: Sequence[str], kept: Sequence[str], ids: Sequence[str], due: Sequence[str]) -> str:
    until = f"due: {flow(due[0])}" if due else "within: 14 days"
    both = f"made: {_when(made or ['promise made'])}, kept: {_when(kept or ['promise kept'])}"
    return f"promises: {{{both}, id: {flow((ids or ['promise_id'])[0])}, {until}}}"


def _readiness(used: Sequence[str], share: str, outreach: Sequence[str]) -> list[str]:
    names = ", ".join(flow(event) for event in used)
    event = names if len(used) == 1 else f"[{names}]"
    count = f"{{count: {{event: {event}, where: {{{flow(share)}: {{at_least: 90}}}}}}, at_least: 3, within: 60 days}}"
    return [
        "ready:",
        f"  more-seats: {{when: {count},",
        f"    outreach: {_when(outreach)},",
        "    within: 30 days, watch: 180 days}",
    ]


def _good_and_poor(name: str, scale: Scale) -> tuple[int, int]:
    if "nps" in spoken(name).split() and scale.high <= _SCALES[2][0]:
        return _NPS
    return next((good, poor) for most, good, poor in _SCALES if scale.high <= most)


def _told(line: str, counts: str) -> str:
    """A guess with its counts: behind it, or above it where the line grows long."""
    if len(line) + len(counts) < _WIDEST:
        return f"{line}  # {counts}"
    return f"{' ' * (len(line) - len(line.lstrip()))}# {counts}\n{line}"


def _example(line: str, what: str) -> str:
    return f"# {line}  {_not_guessed(what)}"


def _not_guessed(what: str) -> str:
    return f"# not guessed: no name reads like {what}"
