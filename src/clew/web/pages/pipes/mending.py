"""What keeps events from counting, and where each of it is mended. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clew.clock import MINUTE_US, US
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.addresses import address_of_journey
from clew.web.frame.next_step import NextStep
from clew.web.frame.times import lasting
from clew.web.pages.pipes.listening import Listening
from clew.web.pages.sources.standing import SourceStanding
from clew.web.queries.pipes import Rhythm

LEAST_SILENCE_US = 10 * MINUTE_US


@dataclass(frozen=True)
class Pipe:
    """One source with its rhythm.

    held  events of it that wait for their time
    """

    source: SourceStanding
    rhythm: Rhythm | None
    held: int
    now: int

    @property
    def is_silent(self) -> bool:
        """Whether it has been silent for longer than it ever was in two weeks."""
        rhythm = self.rhythm
        return rhythm is not None and self.now - rhythm.last > LEAST_SILENCE_US and rhythm.silent_too_long(self.now)

    @property
    def state(self) -> tuple[str, str]:
        """Its shape and its word; where a rhythm is known it says more than a day does."""
        if self.is_silent and self.rhythm is not None:
            return "late", _("silent for %(span)s") % {"span": lasting((self.now - self.rhythm.last) / US)}
        shape, words = self.source.state
        keeps_rhythm = shape == "late" and self.rhythm is not None and self.rhythm.longest is not None
        return ("good", _("quiet, as it often is")) if keeps_rhythm else (shape, words)


@dataclass(frozen=True)
class Mend:
    """Something that keeps what comes in from counting.

    kind  shape: bad | late | waiting        says  what is so        why  what it costs
    do    words of the link                  href  where it is mended
    """

    kind: str
    says: str
    why: str
    do: str
    href: str


@dataclass(frozen=True)
class Situation:
    """What decides what is to be mended.

    mistakes  in files                            working   processes that take in and fold
    failing   sentences of what fails             journeys  that can be followed
    lag_s     oldest that waits to be taken in    stale     the archive is old and rows wait in the tail
    listening None while the log is not counted
    """

    mistakes: int
    working: int
    journeys: int
    pipes: Sequence[Pipe]
    failing: Sequence[str] = ()
    duplicates: int = 0
    ownerless: int = 0
    listening: Listening | None = None
    lag_s: float = 0.0
    stale: bool = False


def to_mend(now: Situation) -> list[Mend]:
    """List what keeps events from counting, the worst first."""
    found = [*_broken(now), *_late(now), *_loose(now)]
    return sorted(found, key=lambda one: ("bad", "late", "waiting").index(one.kind))


def _broken(now: Situation) -> Iterator[Mend]:
    kept = _("What arrives is kept and waits.")
    if not now.working:
        yield Mend("bad", _("Nothing works on what arrives."), kept, _("See what runs"), "/workers")
    for says in now.failing:
        yield Mend("bad", f"{says[0].upper()}{says[1:]}.", kept, _("See what runs"), "/workers")
    if now.mistakes:
        says = ngettext("The files hold %(n)d mistake.", "The files hold %(n)d mistakes.", now.mistakes)
        why = _("What a faulty file says does not hold.")
        yield Mend("bad", says % {"n": now.mistakes}, why, _("Mend them"), "/sources")
    for pipe in now.pipes:
        if waits := pipe.source.waiting:
            says = ngettext(
                "%(n)s event of %(source)s could not be used.", "%(n)s events of %(source)s could not be used.", waits
            )
            told = {"n": f"{waits:,}", "source": pipe.source.name}
            yield Mend(
                "bad",
                says % told,
                _("They count once the mapping is mended."),
                _("See why"),
                f"/rejected?source={pipe.source.name}",
            )


def _late(now: Situation) -> Iterator[Mend]:
    if now.lag_s > 60:
        says = _("Something has waited for %(span)s to be taken in.") % {"span": lasting(now.lag_s)}
        yield Mend("late", says, _("One more process helps: clew worker"), _("See what waits"), "/workers")
    if now.stale:
        says = _("The archive is older than two days and rows wait in the tail.")
        yield Mend("late", says, _("Questions get slower until it is kept."), _("See what runs"), "/workers")
    for pipe in now.pipes:
        if pipe.is_silent and pipe.rhythm is not None and pipe.rhythm.longest is not None:
            told = {"source": pipe.source.name, "span": lasting((pipe.now - pipe.rhythm.last) / US)}
            says = _("Source %(source)s has been silent for %(span)s.") % told
            why = _("Its longest pause in two weeks was %(span)s.") % {"span": lasting(pipe.rhythm.longest / US)}
            yield Mend("late", says, why, _("Look at it"), f"/sources/{pipe.source.name}")
    for deaf in now.listening.deaf if now.listening else ():
        says = _("%(stage)s of %(journey)s waits for “%(event)s”, which never came.")
        told = {"stage": deaf.stage, "journey": deaf.of, "event": deaf.event}
        why = (
            _("The log has “%(event)s”.") % {"event": deaf.nearest}
            if deaf.nearest
            else _("No run can enter the stage.")
        )
        yield Mend("late", says % told, why, _("Edit the journey"), address_of_journey(deaf.journey, "edit"))


def _loose(now: Situation) -> Iterator[Mend]:
    """What waits for somebody to decide or to connect."""
    receiving = [pipe.source for pipe in now.pipes if pipe.source.receives]
    for source in receiving:
        if not source.keys or source.ever is None:
            says = _("Source %(source)s is ready and has received nothing yet.") % {"source": source.name}
            yield Mend("waiting", says, "", _("Send a first event"), f"/sources/{source.name}")
    if now.duplicates:
        says = ngettext(
            "%(n)s pair of accounts is probably one.", "%(n)s pairs of accounts are probably one.", now.duplicates
        )
        why = _("Context does not travel between the two.")
        yield Mend("waiting", says % {"n": f"{now.duplicates:,}"}, why, _("Decide"), "/duplicates")
    if now.ownerless:
        count = now.ownerless
        says = ngettext("%(n)s account has no owner.", "%(n)s accounts have no owner.", count) % {"n": f"{count:,}"}
        why = _("Nobody is told of what happens there. Name one on its page, or map the owner in a source.")
        yield Mend("waiting", says, why, _("See the largest"), "#ownerless")
    if now.listening and (count := now.listening.strays):
        says = ngettext("%(n)s contact belongs to no account.", "%(n)s contacts belong to no account.", count)
        why = _("What they do counts for nobody. Map the account beside the contact.")
        yield Mend("waiting", says % {"n": f"{count:,}"}, why, _("See the sources"), "/sources")
    if now.listening and (count := len(now.listening.unheard)):
        says = ngettext(
            "%(n)s event is named by no journey and no meaning.",
            "%(n)s events are named by no journey and no meaning.",
            count,
        )
        yield Mend(
            "waiting",
            says % {"n": f"{count:,}"},
            _("They occur, and nothing follows from them."),
            _("See which"),
            "#unheard",
        )


def next_step(now: Situation, found: Sequence[Mend]) -> NextStep:
    """Choose the one thing to do next: what keeps events from counting comes first."""
    urgent = next((one for one in found if one.kind != "waiting"), None)
    if urgent is not None:
        return NextStep(urgent.says, urgent.do, urgent.href, urgent.kind)
    if not any(pipe.source.receives for pipe in now.pipes):
        says = _("No source receives events yet. Connect a tool that your firm already has.")
        return NextStep(says, _("Connect a source"), "/sources/new")
    if not now.journeys:
        says = _("Events arrive, and no journey follows them yet.")
        return NextStep(says, _("See how to draft one"), "/journeys")
    if found:
        return NextStep(found[0].says, found[0].do, found[0].href, found[0].kind)
    return NextStep(_("Everything arrives and counts."), _("See where runs stand"), "/journeys", "good")
