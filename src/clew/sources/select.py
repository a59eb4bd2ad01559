"""SELECT sources: the declared files become tables, a child process with nothing else at hand asks them.

The files are read as strictly as any other: only whole, clean records reach the tables, every column as text. The child
loads them, gives up every access to files, network and settings, and only then sees the SELECT.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from clew.errors import BadInput
from clew.sources.blocks import Position
from clew.sources.files import find_files
from clew.sources.header import DELIMITERS
from clew.sources.model import Source
from clew.sources.pieces import Aside, cut_file, read_file_header
from clew.sources.records import Records

TIMEOUT_S = 1800
MEMORY = "4GB"


@dataclass(frozen=True)
class Selected:
    """The result of a SELECT: a CSV file, comma-separated UTF-8, and what of its files could not be used."""

    path: Path
    aside: list[Aside]


@contextmanager
def selected(source: Source, root: Path, *, timeout_s: int = TIMEOUT_S, memory: str = MEMORY) -> Iterator[Selected]:
    """Run the SELECT of a source; the result lives as long as the context.

    Raises BadInput where the statement is no single SELECT, asks for what it may not have, or takes too long.
    """
    statement = _checked(source)
    with TemporaryDirectory(prefix="clew-select-") as folder:
        preparing = _Preparing(source, Path(folder))
        for name, patterns in source.tables.items():
            preparing.table(name, find_files(patterns, root))
        result = Path(folder) / "result.csv"
        job: dict[str, object] = {
            "select": statement,
            "parts": preparing.parts,
            "result": str(result),
            "memory": memory,
        }
        _run(job, source.name, timeout_s)
        yield Selected(result, preparing.aside)


def _checked(source: Source) -> str:
    """Return the statement, before any file is touched for it."""
    import duckdb

    from clew.sources.selecting import Refused, single_select

    try:
        return single_select(source.select or "")
    except (Refused, duckdb.Error) as fault:
        said = str(fault).strip().split("\n")[0]
        raise BadInput(f"the SELECT of source '{source.name}' failed: {said}") from fault


class _Preparing:
    """Writes the clean records of each file into a file of its own, and describes it."""

    def __init__(self, source: Source, folder: Path) -> None:
        sign = source.delimiter
        self.source = replace(source, delimiter=None if sign in DELIMITERS else sign)
        self.folder = folder
        self.parts: list[dict[str, object]] = []
        self.aside: list[Aside] = []

    def table(self, name: str, paths: Sequence[Path]) -> None:
        for path in paths:
            header = read_file_header(path, self.source)
            if header is None:
                raise BadInput(f"{path} is empty, so table '{name}' has no columns; put the export there")
            clean, count, longest = self.folder / f"part-{len(self.parts)}.csv", 0, 0
            with clean.open("wb") as file:
                for piece in cut_file(path, self.source, Position(), needed=header.names):
                    self.aside.extend(piece.aside())
                    lines = list(_clean_lines(piece.records))
                    file.writelines(lines)
                    count, longest = count + len(lines), max(longest, *map(len, lines), 0)
            self.parts.append(
                {
                    "table": name,
                    "path": str(clean),
                    "columns": list(header.names),
                    "delimiter": header.delimiter,
                    "rows": count,
                    "longest": longest,
                }
            )


def _clean_lines(records: Records) -> Iterator[bytes]:
    raw, buffer = records.text.raw, records.text.buffer
    ends = records.separators[:, -1]
    ends = ends - ((buffer[ends - 1] == ord("\r")) & (ends > records.starts))
    for start, end in zip(records.starts.tolist(), ends.tolist(), strict=True):
        yield raw[start:end] + b"\n"


def _run(job: dict[str, object], name: str, timeout_s: int) -> None:
    """Let a child process do the job: without our environment, and for no longer than allowed."""
    package = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", "from clew.sources.selecting import main; main()"]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(job),
            capture_output=True,
            text=True,
            timeout=timeout_s,
            env={"PYTHONPATH": package, "PYTHONIOENCODING": "utf-8"},
            cwd=str(Path(str(job["result"])).parent),
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise BadInput(f"the SELECT of source '{name}' ran longer than {timeout_s} s; ask for less") from fault
    if done.returncode:
        said = done.stdout.strip() or done.stderr.strip()[-500:] or "the process ended without a word (memory?)"
        raise BadInput(f"the SELECT of source '{name}' failed: {said}")
