"""Where each flow touches its stages: the order of flows on both sides of a stage, in visits from its top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from clew.reports.model import Flow, Picture


class Kind(Enum):
    """What a flow does to the order of the map."""

    START = "start"
    NEXT = "next"
    SKIP = "skip"
    BACK = "back"
    END = "end"


def kind_of(flow: Flow) -> Kind:
    """Return what this flow does."""
    if flow.source is None:
        return Kind.START
    if flow.target is None:
        return Kind.END
    if flow.target == flow.source + 1:
        return Kind.NEXT
    return Kind.SKIP if flow.target > flow.source else Kind.BACK


@dataclass(frozen=True)
class Slots:
    """Offsets in visits from the top of a stage: where each flow leaves, arrives, and where those stand who stay."""

    leaves: dict[Flow, float]
    arrives: dict[Flow, float]
    stands: tuple[float, ...]
    heights: tuple[float, ...]


def arrange(picture: Picture) -> Slots:
    """Give each flow its place so that flows of one stage do not cross: skips on top, then on, out, staying, back."""
    good = {end.name for end in picture.ends if end.good}
    leaves: dict[Flow, float] = {}
    arrives: dict[Flow, float] = {}
    stands, heights = [], []
    for place, stage in enumerate(picture.stages):
        outward = sorted((f for f in picture.flows if f.source == place), key=lambda f: _leaving_rank(f, good))
        forward = [flow for flow in outward if kind_of(flow) is not Kind.BACK]
        backward = [flow for flow in outward if kind_of(flow) is Kind.BACK]
        standing = _stack(forward, 0.0, leaves)
        bottom = _stack(backward, standing + stage.here, leaves)
        filled = _stack(sorted((f for f in picture.flows if f.target == place), key=_arriving_rank), 0.0, arrives)
        stands.append(standing)
        heights.append(max(bottom, filled, float(stage.visits)))
    return Slots(leaves, arrives, tuple(stands), tuple(heights))


def _stack(flows: Sequence[Flow], top: float, places: dict[Flow, float]) -> float:
    for flow in flows:
        places[flow] = top
        top += flow.visits
    return top


def _leaving_rank(flow: Flow, good: set[str]) -> tuple[int, int, str]:
    """Farthest skips on top, nearest way back first."""
    kind, target = kind_of(flow), flow.target or 0
    order = {Kind.SKIP: 0, Kind.NEXT: 1, Kind.END: 2 if flow.end in good else 3, Kind.BACK: 4}[kind]
    return order, -target, flow.end


def _arriving_rank(flow: Flow) -> tuple[int, int]:
    """From the farthest skip down to the farthest way back."""
    kind, source = kind_of(flow), flow.source or 0
    order = {Kind.SKIP: 0, Kind.NEXT: 1, Kind.START: 2, Kind.BACK: 3}[kind]
    return order, source
