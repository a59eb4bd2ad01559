"""No way that few went can be worked out of a picture: of all small worlds, those that look the same differ in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

from clew.access.model import Actor, Role
from clew.questions.model import Unit
from clew.reports.actual import START
from clew.reports.model import End, Figure, Flow, Picture, Stage
from clew.web.pages.journeys.permitted import Behind, permitted
from clew.web.queries.journeys import StageCount, journey_figures

VERA = Actor("user", "user:4", role=Role.VIEWER, user=4)
NAMES = ("a", "b")
SIZES = (range(12), range(3), range(16), range(11))  # up to what is rounded alike
World = tuple[int, int, int, int]
SPAN = Figure(60.0, Unit.SPAN, n=9)


def flows_of(world: World) -> dict[Flow, int]:
    """Two stages: on from a to b, or past a, lost from b; those who stand in a and in b; each account has one run."""
    on, here_a, lost_b, here_b = world
    skipped = max(lost_b + here_b - on, 0)
    counts: dict[tuple[int | None, int | None, str], int] = {
        (None, 0, ""): on + here_a,
        (None, 1, ""): skipped,
        (0, 1, ""): on,
    }
    counts |= {(1, None, "lost"): lost_b}
    return {Flow(*key[:2], count, key[2]): count for key, count in counts.items() if count}


def worlds() -> Iterator[World]:
    """What enters b is what leaves it or stands there."""
    yield from (world for world in product(*SIZES) if world[2] + world[3] >= world[0])


def shown_of(world: World) -> tuple[Picture, dict[str, int | None]]:
    """What a viewer sees: the picture, and who stands where beside it."""
    flows, standing = flows_of(world), {"a": world[1], "b": world[3]}
    counts = [StageCount(name, here, here, 0, 0, here) for name, here in standing.items() if here]
    here = {str(name): one.open for name, one in journey_figures(VERA, counts, ()).stages.items()}
    stages = tuple(
        Stage(
            name,
            name,
            Figure(1.0),
            sum(n for flow, n in flows.items() if flow.target == place),
            standing[name],
            SPAN,
            SPAN,
            SPAN,
        )
        for place, name in enumerate(NAMES)
    )
    end = End("lost", False, Figure(0.5, Unit.SHARE, n=9))
    picture = Picture(stages, tuple(flows), (end,), sum(n for flow, n in flows.items() if flow.source is None))
    names = {None: START, 0: "a", 1: "b"}
    behind = {(names[flow.source], flow.end or NAMES[flow.target or 0]): n for flow, n in flows.items()}
    entered = {name: sum(n for flow, n in flows.items() if flow.target == place) for place, name in enumerate(NAMES)}
    return permitted(picture, Behind(behind, entered), here), here


def test_no_hidden_way_follows_from_what_is_shown() -> None:
    alike: dict[str, list[World]] = defaultdict(list)
    shown: dict[str, Picture] = {}
    for world in worlds():
        picture, here = shown_of(world)
        assert all(flow.visits >= 10 for flow in picture.flows)
        assert all(stage.median.n is None and stage.censored.value is None for stage in picture.stages)
        key = repr((picture, sorted(here.items(), key=str)))
        alike[key].append(world)
        shown[key] = picture
    assert len(alike) > 50
    for key, found in alike.items():
        hidden = {
            (flow.source, flow.target, flow.end)
            for world in found
            for flow in flows_of(world)
            if (flow.source, flow.target, flow.end) not in {(f.source, f.target, f.end) for f in shown[key].flows}
        }
        for way in hidden:
            counts = {next((n for f, n in flows_of(w).items() if (f.source, f.target, f.end) == way), 0) for w in found}
            assert len(counts) > 1 or not counts & {1, 2, 3, 4}, (way, counts, found[:3], shown[key].flows)
