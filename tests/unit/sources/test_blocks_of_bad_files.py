"""Nothing that a file holds makes the reader crash, and nothing is silently altered."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.errors import BadInput
from clew.sources.blocks import Reason

Reader = Callable[..., Any]

GOOD = "id,at,note\n1,2023-01-01,a\n2,2023-01-02,b\n"


def test_an_empty_file_holds_no_rows_and_says_so(read: Reader) -> None:
    for content in ("", "\n\r\n\n"):
        found = read(content)

        assert found.lines == []
        assert found.notes == {"EMPTY_FILE": 1}


def test_a_file_with_only_a_header_holds_no_rows(read: Reader) -> None:
    for content in ("id,at", "id,at\n", "id,at\r\n\r\n"):
        assert read(content).lines == []
        assert read(content).rejected == []


def test_blank_lines_are_no_rows_and_keep_the_line_numbers_right(read: Reader) -> None:
    found = read("\nid,at\n\n1,2023-01-01\n\r\n2,2023-01-02\n\n")

    assert found.lines == [4, 6]
    assert found.rejected == []
    assert found.notes == {"BLANK": 3}


def test_a_quoted_line_break_counts_as_a_line(read: Reader) -> None:
    found = read('id,at,note\n1,2023-01-01,"a\nb\nc"\n2,2023-01-02,d\n')

    assert found.lines == [2, 5]
    assert found.column("note") == ["a\nb\nc", "d"]


def test_the_last_line_needs_no_line_end(read: Reader) -> None:
    assert read(GOOD.rstrip("\n")).column("note") == ["a", "b"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_all_three_line_ends_are_read(read: Reader, line_end: str) -> None:
    found = read(GOOD.replace("\n", line_end))

    assert found.column("note") == ["a", "b"]
    assert found.lines == [2, 3]


def test_a_repeated_header_is_rejected(read: Reader) -> None:
    found = read("id,at,note\n" + GOOD + "id,at,note\r\n3,2023-01-03,c\n")

    assert found.rejected == [(2, "", "", "repeated header"), (5, "", "", "repeated header")]
    assert found.column("note") == ["a", "b", "c"]


def test_a_cell_that_holds_the_header_is_no_repeated_header(read: Reader) -> None:
    found = read('id,at,note\n1,2023-01-01,"x\nid,at,note\ny"\n')

    assert found.rejected == []
    assert found.column("note") == ["x\nid,at,note\ny"]


def test_ragged_rows_are_rejected_one_by_one(read: Reader) -> None:
    found = read("id,at,note\n1,2023-01-01\n2,2023-01-02,b\n3,2023-01-03,c,d\n")

    assert found.rejected == [(2, "", "", "wrong number of fields"), (4, "", "", "wrong number of fields")]
    assert found.column("note") == ["b"]


def test_a_ragged_record_over_several_lines_says_how_far_it_goes(read: Reader) -> None:
    found = read('id,at,note\n1,2023-01-01,"a\nb",x\n2,2023-01-02,b\n')

    assert found.rejected == [(2, "", "lines 2 to 3", "wrong number of fields")]
    assert found.lines == [4]


@pytest.mark.parametrize(
    "stray",
    [
        '9,2023-01-09,5" pipe',  # inside a field that is not quoted
        '9,2023-01-09,"5" pipe"',  # inside a quoted one, not doubled
        '9,"2023-01-09,x',  # opened and never closed
        '9,2023-01-09,"x" ',  # something after the closing quote
        '9,2023-01-09, "x"',  # something before the opening quote
    ],
)
def test_a_stray_quote_costs_its_own_line_and_no_other(read: Reader, stray: str) -> None:
    found = read(f'id,at,note\n1,2023-01-01,"a"\n{stray}\n2,2023-01-02,"b, c"\n3,2023-01-03,d\n')

    assert found.rejected == [(3, "", "", "stray quote")]
    assert found.column("note") == ["a", "b, c", "d"]
    assert found.lines == [2, 4, 5]


def test_a_quote_that_swallows_hundreds_of_lines_costs_one(read: Reader) -> None:
    rows = "".join(f"{number},2023-01-01,x\n" for number in range(500))

    found = read(f'id,at,note\nbad,2023-01-01,"oops\n{rows}last,2023-01-01,"y"\n')

    assert found.rejected == [(2, "", "", "stray quote")]
    assert len(found.lines) == 501


def test_many_stray_quotes_in_a_large_file_are_all_found(read: Reader) -> None:
    lines = [
        f"{number},2023-01-01,{'5' + chr(34) if number % 1000 == 7 else 'fine, ' * 0 + 'fine'}"
        for number in range(60_000)
    ]

    found = read("id,at,note\n" + "\n".join(lines) + "\n")

    assert [row[0] for row in found.rejected] == [number + 2 for number in range(60_000) if number % 1000 == 7]
    assert len(found.lines) == 60_000 - 60


def test_a_line_with_bytes_of_another_encoding_is_rejected_alone(read: Reader) -> None:
    found = read("id,at,note\n1,2023-01-01,café\n".encode() + b"2,2023-01-02,caf\xe9\n" + "3,2023-01-03,né\n".encode())

    assert found.rejected == [(3, "", "", "undecodable bytes")]
    assert found.blocks[0].rejected[0].text == "2,2023-01-02,caf\\xe9"
    assert found.column("note") == ["café", "né"]


@pytest.mark.parametrize(
    "encoding", ["cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "mac-roman"]
)
def test_a_declared_encoding_is_read(read: Reader, encoding: str) -> None:
    found = read("id,at,note\n1,2023-01-01,café\n".encode(encoding), encoding=encoding)

    assert found.column("note") == ["café"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32"])
def test_a_byte_order_mark_says_the_encoding(read: Reader, encoding: str) -> None:
    assert read("id,at,note\n1,2023-01-01,Žďár\n".encode(encoding)).column("note") == ["Žďár"]


def test_bytes_that_a_declared_encoding_lacks_are_rejected_with_their_line(read: Reader) -> None:
    content = b"id,at,note\n1,2023-01-01,a\n2,2023-01-02,\x81\n"
    assert read(content, encoding="cp1252").rejected == [(3, "", "", "undecodable bytes")]

    wide = "id,at,note\n1,2023-01-01,a\n2,2023-01-02,".encode("utf-16-le") + b"\x00\xd8" + "\n".encode("utf-16-le")
    assert read(wide, encoding="utf-16-le").rejected == [(3, "", "", "undecodable bytes")]


def test_a_header_in_another_encoding_is_refused_with_advice(read: Reader) -> None:
    with pytest.raises(BadInput, match="encoding: cp1252"):
        read("id,at,größe\n".encode("cp1252"))


def test_an_unknown_encoding_is_refused(read: Reader) -> None:
    with pytest.raises(BadInput, match="'utf-99' is no encoding"):
        read(GOOD, encoding="utf-99")


def test_nul_characters_stay_what_they_are(read: Reader) -> None:
    found = read("id,at,note\n1,2023-01-01,a\0b\n2,2023-01-02,c\n")

    assert found.column("note") == ["a\0b", "c"]
    assert found.notes == {"NUL": 1}


def test_a_field_of_ten_megabytes_is_kept_whole(read: Reader) -> None:
    long = "0123456789" * 1_000_000

    found = read(f'id,at,note\n1,2023-01-01,"{long}"\n2,2023-01-02,b\n', block_bytes=100_000)

    assert found.column("note") == [long, "b"]


def test_a_line_too_long_to_be_kept_is_rejected_and_the_next_one_read(read: Reader) -> None:
    content = b"id,at,note\n1,2023-01-01," + b"x" * (65 * 2**20) + b"\n2,2023-01-02,b\n"

    found = read(content, block_bytes=2**20)

    assert found.rejected == [(2, "", "", "record too long")]
    assert found.lines == [3]
    assert len(found.blocks[0].rejected[0].text) <= 2000


def test_gzip_is_read_and_several_members_too(read: Reader) -> None:
    first, second = GOOD.encode()[:20], GOOD.encode()[20:]

    assert read(gzip.compress(first) + gzip.compress(second) + bytes(512)).column("note") == ["a", "b"]


def test_a_truncated_gzip_keeps_what_came_before_and_says_where_it_breaks_off(read: Reader) -> None:
    rows = "".join(f"{number},2023-01-01,{zlib.crc32(bytes([number % 256])) * number}\n" for number in range(20_000))
    packed = gzip.compress(("id,at,note\n" + rows).encode())

    found = read(packed[: len(packed) // 2])

    count = len(found.lines)
    assert 5_000 < count < 15_000
    assert found.lines == list(range(2, count + 2))
    assert [(row[0], row[3]) for row in found.rejected] == [(count + 2, "truncated file")]


def test_a_gzip_that_ends_between_two_rows_is_still_said_to_be_truncated(read: Reader) -> None:
    packer = zlib.compressobj(wbits=31)
    whole_rows = packer.compress(GOOD.encode()) + packer.flush(zlib.Z_SYNC_FLUSH)

    found = read(whole_rows)

    assert found.column("note") == ["a", "b"]
    assert found.rejected == [(4, "", "", "truncated file")]


def test_a_damaged_gzip_is_said_to_be_truncated(read: Reader) -> None:
    packed = bytearray(gzip.compress(GOOD.encode()))
    packed[-6] ^= 0xFF  # the checksum

    found = read(bytes(packed))

    assert found.column("note") == ["a", "b"]
    assert found.rejected == [(4, "", "", "truncated file")]


def test_a_gzip_without_content_is_refused(read: Reader) -> None:
    with pytest.raises(BadInput, match="damaged gzip"):
        read(b"\x1f\x8b" + bytes(20))


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0", "old Excel"),
        (b"PAR1", "Parquet"),
        (b"%PDF-1.4", "PDF"),
    ],
)
def test_other_kinds_of_files_are_refused_with_advice(read: Reader, head: bytes, kind: str) -> None:
    with pytest.raises(BadInput, match=kind):
        read(head)


def test_a_missing_column_is_named_with_the_nearest_one(read: Reader) -> None:
    with pytest.raises(BadInput, match=r"no column 'at'.*did you mean 'att'"):
        read("id,att\n1,2023-01-01\n")


def test_a_missing_file_is_an_error_in_words(describe: Callable[..., Any], tmp_path: Path) -> None:
    from clew.sources.read import read_blocks

    with pytest.raises(BadInput, match="No such file"):
        list(read_blocks(describe(), [tmp_path / "gone.csv"], now=0))


def test_columns_of_one_name_are_told_apart(read: Reader) -> None:
    found = read("id,at,note,note,,\n1,2023-01-01,a,b,c,d\n")

    texts = {name: found.column(name) for name in found.blocks[0].rows.properties}
    assert texts == {"note": ["a"], "note (2)": ["b"], "column 5": ["c"], "column 6": ["d"]}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_brings_the_mapped_columns(read: Reader, delimiter: str) -> None:
    header = delimiter.join(['"a, b; c | d"', "id", "at"])

    found = read(f"{header}\n{delimiter.join(['x', '1', '2023-01-01'])}\n")

    assert found.column("a, b; c | d") == ["x"]


def test_an_unusual_delimiter_is_read_when_declared(read: Reader) -> None:
    assert read("id^at^note\n1^2023-01-01^a,b\n", delimiter="^").column("note") == ["a,b"]


def test_every_reason_has_a_sentence() -> None:
    assert all(reason.sentence[0].islower() for reason in Reason)


def test_blocks_say_where_they_begin_and_how_far_the_file_is_read(read: Reader) -> None:
    rows = "".join(f"{number},2023-01-01,abc\n" for number in range(30_000))

    blocks = read("id,at,note\n" + rows, block_bytes=200_000).blocks

    assert len(blocks) > 2
    assert [block.start for block in blocks[1:]] == [block.next for block in blocks[:-1]]
    assert [block.first for block in blocks] == [int(block.rows.line[0]) for block in blocks]
    assert np.all(np.diff([block.size[0] for block in blocks]) >= 0)
    assert blocks[-1].size[0] == blocks[-1].size[1] == len("id,at,note\n" + rows)
    assert blocks[-1].next.file == 1
