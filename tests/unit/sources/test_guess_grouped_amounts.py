"""Amounts with groups of three digits and currencies in a stranger's export: taken as value, and said."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from clew.ingest.guess import guess_source
from clew.ingest.guess_model import Guess
from clew.ingest.start import start

NOW = 1_700_000_000_000_000
Guesser = Callable[..., Guess]


def export(path: Path, texts: Sequence[str], *, name: str = "Amount", more: Sequence[str] = ("x",)) -> Path:
    """60 deals, with these amounts in turn, and another column."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Deal ID", "Company", "Created", "Won", name, "Size"])
        for n in range(60):
            at = f"2023-01-{1 + n % 28:02} 10:00:00", f"2023-02-{1 + n % 28:02} 10:00:00"
            rows.writerow([f"D-{n}", f"Firm {n % 9}", *at, texts[n % len(texts)], more[n % len(more)]])
    return path


@pytest.fixture
def guess(tmp_path: Path) -> Guesser:
    def guessing(*texts: str, **more: object) -> Guess:
        return guess_source(export(tmp_path / "deals.csv", texts, **more), name="deals", now=NOW)  # type: ignore[arg-type]

    return guessing


WRITTEN = [
    (("1,250.00", "$2,000", "900"), ".", ","),
    (("1,250", "12,000", "900"), ".", ","),
    (("1.250,00 €", "2.000 €", "900,50 €"), ",", "."),
    (("1 250,00", "12 000,00", "900,00"), ",", " "),
    (("CHF 1'250.00", "CHF 900.00"), ".", "'"),
    (("1,250.00", "2,000.00", "tbd"), ".", ","),
]


@pytest.mark.parametrize(("texts", "decimal", "thousands"), WRITTEN)
def test_a_column_of_such_amounts_is_the_value_and_the_remark_says_how_it_is_read(
    guess: Guesser, texts: tuple[str, ...], decimal: str, thousands: str
) -> None:
    found = guess(*texts)

    assert (found.decimal, found.thousands, found.value) == (decimal, thousands, "Amount")
    assert "Amount" in found.attributes
    assert any(f"amounts such as {texts[0]} are read with" in remark for remark in found.remarks)


PLAIN = [
    (("1250.50", "900"), "."),
    (("900.000", "12.500"), "."),
    (("12,50", "1250,75"), ","),
    (("0,125", "1,250"), ","),
]


@pytest.mark.parametrize(("texts", "decimal"), PLAIN)
def test_plain_numbers_need_no_such_key(guess: Guesser, texts: tuple[str, ...], decimal: str) -> None:
    found = guess(*texts)

    assert (found.decimal, found.thousands, found.value) == (decimal, None, "Amount")


def test_a_decimal_comma_of_another_column_settles_what_the_point_is(guess: Guesser) -> None:
    found = guess("1.250", "12.000", "900", more=("1,5", "20,75"))

    assert (found.decimal, found.thousands) == (",", ".")


def test_a_currency_makes_an_amount_whatever_the_name(guess: Guesser) -> None:
    assert guess("$1,250.00", "$900", name="Booked").value == "Booked"


def test_codes_of_three_letters_are_no_amounts(guess: Guesser) -> None:
    assert guess("ERR 404", "SKU 123", name="Reason").thousands is None


def test_where_some_texts_are_no_amounts_no_row_would_be_rejected(guess: Guesser) -> None:
    found = guess("1,250.00", "2,000.00", "tbd")

    assert [event.value for event in found.events] == [None, None]
    assert any("33% of the values of 'Amount' are no such amounts" in remark for remark in found.remarks)


@pytest.mark.parametrize(("texts", "decimal", "thousands"), WRITTEN)
def test_the_drafted_files_say_it(tmp_path: Path, texts: tuple[str, ...], decimal: str, thousands: str) -> None:
    from clew.sources.parse import parse_source

    started = start([export(tmp_path / "deals.csv", texts)], tmp_path, now=NOW)

    source = parse_source(started.files["sources/deals.yaml"], tmp_path / "sources" / "deals.yaml")
    assert (source.decimal, source.thousands) == (decimal, thousands)
    assert "Amount: {column: Amount, of: deal}" in started.files["sources/deals.yaml"]
