"""The events that the rows of a sheet tell of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE
from clew.conditions.model import Test
from clew.sources.blocks import Coded, Events, Reason
from clew.sources.columns import Column, recoded
from clew.sources.faults import Faults
from clew.sources.mapped import template_parts
from clew.sources.model import EventSpec, Given, Source
from clew.sources.parsed import Parsed
from clew.sources.sheet import Sheet
from clew.sources.times import Times
from clew.sources.when import passes

Flags = NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True)
class Telling:
    """One event of the source on all rows of a sheet: which tell of it, when, and under which name."""

    spec: EventSpec
    told: Flags
    times: Times
    name: Coded


def find_tellings(sheet: Sheet, source: Source, parsed: Parsed, faults: Faults) -> list[Telling]:
    """Find out which rows tell of which events; a row with a time but no name for it is a fault."""
    tellings = []
    for spec in source.events:
        times = parsed.happened(spec.at)
        told, name = times.present & _admitted(sheet, spec.when), _named(sheet, spec.event)
        faults.mark(told & (name.codes < 0), Reason.EVENT, next((c for _, c in template_parts(spec.event) if c), ""))
        tellings.append(Telling(spec, told, times, name))
    return tellings


def shape_events(sheet: Sheet, tellings: Sequence[Telling], parsed: Parsed, usable: Flags) -> Events:
    """Gather the events of the usable rows; their row numbers count the usable ones."""
    numbers = np.cumsum(usable, dtype=np.int32) - np.int32(1)
    chosen = [np.flatnonzero(telling.told & usable) for telling in tellings]
    specs = [telling.spec for telling in tellings]
    none, unordered = np.full(len(sheet), NO_VALUE, np.int64), np.zeros(len(sheet), np.int64)
    values = [parsed.amounts(spec.value) if spec.value else none for spec in specs]
    sequences = [parsed.sequences(spec.sequence) if spec.sequence else unordered for spec in specs]
    return Events(
        row=_gathered([numbers] * len(specs), chosen, np.dtype(np.int32)),
        place=np.repeat(np.arange(len(specs), dtype=np.uint8), [len(rows) for rows in chosen]),
        at=_gathered([telling.times.at for telling in tellings], chosen, np.dtype(np.int64)),
        day=_gathered([telling.times.day for telling in tellings], chosen, np.dtype(np.bool_)),
        event=_merged([telling.name for telling in tellings], chosen),
        team=_merged([_given(sheet, spec.team) for spec in specs], chosen),
        channel=_merged([_given(sheet, spec.channel) for spec in specs], chosen),
        user=_merged([_given(sheet, spec.by) for spec in specs], chosen),
        value=_gathered(values, chosen, np.dtype(np.int64)),
        sequence=_gathered(sequences, chosen, np.dtype(np.int64)),
    )


def _admitted(sheet: Sheet, when: Mapping[str, Test]) -> Flags:
    """Which rows pass all tests of `when`."""
    admitted = np.ones(len(sheet), np.bool_)
    for name, test in when.items():
        column = sheet.column(name)
        verdicts = [passes(test, text) for text in column.names]
        admitted &= np.array([*verdicts, passes(test, None)], np.bool_)[column.codes]
    return admitted


def _named(sheet: Sheet, template: str) -> Coded:
    """Fill the places of an event's name; an empty cell takes the sign before it away, all empty is no name."""
    parts = template_parts(template)
    columns = [(before, sheet.column(name)) for before, name in parts if name]
    if not columns:
        return Coded(np.zeros(len(sheet), np.int32), [template])
    together = np.zeros(len(sheet), np.int64)
    for _, column in columns:
        together = together * (len(column.names) + 1) + (column.codes + 1)
    distinct, first, codes = np.unique(together, return_index=True, return_inverse=True)
    texts: list[str | None] = []
    for row in first.tolist() if len(distinct) else []:
        cells = [(before, _text(column, row)) for before, column in columns]
        texts.append(_filled(cells, parts[-1][0]))
    return recoded(codes.astype(np.int32), texts)


def _filled(cells: list[tuple[str, str]], after: str) -> str | None:
    if not any(text for _, text in cells):
        return None
    told = "".join(before + text for number, (before, text) in enumerate(cells) if text or not number)
    return (told + after).strip()


def _text(column: Column, row: int) -> str:
    code = int(column.codes[row])
    return column.names[code] if code >= 0 else ""


def _given(sheet: Sheet, given: Given | None) -> Coded:
    if given is not None and given.column:
        return sheet.column(given.column).coded
    if given is not None and given.always:
        return Coded(np.zeros(len(sheet), np.int32), [given.always])
    return Coded(np.full(len(sheet), -1, np.int32), [])


def _gathered(columns: Sequence[NDArray[T]], chosen: Sequence[NDArray[np.intp]], kind: np.dtype[T]) -> NDArray[T]:
    parts = [column[rows] for column, rows in zip(columns, chosen, strict=True)]
    return np.concatenate([np.empty(0, kind), *parts])


def _merged(columns: Sequence[Coded], chosen: Sequence[NDArray[np.intp]]) -> Coded:
    """Put the chosen items of several coded columns behind each other."""
    names: list[str] = []
    offsets: dict[int, int] = {}
    parts = [np.empty(0, np.int32)]
    for coded, rows in zip(columns, chosen, strict=True):
        if id(coded.names) not in offsets:
            offsets[id(coded.names)] = len(names)
            names.extend(coded.names)
        codes = coded.codes[rows]
        parts.append(np.where(codes >= 0, codes + np.int32(offsets[id(coded.names)]), codes))
    return Coded(np.concatenate(parts), names)
