"""Columns of another file: added up, split by, looked up; DuckDB's own join is the oracle."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from clew.errors import BadInput
from clew.sources.model import EventSpec, Join

Reader = Callable[..., Any]

ORDERS = "id,at\no1,2023-01-01\no2,2023-01-02\no3,2023-01-03\n"
ITEMS = "order,seller,price,color\no1,A,10.5,red\no2,A,1,red\no2,B,2,blue\no2,A,3.25,green\no9,C,7,red\n"


def joined(read: Reader, folder: Path, items: str, **join: Any) -> Any:
    (folder / "items.csv").write_text(items)
    given = {"files": ("items.csv",), "on": {"id": "order"}, **join}
    return read(
        ORDERS,
        joins=(Join(**given),),
        account=("seller", "seller") if "seller" in join.get("per", ()) else None,
        subjects={"order": "id"},
        events=(EventSpec("placed", "at", value="price" if "price" in join.get("sum", ()) else None),),
    )


def test_a_row_is_split_by_per_and_numbers_are_added_up(read: Reader, tmp_path: Path) -> None:
    found = joined(read, tmp_path, ITEMS, per=("seller",), sum=("price",))

    assert found.lines == [2, 3, 3, 4]
    assert found.entities == ["seller:A", "seller:A", "seller:B", "order:o3"]
    assert found.blocks[0].events.value.tolist() == [10_500_000, 4_250_000, 2_000_000, -(2**63)]
    assert len(set(found.keys)) == 4
    assert found.notes == {"SPLIT": 1, "UNMATCHED": 1}


def test_without_per_everything_is_added_up(read: Reader, tmp_path: Path) -> None:
    found = joined(read, tmp_path, ITEMS, sum=("price",))

    assert found.blocks[0].events.value.tolist() == [10_500_000, 6_250_000, -(2**63)]


def test_a_look_up_takes_the_first_row_and_counts_where_others_differ(read: Reader, tmp_path: Path) -> None:
    found = joined(read, tmp_path, ITEMS, columns=("color",))

    assert found.column("color") == ["red", "red", None]
    assert found.notes == {"SEVERAL": 1, "UNMATCHED": 1}


def test_a_row_without_partner_and_without_subject_is_rejected(read: Reader, tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text(ITEMS)

    found = read(
        ORDERS,
        joins=(Join(files=("items.csv",), on={"id": "order"}, per=("seller",)),),
        account=("seller", "seller"),
        subjects={},
    )

    assert found.rejected == [(4, "seller", "", "no account")]


def test_unusable_rows_of_a_joined_file_are_rejected_with_their_line(read: Reader, tmp_path: Path) -> None:
    bad = ITEMS + 'o1,A,oops,red\no1,A,1\no1,A,"x"y,red\n'

    found = joined(read, tmp_path, bad, per=("seller",), sum=("price",))

    aside = found.blocks[0]
    assert aside.file.name == "items.csv"
    assert [(row.line, row.reason.value) for row in aside.rejected] == [
        (8, "wrong number of fields"),
        (9, "stray quote"),
        (7, "no number"),
    ]
    assert aside.read == 3
    assert found.blocks[1].events.value.tolist()[0] == 10_500_000


def test_reading_goes_on_after_the_blocks_of_joined_files(describe: Callable[..., Any], tmp_path: Path) -> None:
    from clew.sources.read import read_blocks

    (tmp_path / "items.csv").write_text(ITEMS + "bad\n")
    (tmp_path / "orders.csv").write_text(ORDERS)
    source = describe(joins=(Join(files=("items.csv",), on={"id": "order"}, sum=("price",)),))
    files = [tmp_path / "orders.csv"]

    blocks = list(read_blocks(source, files, now=2 * 10**15))

    for number, block in enumerate(blocks):
        rest = list(read_blocks(source, files, now=2 * 10**15, start=block.next))
        assert [one.start for one in rest] == [one.start for one in blocks[number + 1 :]]
        assert [one.read for one in rest] == [one.read for one in blocks[number + 1 :]]


def test_a_joined_file_may_be_empty(read: Reader, tmp_path: Path) -> None:
    assert joined(read, tmp_path, "order,seller,price\n", per=("seller",)).entities == [
        "order:o1",
        "order:o2",
        "order:o3",
    ]
    assert joined(read, tmp_path, "", sum=("price",)).notes == {"UNMATCHED": 3}


def test_quoted_keys_match_plain_ones_and_empty_keys_match_nothing(read: Reader, tmp_path: Path) -> None:
    found = joined(read, tmp_path, 'order;seller\n"o1";"A"\n;B\n', columns=("seller",))

    assert found.column("seller") == ["A", None, None]


def test_a_second_join_may_use_what_the_first_one_brought(read: Reader, tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text(ITEMS)
    (tmp_path / "sellers.csv").write_text('seller,town\nA,"Rio ""de"" Janeiro"\nB,Recife\n')

    found = read(
        ORDERS,
        joins=(
            Join(files=("items.csv",), on={"id": "order"}, per=("seller",)),
            Join(files=("sellers.csv",), on={"seller": "seller"}, columns=("town",)),
        ),
    )

    assert found.column("town") == ['Rio "de" Janeiro', 'Rio "de" Janeiro', "Recife", None]


def test_a_join_on_two_columns_needs_both(read: Reader, tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("a,b,price\n1,x,10\n1,y,20\n1x,,30\n")

    found = read(
        "id,at,part\n1,2023-01-01,x\n1,2023-01-01,y\n1,2023-01-01,\n",
        joins=(Join(files=("prices.csv",), on={"id": "a", "part": "b"}, columns=("price",)),),
    )

    assert found.column("price") == ["10", "20", None]


def test_a_missing_file_or_column_of_a_join_is_named(read: Reader, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no file matches 'gone"):
        read(ORDERS, joins=(Join(files=("gone*.csv",), on={"id": "order"}, columns=("color",)),))
    with pytest.raises(BadInput, match=r"items.csv has no column 'colour'.*did you mean 'color'"):
        joined(read, tmp_path, ITEMS, columns=("colour",))


def test_a_large_join_agrees_with_duckdb(read: Reader, tmp_path: Path) -> None:
    chance = random.Random(1)
    orders = "id,at\n" + "".join(f"o{number},2023-01-01\n" for number in range(3000))
    lines = [
        f"o{chance.randrange(4000)},s{chance.randrange(5)},{chance.randrange(10**6) / 100:.2f}" for _ in range(9000)
    ]
    (tmp_path / "items.csv").write_text("order,seller,price\n" + "\n".join(lines) + "\n")

    found = read(
        orders,
        file="orders.csv",
        block_bytes=5000,
        joins=(Join(files=("items.csv",), on={"id": "order"}, per=("seller",), sum=("price",)),),
        properties=("seller", "price"),
    )

    expected = (
        duckdb.connect()
        .execute(f"""
        select id, seller, cast(price * 1000000 as bigint) from read_csv('{tmp_path}/orders.csv', all_varchar = true)
        left join (select "order" as id, seller, sum(price::decimal(18, 2)) as price
                   from read_csv('{tmp_path}/items.csv', all_varchar = true) group by all) using (id)
    """)
        .fetchall()
    )
    things = [block.entities[code] for block in found.blocks for code in block.rows.subjects["ticket"].tolist()]
    prices = [price and round(float(price) * 1e6) for price in found.column("price")]
    told = zip([thing.removeprefix("ticket:") for thing in things], found.column("seller"), prices, strict=True)
    assert sorted(told, key=str) == sorted(expected, key=str)
