"""Names that one file mentions and another must declare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from clew.context.vocabulary import DEFAULTS
from clew.errors import Problem, nearest_name
from clew.files.reading import Named, listed
from clew.journeys.model import Journey
from clew.journeys.parse import repeated
from clew.sources.model import Source
from clew.sources.parts import PLACE

WHERE = {
    "team": "teams of clew.yaml",
    "person": "people of clew.yaml",
    "calendar": "calendars of clew.yaml",
    "segment": "segments of clew.yaml",
    "attribute": "attributes of the sources",
    "subject": "subjects of the sources",
    "journey": "journeys",
}


@dataclass(frozen=True)
class Names:
    """All names of a workspace.

    unchecked  kinds whose declarations are not known, so that nothing can be said of them
    """

    declared: Sequence[Named]
    mentioned: Sequence[Named]
    sources: Sequence[Source]
    unchecked: frozenset[str]

    def of(self, kind: str) -> list[str]:
        """Every declared name of a kind, once."""
        return list(dict.fromkeys(named.name for named in self.declared if named.kind == kind))


def reference_problems(names: Names, journeys: Mapping[str, Journey]) -> list[Problem]:
    """Return a problem for every name that nothing declares, and for journeys that exist twice or hold themselves."""
    problems = [
        again.problem(f"journey '{again.name}' exists twice", "another name")
        for again in repeated(named for named in names.declared if named.kind == "journey")
    ]
    problems += _circles(names, journeys)
    for named in names.mentioned:
        check = _plain if named.kind in WHERE else _CHECKS.get(named.kind)
        if check and named.kind not in names.unchecked:
            problems += check(named, names)
    return problems


def _plain(named: Named, names: Names) -> Iterator[Problem]:
    known = names.of(named.kind)
    if named.name not in known:
        yield _unknown(named, known, f"{listed(known)} ({WHERE[named.kind]})")


def _unknown(named: Named, known: Iterable[str], allowed: str) -> Problem:
    return named.problem(f"unknown {named.kind} '{named.name}'", allowed, nearest_name(named.name, known))


def _stage(named: Named, names: Names) -> Iterator[Problem]:
    """A stage of another journey: those that the file of that journey declares."""
    (journey,) = named.scope
    homes = {one.path for one in names.declared if one.kind == "journey" and one.name == journey}
    known = [one.name for one in names.declared if one.kind == "stage" and one.path in homes]
    if homes and named.name not in known:
        yield _unknown(named, known, f"{listed(known)} (stages of {journey})")


def _event(named: Named, names: Names) -> Iterator[Problem]:
    templates = names.of("event")
    if named.name not in DEFAULTS and not any(produces(template, named.name) for template in templates):
        plain = [template for template in templates if not PLACE.search(template)]
        yield _unknown(named, plain, f"{listed(templates)} (events of the sources)")


def produces(template: str, event: str) -> bool:
    """Whether an event name of a source, with {column} places or without, can become this name."""
    if not PLACE.search(template):
        return template == event
    literal = [r"\s*".join(re.escape(word) for word in re.split(r"\s+", part)) for part in PLACE.split(template)[::2]]
    return re.fullmatch(".*".join(literal), event, re.DOTALL) is not None


def _subject_column(named: Named, names: Names) -> Iterator[Problem]:
    (kind,) = named.scope
    known = sorted({source.subjects[kind] for source in names.sources if kind in source.subjects})
    if known and named.name not in known:
        wrong = f"no source has {kind} in column '{named.name}'"
        yield named.problem(wrong, listed(known), nearest_name(named.name, known))


def _property(named: Named, names: Names) -> Iterator[Problem]:
    """Known only where every source that tells of the event lists its properties."""
    tellers = [source for source in names.sources if _tells(source, named.scope)]
    if tellers and all(named.name in source.personal for source in tellers):
        yield named.problem(f"'{named.name}' is personal and stands with no event", "a property that is not personal")
        return
    if not tellers or any(source.properties is None for source in tellers):
        return
    known = sorted({prop for source in tellers for prop in source.properties or ()})
    if named.name not in known:
        event = f" of '{named.scope[0]}'" if named.scope else ""
        yield _unknown(named, known, f"{listed(known)} (properties{event})")


def _tells(source: Source, events: tuple[str, ...]) -> bool:
    if not events:
        return bool(source.events)
    return any(produces(spec.event, event) for spec in source.events for event in events)


def _circles(names: Names, journeys: Mapping[str, Journey]) -> Iterator[Problem]:
    for named in names.mentioned:
        if named.kind == "journey" and _is_above(named.name, journeys):
            yield named.problem(f"journey '{named.name}' is a part of itself", "a journey above this one")


def _is_above(name: str, journeys: Mapping[str, Journey]) -> bool:
    seen: set[str] = set()
    while name in journeys and name not in seen:
        seen.add(name)
        part_of = journeys[name].part_of
        if part_of is None:
            return False
        name = part_of[0]
    return name in seen


_CHECKS = {
    "stage": _stage,
    "event": _event,
    "subject column": _subject_column,
    "property": _property,
}
