"""Draft a journey from the log: what happened, written down as what might be meant to happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from clew.archive.model import NO_CODE, LogView
from clew.clock import US
from clew.conditions.model import Event
from clew.discovery.drafting.details import with_details
from clew.discovery.drafting.event_words import spoken_kind
from clew.discovery.drafting.figures import Figures, figures_of
from clew.discovery.drafting.handoffs import with_handoffs
from clew.discovery.drafting.limits import with_limits
from clew.discovery.drafting.main_subject import main_subject
from clew.discovery.drafting.merging import Merged, merged
from clew.discovery.drafting.model import Draft, Dropped, Findings
from clew.discovery.drafting.outline import Asked, outline
from clew.discovery.drafting.parts_of_log import of_segment
from clew.discovery.drafting.passages import passages_of
from clew.discovery.drafting.stages import Chosen, choose
from clew.discovery.drafting.tracks import ACCOUNT, Window, tracks_of
from clew.discovery.drafting.value_attribute import value_of
from clew.discovery.drafting.writing import basis, file_text
from clew.engine.fold import fold
from clew.errors import BadRequest, UnknownName
from clew.firm.model import Firm
from clew.journeys.elements import elements
from clew.journeys.model import Journey, Kpi, Subject
from clew.questions.words import date


@dataclass(frozen=True)
class Wish:
    """What a person asks for; every part may be left to discovery.

    journey  its name                        subject  'account' or a kind of thing: whose journey it is
    segment  only accounts that are in it    starts, ends  events at which a run starts and ends
    """

    journey: str | None = None
    subject: str | None = None
    segment: str | None = None
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


def draft_journey(view: LogView, firm: Firm, columns: Mapping[str, str], wish: Wish) -> Draft:
    """Draft a journey from a view of the log; the same view gives the same file.

    columns  kind of thing -> the column with its ids, as the sources name it; where two are equal, the first counts
    Raises   UnknownName for a subject, segment or event that is not there; BadRequest where nothing happened
    """
    kind = _subject(view, columns, wish)
    seen = of_segment(view, firm, wish.segment) if wish.segment else view
    for name in (*wish.starts, *wish.ends):
        if view.names["event"].code(name) == NO_CODE:
            raise UnknownName("event", name, view.names["event"].texts())
    tracks = tracks_of(seen, kind)
    window = Window(wish.starts, wish.ends)
    figures = figures_of(window.of(tracks, seen), seen, kind)
    if not figures.units:
        raise BadRequest(_nothing(kind, wish))
    life = choose(figures_of(tracks, seen, kind), kind) if wish.starts or wish.ends else None
    chosen = choose(figures, kind, starts=wish.starts, ends=wish.ends, life=life)
    found = merged(chosen, said=bool(wish.ends))
    asked = Asked(wish.journey or kind, Subject(kind, columns.get(kind)), wish.starts, wish.ends)
    return _written(_Material(seen, firm, chosen, found, wish), asked)


@dataclass(frozen=True)
class _Material:
    view: LogView
    firm: Firm
    chosen: Chosen
    found: Merged
    wish: Wish

    @property
    def figures(self) -> Figures:
        return self.chosen.figures


def _written(made: _Material, asked: Asked) -> Draft:
    findings = Findings()
    view, firm, figures = made.view, made.firm, made.figures
    frame = outline(made.chosen, made.found, asked, as_of=view.as_of, findings=findings)
    worth = value_of(view, asked.subject.kind)
    if worth:
        findings.marks["value"] = worth[1]
    folded = fold(view, frame, firm)
    passages = passages_of(folded)
    offered = _offered(made.chosen)
    journey = with_details(folded, passages, firm, offered=offered, findings=findings)
    unsegmented = replace(firm, segments={}) if made.wish.segment else firm
    journey = with_limits(folded, journey, unsegmented, findings=findings)
    journey = with_handoffs(folded, passages, journey, firm=firm, answers=offered, findings=findings)
    journey = replace(journey, value=worth[0] if worth else None, kpis=_kpis(journey, findings))
    findings.dropped = _dropped(made, journey)
    findings.marks = _in_file_order(findings.marks, journey)
    through = date(view.as_of / US, firm.time_zone)
    told = basis(events=figures.events, subjects=figures.units, kind=asked.subject.kind, through=through)
    if made.wish.segment:
        told = f"{told[:-1]}, of accounts in the segment {made.wish.segment} only."
    return Draft(
        journey=journey,
        text=file_text(journey, findings, basis=told),
        subjects=figures.units,
        events=figures.events,
        marks=findings.marks,
        limits=findings.limits,
        dropped=tuple(findings.dropped),
        notes=tuple(findings.notes),
    )


def _subject(view: LogView, columns: Mapping[str, str], wish: Wish) -> str:
    kinds = [kind for kind in columns if kind in view.subject_kinds]
    if wish.subject is None:
        return main_subject(view, kinds)
    if wish.subject not in (ACCOUNT, *kinds):
        raise UnknownName("subject", wish.subject, (ACCOUNT, *kinds))
    return wish.subject


def _nothing(kind: str, wish: Wish) -> str:
    asked = [f"in the segment '{wish.segment}'"] if wish.segment else []
    asked += [f"with '{name}'" for name in wish.starts]
    return f"there is no {spoken_kind(kind, 1)} {' and '.join(asked) or 'with any event'}, so there is nothing to draft"


def _offered(chosen: Chosen) -> list[str]:
    """Events that may be touchpoints, by name."""
    return sorted(left.figures.name for left in chosen.left.values() if left.offered)


def _kpis(journey: Journey, findings: Findings) -> tuple[Kpi, ...]:
    """The time to a good end, where there is one."""
    good = next((end for end in journey.ends if end.good and isinstance(end.when, Event)), None)
    first = journey.stages[0].enter
    if good is None or not isinstance(good.when, Event) or not isinstance(first, Event):
        return ()
    name = f"time-to-{good.name}"
    findings.marks[f"kpis.{name}"] = f"from the first stage to the end '{good.name}'; no target can be seen in a log"
    return (Kpi(name, {"time": [first.names[0], good.when.names[0]], "statistic": "median"}),)


def _dropped(made: _Material, journey: Journey) -> list[Dropped]:
    """What is left out, the most frequent first; where it became a touchpoint, of which stage."""
    met = {one.event: stage.name for stage in journey.stages for one in stage.touchpoints}
    found = []
    for left in {**made.chosen.left, **made.found.left}.values():
        one = left.figures
        if one.name not in _used(journey):
            reason = left.reason + (f"; a touchpoint of {met[one.name]}" if one.name in met else "")
            found.append(Dropped(one.name, one.occurrences, one.subjects, reason))
    names, occurrences = made.figures.beyond
    if names:
        found.append(Dropped(f"{names:,} further names", occurrences, 0, "too rare to be looked at one by one"))
    return sorted(found, key=lambda one: (-one.occurrences, one.event))


def _used(journey: Journey) -> frozenset[str]:
    """Events of stages and ends."""
    conditions = (*(stage.enter for stage in journey.stages), *(end.when for end in journey.ends))
    return frozenset(name for each in conditions if isinstance(each, Event) for name in each.names)


def _in_file_order(marks: Mapping[str, str], journey: Journey) -> dict[str, str]:
    """Marks as the elements stand in the file; what they speak of is all there."""
    return {element: marks[element] for element in elements(journey) if element in marks}
