"""Planned against actual, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clew.discovery.conformance.deviations import Kind, Places
from clew.discovery.conformance.tally import Tally, by_place
from clew.questions.answers import least_of, make
from clew.questions.collect import Key
from clew.questions.figures import Row, by_cells, by_columns, share_cells, share_columns
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.stages import by_variant

_KINDS = (Kind.SKIPPED, Kind.OUT_OF_ORDER, Kind.REPEATED, Kind.LATE, Kind.OTHER_TEAM)


def stages(ground: Ground, query: Query, found: Mapping[Key, Tally], places: Places) -> Answer:
    """Table of what share of those who came so far entered each stage, and how; a row for each group and stage."""
    rows = [
        {**by_cells(query.by, key), **row}
        for key, part in found.items()
        for row in _stage_rows(ground, part, places, least_of(query))
    ]
    return make(
        ground,
        query,
        title="Planned against actual, stage by stage",
        columns=[
            *by_columns(query.by),
            Column("stage", "stage", Unit.TEXT, "In the order of the map."),
            Column("planned", "planned", Unit.TEXT, "required, optional, or optional for a variant."),
            *share_columns("entered", "entered", "Part of the runs that came so far or further.", "came"),
            Column("came", "of those who came so far", Unit.COUNT, "Runs that entered this stage or a later one."),
            *(
                column
                for kind in _KINDS
                for column in share_columns(_name(kind), kind.value, _DEFINED[kind], f"{_name(kind)}_n")
            ),
            *(
                Column(f"{_name(kind)}_n", f"{kind.value}, of", Unit.COUNT, "Runs in which it could be.")
                for kind in _KINDS
            ),
        ],
        rows=rows,
        n=sum(part.runs for part in found.values()),
    )


_DEFINED = {
    Kind.SKIPPED: "Part of the runs that had to enter it and came so far.",
    Kind.OUT_OF_ORDER: "Part of the runs that entered it.",
    Kind.REPEATED: "Part of the runs that entered it.",
    Kind.LATE: "Part of the runs whose stay had a limit and is over, or beyond it.",
    Kind.OTHER_TEAM: "Part of the runs in which the team is known.",
}


def _name(kind: Kind) -> str:
    return kind.value.replace(" ", "_")


def _stage_rows(ground: Ground, part: Tally, places: Places, least: int) -> Iterator[Row]:
    runs, could = by_place(part.touched), by_place(part.could)
    optional = [set(choices) for choices in zip(*by_variant(ground.journey, "optional"), strict=True)]
    for number, stage in enumerate(ground.journey.stages):
        cells: Row = {
            "stage": stage.name,
            "planned": {(True,): "optional", (False,): "required"}.get(tuple(optional[number]), "optional for some"),
            **share_cells("entered", int(part.entered[number]), int(part.came[number]), least),
            "came": int(part.came[number]),
        }
        for kind in _KINDS:
            place = places.at_stage(kind) + number
            n = could.get(place, 0)
            cells |= {**(share_cells(_name(kind), runs.get(place, 0), n, least) if n else {}), f"{_name(kind)}_n": n}
        yield cells
