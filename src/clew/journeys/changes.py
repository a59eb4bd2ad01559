"""What changed between two versions of a journey, in words, and what each change affects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from clew.conditions.words import in_words
from clew.journeys.model import Again, AgainKind, End, Handoff, Journey, Kpi, Stage, Touchpoint, Variant

T = TypeVar("T")


class Aspect(StrEnum):
    """What of a run a change can alter."""

    START = "start"  # whether and when there is a run
    PATH = "path"  # which stages it visits and when
    ENDS = "ends"  # whether, when and how it ends
    NORM = "norm"  # only what it is compared with, or how it is counted
    MAP = "map"  # nothing of a run: words, owners, touchpoints


@dataclass(frozen=True)
class Change:
    """One difference.

    element  path of the element, as set-up.limit
    text     the difference in words, as "stage set-up: limit 14 days → 21 days"
    """

    element: str
    text: str
    aspect: Aspect


def compare(old: Journey, new: Journey) -> tuple[Change, ...]:
    """Return what changed from one version of a journey to another, in the order of the file."""
    changes = (
        *_plain_changes(old, new),
        *_stages(old, new),
        *_ends(old, new),
        *_handoffs(old, new),
        *_kpis(old, new),
        *_variants(old, new),
        *_marks(old, new),
    )
    if changes or replace(old, version="") == replace(new, version=""):
        return changes
    return (Change("journey", "only the order of entries changed", Aspect.MAP),)


def affects(changes: Iterable[Change]) -> frozenset[Aspect]:
    """Return what of a run these changes can alter."""
    return frozenset(change.aspect for change in changes)


def touched_in_words(aspects: frozenset[Aspect]) -> str:
    """Say which runs changes of these aspects touch."""
    told = [_TOUCHED[aspect] for aspect in Aspect if aspect in aspects and aspect is not Aspect.MAP]
    return "; ".join(told) if told else "no run: only words of the map changed"


_TOUCHED = {
    Aspect.START: "every run: whether and when runs start can differ",
    Aspect.PATH: "runs that pass the changed stages: visits and their times can differ",
    Aspect.ENDS: "runs that end, or would have ended: end and reopening can differ",
    Aspect.NORM: "open runs in the changed places: only what counts as late differs, no path does",
}


def _plain_changes(old: Journey, new: Journey) -> Iterator[Change]:
    rows: Sequence[tuple[str, str, Callable[[Journey], object], Aspect]] = (
        ("title", "title", lambda journey: journey.title, Aspect.MAP),
        ("subject", "subject", _subject, Aspect.START),
        ("value", "value of a run", lambda journey: journey.value, Aspect.NORM),
        ("owner", "owner", lambda journey: _pairs(journey.owner), Aspect.MAP),
        ("review", "review every", lambda journey: journey.review_every, Aspect.MAP),
        ("review.last", "last review", lambda journey: journey.review_last, Aspect.MAP),
        ("starts", "starts", _starts, Aspect.START),
        ("again", "again", lambda journey: _again(journey.again), Aspect.START),
        ("part_of", "part of", lambda journey: " / ".join(journey.part_of or ()), Aspect.MAP),
    )
    for element, label, say, aspect in rows:
        yield from _changed(element, label, (say(old), say(new)), aspect)


def _changed(element: str, label: str, values: tuple[object, object], aspect: Aspect) -> Iterator[Change]:
    before, after = ("none" if value in (None, "", ()) else str(value) for value in values)
    if before != after:
        yield Change(element, f"{label} {before} → {after}", aspect)


def _subject(journey: Journey) -> str:
    column = journey.subject.column
    return f"{journey.subject.kind} ({column})" if column else journey.subject.kind


def _starts(journey: Journey) -> str:
    return in_words(journey.starts) if journey.starts else "the first matching stage"


def _again(again: Again) -> str:
    if again.kind is AgainKind.AFTER_END:
        return f"{again.wait} after the end" if again.wait else "after the end"
    return again.kind


def _pairs(named: Mapping[str, object]) -> str:
    return ", ".join(f"{key} {value}" for key, value in named.items())


def _stages(old: Journey, new: Journey) -> Iterator[Change]:
    before = {stage.name: stage for stage in old.stages}
    after = {stage.name: stage for stage in new.stages}
    for name in before:
        if name not in after:
            yield Change(name, f"stage {name} removed", Aspect.PATH)
    for place, name in enumerate(after):
        if name not in before:
            follows = f"after {new.stages[place - 1].name}" if place else "at the beginning"
            yield Change(name, f"stage {name} added {follows}", Aspect.PATH)
        else:
            yield from _stage(before[name], after[name])
    yield from _order("stages", (before, after), Aspect.PATH)


def _stage(old: Stage, new: Stage) -> Iterator[Change]:
    rows: Sequence[tuple[str, Callable[[Stage], object], Aspect]] = (
        ("title", lambda stage: stage.title, Aspect.MAP),
        ("enter", lambda stage: in_words(stage.enter), Aspect.PATH),
        ("team", lambda stage: stage.team, Aspect.NORM),
        ("waiting_on", lambda stage: stage.waiting_on, Aspect.NORM),
        ("limit", lambda stage: stage.limit, Aspect.NORM),
        ("milestone", lambda stage: _yes_no(stage.milestone), Aspect.MAP),
        ("optional", lambda stage: _yes_no(stage.optional), Aspect.NORM),
        ("back", lambda stage: stage.back, Aspect.PATH),
    )
    for key, say, aspect in rows:
        label = f"stage {new.name}: {key.replace('_', ' ')}"
        yield from _changed(f"{new.name}.{key}", label, (say(old), say(new)), aspect)
    for key in ("does", "needs", "expects", "feels", "pains"):
        pair = (_listed(getattr(old.customer, key)), _listed(getattr(new.customer, key)))
        yield from _changed(f"{new.name}.customer.{key}", f"stage {new.name}: customer {key}", pair, Aspect.MAP)
    before, after = (_numbered((one.name, one) for one in stage.touchpoints) for stage in (old, new))
    yield from _named("touchpoint", f"stage {new.name}: ", (before, after), _touchpoint, Aspect.MAP)


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _listed(value: object, separator: str = ", ") -> object:
    return separator.join(value) if isinstance(value, tuple) else value


def _touchpoint(touchpoint: Touchpoint) -> dict[str, object]:
    return {"channel": touchpoint.channel, "team": touchpoint.team, "event": touchpoint.event}


def _named(
    what: str,
    prefix: str,
    pair: tuple[Mapping[str, T], Mapping[str, T]],
    say: Callable[[T], Mapping[str, object]],
    aspect: Aspect,
) -> Iterator[Change]:
    """Additions, removals and changes of things that have names; `say` tells the parts of one."""
    old, new = pair
    for name in [*old, *(name for name in new if name not in old)]:
        label = f"{prefix}{what} {name}"
        if name not in new:
            yield Change(name, f"{label} removed", aspect)
        elif name not in old:
            yield Change(name, f"{label} added: {_pairs(_given(say(new[name])))}", aspect)
        else:
            before, after = say(old[name]), say(new[name])
            for part in dict.fromkeys((*before, *after)):
                yield from _changed(name, f"{label}: {part}", (before.get(part), after.get(part)), aspect)


def _given(parts: Mapping[str, object]) -> dict[str, object]:
    return {part: value for part, value in parts.items() if value not in (None, "", "no")}


def _ends(old: Journey, new: Journey) -> Iterator[Change]:
    pair = ({end.name: end for end in old.ends}, {end.name: end for end in new.ends})
    yield from _named("end", "", pair, _end, Aspect.ENDS)
    yield from _order("ends", pair, Aspect.ENDS)


def _order(what: str, pair: tuple[Mapping[str, T], Mapping[str, T]], aspect: Aspect) -> Iterator[Change]:
    """A change of order, where the first match decides."""
    old, new = pair
    if [name for name in old if name in new] != [name for name in new if name in old]:
        yield Change(what, f"order of {what} {', '.join(old)} → {', '.join(new)}", aspect)


def _end(end: End) -> dict[str, object]:
    return {"when": in_words(end.when), "good": _yes_no(end.good), "reopens": _yes_no(end.reopens)}


def _handoffs(old: Journey, new: Journey) -> Iterator[Change]:
    before, after = (
        _numbered((f"{one.source}-{one.target}", one) for one in journey.handoffs) for journey in (old, new)
    )
    yield from _named("handoff", "", (before, after), _handoff, Aspect.NORM)


def _numbered(named: Iterable[tuple[str, T]]) -> dict[str, T]:
    """Things by name; a name that stands again gets its number: 'sales-success', 'sales-success 2'."""
    found: dict[str, T] = {}
    for name, thing in named:
        number = 1 + sum(key == name or key.startswith(f"{name} ") for key in found)
        found[name if number == 1 else f"{name} {number}"] = thing
    return found


def _handoff(handoff: Handoff) -> dict[str, object]:
    return {
        "sent": in_words(handoff.sent),
        "accepted": handoff.accepted and in_words(handoff.accepted),
        "returned": handoff.returned and in_words(handoff.returned),
        "accept within": handoff.accept_within,
        "packet": ", ".join(handoff.packet),
    }


def _kpis(old: Journey, new: Journey) -> Iterator[Change]:
    pair = ({kpi.name: kpi for kpi in old.kpis}, {kpi.name: kpi for kpi in new.kpis})
    yield from _named("kpi", "", pair, _kpi, Aspect.NORM)


def _kpi(kpi: Kpi) -> dict[str, object]:
    return {**{key: _listed(value, " to ") for key, value in kpi.metric.items()}, "target": kpi.target}


def _variants(old: Journey, new: Journey) -> Iterator[Change]:
    pair = ({one.name: one for one in old.variants}, {one.name: one for one in new.variants})
    yield from _named("variant", "", pair, _variant, Aspect.NORM)
    yield from _order("variants", pair, Aspect.NORM)


def _variant(variant: Variant) -> dict[str, object]:
    changes = {f"{stage} {key}": value for stage, keys in variant.stages.items() for key, value in _shown(keys).items()}
    return {"when": in_words(variant.when), **changes}


def _shown(changes: Mapping[str, Any]) -> dict[str, object]:
    return {key: _yes_no(value) if isinstance(value, bool) else value for key, value in changes.items()}


def _marks(old: Journey, new: Journey) -> Iterator[Change]:
    pair = (old.marks, new.marks)
    yield from _named("mark", "", pair, lambda mark: {mark.kind: mark.source}, Aspect.MAP)
