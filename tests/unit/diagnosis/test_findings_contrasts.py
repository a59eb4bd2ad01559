"""Contrasts: who comes further than whom, with both sides, corrected, and honest about cohorts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from clew.conditions.model import Event
from clew.diagnosis.comparing.contrasts import Scan, scan
from clew.diagnosis.comparing.courses import courses_of
from clew.diagnosis.model import Finding
from clew.journeys.model import Again, AgainKind, End, Journey
from clew.signals.sight import Sight
from tests.unit.diagnosis.measured_worlds import PLAIN, day, findings, journey, known, seeing, segment

SALE = journey("lead", "won")
World = tuple[list[tuple[object, ...]], list[tuple[object, ...]]]


def world(shares: Mapping[str, tuple[int, int]], attribute: str = "origin", *, dated: bool = True) -> World:
    """For each value so many accounts of so many come from lead to won; four leads a day."""
    events: list[tuple[object, ...]] = []
    attributes: list[tuple[object, ...]] = []
    for value, (won, n) in shares.items():
        for each in range(n):
            account = f"{value}-{each}"
            events.append((account, day(each / 4), "lead", {}))
            events += [(account, day(each / 4 + 3), "won", {})] if each * won // n != (each + 1) * won // n else []
            attributes.append((account, attribute, value, {"at": day(-1)} if dated else {}))
    return events, attributes


def scanned(sight: Sight) -> Scan:
    return scan({name: courses_of(ground) for name, ground in sight.journeys.items()})


def contrasts(sight: Sight) -> list[Finding]:
    return findings(sight, "contrast")


THREE = {"fair": (60, 200), "mail": (10, 200), "web": (30, 200)}


def test_the_clearest_value_above_and_below_are_set_side_by_side() -> None:
    found = contrasts(seeing(*world(THREE), SALE))

    assert [each.claim for each in found] == [
        "In 'sale' runs of origin 'fair' reach 'won' at 30.0 % [24.1, 36.7] (n 200), "
        "those of origin 'mail' at 5.0 % [2.7, 9.0] (n 200)."
    ]
    assert "2 of 3 comparisons stand after correction (Benjamini-Hochberg, 5 %)" in found[0].meaning
    assert "'origin' is what the source wrote: an association, not a cause." in found[0].meaning
    assert found[0].see == "clew show funnel --journey sale --by origin"


def test_values_that_come_as_far_as_each_other_make_no_contrast() -> None:
    assert contrasts(seeing(*world({"fair": (40, 200), "mail": (42, 200), "web": (38, 200)}), SALE)) == []


def test_one_value_that_stands_out_is_set_against_all_others() -> None:
    found = contrasts(seeing(*world({"fair": (120, 200), "mail": (40, 200)} | {"web": (78, 200)}), SALE))

    assert "of origin 'fair'" in found[0].claim
    assert "of origin 'mail'" in found[0].claim


def test_fewer_than_thirty_runs_are_compared_with_nobody() -> None:
    assert scanned(seeing(*world({"fair": (25, 29), "mail": (10, 200)}), SALE)).compared == []


def test_more_than_forty_values_are_names_and_not_scanned() -> None:
    many = {f"v{n:02d}": (10 if n % 2 else 30, 40) for n in range(41)}

    assert scanned(seeing(*world(many), SALE)).compared == []
    assert scanned(seeing(*world(dict(list(many.items())[:40])), SALE)).compared != []


def test_unknown_values_are_no_value() -> None:
    events, attributes = world(THREE)
    bare: list[tuple[object, ...]] = [(f"bare-{n}", day(n / 4), "lead", {}) for n in range(100)]

    found = scanned(seeing([*events, *bare], attributes, SALE)).compared

    assert {each.n + each.rest_n for each in found} == {600}


def test_a_cohort_that_cannot_be_compared_does_not_make_a_contrast() -> None:
    """Of the first hundred days won is not recorded, and then all leads came from fairs: later both win alike."""
    events: list[tuple[object, ...]] = []
    attributes: list[tuple[object, ...]] = []
    for n in range(400):
        value, at = ("fair", n / 4) if n < 300 else ("fair", 100 + n % 100)
        events += [(f"f{n}", day(at), "lead", {})]
        events += [(f"f{n}", day(at + 1), "won", {})] if at >= 100 and n % 2 else []
        attributes += [(f"f{n}", "origin", value, {"at": day(-1)})]
    for n in range(200):
        at = 100 + n % 100
        events += [(f"m{n}", day(at), "lead", {}), *([(f"m{n}", day(at + 1), "won", {})] if n % 2 else [])]
        attributes += [(f"m{n}", "origin", "mail", {"at": day(-1)})]
    sight = seeing(events, attributes, SALE)

    raw = {each.split.values[each.value]: each.share for each in scanned(sight).compared}

    assert raw["mail"] - raw["fair"] > 0.3  # over all runs mail looks far better
    assert contrasts(sight) == []


def test_where_recording_began_late_the_same_contrast_is_told_of_later_cohorts() -> None:
    """Won is recorded from day 25 on only."""
    events, attributes = world(THREE)
    recorded = [each for each in events if each[2] == "lead" or str(each[1]) >= day(25)]

    found = contrasts(seeing(recorded, attributes, SALE))[0]

    assert "Among runs begun from 2026-01-2" in found.meaning
    assert ", which can be compared: " in found.meaning


def test_a_value_that_follows_from_the_outcome_is_left_out_and_named() -> None:
    """'state' is written when a deal is won: all with a region have won, none of the others."""
    events, _ = world({"x": (100, 200)})
    won = {str(each[0]) for each in events if each[2] == "won"}
    accounts = {str(each[0]) for each in events}
    attributes = [(account, "state", "signed" if account in won else "open") for account in sorted(accounts)]
    sight = seeing(events, attributes, SALE)

    assert scanned(sight).left_out == [("sale", "state")]
    assert contrasts(sight) == []
    undated = next(each for each in findings(sight, "limit") if "no date" in each.claim)
    assert "so it may follow from it: 'state'" in undated.meaning


def test_values_without_a_date_are_said_to_be_perhaps_written_afterwards() -> None:
    assert "'origin' carries no date" in contrasts(seeing(*world(THREE, dated=False), SALE))[0].meaning
    assert "carries no date" not in contrasts(seeing(*world(THREE), SALE))[0].meaning


def test_only_what_the_first_event_tells_counts_for_a_property() -> None:
    """The winning event carries 'form', so it says nothing of what came before it."""
    events, attributes = world(THREE)
    late = [(*each[:3], {"form": f"f{n % 2}"}) if each[2] == "won" else each for n, each in enumerate(events)]
    early = [(*each[:3], {"form": str(each[0])[:3]}) if each[2] == "lead" else each for each in events]

    assert not [each for each in scanned(seeing(late, attributes, SALE)).compared if each.split.name == "form"]
    claims = [each.claim for each in contrasts(seeing(early, (), SALE))]
    assert claims[0].startswith("In 'sale' runs of form 'fai' reach 'won' at 30.0 %")


@pytest.mark.parametrize(
    ("column", "words"), [("team", "runs begun by 'fair' reach"), ("channel", "runs begun by channel 'fair' reach")]
)
def test_teams_and_channels_that_begin_runs_are_compared(column: str, words: str) -> None:
    events, _ = world(THREE)
    told = [(*each[:3], {column: str(each[0]).split("-")[0]}) for each in events]

    assert words in contrasts(seeing(told, (), SALE))[0].claim


def test_a_segment_is_compared_with_all_outside_it() -> None:
    firm = replace(PLAIN, segments={"fairs": segment("origin", "fair")})
    events, attributes = world(THREE)
    hidden = [(account, "origin", f"{value}{n % 20}" if value != "fair" else value, *rest)  # 41 values: no split
              for n, (account, _, value, *rest) in enumerate(attributes)]  # fmt: skip

    found = contrasts(seeing(events, hidden, SALE, firm=firm))

    assert found[0].claim.startswith("In 'sale' runs of segment 'fairs' reach 'won' at 30.0 %")
    assert "those outside segment 'fairs' at 10.0 %" in found[0].claim


def test_a_segment_that_rests_on_a_told_attribute_is_not_told_again() -> None:
    firm = replace(PLAIN, segments={"fairs": segment("origin", "fair"), "sized": known("size")})

    assert len(contrasts(seeing(*world(THREE), SALE, firm=firm))) == 1


def test_ends_are_compared_too() -> None:
    sale = journey("lead", ends=(End("won", Event(("won",)), good=True),))

    assert "end as 'won' at 30.0 %" in contrasts(seeing(*world(THREE), sale))[0].claim


def test_runs_that_begin_in_a_stage_have_not_come_to_it() -> None:
    """Accounts of 'renewal' begin as won: they reach nothing, they were there."""
    events, attributes = world({"fair": (20, 100), "mail": (20, 100)})
    events += [(f"renewal-{n}", day(n / 4), "won", {}) for n in range(100)]
    attributes += [(f"renewal-{n}", "origin", "renewal", {"at": day(-1)}) for n in range(100)]

    found = scanned(seeing(events, attributes, SALE)).compared

    assert {each.split.values[each.value] for each in found if each.outcome.title == "won"} == {"fair", "mail"}


def several_runs(accounts: int, each: int, *, lucky: int) -> tuple[World, Journey]:
    """Every account has so many runs that all end alike; the lucky ones win every time."""
    events: list[tuple[object, ...]] = []
    attributes: list[tuple[object, ...]] = []
    for n in range(accounts):
        attributes.append((f"a{n}", "size", "big" if n % 2 else "small", {"at": day(-1)}))
        for run in range(each):
            at = 20 * run + (n % 20) / 2
            events += [
                (f"a{n}", day(at), "lead", {}),
                *([(f"a{n}", day(at + 1), "won", {})] if _wins(n, lucky) else []),
            ]
    return (events, attributes), replace(SALE, starts=Event(("lead",)), again=Again(AgainKind.EACH_TRIGGER))


def _wins(n: int, lucky: int) -> bool:
    """Two in three of the lucky are big."""
    return n < lucky and (n % 2 == 1 or n % 4 == 0)


def test_runs_of_one_account_do_not_count_as_so_many_witnesses() -> None:
    """Fifteen big and eight small accounts of thirty each win, every time: twenty runs each make it no clearer."""
    (events, attributes), sale = several_runs(60, 1, lucky=30)
    (again, _), each_time = several_runs(60, 20, lucky=30)

    once, often = scanned(seeing(events, attributes, SALE)), scanned(seeing(again, attributes, each_time))

    assert sale.again.kind is AgainKind.EACH_TRIGGER
    assert [round(each.p, 2) for each in once.compared] == [0.07, 0.07]  # z 1.84, by hand
    assert [each.n for each in often.compared] == [600, 600]
    assert all(each.p > 0.03 for each in often.compared)


def test_months_of_runs_are_those_of_the_firms_zone_as_periods_have_them() -> None:
    """An hour before midnight in UTC it is February in Berlin already."""
    events = [("a", "2026-01-31T23:30", "lead"), ("b", "2026-02-01T09:00", "lead"), ("c", "2026-01-31T09:00", "lead")]

    def months(zone: str) -> list[int]:
        sight = seeing(events, (), journey("lead", "won"), firm=replace(PLAIN, time_zone=zone))
        return [int(month) for month in courses_of(sight.journeys["sale"]).month]

    assert months("Europe/Berlin") == [1, 1, 0]
    assert months("UTC") == [0, 1, 0]
