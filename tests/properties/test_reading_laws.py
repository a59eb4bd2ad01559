"""Laws of reading: whatever Python's csv module writes comes back exactly, however the file is cut into blocks."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.sources.blocks import Position, Rejected, ShapedBlock
from clew.sources.model import EventSpec, Source
from clew.sources.numbers import exact
from clew.sources.read import read_blocks

NOW = 1_700_000_000_000_000
QUOTING: tuple[Literal[0, 1, 2], ...] = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)

cells = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.text('",;\t\n\r ab', max_size=6),
    st.just("x" * 300),
)
tables = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), max_size=30))


@dataclass(frozen=True)
class Dialect:
    """How csv writes; where only \\n ends lines csv leaves a \\r bare, so then everything is quoted."""

    delimiter: str
    quoting: Literal[0, 1, 2]
    line_end: str


dialects = st.builds(
    Dialect,
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(QUOTING),
    st.just("\r\n"),
) | st.builds(Dialect, st.sampled_from([",", ";"]), st.just(csv.QUOTE_ALL), st.just("\n"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("laws")


def source_of(**more: object) -> Source:
    given: dict[str, object] = {
        "name": "export",
        "rank": 0,
        "version": "0",
        "path": Path("sources/export.yaml"),
        "files": ("export.csv",),
        "id": ("key",),
        "subjects": {"thing": "key"},
    }
    return Source(**{**given, **more})  # type: ignore[arg-type]


def written(table: list[list[str]], dialect: Dialect) -> tuple[str, list[int]]:
    """The CSV text of a table with a key before each row, and the physical line where each record starts."""
    text, lines = io.StringIO(newline=""), []
    writer = csv.writer(text, delimiter=dialect.delimiter, quoting=dialect.quoting, lineterminator=dialect.line_end)
    writer.writerow(["key", *(f"column-{number}" for number in range(len(table[0]) if table else 1))])
    for number, row in enumerate(table):
        lines.append(text.getvalue().count("\n") + 1)
        writer.writerow([f"k{number}", *row])
    return text.getvalue(), lines


def blocks_of(path: Path, source: Source, block_bytes: int = 2**20) -> list[ShapedBlock]:
    blocks = list(read_blocks(source, [path], now=NOW, block_bytes=block_bytes))
    assert all(block.read == len(block.rows) + len(block.rejected) for block in blocks)
    return blocks


def rows_of(blocks: list[ShapedBlock]) -> list[tuple[object, ...]]:
    """Everything said of each row, free of block-local codes."""
    found: list[tuple[object, ...]] = []
    for block in blocks:
        rows = block.rows
        entity = [block.entities[code] if code >= 0 else None for code in rows.entity.tolist()]
        texts = [rows.properties[name].texts() for name in sorted(rows.properties)]
        events: dict[int, list[object]] = {}
        happened = (block.events.row, block.events.at, block.events.day, block.events.value)
        for row, at, day, value, name in zip(
            *(column.tolist() for column in happened), block.events.event.texts(), strict=True
        ):
            events.setdefault(row, []).append((at, day, value, name))
        for row, (high, low, content, line) in enumerate(
            zip(*(column.tolist() for column in (rows.hi, rows.lo, rows.content, rows.line)), strict=True)
        ):
            cells = tuple(column[row] for column in texts)
            found.append((high, low, content, line, entity[row], cells, tuple(events.get(row, ()))))
    return found


def rejected_of(blocks: list[ShapedBlock]) -> list[Rejected]:
    return [row for block in blocks for row in block.rejected]


@settings(max_examples=150, deadline=None)
@given(table=tables, dialect=dialects, block_bytes=st.integers(1, 400))
def test_what_csv_writes_comes_back_exactly(
    folder: Path, table: list[list[str]], dialect: Dialect, block_bytes: int
) -> None:
    path = folder / "export.csv"
    text, lines = written(table, dialect)
    path.write_bytes(text.encode())

    blocks = blocks_of(path, source_of(delimiter=dialect.delimiter), block_bytes)

    assert not rejected_of(blocks)
    found = [
        [cell or "" for cell in row]
        for block in blocks
        for row in zip(*(column.texts() for column in block.rows.properties.values()), strict=True)
    ]
    assert found == table
    assert [line for block in blocks for line in block.rows.line.tolist()] == lines


@settings(max_examples=150, deadline=None)
@given(
    text=st.text('"",,\n\nab\r', max_size=80),
    block_bytes=st.integers(1, 60),
    broken=st.lists(st.tuples(st.integers(0, 80), st.sampled_from([b"\xff", b"\xc3", b"\0"])), max_size=2),
)
def test_any_bytes_give_the_same_rows_and_the_same_rejected_ones_however_they_are_cut(
    folder: Path, text: str, block_bytes: int, broken: list[tuple[int, bytes]]
) -> None:
    raw = text.encode()
    for place, byte in broken:
        raw = raw[:place] + byte + raw[place:]
    path = folder / "export.csv"
    path.write_bytes(b"key,value\n" + raw)

    whole, cut = blocks_of(path, source_of()), blocks_of(path, source_of(), block_bytes)

    assert rows_of(whole) == rows_of(cut)
    assert rejected_of(whole) == rejected_of(cut)


@settings(max_examples=40, deadline=None)
@given(
    table=tables,
    block_bytes=st.integers(20, 200),
    packed=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-16", "cp1252"]),
)
def test_reading_goes_on_at_any_block_as_if_it_had_never_stopped(
    folder: Path, table: list[list[str]], block_bytes: int, packed: bool, encoding: str
) -> None:
    path = folder / "export.csv"
    raw = written(table, Dialect(",", csv.QUOTE_MINIMAL, "\r\n"))[0].encode(encoding, "replace")
    path.write_bytes(gzip.compress(raw) if packed else raw)
    source = source_of(encoding=encoding)
    files = [path, path]
    blocks = list(read_blocks(source, files, now=NOW, block_bytes=block_bytes))

    for number, block in enumerate(blocks):
        rest = list(read_blocks(source, files, now=NOW, start=block.next, block_bytes=block_bytes))

        assert rows_of(rest) == rows_of(blocks[number + 1 :])
        assert rejected_of(rest) == rejected_of(blocks[number + 1 :])
        assert (rest[0].start if rest else Position(2, 0, 1, len(blocks))) == block.next


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12)
        | st.text("0123456789.,+-eE ", max_size=8)
    )
)
def test_a_number_is_exact_or_rejected(folder: Path, numbers: list[object]) -> None:
    path = folder / "export.csv"
    lines = [f'k{number},2020-01-01,"{value}"' for number, value in enumerate(numbers)]
    path.write_text("\n".join(["key,at,amount", *lines, ""]))

    blocks = blocks_of(path, source_of(events=(EventSpec("paid", "at", value="amount"),)))

    expected = [exact(str(value), places=6) for value in numbers]
    found = np.concatenate([block.events.value for block in blocks]).tolist()
    assert len(rejected_of(blocks)) == sum(
        bool(str(value)) and fair is None for value, fair in zip(numbers, expected, strict=True)
    )
    assert [value for value in found if value != -(2**63)] == [value for value in expected if value is not None]
