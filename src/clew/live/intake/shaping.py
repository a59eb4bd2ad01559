"""From events to fates: the source's mapping, then what the log has already, then numbers for persons.

Events of one source are shaped together, as long as they do not become too wide a table. Where that fails in a way
nobody expected they are halved, and halved again, until the one at fault stands alone: it is parked, the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from clew.accounts.persons import PersonStore
from clew.acts.model import SOURCE
from clew.acts.source import BUILT_IN
from clew.archive.layout import PROPERTY
from clew.clock import DAY_US, NEVER
from clew.ingest.numbering import numbered_block
from clew.ingest.staged import Staged
from clew.ingest.wires.model import Refused, ShapedArrivals, Why
from clew.ingest.wires.shaping import shape_arrivals
from clew.live.faults import OURS
from clew.live.intake.acting import fitting as fitting_source
from clew.live.intake.decoding import crashed
from clew.live.intake.judging import Judging
from clew.live.intake.keys import KnownKeys
from clew.live.intake.model import Coming, Fate, Judged, Lot, Outcome
from clew.live.intake.names import is_too_wide, within_names
from clew.sources.blocks import ShapedBlock
from clew.sources.model import Source
from clew.workspace.workspace import Workspace

_ANY_TIME = NEVER - 2 * DAY_US  # what lies in the future is held, not refused by the mapping


class Sources:
    """Sources as a workspace that was read a moment ago says; its files are read again, once, before one is missed."""

    def __init__(self, workspace: Workspace, look_again: Callable[[], Workspace] | None = None) -> None:
        self._known, self._look_again = workspace.sources, look_again

    def receiving(self, name: str) -> Source | None:
        """Return a source that receives events and whose file holds no mistake."""
        if name == SOURCE:
            return BUILT_IN
        found = receiving(self._known, name)
        if found is None and self._look_again is not None:
            self._known, self._look_again = self._look_again().sources, None
            found = receiving(self._known, name)
        return found


class Shaping:
    """What holds for a whole turn."""

    def __init__(self, sources: Sources, keys: KnownKeys, persons: PersonStore, now: int) -> None:
        self._sources, self._keys, self._persons, self._now = sources, keys, persons, now

    def run(self, comings: Sequence[Coming]) -> Iterator[Judged]:
        """Yield what becomes of events; those of one source in their order."""
        unreadable = [coming for coming in comings if coming.arrival.record is None]
        if unreadable:
            yield Judged((), [_unreadable(coming) for coming in unreadable])
        readable = sorted((one for one in comings if one.arrival.record is not None), key=lambda one: one.source)
        for (name, quiet), group in groupby(readable, key=lambda one: (one.source, one.arrival.quiet)):
            source = self._sources.receiving(name)
            if source is None:
                yield Judged((), [_no_source(coming) for coming in group])
            else:
                yield from self._shaped(source, quiet, list(group))

    def _shaped(self, source: Source, quiet: bool, comings: Sequence[Coming]) -> Iterator[Judged]:
        try:
            judged = None if is_too_wide(comings) else self._judged(source, quiet, comings)
        except OURS:
            raise
        except Exception as fault:
            if len(comings) == 1:
                yield Judged((), [_unreadable(crashed(comings[0], fault))])
                return
            judged = None
        if judged is not None:
            yield judged
            return
        half = len(comings) // 2
        yield from self._shaped(source, quiet, comings[:half])
        yield from self._shaped(source, quiet, comings[half:])

    def _judged(self, source: Source, quiet: bool, comings: Sequence[Coming]) -> Judged:
        judging, fates = _judged(source, comings, self._keys, self._now)
        if not len(judging.accepted):
            return Judged((), fates)
        with self._persons.transaction():
            body = numbered_block(
                source,
                judging.block,
                judging.accepted,
                self._persons,
                content=judging.content,
                received=judging.received,
            )
        self._keys.add(judging.hi, judging.content)
        self._keys.learn(source.name, Staged(body).columns(PROPERTY))
        return Judged([Lot(source.name, quiet, len(judging.accepted), body)], fates)


def judged_alone(
    sources: Mapping[str, Source], coming: Coming, *, keys: KnownKeys, now: int
) -> tuple[Fate, ShapedBlock | None]:
    """Return what would become of one event, and its row where the mapping can use it. Nothing is written."""
    if coming.arrival.record is None:
        return _unreadable(coming), None
    source = BUILT_IN if coming.source == SOURCE else receiving(sources, coming.source)
    if source is None:
        return _no_source(coming), None
    try:
        judging, [fate] = _judged(source, [coming], keys, now)
    except OURS:
        raise
    except Exception as fault:
        return _unreadable(crashed(coming, fault)), None
    return fate, judging.block if len(judging.block.rows) else None


def receiving(sources: Mapping[str, Source], name: str) -> Source | None:
    """Return a source that receives events and whose file holds no mistake."""
    source = sources.get(name)
    return source if source is not None and source.receives is not None and source.version else None


def _judged(source: Source, comings: Sequence[Coming], keys: KnownKeys, now: int) -> tuple[Judging, list[Fate]]:
    fitting, overflowing = within_names(source, comings, keys.names(source.name))
    shaped = shape_arrivals(fitting_source(source, fitting), [coming.arrival for coming in fitting], _ANY_TIME)
    judging = Judging(source, fitting, shaped, keys=keys, now=now)
    fates = [*overflowing, *_refused(fitting, shaped), *judging.fates()]
    if len(fates) != len(comings):
        raise ValueError(f"{len(comings)} events were shaped into {len(fates)}")
    return judging, fates


def _unreadable(coming: Coming) -> Fate:
    arrival = coming.arrival
    return Fate(coming, Outcome.REJECTED, arrival.why or Why.CRASHED, arrival.place, arrival.detail)


def _no_source(coming: Coming) -> Fate:
    detail = f"there is no source '{coming.source}' that receives events, or its file holds mistakes; see 'clew check'"
    return Fate(coming, Outcome.REJECTED, Why.NO_SOURCE, "", detail)


def _refused(comings: Sequence[Coming], shaped: ShapedArrivals) -> Iterator[Fate]:
    by_arrival = {id(coming.arrival): coming for coming in comings}
    for refused in shaped.refused:
        yield _refusal(by_arrival[id(refused.arrival)], refused)


def _refusal(coming: Coming, refused: Refused) -> Fate:
    return Fate(coming, Outcome.REJECTED, refused.why, refused.place, refused.detail)
