"""A SELECT sees the tables that its source declares and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clew.errors import BadInput
from clew.sources.blocks import ShapedBlock
from clew.sources.read import read_blocks
from clew.sources.select import selected

NOW = 1_700_000_000_000_000
TICKETS = "id,at,firm\n1,2023-01-01,A\n2,2023-01-02,B\n"


@pytest.fixture
def ask(describe: Callable[..., Any], tmp_path: Path) -> Callable[..., list[ShapedBlock]]:
    def asking(select: str, content: str | bytes = TICKETS, **source: Any) -> list[ShapedBlock]:
        (tmp_path / "tickets.csv").write_bytes(content.encode() if isinstance(content, str) else content)
        given = {"tables": {"tickets": ("tickets.csv",)}, "select": select, **source}
        return list(read_blocks(describe(**given), [], now=NOW))

    return asking


Ask = Callable[..., list[ShapedBlock]]


def test_the_result_is_read_like_any_export(ask: Ask) -> None:
    (block,) = ask("select id, \"at\", upper(firm) || '!' as firm from tickets -- a remark", account=("firm", "firm"))

    assert [block.entities[code] for code in block.rows.entity.tolist()] == ["firm:A!", "firm:B!"]
    assert len(block.events) == 2
    assert block.file.name == "tickets.yaml"


def test_every_column_is_text_and_empty_cells_are_null(ask: Ask) -> None:
    (block,) = ask("select *, typeof(id) as kind, firm is null as none from tickets", 'id,at,firm\n007,2023-01-01,""\n')

    assert block.entities == ["ticket:007"]
    assert block.rows.properties["kind"].texts() == ["VARCHAR"]
    assert block.rows.properties["none"].texts() == ["true"]


def test_rejected_rows_say_the_row_of_the_result(ask: Ask) -> None:
    blocks = ask(
        'select col0 as id, col1 as "at", col2 as x from '
        "(values ('1', '2023-01-01', 'two\nlines'), ('2', 'never', ''), ('3', '2023-01-01', ''))"
    )

    assert [(row.line, row.value) for block in blocks for row in block.rejected] == [(2, "never")]
    assert [line for block in blocks for line in block.rows.line.tolist()] == [1, 3]


def test_the_files_are_read_strictly_and_their_faults_are_told(ask: Ask) -> None:
    aside, block = ask(
        "select * from tickets", b"id,at,firm\n1,2023-01-01,A\nbroken\n2,2023-01-02,\xff\n3,2023-01-03,C\n"
    )

    assert [(row.line, row.reason.value) for row in aside.rejected] == [
        (3, "wrong number of fields"),
        (4, "undecodable bytes"),
    ]
    assert aside.file.name == "tickets.csv"
    assert [block.entities[code] for code in block.rows.entity.tolist()] == ["ticket:1", "ticket:3"]


def test_files_in_any_dress_become_tables(ask: Ask) -> None:
    # A line break inside a cell differs from those between the rows.
    content = 'id;at;firm\r\n1;2023-01-01;"A ""1""\r\nB"\r\n'.encode("utf-16")

    (block,) = ask("select * from tickets", content)

    assert block.rows.properties["firm"].texts() == ['A "1"\r\nB']


def test_several_files_of_one_table_are_put_together_by_their_columns(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("firm|id|at\nC|3|2023-01-03\n")

    (block,) = ask("select * from tickets", tables={"tickets": ("tickets.csv", "more.csv")})

    assert block.rows.properties["firm"].texts() == ["A", "B", "C"]


def test_the_rows_come_in_the_same_order_every_time(ask: Ask) -> None:
    many = "select range::varchar as id, '2023-01-01' as at from range(5000) order by random()"

    first, second = ask(many), ask(many)

    assert [block.rows.hi.tolist() for block in first] == [block.rows.hi.tolist() for block in second]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("select * from read_csv('{folder}/secret.csv')", "nothing else: no files"),
        ("select * from '{folder}/secret.csv'", "nothing else: no files"),
        ("select * from read_text('/proc/self/environ')", "nothing else: no files"),
        ("select * from glob('{folder}/*')", "nothing else: no files"),
        ("select * from read_csv('https://example.com/x.csv')", "nothing else: no files"),
        ("select getenv('CLEW_TEST_SECRET') as id", "getenv does not exist"),
        ("copy (select 1) to '{folder}/written.csv'", "one single SELECT"),
        ("attach '{folder}/other.db'", "one single SELECT"),
        ("export database '{folder}/written'", "one single SELECT"),
        ("install httpfs", "one single SELECT"),
        ("load httpfs", "one single SELECT"),
        ("set enable_external_access = true", "one single SELECT"),
        ("pragma enable_profiling", "one single SELECT"),
        ("create table x as select 1", "one single SELECT"),
        ("insert into tickets select * from tickets", "one single SELECT"),
        ("with a as (select 1) delete from tickets", "one single SELECT"),
        ("select 1; select 2", "one single SELECT"),
        ("call pragma_version()", "one single SELECT"),
        ("", "one single SELECT"),
        ("selec 1", "syntax error"),
        ("select * from tikets", "tables: tickets"),
        ("select id from tickets", "the SELECT of source 'tickets' has no column 'at'"),
    ],
)
def test_everything_else_is_refused_in_words(ask: Ask, tmp_path: Path, statement: str, said: str) -> None:
    (tmp_path / "secret.csv").write_text("id,at\n1,2023-01-01\n")
    before = {path.name for path in tmp_path.iterdir()}

    with pytest.raises(BadInput, match="SELECT of source 'tickets'") as refused:
        ask(statement.format(folder=tmp_path))

    assert said in str(refused.value)
    assert {path.name for path in tmp_path.iterdir()} == before | {"tickets.csv"}


def test_the_child_does_not_see_our_environment(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEW_TEST_SECRET", "hidden")

    (block,) = ask("select '1' as id, '2023-01-01' as at, current_setting('home_directory') as home")

    assert "hidden" not in str(block.rows.properties)
    assert os.environ["CLEW_TEST_SECRET"] == "hidden"


def test_a_select_that_runs_too_long_is_stopped(describe: Callable[..., Any], tmp_path: Path) -> None:
    endless = "select count(*) from range(100000000000) a, range(100000000) b where a.range * b.range = 7"

    with (
        pytest.raises(BadInput, match="longer than 1 s"),
        selected(describe(select=endless, tables={}), tmp_path, timeout_s=1),
    ):
        pass


def test_a_select_that_wants_too_much_memory_is_stopped(describe: Callable[..., Any], tmp_path: Path) -> None:
    greedy = "select list(range || repeat('x', 1000)) as id from range(300000)"

    with (
        pytest.raises(BadInput, match="Out of Memory"),
        selected(describe(select=greedy, tables={}), tmp_path, memory="20MB"),
    ):
        pass


def test_an_empty_table_file_is_named(ask: Ask) -> None:
    with pytest.raises(BadInput, match="table 'tickets' has no columns"):
        ask("select * from tickets", "")
