"""Laws of discovery: whatever happened, the draft is a sound file, and a journey that was walked is found again."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from clew.clock import DAY_US, HOUR_US
from clew.conditions.happening import event_names
from clew.conditions.model import Event
from clew.discovery.drafting.draft import Wish, draft_journey
from clew.discovery.drafting.model import Draft
from clew.engine.fold import fold
from clew.engine.stream import conditions_of
from clew.firm.model import Firm
from clew.journeys.model import Journey
from clew.journeys.parse import parse_journey
from clew.testing import MemoryView, memory_log
from tests.properties.small_worlds import FIRM, START, Chance

COLUMNS = {"ticket": "ticket_id"}
SEEDS = st.integers(0, 2**32)
CHECKED = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, categories=("L", "N", "P", "S")), min_size=1)


def parsed(draft: Draft) -> Journey:
    note(draft.text)
    return parse_journey(draft.text, Path("journeys/drafted.yaml"))


def is_sound(draft: Draft, view: MemoryView, firm: Firm) -> None:
    """What `clew check` asks of a journey, and that it folds."""
    journey = parsed(draft)
    assert journey.stages == draft.journey.stages
    assert journey.ends == draft.journey.ends
    assert {name for each in conditions_of(journey) for name in event_names(each)} <= set(view.names["event"].texts())
    assert {stage.team for stage in journey.stages} - {None} <= set(firm.teams)
    assert {variant.name for variant in journey.variants} <= set(firm.segments)
    assert all(mark.kind == "evidence" for mark in journey.marks.values())
    assert sum(len(part.runs) for part in fold(view, journey, firm).buckets) > 0


@CHECKED
@given(SEEDS, st.sampled_from(["account", "ticket"]))
def test_the_draft_of_any_world_is_a_sound_journey(seed: int, kind: str) -> None:
    world = Chance(seed).world()
    subjects = COLUMNS if any("ticket" in event[3] for event in world.events) else {}
    view = world.view()

    is_sound(draft_journey(view, FIRM, COLUMNS, Wish(subject=kind if subjects else "account")), view, FIRM)


@CHECKED
@given(SEEDS, st.integers(2, 5))
def test_the_draft_depends_neither_on_buckets_nor_on_the_order_of_arrival(seed: int, buckets: int) -> None:
    world = Chance(seed).world()
    shuffled = list(world.events)
    random.Random(seed).shuffle(shuffled)
    once = draft_journey(world.view(), FIRM, COLUMNS, Wish(subject="account"))

    again = draft_journey(
        memory_log(shuffled, world.attributes, world.links, subjects=("ticket",), buckets=buckets),
        FIRM,
        COLUMNS,
        Wish(subject="account"),
    )

    assert again.text == once.text


@CHECKED
@given(st.lists(WORDS, min_size=2, max_size=6, unique=True), SEEDS)
def test_names_of_any_spelling_come_back_as_they_are(names: list[str], seed: int) -> None:
    chance = random.Random(seed)
    events = [(f"a{n}", START + place * DAY_US, name) for n in range(8) for place, name in enumerate(names)]
    view = memory_log(chance.sample(events, len(events)))

    is_sound(draft_journey(view, FIRM, {}, Wish()), view, FIRM)


@CHECKED
@given(st.permutations("abcdefgh"), st.integers(3, 8), SEEDS)
def test_a_linear_journey_is_found_again_in_its_order(names: list[str], length: int, seed: int) -> None:
    walked = names[:length]
    view = memory_log(walk(walked, random.Random(seed)))

    draft = draft_journey(view, FIRM, {}, Wish())

    found = [name for each in conditions_of(parsed(draft))[bool(draft.journey.starts) :] for name in entered(each)]
    assert found == walked


def entered(condition: Any) -> tuple[str, ...]:
    return condition.names if isinstance(condition, Event) else ()


def walk(names: list[str], chance: random.Random) -> list[Any]:
    """Walk through the stages: some are skipped, some walkers drop out, all are met by chatter and a rare oddity."""
    events: list[Any] = []
    for number in range(80):
        account, at = f"a{number}", START + chance.randrange(200) * DAY_US
        for place, name in enumerate(names):
            if place and chance.random() < 0.04:
                break
            if place and place < len(names) - 1 and chance.random() < 0.15:
                continue
            at += round(chance.uniform(6, 120)) * HOUR_US
            events.append((account, at, name, {"contact": number, "channel": "call"}))
        events += [
            (
                account,
                START + chance.randrange(260 * 24) * HOUR_US,
                "mail opened",
                {"contact": number, "channel": "mail"},
            )
            for _ in range(chance.randrange(5, 12))
        ]
    return [*events, ("a1", START + DAY_US, "oddity", {})]
