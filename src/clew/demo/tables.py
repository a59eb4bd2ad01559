"""Rows as columns of numbers, and exports as CSV: kept in parts by chunk, then sorted and spelled out by DuckDB."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from clew.demo.dice import Flags, Ints
from clew.demo.hours import NEVER

Table = dict[str, Ints]  # column -> (n,) numbers: codes, counts, seconds


def joined(tables: Sequence[Table]) -> Table:
    """Return the rows of tables with the same columns, one after the other."""
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def taken(table: Table, rows: Ints | Flags) -> Table:
    return {name: column[rows] for name, column in table.items()}


def length(table: Table) -> int:
    return len(next(iter(table.values())))


@dataclass(frozen=True)
class Export:
    """One CSV file.

    columns  heading -> SQL over the table's columns that spells a cell out
    order    columns whose values order the rows; together they differ from row to row
    """

    name: str
    columns: Mapping[str, str]
    order: tuple[str, ...]
    folder: str = "exports"

    def select(self, rows: str) -> str:
        order = [f'"{column}"' for column in self.order]
        cells = ", ".join(f'{sql} AS "{heading}"' for heading, sql in self.columns.items())
        return f"SELECT {cells} FROM (SELECT * FROM {rows} ORDER BY {', '.join(order)})"


def words(column: str, texts: Sequence[str]) -> str:
    """Spell a code out; -1 gives an empty cell."""
    listed = ", ".join("'" + text.replace("'", "''") + "'" for text in texts)
    return f"([{listed}])[{column} + 1]"


def number(prefix: str, column: str, digits: int = 6) -> str:
    """Spell an id out of a running number; -1 gives an empty cell."""
    return f"CASE WHEN {column} >= 0 THEN printf('{prefix}%0{digits}d', {column}) END"


def moment(column: str, form: str = "TIMESTAMP") -> str:
    """Spell seconds out as a time, or as a date; what never comes is an empty cell."""
    return f'CASE WHEN "{column}" < {NEVER} THEN make_timestamp("{column}" * 1000000)::{form} END'


def known(column: str) -> str:
    """Spell a number out; -1 gives an empty cell."""
    return f"CASE WHEN {column} >= 0 THEN {column} END"


class Writer:
    """Keeps the parts of every export in a folder, writes each as one sorted file, and removes the parts."""

    def __init__(self, folder: Path, exports: Sequence[Export], memory: str = "1GB") -> None:
        self._folder, self._exports = folder, {export.name: export for export in exports}
        self._parts = folder / ".parts"
        self._parts.mkdir()
        self._rows = dict.fromkeys(self._exports, 0)
        self._numbered = dict.fromkeys(self._exports, 0)
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": str(self._parts / "spill"),
            "threads": 2,
        }
        self._database = duckdb.connect(config=settings)

    def numbered(self, name: str) -> int:
        """Return the number after the last one of an export's rows."""
        return self._numbered[name]

    def keep(self, name: str, table: Table) -> None:
        """Add some rows of an export; `row` becomes their place in it."""
        count, first = length(table), self._rows[name]
        self._rows[name] += count
        if not count and first:
            return
        table = {**table, "row": np.arange(first, first + count)}
        self._numbered[name] = int(table["number"].max(initial=self._numbered[name] - 1)) + 1
        part = _quoted(self._parts / f"{name}-{first:012d}.parquet")
        with _foreign_errors():
            self._database.register("rows_now", {column: np.ascontiguousarray(each) for column, each in table.items()})
            self._database.execute(f"COPY rows_now TO {part} (FORMAT parquet)")
            self._database.unregister("rows_now")

    def write(self, name: str) -> tuple[Path, int]:
        """Write one export; return its path and how many rows it has."""
        export = self._exports[name]
        path = self._folder / export.folder / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        parts = sorted(self._parts.glob(f"{name}-*.parquet"))
        rows = f"read_parquet([{', '.join(map(_quoted, parts))}])"
        with _foreign_errors():
            self._database.execute(f"COPY ({export.select(rows)}) TO {_quoted(path)} (HEADER, DELIMITER ',')")
        for part in parts:
            part.unlink()
        return path, self._rows[name]

    def close(self) -> None:
        self._database.close()
        shutil.rmtree(self._parts)


@contextmanager
def _foreign_errors() -> Iterator[None]:
    """Raise OSError for a full disk and the like, KeyboardInterrupt for what DuckDB makes of Ctrl-C."""
    try:
        yield
    except duckdb.OperationalError as error:
        raise OSError(str(error)) from error
    except (duckdb.Error, RuntimeError) as error:
        if "interrupt" in str(error).lower():
            raise KeyboardInterrupt from error
        raise


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
