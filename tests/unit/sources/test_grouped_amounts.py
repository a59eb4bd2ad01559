"""Amounts as people write them, with groups of three digits and a currency, where the source declares it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.errors import FileProblems
from clew.sources.model import AttributeSpec, EventSpec, Join
from clew.sources.numbers import exact, ungrouped
from clew.sources.parse import parse_source

Reader = Callable[..., Any]
PAID = (EventSpec("paid", "at", value="price"),)
SMALL = "file: a.csv\naccount: {crm: account_id}\n"


AMOUNTS = [
    # decimal, thousands, text, millionths
    (".", ",", "1,250.00", 1_250_000_000),
    (".", ",", "$2,000", 2_000_000_000),
    (".", ",", "-$1,234,567.891234", -1_234_567_891_234),
    (".", ",", "$-3.50", -3_500_000),
    (".", ",", "2000 USD", 2_000_000_000),
    (".", ",", "GBP12", 12_000_000),
    (".", ",", "900", 900_000_000),
    (",", ".", "1.250,00 €", 1_250_000_000),
    (",", ".", "€1.250", 1_250_000_000),
    (",", " ", "1 250,5 €", 1_250_500_000),
    (",", " ", "1\u202f250\u00a0€", 1_250_000_000),
    (".", "'", "CHF 1'250.50", 1_250_500_000),
    (".", "'", "1’250", 1_250_000_000),
]


@pytest.mark.parametrize(("decimal", "thousands", "text", "millionths"), AMOUNTS)
def test_declared_groups_are_joined_and_one_currency_is_dropped(
    read: Reader, decimal: str, thousands: str, text: str, millionths: int
) -> None:
    found = read(
        f'id,at,price\n1,2023-01-01,"{text}"\n',
        decimal=decimal,
        thousands=thousands,
        events=PAID,
        attributes=(AttributeSpec("price", "price", of="ticket"),),
        properties=("price",),
    )

    block = found.blocks[0]
    assert block.events.value.tolist() == [millionths]
    for kept in (block.attributes[0].value, block.rows.properties["price"]):
        assert [exact(one, places=6) for one in kept.texts()] == [millionths]


OTHERS = [
    "12,50",
    "1,2,3",
    "1,25",
    "0,125",
    "1,2500",
    "1234,567",
    "$5 USD",
    "$$5",
    "--5",
    "-$-5",
    "Usd 5",
    "5 $ net",
    "$",
]


@pytest.mark.parametrize("text", OTHERS)
def test_anything_else_is_a_rejected_value_and_stays_the_text_of_an_attribute(read: Reader, text: str) -> None:
    rows = f'id,at,price\n1,2023-01-01,"{text}"\n'
    as_value = read(rows, thousands=",", events=PAID)
    as_text = read(rows, thousands=",", attributes=(AttributeSpec("price", "price", of="ticket"),))

    assert as_value.rejected == [(2, "price", text, "no number")]
    assert as_text.blocks[0].attributes[0].value.texts() == [text]


def test_plain_numbers_and_codes_stay_as_they_are_written(read: Reader) -> None:
    texts = ["007", "+5", "1250.50", "1e3", "A-17"]
    rows = "".join(f"{n},2023-01-01,{text}\n" for n, text in enumerate(texts))

    found = read(f"id,at,price\n{rows}", thousands=",", attributes=(AttributeSpec("price", "price", of="ticket"),))

    assert found.blocks[0].attributes[0].value.texts() == texts


def test_without_the_key_nothing_is_joined(read: Reader) -> None:
    found = read('id,at,price\n1,2023-01-01,"1,250.00"\n', events=PAID)

    assert found.rejected == [(2, "price", "1,250.00", "no number")]


def test_the_numbers_that_a_join_adds_up_are_read_so_too(read: Reader, tmp_path: Path) -> None:
    (tmp_path / "lines.csv").write_text('ticket,price\n1,"$1,000.50"\n1,"2,000"\n')

    found = read(
        "id,at\n1,2023-01-01\n",
        thousands=",",
        joins=(Join(files=("lines.csv",), on={"id": "ticket"}, sum=("price",)),),
        events=PAID,
    )

    assert found.blocks[0].events.value.tolist() == [3_000_500_000]


@given(st.integers(-(10**11), 10**11), st.sampled_from(["", "$", "EUR "]), st.sampled_from([(".", ","), (",", ".")]))
def test_what_is_written_in_groups_is_read_exactly(cents: int, currency: str, signs: tuple[str, str]) -> None:
    decimal, thousands = signs
    written = f"{abs(cents) / 100:,.2f}".translate(str.maketrans(",.", thousands + decimal))
    text = ("-" if cents < 0 else "") + currency + written

    assert exact(text, places=2, decimal=decimal, thousands=thousands) == cents


@given(st.text("0123456789,.'$€ -USD", max_size=12))
def test_what_was_made_plain_stays_so(text: str) -> None:
    plain = ungrouped(text, ".", ",")

    assert plain is None or (exact(plain, places=12) is not None and ungrouped(plain, ".", ",") is None)


def test_the_file_says_it_and_the_version_knows_it() -> None:
    plain, grouped = (parse_source(SMALL + more, Path("a.yaml")) for more in ("", "thousands: ','\n"))

    assert (plain.thousands, grouped.thousands) == (None, ",")
    assert plain.version != grouped.version


@pytest.mark.parametrize(
    ("written", "line", "said"),
    [
        ("thousands: '.'\n", 3, "'thousands' is '.', and so is the decimal mark when absent"),
        ("decimal: ','\nthousands: ','\n", 4, "'thousands' is ',', and so is the decimal mark"),
        ("thousands: ';'\n", 3, "';' does not fit here"),
    ],
)
def test_one_sign_is_not_both_marks(written: str, line: int, said: str) -> None:
    with pytest.raises(FileProblems) as caught:
        parse_source(SMALL + written, Path("a.yaml"))

    (problem,) = caught.value.problems
    assert problem.line == line
    assert said in str(problem)
