"""Rows that could not be used: listed in a CSV file, with place and reason, to be mended and loaded again."""

from __future__ import annotations

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import TextIOWrapper
from pathlib import Path
from typing import IO, TextIO

from clew.accounts.persons import PersonStore
from clew.archive.layout import Array
from clew.config.store import private_folder
from clew.files.replace import replacing
from clew.ids import file_stem
from clew.ingest.naming import NamedBlock
from clew.ingest.report import Rejections
from clew.ingest.verdicts import Verdict
from clew.sources.model import Source

REJECTED = "rejected"
EXAMPLES = 3
COLUMNS = ("file", "line", "column", "value", "reason", "text")
ERASED_ROW = "(names a person who was erased)"
_CELL_ENDS = re.compile(r'[,;\t|"\r\n]')
CONFLICT = "the id was already loaded with other content; if rows of this export change, say kind: snapshot"


@dataclass(frozen=True)
class RejectedRow:
    """A rejected row: where it stands, what is wrong with it, and its text."""

    file: str
    line: int
    column: str
    value: str
    reason: str
    text: str


def rejected_rows(source: Source, blocks: Sequence[NamedBlock], files: Sequence[Path]) -> Iterable[RejectedRow]:
    """Yield the rejected rows of a load in the order of reading; contradictions after the others of their block."""
    for block in blocks:
        file = files[block.staged.file] if files else source.path
        for row in block.staged.rejected:
            yield RejectedRow(block.staged.named, row.line, row.column, row.value, row.reason.sentence, row.text)
        lines = block.staged.array("line")[block.verdict == Verdict.CONFLICT]
        yield from _contradictions(source, file, lines)


def _contradictions(source: Source, file: Path, lines: Array) -> Iterable[RejectedRow]:
    texts = _lines_of(file, lines, source.encoding)
    for line in lines.tolist():
        yield RejectedRow(file.name, line, ", ".join(source.id), "", CONFLICT, texts.get(line, ""))


def _lines_of(file: Path, lines: Array, encoding: str) -> dict[int, str]:
    """Return these physical lines of an export, 1-based; none where it cannot be read as text any more."""
    if not len(lines):
        return {}
    wanted, found = set(lines.tolist()), dict[int, str]()
    try:
        with _opened(file, encoding) as text:
            for number, line in enumerate(text, start=1):
                if number in wanted:
                    found[number] = line.rstrip("\r\n")[:2000]
                    if len(found) == len(wanted):
                        break
    except (OSError, EOFError, LookupError):
        pass  # the row is listed all the same, by its place
    return found


def _opened(file: Path, encoding: str) -> IO[str]:
    with file.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    if packed:
        return gzip.open(file, "rt", encoding=encoding, errors="replace", newline="\n")
    return file.open(encoding=encoding, errors="replace", newline="\n")


def without_erased(rows: Iterable[RejectedRow], persons: PersonStore) -> Iterable[RejectedRow]:
    """Blank what names a person who was erased: by an address anywhere, or by an identifier as a whole cell."""
    for row in rows:
        named = persons.erased_any and any(_names_erased(text, persons) for text in (row.value, row.text))
        yield replace(row, value="", text=ERASED_ROW) if named else row


def _names_erased(text: str, persons: PersonStore) -> bool:
    # Which cell is the contact's is not known of a broken line; a number that is one by chance costs but a listed text.
    cells = (cell.strip(" '") for cell in _CELL_ENDS.split(text))
    return persons.cleaned(text) != text or any(cell and persons.former_number(cell) is not None for cell in cells)


def write_rejected(store: Path, source: str, rows: Iterable[RejectedRow]) -> tuple[Path | None, dict[str, Rejections]]:
    """Replace the list of a source's rejected rows; return where it is and the counts by reason."""
    path = store / REJECTED / f"{file_stem(source)}.csv"
    counts: dict[str, int] = defaultdict(int)
    examples: dict[str, list[str]] = defaultdict(list)
    private_folder(path.parent)
    with _lines(path) as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows:
            counts[row.reason] += 1
            if len(examples[row.reason]) < EXAMPLES:
                examples[row.reason].append(f"{row.file}:{row.line}")
            writer.writerow([row.file, row.line, row.column, row.value, row.reason, row.text])
    if not counts:
        path.unlink()
        return None, {}
    ordered = sorted(counts, key=lambda reason: -counts[reason])
    return path, {reason: Rejections(counts[reason], tuple(examples[reason])) for reason in ordered}


def purge_rejected(store: Path, naming: re.Pattern[str]) -> int:
    """Remove every listed row in which the pattern is found; return how many."""
    removed = 0
    for path in sorted((store / REJECTED).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        kept = [row for row in rows if not any(naming.search(cell) for cell in row)]
        if len(kept) < len(rows):
            removed += len(rows) - len(kept)
            with _lines(path) as lines:
                csv.writer(lines).writerows(kept)
    return removed


@contextmanager
def _lines(path: Path) -> Iterator[TextIO]:
    """Open a list that stands in place of the former one once it is whole."""
    with replacing(path) as file:
        lines = TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="")
        yield lines
        lines.detach()
