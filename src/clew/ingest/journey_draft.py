"""A first draft of a journey: the events that many subjects have, in the order in which they typically come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clew.ingest import vocabulary
from clew.ingest.guessed_names import flow, kebab
from clew.ingest.looks import words_of
from clew.sources.blocks import ShapedBlock
from clew.sources.model import Source
from clew.sources.read import read_blocks

_MOST_ROWS = 2_000_000
_MOST_STAGES = 12
_RARE = 0.02  # share of subjects below which an event is no stage
_TYPICAL = 0.6  # share of subjects below which a stage is optional
_LAST = 0.4  # share of its subjects in which an ending event comes last


@dataclass(frozen=True)
class EventFigures:
    """One event name among the subjects of one kind.

    subjects  how many have it          position  where it first comes, 0 (first) to 1 (last), on average
    last      share of these subjects in which it is the last event
    """

    name: str
    subjects: int
    position: float
    last: float


@dataclass
class _Told:
    """The events of one kind of subject, gathered from blocks."""

    subject: list[NDArray[np.int64]] = field(default_factory=list)
    name: list[NDArray[np.int64]] = field(default_factory=list)
    at: list[NDArray[np.int64]] = field(default_factory=list)
    sequence: list[NDArray[np.int64]] = field(default_factory=list)
    subjects: dict[str, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(len(part) for part in self.subject)


@dataclass(frozen=True)
class Drafted:
    """A journey file and what it is about."""

    name: str
    text: str
    subjects: int
    stages: tuple[str, ...]
    ends: tuple[str, ...]


def draft_journey(
    sources: Mapping[str, Source], root: Path, *, now: int, values: Mapping[str, str] | None = None
) -> Drafted | None:
    """Draft a journey of the kind of subject that most events are about; None where no source tells of any.

    values  kind of subject -> the attribute whose value weighs a run
    """
    told = _gather(sources.values(), root, now)
    if not told:
        return None
    kind = max(told, key=lambda one: (len(told[one].names) > 1, told[one].count))
    figures = event_figures(told[kind])
    column = next((source.subjects[kind] for source in sources.values() if kind in source.subjects), None)
    return _Draft(kind, column, figures, len(told[kind].subjects), (values or {}).get(kind)).drafted()


def _gather(sources: Iterable[Source], root: Path, now: int) -> dict[str, _Told]:
    from clew.sources.files import find_files

    told: dict[str, _Told] = {}
    for source in sources:
        rows = 0
        for block in read_blocks(source, find_files(source.files, root), now=now, root=root):
            _add(told, source, block)
            rows += block.read
            if rows > _MOST_ROWS:
                break
    return {kind: one for kind, one in told.items() if one.count}


def _add(told: dict[str, _Told], source: Source, block: ShapedBlock) -> None:
    entities = dict(block.rows.subjects) or {"account": block.rows.entity}
    for kind, codes in entities.items():
        one = told.setdefault(kind, _Told())
        of_event = codes[block.events.row]
        chosen = np.flatnonzero((of_event >= 0) & (block.events.event.codes >= 0))
        one.subject.append(_renumbered(of_event[chosen], block.entities, one.subjects))
        one.name.append(_renumbered(block.events.event.codes[chosen], block.events.event.names, one.names))
        one.at.append(block.events.at[chosen])
        one.sequence.append(block.events.sequence[chosen] * 256 + block.events.place[chosen])


def _renumbered(codes: NDArray[np.int32], names: Sequence[str], known: dict[str, int]) -> NDArray[np.int64]:
    used = np.unique(codes)
    table = np.zeros(len(names), np.int64)
    table[used] = [known.setdefault(names[code], len(known)) for code in used.tolist()]
    return table[codes]


def event_figures(told: _Told) -> list[EventFigures]:
    """Return the figures of every event name, in the order in which they typically come."""
    subject, name = np.concatenate(told.subject), np.concatenate(told.name)
    order = np.lexsort((np.concatenate(told.sequence), np.concatenate(told.at), subject))
    subject, name = subject[order], name[order]
    begins = np.flatnonzero(np.diff(subject, prepend=-1))
    length = np.diff(np.append(begins, len(subject)))
    place = np.arange(len(subject)) - np.repeat(begins, length)
    relative = place / np.maximum(np.repeat(length, length) - 1, 1)
    _, first = np.unique(subject * len(told.names) + name, return_index=True)
    last = name[begins + length - 1]
    figures = []
    for text, code in told.names.items():
        mine = first[name[first] == code]
        figures.append(
            EventFigures(
                text, len(mine), float(np.mean(relative[mine])), float(np.count_nonzero(last == code) / len(mine))
            )
        )
    return sorted(figures, key=lambda one: (one.position, -one.subjects, one.name))


class _Draft:
    """The text of one journey."""

    def __init__(
        self, kind: str, column: str | None, figures: Sequence[EventFigures], subjects: int, value: str | None
    ) -> None:
        self.kind, self.column, self.subjects, self.value = kind, column, subjects, value
        usual = [one for one in figures if one.subjects >= _RARE * subjects]
        self.ends = [one for one in figures if _ends(one) and one.subjects >= _RARE / 4 * subjects]
        if not self.ends and len(usual) >= 3 and _is_typical_end(usual[-1], subjects):
            self.ends = [usual[-1]]
        stages = [one for one in usual if one not in self.ends] or usual or list(figures)
        self.ends = [one for one in self.ends if one not in stages]
        kept = sorted(stages, key=lambda one: -one.subjects)[:_MOST_STAGES]
        self.stages = [one for one in stages if one in kept]
        self.ids = _distinct_ids([*self.stages, *self.ends])

    def drafted(self) -> Drafted:
        lines = [*self._head(), *self._ends(), "", *self._stages(), "", *self._marks()]
        return Drafted(
            self.kind,
            "\n".join(lines) + "\n",
            self.subjects,
            tuple(self.ids[one.name] for one in self.stages),
            tuple(self.ids[one.name] for one in self.ends),
        )

    def _head(self) -> Iterator[str]:
        yield "# yaml-language-server: $schema=../schemas/journey.schema.json"
        yield "# A draft from the exports: the events that many have, in the order in which they typically come."
        yield "# It is a start for a talk, not the truth: rename, merge and drop stages, say what the customer needs."
        yield f"journey: {self.kind}"
        yield f"title: {flow(self.kind.replace('-', ' ').capitalize())}, as the exports show it"
        yield f"subject: {{{self.kind}: {flow(self.column)}}}" if self.column else "subject: account"
        if self.value:
            yield f"value: {{attribute: {flow(self.value)}}}"

    def _ends(self) -> Iterator[str]:
        if self.ends:
            yield ""
            yield "ends:"
        for one in self.ends:
            good = ", good: true" if _is_good(one.name) else ""
            reopens = ", reopens: true" if one.last < 0.98 else ""
            yield f"  {self.ids[one.name]}: {{event: {flow(one.name)}{good}{reopens}}}"

    def _stages(self) -> Iterator[str]:
        yield "stages:"
        for one in self.stages:
            yield f"  - stage: {self.ids[one.name]}"
            yield f"    enter: {{event: {flow(one.name)}}}"
            waiting = _waiting_on(one.name)
            if waiting:
                yield f"    waiting_on: {waiting}"
            if one.subjects < _TYPICAL * self.subjects:
                yield "    optional: true"

    def _marks(self) -> Iterator[str]:
        yield "marks:  # what is not marked is an assumption"
        for one in self.stages:
            name = self.ids[one.name]
            yield f'  {name}: {{evidence: "{self._share(one)}"}}'
            yield f'  {name}.enter: {{evidence: "{self._share(one)}"}}'
            if one.subjects < _TYPICAL * self.subjects:
                yield f'  {name}.optional: {{evidence: "{self._share(one)}"}}'
        for one in self.ends:
            last = f"it is the last event of {one.last:.0%} of these"
            yield f'  ends.{self.ids[one.name]}: {{evidence: "{self._share(one)}, {last}"}}'

    def _share(self, one: EventFigures) -> str:
        return f"{one.subjects:,} of {self.subjects:,} have this event"


def _spoken(name: str) -> str:
    return f" {vocabulary.plain(' '.join(words_of(name)))} "


def _ends(one: EventFigures) -> bool:
    words = _spoken(one.name)
    return one.last >= _LAST and any(f" {word} " in words for word in (*vocabulary.GOOD_END, *vocabulary.BAD_END))


def _is_typical_end(one: EventFigures, subjects: int) -> bool:
    """Whether most subjects come to this event and then to no other."""
    return one.last >= 2 * _LAST and one.subjects >= subjects / 2


def _is_good(name: str) -> bool:
    words = _spoken(name)
    return not any(f" {word} " in words for word in vocabulary.BAD_END)


def _waiting_on(name: str) -> str:
    words = set(_spoken(name).split())
    if not words & set(vocabulary.WAITING):
        return ""
    if words & set(vocabulary.CUSTOMER):
        return "customer"
    return "third party" if words & set(vocabulary.THIRD_PARTY) else ""


def _distinct_ids(figures: Sequence[EventFigures]) -> dict[str, str]:
    """An id in kebab-case for each event name, none of them a word of the journey file itself."""
    from clew.journeys.parts import SECTIONS

    ids: dict[str, str] = {}
    for number, one in enumerate(figures, start=1):
        name = kebab(one.name) or f"stage-{number}"
        if name in SECTIONS or name in ids.values():
            name = f"{name}-{number}"
        ids[one.name] = name
    return ids
