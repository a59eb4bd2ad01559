"""What the child process of a SELECT source does: load the tables, close every door, ask, write the result."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

_DOORS = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET python_enable_replacements = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
_LEAST_LINE, _LEAST_BUFFER = 2**21, 2**25


class Refused(Exception):
    """What was asked is not allowed; the message says what is."""


def main() -> None:
    """Read the job from standard input; on failure say why on standard output and exit with 1."""
    job = json.load(sys.stdin)
    try:
        run(job)
    except (Refused, duckdb.Error) as fault:
        sys.stdout.write(str(fault).strip().split("\n")[0] + _advice(str(fault), job["parts"]))
        sys.exit(1)


def run(job: Mapping[str, Any]) -> None:
    """Do one job: see clew.sources.select."""
    statement = single_select(job["select"])
    database = duckdb.connect(":memory:")
    database.execute("SET TimeZone = 'UTC'")
    database.execute(f"SET memory_limit = '{job['memory']}'")
    database.execute("SET threads = 2")
    for part in job["parts"]:
        _load(database, part)
    database.execute(f"SET allowed_paths = [{_text(job['result'])}]")
    for door in _DOORS:
        database.execute(door)
    rows = f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (\n{statement}\n) ORDER BY ALL"
    form = "FORMAT csv, HEADER, DELIMITER ',', QUOTE '\"', ESCAPE '\"', FORCE_QUOTE *, NULLSTR ''"
    database.execute(f"COPY ({rows}) TO {_text(job['result'])} ({form})")


def single_select(text: str) -> str:
    """Return the one SELECT that a text holds. Raises Refused, or duckdb.Error where it is no SQL."""
    statements = duckdb.extract_statements(text)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise Refused("only one single SELECT (or WITH ... SELECT) is allowed here")
    return statements[0].query.strip().rstrip(";")


def _load(database: duckdb.DuckDBPyConnection, part: Mapping[str, Any]) -> None:
    """Load one clean file as text columns; several files of one table are put together by the names of columns."""
    line = max(_LEAST_LINE, part["longest"] + 1)
    columns = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in part["columns"])
    table = _name(part["table"])
    names = ", ".join(f"{_name(name)} VARCHAR" for name in part["columns"])
    database.execute(f"CREATE TABLE IF NOT EXISTS {table} ({names})")
    for name in part["columns"]:
        database.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {_name(name)} VARCHAR")
    read = (
        f"read_csv({_text(part['path'])}, columns = {{{columns}}}, auto_detect = false, header = false, "
        f"delim = {_text(part['delimiter'])}, quote = '\"', escape = '\"', nullstr = '', new_line = '\\n', "
        f"parallel = false, max_line_size = {line}, buffer_size = {max(_LEAST_BUFFER, 2 * line)})"
    )
    found = database.execute(f"INSERT INTO {table} BY NAME SELECT * FROM {read}").fetchone()
    if found is None or found[0] != part["rows"]:
        raise Refused(f"table {part['table']} holds {found and found[0]} rows instead of {part['rows']}")


def _advice(message: str, parts: Sequence[Mapping[str, Any]]) -> str:
    if "Permission Error" in message or "disabled by configuration" in message:
        return "; a SELECT source sees the tables it declares and nothing else: no files, network, settings, extensions"
    if "Table with name" in message:
        return f" Its tables: {', '.join(dict.fromkeys(part['table'] for part in parts))}"
    return ""


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
